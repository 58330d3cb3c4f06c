"""The committee's space in a real browser: a fact confirmed in one press, however one presses."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import DESK, NARROWEST, PHONE
from tests.factories.members import UserFactory
from tests.factories.villages import (
    CommitteeMemberFactory,
    FactCheckFactory,
    HousingFactory,
    NearestAmenityFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
)
from villages.models import FactCheck

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seat():
    """Of a village that has something of everything; only its shops have not been checked for long."""
    seat = CommitteeMemberFactory(user=UserFactory(), name="Hélène Daubas", lead=True, village__tagline="Deux places")
    village, today = seat.village, timezone.localdate()
    village.reviewed_on = today
    village.save()
    for topic in ("connection", "children", "health", "welcome"):
        FactCheckFactory(village=village, topic=topic)
    FactCheckFactory(village=village, topic="shops", checked_on=today - dt.timedelta(days=300), note="Fermé en août.")
    NearestAmenityFactory(village=village, kind="bakery")
    TerritoryProjectFactory(village=village)
    SpeedTestFactory(village=village)
    HousingFactory(village=village)
    CommitteeMemberFactory(village=village, absent_from=today, absent_until=today + dt.timedelta(days=3))
    return seat


def desk_address(seat) -> str:
    return reverse("villages:committee-village", args=[seat.village.slug])


@pytest.mark.parametrize(
    ("by", "options"),
    [
        ("mouse", {"viewport": DESK}),
        ("keyboard", {"viewport": DESK}),
        ("mouse", {"viewport": NARROWEST}),
        ("mouse", {"viewport": PHONE, "javascript": False}),
    ],
    ids=["mouse", "keyboard", "320 px", "no script"],
)
def test_a_fact_is_confirmed_in_one_press(visit, seat, by, options):
    visitor = visit(seat.user, **options)
    visitor.open(reverse("my-space"))
    page = visitor.page
    page.get_by_role("link", name="Tenir").first.click()
    page.wait_for_url("**" + desk_address(seat))
    button = page.get_by_role("button", name="Toujours vrai commerces et services")
    if by == "keyboard":
        for _press in range(40):
            page.keyboard.press("Tab")
            if button.evaluate("button => button === document.activeElement"):
                break
        page.keyboard.press("Enter")
    else:
        button.click()
    expect(page.get_by_role("status")).to_contain_text("toujours vrai aujourd’hui")
    expect(page.get_by_text("Rien ne vous attend")).to_be_visible()
    assert FactCheck.objects.get(topic="shops").checked_on == timezone.localdate()
    assert FactCheck.objects.get(topic="shops").checked_by == "Hélène Daubas"
    assert (visitor.complaints, visitor.strangers) == ([], [])


def test_nothing_is_wrong_with_the_pages(visit, seat):
    visitor = visit(seat.user)
    assert visitor.faults(desk_address(seat)) == []
    village = seat.village
    others = {
        "page": [],
        "fact": ["shops"],
        "project-remove": [village.projects.get().pk],
        "speed-add": [],
        "speed-remove": [village.speed_tests.get().pk],
        "absence": [village.committee.exclude(pk=seat.pk).get().pk],
    }
    for name, of in others.items():
        assert visitor.faults(reverse(f"villages:committee-{name}", args=[village.slug, *of])) == [], name
    visitor.open(reverse("villages:committee-project-add", args=[village.slug]))
    visitor.arrive(visitor.page.locator("main form .button--main").click)  # empty: the errors too
    assert visitor.faults() == []
