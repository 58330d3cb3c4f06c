"""A year of random work on the desk: each figure equals plain SQL over the rows its definition names, and a past day stays past."""

import datetime as dt
import math
import random

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from common.working_days import public_holidays
from projects.activity import refusals
from projects.enums import ClosingReason, FundingState, IntroductionState, Stage, Via
from projects.figures.parts import ReportRequest
from projects.figures.report import Report
from projects.figures.table_rows import TABLES, rows_behind
from projects.files import lifecycle
from projects.follow_up.services import answer_follow_up
from projects.introductions import choosing
from projects.introductions.services import ANSWERS, answer_consent, answer_introduction, ask_consent, move_introduction, send_ready
from projects.models import FollowUp, FundingLine, Introduction, ProjectFile, Scheme
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
CONVENTIONS = ["", "Région", "Europe"]
CHECKED = [dt.date(2026, 4, 30), dt.date(2026, 8, 31), LAST]


class Year:
    """Somebody of the team at the desk, doing by chance what the pages and the services let them do."""

    def __init__(self, client, seed: int) -> None:
        self.client, self.dice = client, random.Random(seed)
        self.adviser = UserFactory(adviser=True)
        self.villages = VillageFactory.create_batch(4)
        for number, village in enumerate(self.villages):
            CommitteeMemberFactory(village=village, email=f"v{number}@example.org")
        self.scheme = Scheme.objects.create(name="LEADER", funder="GAL", kind="grant")
        self.acts = [
            self.open,
            self.move,
            self.move,
            self.move,
            self.note,
            self.money,
            self.edit,
            self.introduce,
            self.answer,
            self.news,
        ]

    def press(self, name: str, *pks: int, **facts) -> None:
        """Refused or taken: both are a day's work."""
        answer = self.client.post(reverse(f"admin:projects_projectfile_{name}", args=pks), facts)
        assert answer.status_code in (200, 302), (name, facts, answer.status_code)
        assert not answer.get("Location", "").startswith("/comptes"), name

    def some_day(self, before: int) -> dt.date:
        return timezone.localdate() - self.dice.randrange(before) * DAY

    @property
    def some_file(self) -> ProjectFile:
        return self.one_of(ProjectFile.objects.all())

    def one_of(self, rows):
        """One of the rows by chance, None of none; the database's own chance would be another at each run."""
        rows = list(rows.order_by("pk"))
        return self.dice.choice(rows) if rows else None

    def open(self) -> None:
        known = {"adults": self.dice.choice([None, 1, 2]), "children": self.dice.choice([None, 0, 1, 3])}
        household = known if self.dice.random() < 0.7 else None
        origin, convention = self.dice.choice(["web", "fair"]), self.dice.choice(CONVENTIONS)
        facts = {"household": household, "origin": origin, "convention": convention}
        lifecycle.open_file(holder=HolderFactory(), title="Projet", adviser=self.adviser, **facts)

    def move(self) -> None:
        file = self.some_file
        ways = sorted(Stage(file.stage).next_by_hand)
        to = Stage.SETTLED if Stage.SETTLED in ways and self.dice.random() < 0.6 else self.dice.choice(ways)
        settled_on = str(self.some_day(70)) if self.dice.random() < 0.6 else ""
        facts = {"to": to, "reason": "ainsi", "settled_on": settled_on, "closing_reason": self.dice.choice(ClosingReason.values)}
        self.press("move", file.pk, paused_until=str(timezone.localdate() + 9 * DAY), **facts)

    def note(self) -> None:
        what, moment = self.dice.choice(["call-in", "call-out", "mail-out", "meeting", "note"]), {}
        if self.dice.random() < 0.3:
            moment = {"at_0": str(self.some_day(9)), "at_1": "00:30"}
        self.press("note", self.some_file.pk, text="dit", what=what, **moment)

    def money(self) -> None:
        file, state = self.some_file, self.dice.choice(FundingState.values)
        line = self.one_of(FundingLine.objects.filter(file=file))
        facts = {"requested": "9000", "granted": str(self.dice.randrange(1000, 9000)), "state": state, "funder": "GAL"}
        facts |= {"scheme": self.scheme.pk if self.dice.random() < 0.8 else "", "decided_on": str(self.some_day(40))}
        name, pks = ("line", [file.pk, line.pk]) if line and self.dice.random() < 0.6 else ("add_line", [file.pk])
        self.press(name, *pks, **facts)

    def edit(self) -> None:
        file = self.some_file
        facts = {name: getattr(file, name) for name in ("title", "business_track", "settling_track", "origin")}
        facts |= {
            "convention": self.dice.choice(CONVENTIONS),
            "registered_on": str(self.some_day(60)),
            "jobs": self.dice.randint(0, 3),
        }
        self.press("change", file.pk, summary="", siret="", **facts, **{"household-TOTAL_FORMS": 0, "household-INITIAL_FORMS": 0})

    def introduce(self) -> None:
        file = self.one_of(ProjectFile.objects.filter(stage=Stage.SUPPORTED))
        if file is None:
            return
        try:
            choosing.choose_villages(file=file, reasons={self.dice.choice(self.villages): []}, by=self.adviser)
            asked = ask_consent(file=file, by=self.adviser)
            agreed = [introduction.village_id for introduction in asked.introductions.all() if self.dice.random() < 0.9]
            answer_consent(request=asked, agreed_to=agreed, via=Via.LINK)
        except refusals.IntroductionRefused:
            return
        send_ready(now=timezone.now())

    def answer(self) -> None:
        introduction = self.one_of(Introduction.objects.filter(state__in=IntroductionState.asked()))
        if introduction is None:
            return
        later_on, answer = timezone.localdate() + 30 * DAY, self.dice.choice([*ANSWERS, "withdrawn"])
        try:
            if answer == "withdrawn":
                move_introduction(introduction=introduction, to=IntroductionState.WITHDRAWN, by=self.adviser)
            else:
                answer_introduction(
                    introduction=introduction, answer=answer, by_name="Hélène", via=Via.LINK, words="ainsi", later_on=later_on
                )
        except refusals.IntroductionRefused:
            return

    def news(self) -> None:
        follow_up = self.one_of(FollowUp.objects.filter(answered_at=None, due_on__lte=timezone.localdate()))
        if follow_up:
            here, active = self.dice.choice(["yes", "yes", "left"]), self.dice.choice(["", "yes", "changed", "stopped"])
            answer_follow_up(follow_up=follow_up, facts={"still_here": here, "still_active": active}, via=Via.LINK)


