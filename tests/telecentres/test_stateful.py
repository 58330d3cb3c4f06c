"""Everything that can happen in télécentres, in any order, against PostgreSQL: after every step what is promised holds.

Each of the four parts takes 5 runs of 50 steps, and a few more until every act has happened; three of them are left to
`./run chaos thorough`. After a change of what is promised, take more:
`STATEFUL_RUNS=50 ./run test tests/telecentres/test_stateful.py -n 2`.
"""

import os
from collections import Counter

import pytest

from telecentres.availability.snapshot import Snapshot
from tests.telecentres.happenings import World, run
from tests.telecentres.racing import without_constraints

SHARES = 4  # the runs are shared out, so that every core has some
RUNS = int(os.environ.get("STATEFUL_RUNS", 5))  # of each share
OFTEN = max(1, RUNS // 10)  # so many times every act has to happen in each share
FEW_MORE, ROUNDS_AT_MOST = 5, 60  # runs at a time, until it has
RUNS_UNTIL_SEEN = 50  # a fault ends the runs that see it

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("share", [0, *(pytest.param(share, marks=pytest.mark.thorough) for share in range(1, SHARES))])
def test_whatever_happens_in_whatever_order_what_is_promised_holds(share):
    world, happened = World(), Counter()
    for number in range(share, share + SHARES * ROUNDS_AT_MOST, SHARES):
        happened += run(world, runs=RUNS if number == share else FEW_MORE, number=number)
        seldom = {act for act in ACTS if happened[act] < OFTEN}
        if not seldom:
            break
    print(number, dict(happened))  # noqa: T201
    assert seldom == set(), "it hardly happened: nothing is shown of it"


ACTS = [
    "accept_place",
    "book_any_desk",
    "book_desk",
    "book_series",
    "call_series_off",
    "cancel_booking",
    "check_in",
    "close_days",
    "grant_trial",
    "join_line",
    "leave_line",
    "move_series",
    "moved",
    "open_again",
    "sell_pass",
]


def everything_is_free(monkeypatch):
    monkeypatch.setattr(Snapshot, "is_vacant", lambda snapshot, desk, period: True)


def nobody_makes_way(monkeypatch):
    monkeypatch.setattr("telecentres.hosting.closing.reseat_or_cancel", lambda affected, closure, now: None)


def nothing_is_given_back(monkeypatch):
    monkeypatch.setattr("telecentres.booking.cancelling.give_back", lambda booking, now: None)


def holds_leave_the_line(monkeypatch):
    monkeypatch.setattr("telecentres.models.WaitingEntry.move", lambda entry, to, **facts: None)


@pytest.mark.parametrize(
    ("fault", "promise", "number"),  # of runs that soon see it
    [
        (everything_is_free, "desks_shared", 1),
        (nobody_makes_way, "live_in_closed_time", 1),
        (holds_leave_the_line, "offers_without_a_hold", 0),
        pytest.param(nothing_is_given_back, "bookings_off_the_ledger", 0, marks=pytest.mark.thorough),  # seldom seen
    ],
)
def test_a_promise_broken_on_purpose_is_found(monkeypatch, fault, promise, number):
    fault(monkeypatch)
    with without_constraints(), pytest.raises(AssertionError, match=promise):
        run(World(), runs=RUNS_UNTIL_SEEN, number=number)
