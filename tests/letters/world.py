"""Where a letter comes about: people with browsers, a clock that is moved, and the outbox that sends."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from common.working_days import is_working_day
from outbox.delivery import deliver_due
from outbox.enums import LetterState
from outbox.models import Letter
from projects import tasks as planner
from tests.factories.members import UserFactory

DAY = dt.timedelta(days=1)
DONE = (200, 302, 303)


@dataclass(frozen=True)
class Case:
    """`provoke` brings the letter of this template about, under a key of this rule; `reminder` is the planner's rule, if one."""

    template: str
    rule: str
    provoke: Callable[["World"], None]
    reminder: str = ""

    @property
    def name(self) -> str:
        return f"{self.template}:{self.reminder}" if self.reminder else self.template


class World:
    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock

    @property
    def today(self) -> dt.date:
        return timezone.localdate()

    def browser(self, user=None) -> Client:
        client = Client()
        if user:
            client.force_login(user)
        return client

    def adviser(self, **facts):
        return UserFactory(adviser=True, first_name="Claire", last_name="Marsan", **facts)

    def press(self, client: Client, address: str, data: dict | None = None) -> HttpResponse:
        """The form was taken: what is refused comes back with another status, or as its own page."""
        answer = client.post(address, data or {})
        assert answer.status_code in DONE, (address, answer.status_code)
        leads_to = answer.get("Location", "")
        assert address.startswith("/comptes/") or not leads_to.startswith("/comptes/"), (address, "asked who they are first")
        wrong = re.findall(r'class="(?:errorlist|errors)[^>]*>(.*?)</', answer.text, re.DOTALL) if answer.status_code == 200 else []
        assert not wrong, (address, wrong)
        return answer

    def wait(self, **time: int) -> None:
        self.clock.shift(dt.timedelta(**time))

    def send(self) -> None:
        """The sweep, a minute later: and again once what may leave only later is due."""
        self.wait(minutes=1)
        deliver_due(now=timezone.now())
        later = Letter.objects.filter(state=LetterState.TO_SEND).order_by("-send_after").first()
        if later:
            self.clock.move_to(max(later.send_after, timezone.now()) + dt.timedelta(minutes=1))
            deliver_due(now=timezone.now())

    def go_to(self, day: dt.date, hour: dt.time) -> None:
        self.clock.move_to(timezone.make_aware(dt.datetime.combine(day, hour)))

    def morning(self, after: int) -> None:
        """The planner's two ticks on the first working day that comes after so many days; all else that was due has left."""
        self.send()
        day = self.today + after * DAY
        while not is_working_day(day):
            day += DAY
        for minute in (30, 31):
            self.go_to(day, dt.time(7, minute))
            planner.plan_reminders()


def fresh() -> None:
    """Nobody came before: what counts how often people come forgets."""
    cache.clear()


def last_letter() -> Letter:
    return Letter.objects.latest("pk")