def logged(report: Report) -> dict:
    """What the logs alone tell: it may never change again."""
    return {
        "arrivals": sorted((arrival.file.pk, arrival.day) for arrival in report.all_arrivals),
        "stages": report.stages,
        "answers": report.answers,
        "answer days": report.answer_days,
        "survival": report.survival,
    }


@pytest.fixture(params=[1, pytest.param(2, marks=pytest.mark.thorough), pytest.param(3, marks=pytest.mark.thorough)])
def year(request, client, settings):
    """The year, and at the end of each month what the logs told then."""
    settings.STAFF_MFA_REQUIRED = False
    told = {}
    with time_machine.travel(dt.datetime(2026, 1, 1, 8, tzinfo=dt.UTC), tick=False) as clock:
        year = Year(client, request.param)
        client.force_login(year.adviser)
        for _ in range(6):
            year.open()
        day = FIRST
        while day <= LAST:
            if day.day % 6 == 0:
                clock.move_to(timezone.make_aware(dt.datetime.combine(day, dt.time(year.dice.randrange(24), 15))))
                client.force_login(year.adviser)
                for act in year.dice.choices(year.acts, k=4):
                    act()
                    clock.shift(60)
            if (day + DAY).day == 1:
                clock.move_to(timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59))))
                told[day] = logged(Report(ReportRequest(FIRST, LAST, day)))
            day += DAY
        yield told


