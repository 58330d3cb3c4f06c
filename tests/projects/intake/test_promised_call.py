"""By when a stranger's call comes is one fact: of the lead's rule, the page, the thanks and the letter."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from outbox.models import Letter
from projects.enums import ReminderRule
from projects.models import ProjectFile, RuleSetting
from tests.factories.members import UserFactory
from tests.projects.intake.test_intake import NEEDED, PAGE

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
DAY_IN_WORDS = {3: "jeudi 26 novembre", 8: "jeudi 3 décembre"}  # working days after that Monday


@pytest.fixture
def adviser():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan", email="claire@example.org")


@pytest.fixture
def set_delay(client_of):
    def set_delay(days: int) -> None:
        """As the lead does, on the page of the rule."""
        lead = client_of(UserFactory(lead=True))
        lead.get(reverse("admin:projects_rulesetting_changelist"))
        rule = RuleSetting.objects.get(rule=ReminderRule.FIRST_CONTACT)
        page = reverse("admin:projects_rulesetting_change", args=[rule.pk])
        assert lead.post(page, {"delays": f"{days}, 9", "is_active": "on"}).status_code == 302

    return set_delay


@pytest.mark.parametrize("days", DAY_IN_WORDS)
@pytest.mark.parametrize("phone", ["", "06 12 34 56 78"])
def test_page_thanks_and_letter_promise_what_the_lead_set(client, client_of, adviser, set_delay, days, phone):
    with time_machine.travel(MONDAY, tick=False):
        set_delay(days)
        member = client_of(UserFactory(email="camille@example.org"))
        assert f"Un conseiller vous répond d’ici {DAY_IN_WORDS[days]}." in client.get(PAGE).content.decode()
        thanks = member.post(PAGE, NEEDED | {"phone": phone}, follow=True).content.decode()
    assert f"d’ici {DAY_IN_WORDS[days]}. Avant, ou si personne" in thanks
    does = "vous appelle" if phone else "vous écrit"
    letter = Letter.objects.get(to="camille@example.org")
    for words in (letter.text, letter.html):
        assert f"Claire Marsan suit votre projet et {does} d’ici {DAY_IN_WORDS[days]}." in words


@pytest.mark.parametrize(
    ("after", "called", "promised"),
    [(dt.timedelta(days=2), False, True), (dt.timedelta(days=2), True, False), (WEEK, False, False)],
)
def test_a_letter_that_comes_late_promises_no_call_made_and_no_day_gone(client, client_of, adviser, after, called, promised):
    """A stranger confirms the address some days after; an adviser may have called in between."""
    with time_machine.travel(MONDAY, tick=False):
        client.post(PAGE, NEEDED)
    file = ProjectFile.objects.get()
    if called:
        note = reverse("admin:projects_projectfile_note", args=[file.pk])
        with time_machine.travel(MONDAY + dt.timedelta(days=1), tick=False):
            assert client_of(adviser).post(note, {"what": "call-out", "text": "Reçu."}).status_code == 302
    (asked,) = Letter.objects.filter(to="camille@example.org")
    with time_machine.travel(MONDAY + after, tick=False):
        assert client.post(re.search(r"/mon-adresse/[\w:-]+/", asked.text)[0]).status_code == 302
        thanks = client.get(reverse("projects:laid-down")).content.decode()
    copy = Letter.objects.filter(to="camille@example.org").exclude(pk=asked.pk).get()
    assert "Claire Marsan suit votre projet" in copy.text
    assert ("d’ici jeudi 26 novembre" in copy.text) == ("d’ici jeudi 26 novembre" in thanks) == promised
