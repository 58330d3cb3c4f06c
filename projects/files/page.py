"""What a file's page shows beside its timeline: how far it is on its two tracks, and where each introduction stands."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.enums import BusinessTrack, IntroductionState, SettlingTrack
from projects.introductions.leaving import obstacle_of, with_facts_of_leaving, words_of
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
class Introduced:
    """One village on the file's page, with what may be done next."""

    one: Introduction
    record: Record
    days_silent: int
    obstacle: str = ""  # why it does not leave, in words, where its holder has agreed

    @property
    def can_answer(self) -> bool:
        return self.one.state in State.asked()

    @property
    def can_confirm_contact(self) -> bool:
        return self.one.state == State.ACCEPTED

    @property
    def can_visit(self) -> bool:
        return self.one.state in (State.ACCEPTED, State.CONTACT_MADE)

    @property
    def can_end(self) -> bool:
        return bool(State(self.one.state).next_states - {State.AWAITING_CONSENT})

    @property
    def look(self) -> str:
        if self.one.state in State.reads_all():
            return "yes"
        return "no" if self.one.state in (State.DECLINED, State.WITHDRAWN, State.NOT_CHOSEN) else "open"


def introductions_of(file: ProjectFile, *, now: dt.datetime) -> list[Introduced]:
    """Two queries. What is live first, then the newest."""
    rows = with_facts_of_leaving(file.introductions.select_related("village__commune", "file"), now)
    found = list(rows.order_by("slot", "-pk"))
    records = records_of([one.village for one in found], now=now) if found else {}
    return [
        Introduced(
            one,
            records.get(one.village_id, Record()),
            one.days_silent(now) if one.state == State.SENT else 0,
            held_back(one, now) if one.state == State.READY else "",
        )
        for one in found
    ]


def held_back(one: Introduction, now: dt.datetime) -> str:
    obstacle = obstacle_of(one, timezone.localdate(now))
    return words_of(one, obstacle) if obstacle else ""
