"""What was said and done, noted: it moves the last contact, forward only."""

import datetime as dt

import pytest

from projects.activity import refusals
from projects.activity.events import log_event, log_events
from projects.enums import Direction, EventKind
from projects.models import Event
from tests.factories.projects import ProjectFileFactory

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)  # Tuesday, noon in Paris


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "direction", "heard", "told"),
    [
        (EventKind.CALL, Direction.IN, True, False),
        (EventKind.MAIL, Direction.OUT, False, True),
        (EventKind.MEETING, Direction.OUT, True, True),
        (EventKind.VISIT, Direction.IN, True, True),
        (EventKind.MEETING, Direction.INTERNAL, False, False),
        (EventKind.NOTE, Direction.IN, False, False),
    ],
)
def test_a_contact_moves_the_last_contact_and_a_note_does_not(adviser, kind, direction, heard, told):
    file = ProjectFileFactory()
    log_event(file=file, kind=kind, direction=direction, text="Rappel promis", author=adviser, now=NOON)
    file.refresh_from_db()
    assert (file.last_contact_in_at, file.last_contact_out_at) == (NOON if heard else None, NOON if told else None)


@pytest.mark.django_db
def test_an_older_contact_entered_late_does_not_move_the_file_back(adviser):
    file = ProjectFileFactory(convention="Région 2025-2027")
    call = {"file": file, "kind": EventKind.CALL, "direction": Direction.IN, "author": adviser, "now": NOON}
    log_event(**call, text="Appel", minutes=12)
    older = log_event(**call, text="Appel oublié", at=NOON - dt.timedelta(days=3))
    file.refresh_from_db()
    assert (file.last_contact_in_at, older.at, older.convention) == (NOON, NOON - dt.timedelta(days=3), "Région 2025-2027")


@pytest.mark.django_db
def test_what_has_not_happened_yet_is_no_event(adviser):
    file = ProjectFileFactory()
    with pytest.raises(refusals.EventRefused):
        log_event(
            file=file,
            kind=EventKind.CALL,
            direction=Direction.IN,
            text="Demain",
            author=adviser,
            at=NOON + dt.timedelta(hours=1),
            now=NOON,
        )
    assert not file.events.exists()


@pytest.mark.django_db
def test_many_events_noted_at_once_are_as_if_noted_one_by_one(adviser):
    heard, silent = ProjectFileFactory(convention="Région 2025-2027"), ProjectFileFactory()
    said = [
        (heard, EventKind.CALL, Direction.IN, 3),
        (heard, EventKind.MAIL, Direction.OUT, 9),
        (heard, EventKind.CALL, Direction.IN, 5),
        (silent, EventKind.NOTE, Direction.INTERNAL, 1),
    ]
    events = [
        Event(file=file, kind=kind, direction=direction, text="Dit", author=adviser, at=NOON - dt.timedelta(days=days))
        for file, kind, direction, days in said
    ]
    log_events(events=events, now=NOON)
    heard.refresh_from_db()
    silent.refresh_from_db()
    assert heard.events.filter(convention="Région 2025-2027").count() == 3
    assert heard.last_contact_in_at == NOON - dt.timedelta(days=3)
    assert heard.last_contact_out_at == NOON - dt.timedelta(days=9)
    assert (silent.last_contact_in_at, silent.last_contact_out_at, silent.events.count()) == (None, None, 1)


@pytest.mark.django_db
def test_many_events_are_refused_whole_when_one_is_to_come(adviser):
    file = ProjectFileFactory()
    moments = [NOON, NOON + dt.timedelta(minutes=1)]
    call = {"file": file, "kind": EventKind.CALL, "direction": Direction.IN, "text": "Appel", "author": adviser}
    with pytest.raises(refusals.EventRefused, match="choisissez un moment passé"):
        log_events(events=[Event(**call, at=at) for at in moments], now=NOON)
    file.refresh_from_db()
    assert (file.events.count(), file.last_contact_in_at) == (0, None)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 200])
def test_noting_many_events_of_a_file_costs_the_same(adviser, django_assert_num_queries, count):
    file = ProjectFileFactory()
    call = {"file": file, "kind": EventKind.CALL, "direction": Direction.IN, "text": "Appel", "author": adviser}
    with django_assert_num_queries(4):  # the transaction, the events, the file
        log_events(events=[Event(**call, at=NOON) for _ in range(count)], now=NOON)
