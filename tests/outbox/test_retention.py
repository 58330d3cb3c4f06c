"""What old letters said is forgotten; that they were owed is not."""

import datetime as dt

import pytest
from django.utils import timezone

from outbox import delivery, services
from outbox.enums import LetterState
from outbox.models import Letter
from outbox.retention import KEPT_FOR, forget_old_letters
from tests.factories.outbox import LetterFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 3, 40, tzinfo=dt.UTC)
LONG_AGO = NOW - KEPT_FOR - dt.timedelta(minutes=1)


def written(at, state=LetterState.SENT):
    sent_at = at if state == LetterState.SENT else None
    return LetterFactory(to="camille@example.org", text="Bonjour Camille", created_at=at, state=state, sent_at=sent_at)


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.FAILED, LetterState.DROPPED, LetterState.UNCERTAIN])
def test_a_year_later_nobody_is_named_and_nothing_is_said(state):
    letter = written(LONG_AGO, state)
    assert forget_old_letters(now=NOW) == 1
    kept = Letter.objects.get()
    assert (kept.to, kept.subject, kept.text, kept.html, kept.headers, kept.attachments) == ("", "", "", "", {}, [])
    assert (kept.key, kept.message_id, kept.state) == (letter.key, letter.message_id, state)
    assert forget_old_letters(now=NOW) == 0


def test_what_is_younger_or_still_waits_is_left_alone():
    written(LONG_AGO + dt.timedelta(minutes=2))
    written(LONG_AGO, LetterState.TO_SEND)
    assert forget_old_letters(now=NOW) == 0
    assert list(Letter.objects.values_list("to", flat=True)) == ["camille@example.org"] * 2


def test_the_fact_is_not_told_again_and_the_letter_cannot_be_sent_again():
    letter = written(timezone.now() - 2 * KEPT_FOR)
    forget_old_letters(now=timezone.now())
    services.post(key=letter.key, to="camille@example.org", subject="Bonjour", text="Encore")
    forgotten = Letter.objects.get()
    with pytest.raises(services.NotSentAgain, match="plus conservés"):
        services.send_again(letter=forgotten)


def test_every_sweep_of_the_outbox_forgets():
    written(LONG_AGO)
    delivery.deliver_due(now=NOW)
    assert Letter.objects.get().to == ""
