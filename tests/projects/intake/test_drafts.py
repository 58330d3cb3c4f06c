"""Drafts of « Déposer mon projet »: erased at a press, with the session, or thirty days after the last word."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from projects.models import Draft
from tests.beat import tick
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

PAGE, KEEP = reverse("projects:lay-down"), reverse("projects:draft")
NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TYPED = {"first_name": "Camille", "summary": "Ouvrir une librairie"}


def everything_kept() -> str:
    """What the tables hold of it, read as they are."""
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    return " ".join([*sessions, *(str(draft.facts) for draft in Draft.objects.all())])


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_draft_is_gone_within_a_day_of_its_thirty_days(client, time_machine, signed_in):
    time_machine.move_to(NOON)
    user = UserFactory()
    if signed_in:
        client.force_login(user)
    assert client.post(KEEP, TYPED).status_code == 200
    for days in (10, 20, 29):  # the session lives on, whatever else is written in it
        time_machine.move_to(NOON + days * DAY)
        session = client.session
        session["seen"] = days
        session.save()
        tick()
        assert "librairie" in everything_kept()
    time_machine.move_to(NOON + 31 * DAY)
    tick()
    assert "librairie" not in everything_kept()
    assert "librairie" not in client.get(PAGE).content.decode()


def test_the_clock_erases_the_sessions_that_are_over(client, time_machine):
    time_machine.move_to(NOON)
    client.post(KEEP, TYPED)
    tick()
    assert Session.objects.count() == 1
    time_machine.move_to(NOON + 31 * DAY)
    tick()
    assert Session.objects.count() == 0


def test_one_press_erases_the_draft_and_the_page_is_empty_again(client):
    answer = client.post(KEEP, TYPED).content.decode()
    assert '<button class="quiet" name="erase" value="1">Effacer ce brouillon</button>' in answer
    assert "Effacer ce brouillon" in client.get(PAGE).content.decode()
    page = client.post(PAGE, TYPED | {"erase": "1"}, follow=True).content.decode()
    assert "Le brouillon est effacé." in page
    assert "librairie" not in page
    assert "Effacer ce brouillon" not in page
    assert "librairie" not in everything_kept()


def test_nothing_to_erase_is_nothing_wrong(client):
    assert client.post(PAGE, {"erase": "1"}).status_code == 302
    assert "Effacer ce brouillon" not in client.get(PAGE).content.decode()


def test_a_draft_goes_with_whoever_signs_out(client):
    client.force_login(UserFactory())
    client.post(KEEP, TYPED)
    assert "librairie" in everything_kept()
    client.post(reverse("account_logout"))
    assert "librairie" not in everything_kept()


def test_nobody_erases_the_draft_of_another_browser(client, client_of):
    client.post(KEEP, TYPED)
    client_of(None).post(PAGE, {"erase": "1"})
    assert "librairie" in client.get(PAGE).content.decode()
