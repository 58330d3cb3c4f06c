"""Forty signed-in members post the same free half-day to a real server: gunicorn, its processes and threads, PostgreSQL."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import Sum
from django.urls import reverse

from members.models import Member
from telecentres.enums import Stretch
from telecentres.models import Booking, Desk, Pass, Telecentre
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory, PassFactory, RateFactory, TelecentreFactory, half_day
from tests.factories.villages import CommuneFactory
from tests.telecentres.booking.test_races import days
from tests.telecentres.racing import (
    Outcome,
    deadlocks,
    in_rounds,
    let_anybody_hold_any_number,
    overlapping_pairs,
    p95,
    race,
    without_constraints,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ROOT = Path(__file__).resolve().parents[3]
SESSIONS, ROUNDS, SEEN_SESSIONS, SEEN_ROUNDS = 40, int(os.environ.get("RACE_ROUNDS", 2)), 12, 2
TOKEN = "a" * 32  # a CSRF secret is its own token


@dataclass(frozen=True)
class Answer:
    status: int
    location: str | None
    body: str


@dataclass(frozen=True)
class Person:
    """Somebody signed in, with a connection of their own to the server."""

    cookies: str
    line: http.client.HTTPConnection

    def get(self, path: str) -> int:
        self.line.request("GET", path, headers={"Cookie": self.cookies})
        response = self.line.getresponse()
        response.read()
        return response.status

    def post(self, path: str, **answers: object) -> Answer:
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **answers})
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self.line.request("POST", path, body, headers)
        response = self.line.getresponse()
        return Answer(response.status, response.getheader("Location"), response.read().decode())


@contextmanager
def server(application: str) -> Iterator[int]:
    """Two processes of twenty threads on this test's database. Gives the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "2", "--preload"]
    command += ["--threads", "20", "--keep-alive", "60", "--no-control-socket", "--log-level", "warning", "--timeout", "300"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url(),
        "EMAIL_URL": "dummymail://",
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(120)


def database_url() -> str:
    facts = {name: str(value) for name, value in connection.get_connection_params().items()}
    who = quote(facts["user"]) + (f":{quote(facts['password'])}" if facts.get("password") else "")
    host = facts.get("host", "")
    if host.startswith("/"):
        return f"postgresql://{who}@/{facts['dbname']}?host={host}"
    return f"postgresql://{who}@{host}:{facts.get('port', '5432')}/{facts['dbname']}"


def wait_for(port: int, process: subprocess.Popen) -> None:
    for _ in range(300):
        assert process.poll() is None, "gunicorn did not start"
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as line:
            try:
                line.request("GET", "/livez")
                if line.getresponse().status == 200:
                    return
            except ConnectionError:
                time.sleep(0.1)
    pytest.fail("gunicorn never answered")


@contextmanager
def signed_in(members: Sequence[Member], port: int) -> Iterator[list[Person]]:
    """By session rows, as django.contrib.auth.login would write them: signing in is another test's matter."""
    people = []
    for member in members:
        session = SessionStore()
        session["_auth_user_id"] = str(member.user.pk)
        session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
        session["_auth_user_hash"] = member.user.get_session_auth_hash()
        session.save()
        cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        people.append(Person(cookies, http.client.HTTPConnection("127.0.0.1", port, timeout=300)))
    yield people
    for person in people:
        person.line.close()


def everybody_wants(desk: Desk, day, people: Sequence[Person]) -> list[Outcome]:
    period = half_day(desk.telecentre, day)
    wish = {"desk": desk.pk, "start": period.lower.isoformat(), "end": period.upper.isoformat(), "key": f"page of {day}"}
    path = reverse("telecentres:week", args=[desk.telecentre.slug])
    return race([partial(person.post, path, **wish) for person in people])


@pytest.fixture(autouse=True)
def no_limits(transactional_db):
    let_anybody_hold_any_number()


@pytest.fixture
def members() -> list[Member]:
    return MemberFactory.create_batch(SESSIONS, commune=CommuneFactory())


@pytest.fixture
def desk() -> Desk:
    """One of three in its place; there is another place not far."""
    place = TelecentreFactory(every_day=True)
    DeskFactory.create_batch(2, telecentre=place)
    DeskFactory(telecentre=TelecentreFactory(every_day=True, commune=CommuneFactory(latitude=43.8)))
    return DeskFactory(telecentre=place)


def test_the_rig_sees_a_desk_given_twice_when_nothing_guards(desk):
    members = MemberFactory.create_batch(SEEN_SESSIONS, commune=CommuneFactory())
    with without_constraints():
        with server("tests.telecentres.booking.unguarded:application") as port, signed_in(members, port) as people:
            for day in days(SEEN_ROUNDS):
                everybody_wants(desk, day, people)
        assert Booking.objects.count() > SEEN_ROUNDS
        assert overlapping_pairs(desk) > 1


@in_rounds(1, ROUNDS)
def test_forty_sessions_on_one_half_day_give_one_booking_and_thirty_nine_polite_refusals(desk, members, capsys, rounds):
    seconds, bare, before = [], [], deadlocks()
    with server("sohosolo.wsgi:application") as port, signed_in(members, port) as people:
        for day in days(rounds):
            bare.append(p95(race([partial(person.get, "/livez") for person in people])))
            outcomes = everybody_wants(desk, day, people)
            assert [outcome.error for outcome in outcomes if outcome.error] == []
            answers = [outcome.value for outcome in outcomes]
            assert Counter(answer.status for answer in answers) == {303: 1, 409: SESSIONS - 1}
            assert Booking.objects.filter(desk=desk, period=half_day(desk.telecentre, day)).count() == 1
            (granted,) = [answer for answer in answers if answer.status == 303]
            assert granted.location == reverse("telecentres:my-bookings")
            for refused in (answer for answer in answers if answer.status == 409):
                assert refused.body.count('class="way"') == 5, "another desk, two other times, another place, waiting"
            seconds.append(p95(outcomes))
    assert Booking.objects.count() == rounds
    assert deadlocks() == before, "the server is gone: its backends have told"
    with capsys.disabled():
        said = ", ".join(f"{one * 1000:.0f}" for one in seconds)
        sys.stdout.write(f"\n{SESSIONS} sessions on one half-day over HTTP, p95 of each round: {said} ms; ")
        sys.stdout.write(f"of an empty answer: {max(bare) * 1000:.0f} ms\n")


@pytest.mark.thorough
def test_hours_half_days_and_days_of_one_room_over_http_never_overlap(members):
    """Each presses for another stretch of the room while the host closes the afternoon of another desk."""
    place = TelecentreFactory(every_day=True)
    room, other = DeskFactory(telecentre=place, room=True), DeskFactory(telecentre=place)
    path, before = reverse("telecentres:week", args=[place.slug]), deadlocks()
    hours = [("09:00", "10:00"), ("09:30", "11:30"), ("14:00", "15:00"), ("15:00", "18:30")]
    host = MemberFactory(user__host=True, commune=members[0].commune)
    place.hosts.add(host.user)
    with server("sohosolo.wsgi:application") as port, signed_in([host, *members[1:]], port) as people:
        for day in days(ROUNDS):
            wishes = [{"desk": room.pk, "start": f"{day}T{start}", "end": f"{day}T{end}"} for start, end in hours]
            wishes += [{"slot": f"{room.pk} {day} {stretch}"} for stretch in ("morning", "afternoon", "day")]
            closing = {
                "first": day.isoformat(),
                "last": "",
                "stretch": "afternoon",
                "desk": other.pk,
                "reason": "travaux",
            }
            acts = [partial(people[0].post, reverse("telecentres:close", args=[place.slug]), close="1", **closing)]
            acts += [
                partial(person.post, path, key=f"page of {day}", **wishes[number % len(wishes)])
                for number, person in enumerate(people[1:])
            ]
            outcomes = race(acts)
            assert [outcome.error for outcome in outcomes if outcome.error] == []
            statuses = Counter(outcome.value.status for outcome in outcomes)
            assert set(statuses) == {303, 409}
            assert outcomes[0].value.status in (303, 409)  # closed, or told that others were booking for too long
            of_the_day = half_day(place, day, Stretch.DAY)
            granted = Booking.objects.filter(desk=room, period__overlap=of_the_day).count()
            assert statuses[303] == granted + (outcomes[0].value.status == 303)
    assert overlapping_pairs(room) == 0
    assert deadlocks() == before


@pytest.mark.thorough
def test_series_against_singles_over_http_give_each_day_to_one(desk, members):
    """Half of them press for the same weekday of four weeks at one desk, the others for one of those days."""
    place, before = desk.telecentre, deadlocks()
    Telecentre.objects.filter(pk=place.pk).update(horizon_days=365)
    near = days(28 * (ROUNDS // 7 + 1))
    weekly, single = (reverse(f"telecentres:{name}", args=[place.slug]) for name in ("series-new", "week"))
    with server("sohosolo.wsgi:application") as port, signed_in(members, port) as people:
        for number in range(ROUNDS):
            weekday, weeks_ahead = number % 7, number // 7 * 4
            weeks = [day for day in near if day.weekday() == weekday][weeks_ahead : weeks_ahead + 4]
            wish = {"desk": desk.pk, "weekdays": weekday, "stretch": "morning", "book": "1"}
            wish |= {"first": weeks[0].isoformat(), "last": weeks[-1].isoformat()}
            acts = [
                partial(person.post, weekly, key=f"series {number}", **wish)
                if rank % 2
                else partial(person.post, single, key=f"single {number}", slot=f"{desk.pk} {weeks[rank // 2 % len(weeks)]} morning")
                for rank, person in enumerate(people)
            ]
            outcomes = race(acts)
            assert [outcome.error for outcome in outcomes if outcome.error] == []
            assert {outcome.value.status for outcome in outcomes} <= {303, 409}
            for day in weeks:
                assert Booking.objects.live().filter(desk=desk, period=half_day(place, day)).count() == 1
    assert deadlocks() == before


@pytest.mark.thorough
def test_two_passes_of_five_against_forty_presses_over_http_never_go_below_zero(members):
    """One member, forty half-days at once: ten are paid with the passes, the others at the place."""
    place = TelecentreFactory(every_day=True, horizon_days=365)
    RateFactory(telecentre=place, price=6)
    desk, member, before = DeskFactory(telecentre=place), members[0], deadlocks()
    passes = PassFactory.create_batch(2, member=member, half_days=5, price=25)
    path = reverse("telecentres:week", args=[place.slug])
    with server("sohosolo.wsgi:application") as port, signed_in([member] * SESSIONS, port) as people:
        acts = [
            partial(person.post, path, key=f"page of {day}", slot=f"{desk.pk} {day} morning")
            for person, day in zip(people, days(SESSIONS), strict=True)
        ]
        outcomes = race(acts)
    assert Counter(outcome.value.status for outcome in outcomes) == {303: SESSIONS}
    assert list(Pass.objects.filter(pk__in=[pass_.pk for pass_ in passes]).values_list("balance", flat=True)) == [0, 0]
    assert Booking.objects.aggregate(units=Sum("units"), paid=Sum("price")) == {"units": 10, "paid": 30 * 6}
    assert deadlocks() == before