PARTS = {  # what several of the questions are made of
    "{before}": "(at AT TIME ZONE %(zone)s)::date <= %(known)s",
    "{no duplicate}": """coalesce((SELECT closing_reason FROM projects_transition WHERE file_id = file.id AND {before}
        AND to_stage <> 'anonymised' ORDER BY id DESC LIMIT 1), '') <> 'duplicate'""",
    "{arrived}": """SELECT file.id, move.settled_on, coalesce(home.adults, 1) + coalesce(home.children, 0), file.jobs
        FROM projects_projectfile file
        LEFT JOIN projects_household home ON home.file_id = file.id
        JOIN LATERAL (
            SELECT * FROM projects_transition WHERE file_id = file.id AND to_stage = 'settled' AND {before} ORDER BY id DESC LIMIT 1
        ) move ON TRUE
        WHERE {these} AND NOT EXISTS (
            SELECT FROM projects_transition WHERE file_id = file.id AND id > move.id AND {before}
            AND (to_stage = 'supported' OR closing_reason IN ('duplicate', 'elsewhere', 'not_ours'))
        )""",
}


def rows(sql: str, report: Report) -> list[tuple]:
    """`{these}` stands for the files asked for; `file` is their table."""
    asked = report.asked
    parts = PARTS | {"{these}": "file.convention = %(convention)s" if asked.convention else "TRUE"}
    while found := next((name for name in parts if name in sql), None):
        sql = sql.replace(found, parts[found])
    facts = {"first": asked.first, "last": min(asked.last, asked.known), "known": asked.known, "convention": asked.convention}
    with connection.cursor() as cursor:
        cursor.execute(sql, facts | {"zone": settings.TIME_ZONE})
        return cursor.fetchall()


def working_days(first: dt.date, last: dt.date) -> int:
    days = 0
    while first < last:
        first += DAY
        days += first.weekday() < 5 and first not in public_holidays(first.year)
    return days


def middle(values: list) -> float | None:
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2 if values else None


def test_each_figure_is_what_sql_says_of_the_rows_its_definition_names(year):
    for known, then in year.items():
        assert logged(Report(ReportRequest(FIRST, LAST, known))) == then, "what was known on a past day is still the same"
    assert year[CHECKED[1]] != year[LAST]
    equal_to_sql("Région")
    assert equal_to_sql("") >= {"arrives", "emplois", "obtenus", "immatriculees", "sans-contact", "yes"}


