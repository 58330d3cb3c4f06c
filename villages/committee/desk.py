"""A village as its committee looks after it: what waits for a word of theirs first, then what is in order."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.typography import curly
from villages.enums import AmenityKind, FactTopic, ProjectStage
from villages.facts import wording
from villages.facts.freshness import Age, FactKind
from villages.models import (
    ASKED_AFTER_DAYS,
    CommitteeMember,
    Connection,
    FactCheck,
    NearestAmenity,
    SpeedTest,
    TerritoryProject,
    Village,
)

FARTHEST_NAMED = 4  # of what stands elsewhere: a line is to be read, the page itself tells all
AMENITIES_OF_TOPIC: dict[FactTopic, frozenset[AmenityKind]] = {
    FactTopic.CHILDREN: frozenset(
        {
            AmenityKind.CRECHE,
            AmenityKind.NURSERY_SCHOOL,
            AmenityKind.PRIMARY_SCHOOL,
            AmenityKind.AFTER_SCHOOL,
            AmenityKind.MIDDLE_SCHOOL,
            AmenityKind.HIGH_SCHOOL,
        }
    ),
    FactTopic.HEALTH: frozenset(
        {
            AmenityKind.DOCTOR,
            AmenityKind.HEALTH_CENTRE,
            AmenityKind.NURSE,
            AmenityKind.DENTIST,
            AmenityKind.MIDWIFE,
            AmenityKind.PHYSIOTHERAPIST,
            AmenityKind.PHARMACY,
            AmenityKind.EMERGENCY,
            AmenityKind.MATERNITY,
        }
    ),
}
AMENITIES_OF_TOPIC[FactTopic.SHOPS] = (
    frozenset(AmenityKind) - AMENITIES_OF_TOPIC[FactTopic.CHILDREN] - AMENITIES_OF_TOPIC[FactTopic.HEALTH]
)


@dataclass(frozen=True)
class PageFact:
    """Something that the page tells, how old it is, and what may be done about it: `confirm` by a press where there is something to
    confirm, `change` by a form."""

    key: str
    title: str
    age: Age
    confirm: str
    change: str
    change_label: str
    says: Sequence[str] = ()
    note: str = ""
    by: str = ""


@dataclass(frozen=True)
class DatedProject:
    project: TerritoryProject
    age: Age


@dataclass(frozen=True)
class DatedSpeedTest:
    test: SpeedTest
    age: Age


@dataclass(frozen=True)
class HomeCounts:
    offered: int
    to_confirm: int


@dataclass(frozen=True)
class SeatOnDesk:
    seat: CommitteeMember
    is_absent: bool
    will_be_absent: bool
    is_oneself: bool


@dataclass(frozen=True)
class CommitteeDesk:
    village: Village
    waiting: list[PageFact]
    in_order: list[PageFact]
    homes: HomeCounts
    projects: list[DatedProject]
    measures: list[DatedSpeedTest]
    people: list[SeatOnDesk]
    answers: CommitteeMember | None  # whom the letters go to today; nobody's name when all are away
    paused: bool

    @property
    def first_press(self) -> str:
        """The key of the first line that one press answers."""
        return next((line.key for line in self.waiting if line.confirm), "")

    @property
    def waits(self) -> int:
        return len(self.waiting) + self.homes.to_confirm


def committee_desk(seat: CommitteeMember, *, on: dt.date) -> CommitteeDesk:
    """What somebody of the committee finds on one day; `seat` with its village and commune. Seven queries, whatever there is."""
    village = seat.village
    committee = list(village.committee.in_order())
    projects = in_reading_order(village.projects.all())
    measures = list(village.speed_tests.order_by("-measured_on", "-pk"))
    lines = [page_words_fact(village, on), *topic_facts(village, committee, measures, on)]
    lines += [line for project in projects if not (line := project_fact(village, project, on)).age.is_fresh]
    waiting = sorted((line for line in lines if not line.age.is_fresh), key=lambda line: line.age.urgency, reverse=True)
    return CommitteeDesk(
        village=village,
        waiting=waiting,
        in_order=[line for line in lines if line.age.is_fresh],
        homes=count_homes(village, on),
        projects=[DatedProject(project, Age.of(FactKind.PROJECT, project.confirmed_on, on=on)) for project in projects],
        measures=[DatedSpeedTest(test, Age.of(FactKind.SPEED, test.measured_on, on=on)) for test in measures],
        people=[
            SeatOnDesk(
                person,
                is_absent=person.is_absent(on),
                will_be_absent=bool(person.absent_from and person.absent_from > on),
                is_oneself=person.pk == seat.pk,
            )
            for person in committee
        ],
        answers=next((person for person in committee if not person.is_absent(on)), None),
        paused=village.is_paused(on),
    )


def in_reading_order(projects: Sequence[TerritoryProject]) -> list[TerritoryProject]:
    """What is there first, then what is on its way, as the village's page tells it."""
    far = list(ProjectStage)[::-1]
    return sorted(projects, key=lambda project: (far.index(ProjectStage(project.stage)), project.year or 9999, project.title))


def count_homes(village: Village, on: dt.date) -> HomeCounts:
    """How many dwellings are on the list, and how many wait for a word: they have waited for long, or have left the list."""
    due = Q(confirmed_on__lte=on - dt.timedelta(days=ASKED_AFTER_DAYS))
    kept = village.housings.filter(withdrawn_on__isnull=True)
    counts = kept.aggregate(to_confirm=Count("pk", filter=due), kept=Count("pk"))
    return HomeCounts(offered=counts["kept"] - counts["to_confirm"], to_confirm=counts["to_confirm"])


