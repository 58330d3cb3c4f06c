"""The demonstration is dated from the day it is loaded, and any day may be that day."""

import datetime as dt
import os
import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from common.working_days import is_working_day
from outbox.models import Letter
from projects.enums import Stage
from projects.models import Event, ProjectFile, Task, Transition
from sohosolo.demo.load import load_network
from telecentres.models import Booking, Desk
from tests.demo.small import FILES, small_material

PARIS = ZoneInfo("Europe/Paris")
DAYS = {
    "the first of January": dt.datetime(2027, 1, 1, 11, 0, tzinfo=PARIS),
    "the twenty-ninth of February": dt.datetime(2028, 2, 29, 8, 5, tzinfo=PARIS),
    "a Sunday, before dawn": dt.datetime(2026, 11, 29, 3, 30, tzinfo=PARIS),
    "the night the clocks go forward": dt.datetime(2027, 3, 28, 0, 30, tzinfo=dt.UTC),
    "the night the clocks go back, the second time": dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
    "the last minute before a full morning": dt.datetime(2026, 12, 1, 23, 59, 59, tzinfo=PARIS),
    "the last minute of a year": dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=PARIS),
}


ALWAYS = ["the night the clocks go back, the second time", "the last minute before a full morning"]


@pytest.fixture(params=[pytest.param(at, id=day, marks=() if day in ALWAYS else pytest.mark.thorough) for day, at in DAYS.items()])
def now(request, db):
    with time_machine.travel(request.param, tick=False):
        load_network(now=timezone.now(), material=small_material())
        yield timezone.now()


def test_the_demonstration_can_be_loaded_on_any_day(now):
    """One load, everything asked of it: each load takes its seconds."""
    assert {stage: ProjectFile.objects.filter(stage=stage).count() for stage in Stage} == FILES
    nothing_has_happened_yet(now)
    everybody_booked_before_they_came(now)
    the_full_place_is_full(now)
    the_known_member_comes_again(now)
    something_is_to_do_soon(now)
    assert set(Letter.objects.values_list("send_after", flat=True)) == {now}
    assert Letter.objects.count() == 7  # the cancellation that freed a desk and its offer among them


def nothing_has_happened_yet(now):
    assert Event.objects.filter(at__gt=now).count() == 0
    assert Transition.objects.filter(at__gt=now).count() == 0
    assert ProjectFile.objects.filter(Q(opened_at__gt=now) | Q(stage_since__lt=F("opened_at"))).count() == 0
    assert Task.objects.filter(Q(created_at__gt=now) | Q(done_at__gt=now) | Q(done_at__lt=F("created_at"))).count() == 0
    assert Booking.objects.filter(Q(created_at__gt=now) | Q(cancelled_at__gt=now) | Q(reminded_at__gt=now)).count() == 0
    assert Booking.objects.over(now).count() == 0


def everybody_booked_before_they_came(now):
    assert Booking.objects.filter(period__startswith__lt=F("created_at")).count() == 0
    assert Booking.objects.filter(member__joined_on__gt=F("created_at__date")).count() == 0
    days = {timezone.localdate(booking.starts_at) for booking in Booking.objects.all()}
    assert min(days) >= timezone.localdate(now) - dt.timedelta(weeks=1)
    assert max(days) <= timezone.localdate(now) + dt.timedelta(weeks=2)
    assert len(days) > 8
    assert [day for day in days if day.weekday() == 6 or (day.weekday() < 5 and not is_working_day(day))] == []


def the_full_place_is_full(now):
    day = timezone.localdate(now) + dt.timedelta(days=1)
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    morning = [timezone.make_aware(dt.datetime.combine(day, dt.time(hour))) for hour in (9, 12)]
    desks = Desk.objects.filter(telecentre__slug="sarrant")
    taken = desks.filter(bookings__in=Booking.objects.live(now).overlapping(morning))
    assert desks.count() == taken.count() == 5


def the_known_member_comes_again(now):
    bookings = Booking.objects.filter(member__user__email="membre@demo.example.org")
    assert bookings.upcoming(now).count() >= 2
    assert bookings.upcoming(now).filter(created_at=now, reminded_at=None, status="confirmed").count() == 1


def something_is_to_do_soon(now):
    today = timezone.localdate(now)
    holder = Task.objects.to_do().filter(file__holder__email="porteur@demo.example.org").order_by("due_on")
    assert [task.due_on for task in holder[:2]] == [today, today + dt.timedelta(days=1)]


@pytest.mark.thorough
@pytest.mark.django_db
def test_two_loads_tell_the_same_story_whatever_the_hash_order(django_db_blocker):
    """Two processes, each with its own order of sets, on a database whose numbers went on in between."""
    assert len({digest_of_a_load(hash_seed) for hash_seed in ("1", "2")}) == 1


def digest_of_a_load(hash_seed: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "tests.demo.content", connection.settings_dict["NAME"]],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return run.stdout.strip()
