"""What was said and done on each project file since its first day, and what is due next.

Everything goes through the services of the admin, with the clock of then.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from members.models import User
from projects.activity import to_do
from projects.activity.events import log_events
from projects.enums import BusinessTrack, ClosingReason, Direction, EventKind, Origin, SettlingTrack, Stage
from projects.files import lifecycle
from projects.models import Event, Task
from sohosolo.demo.chance import Dice
from sohosolo.demo.days import DAY, office_hour, working_day
from sohosolo.demo.holders import Carrier, Carriers, household_of
from sohosolo.demo.members import Solo
from sohosolo.demo.projects import Plan, plan_files
from sohosolo.demo.team import Team
from sohosolo.demo.villages import Welcome
from sohosolo.demo.world import World

TITLE_OF_THE_TRADE = 0.55
WITHOUT_TASK = 0.14  # open files on which nothing is planned
PUT_OFF = 0.25  # tasks that were given another day, once to three times
SAID_AT_MOST = 7  # things, while a file is supported
EARLY_ENDS = {ClosingReason.NOT_OURS, ClosingReason.DUPLICATE}  # seen before anything was qualified

BUSINESS = {
    Stage.NEW: [BusinessTrack.IDEA],
    Stage.TO_QUALIFY: [BusinessTrack.IDEA, BusinessTrack.STUDY],
    Stage.SUPPORTED: [BusinessTrack.STUDY, BusinessTrack.PLAN, BusinessTrack.FUNDING, BusinessTrack.REGISTERED],
    Stage.PAUSED: [BusinessTrack.STUDY, BusinessTrack.PLAN],
    Stage.SETTLED: [BusinessTrack.REGISTERED, BusinessTrack.TRADING, BusinessTrack.TRADING],
    Stage.CLOSED: [BusinessTrack.IDEA, BusinessTrack.STUDY, BusinessTrack.PLAN],
    Stage.ANONYMISED: [BusinessTrack.STUDY],
}
FOR_ONES_OWN = {BusinessTrack.FUNDING, BusinessTrack.REGISTERED}
SETTLING = {
    Stage.SUPPORTED: [SettlingTrack.SEARCHING, SettlingTrack.INTRODUCED, SettlingTrack.VISITING, SettlingTrack.HOUSING_FOUND],
    Stage.SETTLED: [SettlingTrack.ARRIVED],
}
TASKS = {
    Stage.NEW: "new",
    Stage.TO_QUALIFY: "qualify",
    Stage.SUPPORTED: "support",
    Stage.PAUSED: "paused",
    Stage.SETTLED: "settled",
}
MINUTES = {EventKind.CALL: (5, 30), EventKind.MEETING: (40, 75), EventKind.VISIT: (90, 180), EventKind.MAIL: (5, 15)}
DUE_IN_DAYS = {(-14, -1): 14, (0, 0): 9, (1, 1): 10, (2, 7): 34, (8, 28): 33}  # weights: late, today, tomorrow, soon, later


def live_files(world: World, team: Team, welcomes: Mapping[str, Welcome], solos: Sequence[Solo]) -> None:
    dice = world.dice("stories")
    carriers, plans, events = Carriers(world, dice, solos), plan_files(world, team), []
    for number, plan in enumerate(plans):
        world.tell("files", number / len(plans))
        story = Story(world, dice, team, welcomes, carriers, plan)
        story.live()
        events += story.events
    log_events(events=events, now=world.now)


class Story:
    """One file from its first day until now. `clock` is the hour of the last thing that happened."""

    def __init__(
        self, world: World, dice: Dice, team: Team, welcomes: Mapping[str, Welcome], carriers: Carriers, plan: Plan
    ) -> None:
        self.world, self.dice, self.team, self.plan = world, dice, team, plan
        self.texts, self.clock = world.material.projects, plan.opened_at
        self.carrier = self.find_carrier(carriers)
        self.welcome = welcomes[self.find_village(welcomes)]
        self.household = household_of(world, dice, plan.known)
        self.events: list[Event] = []  # noted all at once at the end, each at its hour

    def find_carrier(self, carriers: Carriers) -> Carrier:
        if self.plan.known:
            return carriers.known(self.plan.known, self.clock)
        if self.plan.stage == Stage.ANONYMISED:
            return carriers.forgotten(self.clock)
        return carriers.settled(self.clock) if self.plan.has_settled else carriers.stranger(self.clock)

    def find_village(self, welcomes: Mapping[str, Welcome]) -> str:
        """The one they look at, or live in; a big village is looked at more often."""
        chosen = self.plan.known["insee_code"] if self.plan.known else self.carrier.lives_in_village
        return chosen or self.dice.by_share({code: welcome.population**0.4 for code, welcome in welcomes.items()})

    def live(self) -> None:
        self.open()
        if self.plan.stage == Stage.ANONYMISED:
            self.forget()
            return
        self.receive()
        if self.plan.adviser is None:
            return
        if self.file.adviser is None:
            self.assign()
        if self.plan.stage != Stage.NEW:
            self.qualify()
        if self.plan.closing in EARLY_ENDS:
            self.close()
        elif self.plan.stage not in Stage.to_be_called():
            self.support()
        if self.plan.stage.is_open:
            self.plan_next()

    # ---- The steps, in the order they come

    def open(self) -> None:
        known, trade, forgotten = self.plan.known, self.carrier.trade, self.plan.stage == Stage.ANONYMISED
        self.file = lifecycle.open_file(
            holder=self.carrier.holder,
            title=known["title"] if known else self.title(),
            summary="" if forgotten else known["summary"] if known else trade["summary"],
            origin=self.plan.origin,
            convention=self.dice.choice(self.texts["conventions"]),
            business_track=self.dice.choice(self.business_tracks()),
            settling_track=self.dice.choice(SETTLING.get(self.plan.stage, [SettlingTrack.SEARCHING])),
            household=None if forgotten else self.household,
            **self.whoever_answered(),
            now=self.clock,
        )

    def whoever_answered(self) -> dict[str, User | None]:
        """Who takes the call keeps the file; what comes by the site waits to be entrusted to somebody."""
        if self.plan.adviser is None or self.plan.origin == Origin.WEB:
            return {}
        self.assigned_at = self.clock
        return {"adviser": self.plan.adviser, "deputy": self.team.deputies.get(self.plan.adviser)}

    def title(self) -> str:
        """In words of the trade, or in those of anybody who says where they would go."""
        trade, person = self.carrier.trade, self.carrier.person
        if self.plan.stage == Stage.ANONYMISED or self.dice.likely(TITLE_OF_THE_TRADE):
            return self.dice.choice(trade["title"])
        return self.fill(self.dice.choice(self.texts["titles"]), activity=trade["f" if person.feminine else "m"])

    def business_tracks(self) -> list[BusinessTrack]:
        """Who keeps a job has nothing to fund nor to register."""
        tracks = BUSINESS[self.plan.stage]
        return [track for track in tracks if track not in FOR_ONES_OWN] if self.carrier.trade.get("employee") else tracks

    def receive(self) -> None:
        received = self.texts["received"][self.plan.origin]
        author = None if self.plan.origin == Origin.WEB else self.file.adviser or self.team.lead
        self.tell(received, author, summary=self.file.summary)

    def assign(self) -> None:
        self.later(0, 2)
        self.assigned_at, adviser = self.clock, self.plan.adviser
        self.file = lifecycle.assign_adviser(
            file=self.file, adviser=adviser, by=self.team.lead, deputy=self.team.deputies.get(adviser), now=self.clock
        )

    def qualify(self) -> None:
        self.later(1, 3)
        self.say("first")
        self.move(Stage.TO_QUALIFY)
        if self.plan.stage != Stage.TO_QUALIFY and self.plan.closing not in EARLY_ENDS:
            self.later(3, 8)
            self.say("qualify")

    def support(self) -> None:
        self.later(3, 9)
        self.move(Stage.SUPPORTED)
        end = self.end_of_support()
        self.accompany("support", end, every=18 if self.plan.known else 50, tasks=0.3)
        if self.plan.stage == Stage.SUPPORTED:
            return
        self.later(*[max(1, (end.date() - self.clock.date()).days)] * 2)
        if self.plan.stage == Stage.PAUSED:
            self.pause()
        if self.plan.has_settled:
            self.settle()
        if self.plan.stage == Stage.CLOSED:
            self.close()

    def end_of_support(self) -> dt.datetime:
        if self.plan.stage == Stage.SUPPORTED:
            return self.world.now
        if self.plan.stage == Stage.PAUSED:
            return self.world.now - self.dice.randint(6, 70) * DAY
        share = self.dice.uniform(0.4, 0.95) if self.plan.has_settled else self.dice.uniform(0.1, 0.6)
        return self.clock + (self.world.now - 30 * DAY - self.clock) * share

    def accompany(self, phase: str, until: dt.datetime, *, every: int, tasks: float = 0) -> None:
        """Something is said about `every` so many days, in the order of the texts; after some of it, something is done."""
        start, texts = self.clock, self.sayable(self.texts["events"][phase])
        times = min(len(texts), SAID_AT_MOST, max(1, (until - start).days // every))
        for number, event in enumerate(self.dice.some(texts, times, times)):
            days = (until - start).days * (number + self.dice.uniform(0.6, 1)) / times
            self.clock = office_hour(self.world, self.dice, max(self.clock, start + dt.timedelta(days=days - 1)), 1)
            self.tell(event, self.plan.adviser)
            if self.dice.likely(tasks):
                self.do_a_task(until)

    def pause(self) -> None:
        reason = self.dice.choice(self.sayable(self.texts["pause_reasons"]))["text"]
        self.say("pause", reason=reason)
        self.move(Stage.PAUSED, reason=reason, paused_until=self.world.today + self.dice.randint(3, 150) * DAY)

    def settle(self) -> None:
        self.say("settle")
        self.move(Stage.SETTLED)
        share = 1 if self.plan.stage == Stage.SETTLED else self.dice.uniform(0.5, 0.9)
        self.accompany("settled", self.clock + (self.world.now - self.clock) * share, every=130)

    def close(self) -> None:
        self.later(4, 15)
        self.say(f"closed_{self.plan.closing}")
        self.move(Stage.CLOSED, closing_reason=self.plan.closing)

    def forget(self) -> None:
        """The portal itself anonymised this file when its date came: who it was and what was said is no longer there."""
        for to, facts in ((Stage.TO_QUALIFY, {}), (Stage.CLOSED, {"closing_reason": ClosingReason.NO_NEWS})):
            self.later(10, 40)
            self.move(to, by=self.team.lead, **facts)
        self.clock = self.world.now - self.dice.randint(5, 60) * DAY
        self.move(Stage.ANONYMISED, by=None, reason=self.texts["anonymised"]["reason"])

    def plan_next(self) -> None:
        """What is still to do: some of it late, some due today, tomorrow or next week."""
        if self.plan.known:
            for task in self.plan.known["tasks"]:
                self.add_task(task["title"], self.world.today + task["in_days"] * DAY)
        elif not self.dice.likely(WITHOUT_TASK):
            days = self.dice.randint(*self.dice.by_share(DUE_IN_DAYS))
            due_on = self.file.paused_until or self.world.today + days * DAY
            if days not in (0, 1):  # something is due today and tomorrow even on a Sunday, for whoever looks then
                due_on = working_day(due_on, -DAY if days < 0 else DAY)
            title = self.something_to_do(TASKS[self.plan.stage])
            times = self.dice.by_share({1: 70, 2: 20, 3: 10}) if self.dice.likely(PUT_OFF) else 0
            self.add_task(title, max(due_on, self.assigned_at.date() + DAY), put_off=times)

    # ---- What the steps are made of

    def later(self, least: int, most: int) -> None:
        self.clock = office_hour(self.world, self.dice, self.clock, self.dice.randint(least, most))

    def move(self, to: Stage, **facts: Any) -> None:
        self.file = lifecycle.move_file(file=self.file, to=to, now=self.clock, **{"by": self.plan.adviser} | facts)

    def say(self, phase: str, **facts: Any) -> None:
        self.tell(self.dice.choice(self.sayable(self.texts["events"][phase])), self.plan.adviser, **facts)

    def something_to_do(self, phase: str) -> str:
        return self.fill(self.dice.choice(self.sayable(self.texts["tasks"][phase]))["text"])

    def sayable(self, texts: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
        """Those that suit this household and this work: nobody alone is met as a couple."""
        employee = self.carrier.trade.get("employee", False)
        there = {
            "couple": self.household["adults"] > 1,
            "children": self.household["children"] > 0,
            "employee": employee,
            "own": not employee,
        }
        return [text for text in texts if "needs" not in text or there[text["needs"]]]

    def tell(self, said: Mapping[str, str], author: User | None, **facts: Any) -> None:
        kind = EventKind(said["kind"])
        event = Event(
            file=self.file,
            kind=kind,
            direction=Direction(said["direction"]),
            text=self.fill(said["text"], **facts),
            author=author,
            minutes=self.dice.randint(*MINUTES[kind]) if author and kind in MINUTES else None,
            at=self.clock,
        )
        self.events.append(event)

    def add_task(self, title: str, due_on: dt.date, put_off: int = 0) -> Task:
        """Set some days before it is due, once somebody follows the file; `put_off` times it was given a week more."""
        adviser = self.plan.adviser
        days = [due_on - 7 * times * DAY for times in range(put_off, -1, -1)]
        days = [day for day in days[:-1] if self.assigned_at.date() < day <= self.world.today] + days[-1:]
        now = max(self.assigned_at, self.world.at(days[0], dt.time(9)) - self.dice.randint(3, 10) * DAY)
        if now >= self.world.now:
            now = self.clock + (self.world.now - self.clock) * self.dice.random()
        task = to_do.add_task(file=self.file, title=title, due_on=days[0], assignee=adviser, by=adviser, now=now)
        for was, day in pairwise(days):
            moment = max(now, min(self.world.at(was, dt.time(17)), self.world.now))
            task = to_do.postpone_task(task=task, to=day, by=adviser, now=moment)
        return task

    def do_a_task(self, until: dt.datetime) -> None:
        due_on = working_day(self.clock.date() + self.dice.randint(4, 12) * DAY)
        done_at = self.dice.hour(due_on, self.world.zone)
        if done_at < until:
            title = self.something_to_do("support")
            adviser = self.plan.adviser
            task = to_do.add_task(file=self.file, title=title, due_on=due_on, assignee=adviser, by=adviser, now=self.clock)
            to_do.finish_task(task=task, by=adviser, now=done_at)

    def fill(self, text: str, **facts: Any) -> str:
        return self.carrier.person.agree(
            text,
            village=self.welcome.name,
            at_village=self.welcome.at,
            of_village=self.welcome.of,
            of_telecentre=self.welcome.of_telecentre,
            committee=self.welcome.lead,
            town=self.carrier.town["name"],
            **facts,
        )