# ---- What the page tells, line by line -----------------------------------------------------------------------------------


def page_words_fact(village: Village, on: dt.date) -> PageFact:
    return PageFact(
        key="words",
        title=_("The words of the page"),
        says=[village.tagline] if village.tagline else [_("Nothing is written yet.")],
        age=Age.of(FactKind.WORDS, village.reviewed_on, on=on),
        by=village.reviewed_by,
        confirm=reverse("villages:committee-page-confirm", args=[village.slug]) if village.tagline or village.description else "",
        change=reverse("villages:committee-page", args=[village.slug]),
        change_label=_("Change the words"),
    )


def project_fact(village: Village, project: TerritoryProject, on: dt.date) -> PageFact:
    return PageFact(
        key=f"project-{project.pk}",
        title=project.title,
        says=[", ".join(filter(None, [project.get_stage_display(), str(project.year or "")]))],
        age=Age.of(FactKind.PROJECT, project.confirmed_on, on=on),
        by=project.confirmed_by,
        confirm=reverse("villages:committee-project-confirm", args=[village.slug, project.pk]),
        change=reverse("villages:committee-project", args=[village.slug, project.pk]),
        change_label=_("Change it"),
    )


def topic_fact_of(seat: CommitteeMember, topic: FactTopic, *, on: dt.date) -> PageFact:
    """One topic alone, as on the desk."""
    village = seat.village
    measures = list(village.speed_tests.order_by("-measured_on", "-pk")[:1])
    return next(line for line in topic_facts(village, list(village.committee.all()), measures, on) if line.key == topic)


def topic_facts(
    village: Village, committee: Sequence[CommitteeMember], measures: Sequence[SpeedTest], on: dt.date
) -> list[PageFact]:
    """One for each topic, with what the page tells on it."""
    checks = {check.topic: check for check in village.checks.all()}
    nearest = list(village.nearest_amenities.with_commune().order_by("kilometres", "kind"))
    says = {
        FactTopic.CONNECTION: connection_says(Connection.objects.filter(commune=village.commune_id).first(), measures),
        FactTopic.WELCOME: welcome_says(village, committee, on),
    }
    says |= {
        topic: amenities_say([amenity for amenity in nearest if amenity.kind in kinds])
        for topic, kinds in AMENITIES_OF_TOPIC.items()
    }
    return [topic_fact(village, topic, checks.get(topic), says[topic], on) for topic in FactTopic]


def topic_fact(village: Village, topic: FactTopic, check: FactCheck | None, says: Sequence[str], on: dt.date) -> PageFact:
    note = check.note if check else ""
    return PageFact(
        key=topic,
        title=str(topic.label),
        says=says or [_("Nothing is known of it yet.")],
        note=note,
        age=Age.of(FactKind.CHECK, check.checked_on if check else None, on=on),
        by=check.checked_by if check else "",
        confirm=reverse("villages:committee-fact-confirm", args=[village.slug, topic]) if says or note else "",
        change=reverse("villages:committee-fact", args=[village.slug, topic]),
        change_label=_("Change the note") if note else _("Add a note"),
    )


def connection_says(connection: Connection | None, measures: Sequence[SpeedTest]) -> list[str]:
    says = []
    if connection and connection.fibre_share is not None:
        says.append(_("%(fibre)s (official count).") % {"fibre": wording.fibre(connection.fibre_share)})
    if measures:
        latest = measures[0]
        says.append(
            _("Measured: %(down)s received, %(up)s sent, %(where)s.")
            % {"down": wording.speed(latest.down_mbps), "up": wording.speed(latest.up_mbps), "where": latest.where}
        )
    return says


def amenities_say(nearest: Sequence[NearestAmenity]) -> list[str]:
    """What is in the village, then the nearest of what is not. `nearest` comes nearest first."""
    here = [str(amenity.get_kind_display()) for amenity in nearest if amenity.kilometres == 0]
    elsewhere = [
        _("%(what)s (%(distance)s, %(commune)s)")
        % {
            "what": amenity.get_kind_display(),
            "distance": wording.how_far(amenity.kilometres),
            "commune": curly(amenity.commune.name),
        }
        for amenity in nearest
        if amenity.kilometres > 0
    ]
    says = []
    if here:
        says.append(_("In the village: %(list)s.") % {"list": ", ".join(here)})
    if elsewhere:
        says.append(_("Elsewhere: %(list)s.") % {"list": ", ".join(elsewhere[:FARTHEST_NAMED])})
    if len(elsewhere) > FARTHEST_NAMED:
        more = len(elsewhere) - FARTHEST_NAMED
        says.append(ngettext("One more, farther.", "%(count)d more, farther.", more) % {"count": more})
    return says


def welcome_says(village: Village, committee: Sequence[CommitteeMember], on: dt.date) -> list[str]:
    people = ngettext("One person on the committee.", "%(count)d people on the committee.", len(committee)) % {
        "count": len(committee)
    }
    if village.is_paused(on):
        return [people, _("The welcome is paused.")]
    if not village.monthly_capacity:
        return [people, f"{capfirst(wording.no_room())}."]
    return [people, f"{wording.room(village.monthly_capacity)}."]
