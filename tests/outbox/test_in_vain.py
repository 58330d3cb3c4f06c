"""A letter that nobody got reaches the lead and the administrator on the pages they open, and nobody else."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from outbox.delivery import deliver_due
from outbox.models import Letter
from sohosolo import health
from tests.factories.members import UserFactory
from tests.factories.outbox import LetterFactory

pytestmark = pytest.mark.django_db

PAGES = {"my space": reverse("my-space"), "admin": reverse("admin:index")}
TOLD = "courrier n’est pas parti"


@pytest.fixture
def failed(smtp):
    smtp(rcpt="550 no such mailbox")
    letter = LetterFactory()
    deliver_due(now=timezone.now())
    return letter


def says(client, page: str) -> bool:
    return TOLD in client.get(PAGES[page]).content.decode()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["lead", "admin"])
def test_who_may_read_letters_is_told_of_one_that_failed(client, failed, role, page):
    client.force_login(UserFactory(**{role: True}, second_step=True))
    answer = client.get(PAGES[page]).content.decode()
    assert f"1\u202f{TOLD}" in answer or f"1 {TOLD}" in answer
    listed = client.get(reverse("admin:outbox_letter_changelist") + "?state__in=failed,uncertain")
    assert [letter.pk for letter in listed.context["cl"].result_list] == [failed.pk]


@pytest.mark.parametrize("page", PAGES)
def test_those_who_may_not_read_letters_are_not_told_of_failures(client, failed, page):
    client.force_login(UserFactory(adviser=True, second_step=True))
    answer = client.get(PAGES[page])
    assert answer.status_code == 200
    assert TOLD not in answer.content.decode()


def test_it_is_told_until_it_was_sent_again(client, failed, smtp):
    client.force_login(UserFactory(lead=True, second_step=True))
    assert says(client, "my space")
    client.post(reverse("admin:outbox_letter_changelist"), {"action": "send_again", "_selected_action": failed.pk})
    assert Letter.objects.count() == 2
    assert not says(client, "my space")


def test_it_is_told_for_two_weeks(client, failed):
    client.force_login(UserFactory(lead=True, second_step=True))
    assert says(client, "admin")
    Letter.objects.update(created_at=timezone.now() - dt.timedelta(days=15))
    assert not says(client, "admin")


def test_readyz_notices_it_and_stays_well_for_it(client, failed):
    assert health.tell_letters(timezone.now()) == "1 failed and 0 uncertain in 14 days: see the letters in the admin"
    assert health.check_letters(timezone.now()) is None
