"""What is being prepared in a village, and what its committee has measured there. `by`, `on` and `seen` as in `upkeep`."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from villages.committee.partnerships import VillageRefused
from villages.committee.upkeep import ChangedMeanwhile, check_row, lock_village, words_version
from villages.enums import ProjectStage
from villages.models import SpeedTest, TerritoryProject, Village

MOST_PROJECTS, MOST_SPEED_TESTS = 20, 40  # of a village: its page has to be read
OLDEST_MEASURE = dt.timedelta(days=5 * 365)
PROJECT_FACTS = ("title", "text", "stage", "year", "link")


def project_version(project: TerritoryProject) -> str:
    """Names what is said of a project."""
    return words_version(*(str(getattr(project, name) or "") for name in PROJECT_FACTS))


@transaction.atomic
def add_project(
    *,
    village: Village,
    title: str,
    stage: ProjectStage | str,
    text: str = "",
    year: int | None = None,
    link: str = "",
    by: str,
    on: dt.date,
) -> TerritoryProject:
    """Tell of something that will change life in the village. The same title twice is refused: one of them would be forgotten."""
    village = lock_village(village)
    if village.projects.count() >= MOST_PROJECTS:
        raise VillageRefused(_("The page tells of %(most)d projects already: take one away first.") % {"most": MOST_PROJECTS})
    if village.projects.filter(title__iexact=title).exists():
        raise VillageRefused(_("“%(title)s” is on the page already: change it there.") % {"title": title})
    project = TerritoryProject(village=village, title=title, stage=stage, text=text, year=year, link=link)
    return _confirmed(project, by, on)


@transaction.atomic
def change_project(
    *,
    project: TerritoryProject,
    title: str,
    stage: ProjectStage | str,
    text: str = "",
    year: int | None = None,
    link: str = "",
    by: str,
    on: dt.date,
    seen: str | None = None,
) -> TerritoryProject:
    """Put what is said of a project right, which confirms it. Raises ChangedMeanwhile, VillageRefused."""
    project = _lock_project(project)
    was = project_version(project)
    project.step(stage)
    project.title, project.text, project.year, project.link = title, text, year, link
    if seen is not None and project_version(project) != was and seen != was:
        raise ChangedMeanwhile(_("%(who)s has changed this project meanwhile.") % {"who": project.confirmed_by})
    return _confirmed(project, by, on)


@transaction.atomic
def confirm_project(*, project: TerritoryProject, by: str, on: dt.date) -> TerritoryProject:
    """Say that a project stands as the page tells it."""
    return _confirmed(_lock_project(project), by, on)


@transaction.atomic
def remove_project(*, project: TerritoryProject) -> None:
    """Take a project off the page for good. Nothing happens when somebody has done so already."""
    village = lock_village(project.village)
    village.projects.filter(pk=project.pk).delete()


@transaction.atomic
def add_speed_test(
    *, village: Village, where: str, measured_on: dt.date, down_mbps: Decimal, up_mbps: Decimal, by: str, on: dt.date
) -> SpeedTest:
    """Note what somebody of the committee has measured, in megabits a second. The same measure sent twice is one."""
    village = lock_village(village)
    if measured_on > on:
        raise VillageRefused(_("A measure cannot be of a day to come."))
    if on - measured_on > OLDEST_MEASURE:
        raise VillageRefused(_("A measure of more than five years ago says nothing of today: measure again."))
    facts = {"where": where, "measured_on": measured_on, "down_mbps": down_mbps, "up_mbps": up_mbps}
    if known := village.speed_tests.filter(**facts).first():
        return known
    if village.speed_tests.count() >= MOST_SPEED_TESTS:
        raise VillageRefused(_("There are %(most)d measures already: take an old one away first.") % {"most": MOST_SPEED_TESTS})
    measured = SpeedTest(village=village, **facts, measured_by=by)
    check_row(measured, *facts, "measured_by")
    if down_mbps <= 0 or up_mbps < 0:
        raise VillageRefused(_("A speed is more than nothing."))
    measured.save()
    return measured


@transaction.atomic
def remove_speed_test(*, speed_test: SpeedTest) -> None:
    """Take a measure away. Nothing happens when somebody has done so already."""
    village = lock_village(speed_test.village)
    village.speed_tests.filter(pk=speed_test.pk).delete()


def _lock_project(project: TerritoryProject) -> TerritoryProject:
    village = lock_village(project.village)
    kept = village.projects.filter(pk=project.pk).first()
    if kept is None:
        raise VillageRefused(_("Somebody has taken “%(title)s” away meanwhile.") % {"title": project})
    return kept


def _confirmed(project: TerritoryProject, by: str, on: dt.date) -> TerritoryProject:
    project.confirmed_on, project.confirmed_by = on, by
    check_row(project, *PROJECT_FACTS, "confirmed_by")
    project.save()
    return project
