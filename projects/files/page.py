"""What a file's page shows beside its timeline: how far it is on its two tracks, and where each introduction stands."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.enums import BusinessTrack, IntroductionState, SettlingTrack
from projects.introductions.leaving import obstacle_of, obstacle_words, with_facts_of_leaving
from projects.introductions.village_record import Record, records_of
from projects.models import Introduction, ProjectFile

State = IntroductionState


@dataclass(frozen=True)
class Step:
    label: str
    is_past: bool
    is_now: bool


def tracks_of(file: ProjectFile) -> list[tuple[str, list[Step]]]:
    return [
        (_("The business"), steps(BusinessTrack, file.business_track)),
        (_("The settling"), steps(SettlingTrack, file.settling_track)),
    ]


def steps(track, now: str) -> list[Step]:
    order = list(track)
    place = order.index(track(now))
    return [Step(str(step.label), number < place, number == place) for number, step in enumerate(order)]


@dataclass(frozen=True)
class IntroductionOnFile:
    """One village on the file's page, with what may be done next."""

    introduction: Introduction
    record: Record
    days_silent: int
    obstacle: str = ""  # why it does not leave, in words, where its holder has agreed

    @property
    def can_answer(self) -> bool:
        return self.introduction.state in State.asked()

    @property
    def can_confirm_contact(self) -> bool:
        return self.introduction.state == State.ACCEPTED

    @property
    def can_visit(self) -> bool:
        return self.introduction.state in State.before_visit()

    @property
    def can_end(self) -> bool:
        return bool(State(self.introduction.state).next_states - {State.AWAITING_CONSENT})

    @property
    def look(self) -> str:
        if self.introduction.state in State.reads_all():
            return "yes"
        return "no" if self.introduction.state in State.came_to_nothing() else "open"


def introductions_of(file: ProjectFile, *, now: dt.datetime) -> list[IntroductionOnFile]:
    """Two queries. What is live first, then the newest."""
    rows = with_facts_of_leaving(file.introductions.select_related("village__commune", "file"), now)
    found = list(rows.order_by("slot", "-pk"))
    records = records_of([introduction.village for introduction in found], now=now) if found else {}
    return [
        IntroductionOnFile(
            introduction,
            records.get(introduction.village_id, Record()),
            introduction.days_silent(now) if introduction.state == State.SENT else 0,
            obstacle_in_words(introduction, now) if introduction.state == State.READY else "",
        )
        for introduction in found
    ]


def obstacle_in_words(introduction: Introduction, now: dt.datetime) -> str:
    obstacle = obstacle_of(introduction, timezone.localdate(now))
    return obstacle_words(introduction, obstacle) if obstacle else ""
