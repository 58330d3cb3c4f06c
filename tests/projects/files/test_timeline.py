"""A file's line of time tells the letters that the portal wrote about it, as they went."""

import datetime as dt

import pytest
from django.utils import timezone

from outbox.enums import LetterState
from outbox.models import Letter
from projects.enums import IntroductionState, Stage
from projects.files import lifecycle
from projects.files.timeline import timeline_of
from projects.introductions import choosing
from projects.introductions.services import ask_consent
from projects.reminders import nudges
from projects.reminders.rules import Delays
from tests.factories.members import UserFactory
from tests.factories.projects import IntroductionFactory, ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 3, 11, 0, tzinfo=dt.UTC)  # Tuesday
DAY = dt.timedelta(days=1)


@pytest.fixture
def file():
    return ProjectFileFactory(supported=True, adviser=UserFactory(adviser=True), opened_at=NOON - DAY)


def letters_told(file):
    titles = [line.title for line in timeline_of(file, whole=True).lines]
    return [title.partition(": ")[2] for title in titles if title.startswith("Lettre du portail")]


def ask(file, village):
    choosing.choose_villages(file=file, reasons={village: []}, by=file.adviser, now=NOON)
    return ask_consent(file=file, by=file.adviser, now=NOON)


def test_what_was_written_to_the_holder_and_the_reminder_of_it_are_told_newest_first(file):
    ask(file, VillageFactory())
    foreign = ProjectFileFactory(supported=True, adviser=file.adviser, opened_at=NOON - DAY)
    ask(foreign, VillageFactory())
    nudges.write_nudges(NOON + 10 * DAY, Delays())
    Letter.objects.filter(pk__in=Letter.objects.order_by("pk")[:2]).update(created_at=NOON)
    subjects = Letter.objects.filter(to=file.holder.email).order_by("-created_at", "-pk").values_list("subject", flat=True)
    assert len(subjects) == 2
    assert letters_told(file) == list(subjects)


def test_a_reminder_to_a_village_is_told_on_the_file(file):
    village = VillageFactory()
    reader = CommitteeMemberFactory(village=village, email="h@example.org")
    IntroductionFactory(file=file, village=village, sent=True, sent_at=NOON)
    nudges.write_nudges(NOON + 10 * DAY, Delays())
    assert letters_told(file) == [Letter.objects.get(to=reader.email).subject]


def test_a_letter_that_did_not_leave_says_so_and_one_that_did_says_nothing(file):
    ask(file, VillageFactory())
    letter = Letter.objects.get()
    for state, told in ((LetterState.FAILED, "échec"), (LetterState.SENT, "")):
        Letter.objects.update(state=state, sent_at=timezone.now())
        (line,) = (line for line in timeline_of(file).lines if letter.subject in line.title)
        assert told in line.text.lower()
        assert bool(line.text) == bool(told)


def test_a_forgotten_letter_stays_a_line(file):
    ask(file, VillageFactory())
    Letter.objects.update(to="", subject="", text="", html="")
    assert "Lettre du portail" in [line.title for line in timeline_of(file).lines]


def test_it_costs_the_same_number_of_queries(file, queries_of):
    until = NOON.date() + 400 * DAY

    def cost(more: int) -> int:
        for _ in range(more):
            IntroductionFactory(file=file, state=IntroductionState.WITHDRAWN, slot=None)
            lifecycle.move_file(file=file, to=Stage.PAUSED, by=file.adviser, reason="x", paused_until=until, now=NOON)
            lifecycle.move_file(file=file, to=Stage.SUPPORTED, by=file.adviser, reason="x", now=NOON)
        return queries_of(lambda: timeline_of(file).lines)

    assert cost(2) == cost(38)
