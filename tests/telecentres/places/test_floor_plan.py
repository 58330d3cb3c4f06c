"""The drawn plan of a place, and the host who draws it."""

import re

import pytest
from django.db import IntegrityError
from django.urls import reverse

from telecentres.availability.board import DeskState
from telecentres.enums import DeskKind
from telecentres.models import Desk, PlanArea
from telecentres.places.floor_plan import HEIGHT, WIDTH, floor_plan, short_name
from tests.factories.members import UserFactory
from tests.factories.telecentres import DeskFactory, TelecentreFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return TelecentreFactory(slug="fleurance")


@pytest.fixture
def host(client, place):
    host = UserFactory(host=True)
    place.hosts.add(host)
    client.force_login(host)
    return host


def test_only_desks_with_a_place_are_drawn_and_each_leads_to_its_line(place):
    drawn, _other = DeskFactory(telecentre=place, name="Poste 3", plan_x=0, plan_y=100), DeskFactory(telecentre=place)
    svg = floor_plan([(drawn, DeskState.TAKEN), (_other, DeskState.FREE)], words={DeskState.TAKEN: "pris"})
    assert svg.count("<a ") == 1
    assert f'href="#poste-{drawn.pk}" aria-label="Poste 3, pris"' in svg
    assert "× 3" in svg
    assert floor_plan([(_other, DeskState.FREE)], words={}) == ""


@pytest.mark.parametrize("kind", DeskKind)
@pytest.mark.parametrize(("x", "y"), [(0, 0), (100, 0), (0, 100), (100, 100)])
def test_every_place_of_the_plan_lies_inside_it(place, kind, x, y):
    desk = DeskFactory(telecentre=place, kind=kind, plan_x=x, plan_y=y)
    rect = re.search(
        r'<rect class="plan__desk" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"', floor_plan([(desk, DeskState.FREE)], words={})
    )
    left, top, wide, high = map(int, rect.groups())
    assert 0 < left < left + wide < WIDTH
    assert 0 < top < top + high + 22 + 15 < HEIGHT  # the chairs too


def test_a_name_is_escaped_and_short():
    desk = DeskFactory(name="<script>", plan_x=1, plan_y=1)
    assert "<script>" not in floor_plan([(desk, DeskState.FREE)], words={})
    assert [short_name(name) for name in ("Poste 3", "Salle de réunion", "Bureau A")] == ["3", "S", "A"]


def form_of(desks, **changes) -> dict:
    facts = {"form-TOTAL_FORMS": len(desks), "form-INITIAL_FORMS": len(desks), "room-TOTAL_FORMS": 1, "room-INITIAL_FORMS": 0}
    for number, desk in enumerate(desks):
        facts |= {f"form-{number}-id": desk.pk, f"form-{number}-plan_x": "10", f"form-{number}-plan_y": "20"}
    return facts | changes


def test_a_host_places_the_desks_and_the_place_shows_them(client, host, place):
    desks = DeskFactory.create_batch(2, telecentre=place)
    address = reverse("telecentres:plan", args=["fleurance"])
    assert client.post(address, form_of(desks)).status_code == 303
    assert list(Desk.objects.values_list("plan_x", "plan_y")) == [(10, 20)] * 2
    assert client.get(place.get_absolute_url()).content.decode().count('class="plan__desk"') == 2


@pytest.mark.parametrize("wrong", [{"form-0-plan_x": "101"}, {"form-0-plan_x": ""}, {"form-0-plan_y": "haut"}])
def test_figures_that_make_no_place_are_said_and_change_nothing(client, host, place, wrong):
    desks = DeskFactory.create_batch(2, telecentre=place)
    answer = client.post(reverse("telecentres:plan", args=["fleurance"]), form_of(desks, **wrong))
    assert answer.status_code == 422
    assert set(Desk.objects.values_list("plan_x", flat=True)) == {None}


KITCHEN = {"room-0-name": "Cuisine", "room-0-x": "60", "room-0-y": "50", "room-0-wide": "40", "room-0-deep": "50"}


def test_a_host_draws_a_room_and_takes_it_away(client, host, place):
    address = reverse("telecentres:plan", args=["fleurance"])
    desks = DeskFactory.create_batch(1, telecentre=place)
    assert client.post(address, form_of(desks, **KITCHEN)).status_code == 303
    page = client.get(place.get_absolute_url()).content.decode()
    assert page.count('class="plan__wall"') == 1
    assert ">Cuisine</text>" in page
    kept = {"room-INITIAL_FORMS": 1, "room-0-id": PlanArea.objects.get().pk, "room-0-DELETE": "on"}
    assert client.post(address, form_of(desks, **KITCHEN, **kept)).status_code == 303
    assert not PlanArea.objects.exists()


@pytest.mark.parametrize("wrong", [{"room-0-x": "61"}, {"room-0-deep": "51"}, {"room-0-wide": "4"}, {"room-0-name": ""}])
def test_a_room_that_does_not_fit_is_said_beside_it_and_nothing_is_kept(client, host, place, wrong):
    desks = DeskFactory.create_batch(1, telecentre=place)
    answer = client.post(reverse("telecentres:plan", args=["fleurance"]), form_of(desks, **(KITCHEN | wrong)))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert ('class="errors"' in said) != ('class="form__error"' in said), "beside the name, or of the room as a whole"
    assert not PlanArea.objects.exists()
    assert set(Desk.objects.values_list("plan_x", flat=True)) == {None}, "neither are the desks"


def test_the_database_refuses_a_room_that_goes_beyond(place):
    with pytest.raises(IntegrityError, match="plan_area_inside"):
        PlanArea.objects.create(telecentre=place, name="Cuisine", x=61, y=0, wide=40, deep=10)


def test_another_places_desk_is_not_placed(client, host, place):
    foreign = DeskFactory()
    client.post(reverse("telecentres:plan", args=["fleurance"]), form_of([foreign]))
    assert Desk.objects.get().plan_x is None


def test_the_database_refuses_half_a_place():
    with pytest.raises(IntegrityError, match="desk_on_the_plan_or_not"):
        DeskFactory(plan_x=5)