def equal_to_sql(convention: str) -> set[str]:
    """Of three days of the year. Returns what was seen to be more than nothing."""
    seen = set()
    for known in CHECKED:
        report = Report(ReportRequest(FIRST, LAST, known, convention))
        value = {figure.slug: figure.value for figure in report.figures}
        last = min(LAST, known)

        arrived = [row for row in rows("{arrived}", report) if FIRST <= row[1] <= last]
        assert value["arrives"] == sum(people for _file, _day, people, *_rest in arrived)
        assert value["emplois"] == sum(jobs or 0 for _file, _day, _people, jobs, *_rest in arrived)
        for quarter in report.quarters:
            mine = [row for row in arrived if f"{row[1].year}-{(row[1].month + 2) // 3}" == quarter.slug]
            assert (quarter.people, quarter.households) == (sum(row[2] for row in mine), len(mine))

        registered = "SELECT file.id FROM projects_projectfile file WHERE {these} AND {no duplicate}"
        within = " AND registered_on BETWEEN %(first)s AND %(last)s"
        assert value["immatriculees"] == len(rows(registered + within, report))

        obtained = """SELECT granted FROM projects_fundingline line JOIN projects_projectfile file ON file.id = line.file_id
            WHERE {these} AND {no duplicate} AND line.scheme_id IS NOT NULL AND line.state IN ('granted', 'paid')
            AND line.decided_on BETWEEN %(first)s AND %(last)s"""
        assert value["obtenus"] == sum(granted for (granted,) in rows(obtained, report))

        contacts = """SELECT file.opened_on, (SELECT min((at AT TIME ZONE %(zone)s)::date) FROM projects_event
            WHERE file_id = file.id AND {before} AND kind <> 'note' AND (direction = 'out' OR kind IN ('meeting', 'visit')))
            FROM projects_projectfile file WHERE {these} AND {no duplicate}
            AND (opened_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s"""
        opened = rows(contacts, report)
        assert value["premier-contact"] == middle([working_days(day, at) for day, at in opened if at])
        assert value["sans-contact"] == sum(at is None for _day, at in opened)

        stages = """SELECT coalesce((SELECT to_stage FROM projects_transition WHERE file_id = file.id AND {before}
            ORDER BY id DESC LIMIT 1), 'new') FROM projects_projectfile file
            WHERE {these} AND (opened_at AT TIME ZONE %(zone)s)::date <= %(known)s"""
        stood = [stage for (stage,) in rows(stages, report)]
        assert {count.slug: count.number for count in report.stages} == {stage: stood.count(stage) for stage in Stage.values}

        said = {"accepted": "yes", "contact_made": "yes", "later": "later", "declined": "no"}
        steps = """SELECT one.id, one.sent_at, move.to_state, move.at FROM projects_introduction one
            JOIN projects_projectfile file ON file.id = one.file_id LEFT JOIN projects_introductionmove move
            ON move.introduction_id = one.id AND (move.at AT TIME ZONE %(zone)s)::date <= %(known)s
            WHERE {these} AND (sent_at AT TIME ZONE %(zone)s)::date BETWEEN %(first)s AND %(last)s
            ORDER BY move.id"""
        of_each: dict[int, list] = {}
        for pk, sent_at, state, at in rows(steps, report):
            of_each.setdefault(pk, [sent_at]).append((state, at))
        counted, days = [], []
        for sent_at, *moves in of_each.values():
            answers = [(said[state], at) for state, at in moves if state in said]
            if answers:
                counted.append(answers[-1][0])
                days.append((answers[0][1] - sent_at).total_seconds() / 86_400)
            elif any(state == "withdrawn" for state, _at in moves):
                counted.append("withdrawn")
            else:
                counted.append("silent" if sent_at + 30 * DAY < report.known_until else "awaited")
        assert {answer.slug: answer.number for answer in report.answers} == {
            answer.slug: counted.count(answer.slug) for answer in report.answers
        }
        assert report.answer_days == (math.floor(middle(days) + 0.5) if days else None)

        fates = """SELECT news.months, CASE
              WHEN answered_at IS NULL OR (answered_at AT TIME ZONE %(zone)s)::date > %(known)s THEN 'unknown'
              WHEN still_here = 'left' OR still_active = 'stopped' THEN 'stopped'
              WHEN still_active IN ('yes', 'changed') THEN 'active' ELSE 'unknown' END
            FROM projects_followup news JOIN ({arrived}) stands ON stands.id = news.file_id
            WHERE (stands.settled_on + make_interval(months => news.months))::date <= %(known)s"""
        fate_rows = rows(fates, report)
        for cohort in report.survival:
            mine = [fate for months, fate in fate_rows if months == cohort.months]
            assert (cohort.active, cohort.unknown, cohort.stopped) == tuple(
                mine.count(fate) for fate in ("active", "unknown", "stopped")
            )

        for kind, table in TABLES.items():
            numbers = {"etape": stood, "reponse": counted, "suivi": fate_rows, "trimestre": arrived}
            assert sum(len(rows_behind(report, f"{kind}.{line}").rows) for line in table.lines(report)) == len(numbers[kind])
        seen |= {name for name, number in value.items() if number}
        seen |= {answer.slug for answer in report.answers if answer.number}
        seen |= {fate for _months, fate in fate_rows}
    return seen
