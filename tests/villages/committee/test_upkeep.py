"""What a committee keeps true, through the services."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from tests.factories.villages import (
    CommitteeMemberFactory,
    FactCheckFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from villages.committee import partnerships, upkeep, village_life
from villages.enums import FactTopic, ProjectStage, VillageStatus
from villages.models import FactCheck, SpeedTest, TerritoryProject, Village

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 26)
HELENE = {"by": "Hélène Daubas", "on": TODAY}
BERNARD = {"by": "Bernard Lacoste", "on": TODAY}


@pytest.fixture
def village():
    return VillageFactory(tagline="Deux places", description="Un marché.")


def former(village: Village) -> Village:
    Village.objects.filter(pk=village.pk).update(status=VillageStatus.FORMER)
    return village


# ---- The words ---------------------------------------------------------------------------------------------------------


def test_whoever_writes_the_page_has_read_it_again(village):
    upkeep.write_page(village=village, tagline="Trois places", description="", **HELENE)
    village.refresh_from_db()
    assert (village.tagline, village.description) == ("Trois places", "")
    assert (village.reviewed_on, village.reviewed_by) == (TODAY, "Hélène Daubas")


def test_words_that_somebody_changed_meanwhile_are_not_written_over(village):
    seen = upkeep.page_version(village)
    upkeep.write_page(village=village, tagline="De Bernard", description="", seen=seen, **BERNARD)
    with pytest.raises(upkeep.ChangedMeanwhile, match="Bernard Lacoste a modifié cette page entre-temps"):
        upkeep.write_page(village=village, tagline="D’Hélène", description="", seen=seen, **HELENE)
    village.refresh_from_db()
    assert village.tagline == "De Bernard"


def test_the_same_words_sent_twice_are_no_quarrel(village):
    seen = upkeep.page_version(village)
    for _press in range(2):
        upkeep.write_page(village=village, tagline="Trois places", description="", seen=seen, **HELENE)
    village.refresh_from_db()
    assert village.tagline == "Trois places"


def test_words_that_do_not_fit_are_refused_in_a_sentence(village):
    with pytest.raises(partnerships.VillageRefused, match="160"):
        upkeep.write_page(village=village, tagline="x" * 161, description="", **HELENE)
    village.refresh_from_db()
    assert village.tagline == "Deux places"


def test_a_page_is_confirmed_as_it_stands(village):
    upkeep.confirm_page(village=village, **HELENE)
    village.refresh_from_db()
    assert (village.tagline, village.reviewed_on, village.reviewed_by) == ("Deux places", TODAY, "Hélène Daubas")


# ---- The facts ---------------------------------------------------------------------------------------------------------


def test_a_fact_is_checked_with_the_name_and_the_day(village):
    upkeep.check_fact(village=village, topic=FactTopic.SHOPS, **HELENE)
    check = FactCheck.objects.get()
    assert (check.village, check.topic, check.checked_on, check.checked_by) == (village, "shops", TODAY, "Hélène Daubas")


def test_still_true_keeps_the_note_and_only_the_form_changes_it(village):
    upkeep.check_fact(village=village, topic="shops", note="Fermé en août.", **HELENE)
    assert upkeep.check_fact(village=village, topic="shops", **BERNARD).note == "Fermé en août."
    assert upkeep.check_fact(village=village, topic="shops", note="", **HELENE).note == ""
    assert FactCheck.objects.count() == 1


def test_a_topic_that_nobody_knows_is_refused(village):
    with pytest.raises(partnerships.VillageRefused):
        upkeep.check_fact(village=village, topic="ufo", **HELENE)
    assert not FactCheck.objects.exists()


# ---- Projects ----------------------------------------------------------------------------------------------------------


def test_a_project_is_told_changed_confirmed_and_taken_away(village):
    project = village_life.add_project(village=village, title="La halle", stage=ProjectStage.STUDY, year=2028, **HELENE)
    village_life.change_project(project=project, title="La grande halle", stage="done", link="https://example.org/", **BERNARD)
    project.refresh_from_db()
    assert (project.title, project.stage, project.year, project.confirmed_by) == (
        "La grande halle",
        "done",
        None,
        "Bernard Lacoste",
    )
    village_life.confirm_project(project=project, by="Maïté", on=TODAY + dt.timedelta(days=9))
    project.refresh_from_db()
    assert (project.confirmed_by, project.confirmed_on) == ("Maïté", TODAY + dt.timedelta(days=9))
    village_life.remove_project(project=project)
    village_life.remove_project(project=project)  # twice is once
    assert not TerritoryProject.objects.exists()


def test_a_project_told_twice_is_refused(village):
    village_life.add_project(village=village, title="La halle", stage="study", **HELENE)
    with pytest.raises(partnerships.VillageRefused, match="est déjà sur la page"):
        village_life.add_project(village=village, title="LA HALLE", stage="done", **BERNARD)


def test_a_project_that_somebody_changed_meanwhile_is_not_written_over():
    project = TerritoryProjectFactory()
    seen = village_life.project_version(project)
    change = partial(village_life.change_project, project=project, stage="done", seen=seen)
    change(title="De Bernard", **BERNARD)
    change(title="De Bernard", **BERNARD)
    with pytest.raises(upkeep.ChangedMeanwhile, match="Bernard Lacoste a modifié ce projet entre-temps"):
        change(title="D’Hélène", **HELENE)


def test_a_project_that_somebody_took_away_meanwhile_cannot_be_confirmed():
    project = TerritoryProjectFactory(title="La halle")
    TerritoryProject.objects.all().delete()
    with pytest.raises(partnerships.VillageRefused, match="Quelqu’un a retiré «\u202fLa halle\u202f» entre-temps"):
        village_life.confirm_project(project=project, **HELENE)
    assert not TerritoryProject.objects.exists()


@pytest.mark.parametrize("wrong", [{"stage": "dreamt"}, {"year": 1789}, {"link": "javascript:alert(1)"}, {"title": ""}])
def test_what_a_project_cannot_be_is_refused(village, wrong):
    with pytest.raises(partnerships.VillageRefused):
        village_life.add_project(village=village, **{"title": "La halle", "stage": "study"} | wrong, **HELENE)


def test_the_page_tells_of_so_many_projects_and_no_more(village):
    TerritoryProjectFactory.create_batch(village_life.MOST_PROJECTS, village=village)
    with pytest.raises(partnerships.VillageRefused, match="retirez-en un d’abord"):
        village_life.add_project(village=village, title="Un de plus", stage="study", **HELENE)


# ---- Speeds ------------------------------------------------------------------------------------------------------------


MEASURE = {"where": "La mairie", "measured_on": TODAY, "down_mbps": Decimal("93.4"), "up_mbps": Decimal("40")}


def test_the_same_measure_sent_twice_is_one(village):
    first, second = (village_life.add_speed_test(village=village, **MEASURE, **HELENE) for _press in range(2))
    assert first == second == SpeedTest.objects.get()
    village_life.remove_speed_test(speed_test=first)
    assert not SpeedTest.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"measured_on": TODAY + dt.timedelta(days=1)},
        {"measured_on": TODAY - dt.timedelta(days=6 * 365)},
        {"down_mbps": Decimal("0")},
        {"up_mbps": Decimal("-1")},
        {"down_mbps": Decimal("12345678.9")},
    ],
)
def test_what_cannot_have_been_measured_is_refused(village, wrong):
    with pytest.raises(partnerships.VillageRefused):
        village_life.add_speed_test(village=village, **MEASURE | wrong, **HELENE)
    assert not SpeedTest.objects.exists()


def test_a_village_keeps_so_many_measures_and_no_more(village):
    SpeedTestFactory.create_batch(village_life.MOST_SPEED_TESTS, village=village)
    with pytest.raises(partnerships.VillageRefused, match="retirez-en une ancienne d’abord"):
        village_life.add_speed_test(village=village, **MEASURE, **HELENE)


# ---- The welcome -------------------------------------------------------------------------------------------------------


def test_somebody_is_away_and_back():
    person = CommitteeMemberFactory()
    days = {"first": TODAY + dt.timedelta(days=2), "last": TODAY + dt.timedelta(days=9)}
    upkeep.set_absence(member=person, **days, on=TODAY)
    person.refresh_from_db()
    assert [person.is_absent(TODAY + dt.timedelta(days=number)) for number in (1, 2, 9, 10)] == [False, True, True, False]
    upkeep.clear_absence(member=person)
    person.refresh_from_db()
    assert (person.absent_from, person.absent_until) == (None, None)


@pytest.mark.parametrize(("first", "last"), [(3, 2), (-9, -1), (0, 400)])
def test_an_absence_that_makes_no_sense_is_refused(first, last):
    person = CommitteeMemberFactory()
    with pytest.raises(partnerships.VillageRefused):
        upkeep.set_absence(member=person, first=TODAY + dt.timedelta(days=first), last=TODAY + dt.timedelta(days=last), on=TODAY)
    person.refresh_from_db()
    assert person.absent_from is None


@pytest.mark.parametrize("families", [0, 3, upkeep.MOST_FAMILIES])
def test_the_capacity_is_what_they_say(village, families):
    upkeep.set_capacity(village=village, families=families)
    village.refresh_from_db()
    assert village.monthly_capacity == families


@pytest.mark.parametrize("families", [-1, upkeep.MOST_FAMILIES + 1])
def test_a_capacity_that_is_a_slip_is_refused(village, families):
    with pytest.raises(partnerships.VillageRefused, match="Entre 0 et"):
        upkeep.set_capacity(village=village, families=families)


def test_a_welcome_is_paused_and_taken_up_again(village):
    until = timezone.localdate() + dt.timedelta(days=30)
    upkeep.pause_welcome(village=village, until=until)
    village.refresh_from_db()
    assert (village.status, village.paused_until) == (VillageStatus.PAUSED, until)
    upkeep.resume_welcome(village=village)
    village.refresh_from_db()
    assert (village.status, village.paused_until) == (VillageStatus.PARTNER, None)


def test_a_committee_changes_nothing_of_a_village_that_left():
    """Above all, it does not bring it back."""
    village = VillageFactory()
    person, project = CommitteeMemberFactory(village=village), TerritoryProjectFactory(village=village)
    measured = SpeedTestFactory(village=village)
    FactCheckFactory(village=village)
    former(village)
    acts = [
        partial(upkeep.write_page, village=village, tagline="", description="", **HELENE),
        partial(upkeep.confirm_page, village=village, **HELENE),
        partial(upkeep.check_fact, village=village, topic="shops", **HELENE),
        partial(village_life.add_project, village=village, title="x", stage="study", **HELENE),
        partial(village_life.change_project, project=project, title="x", stage="study", **HELENE),
        partial(village_life.confirm_project, project=project, **HELENE),
        partial(village_life.remove_project, project=project),
        partial(village_life.add_speed_test, village=village, **MEASURE, **HELENE),
        partial(village_life.remove_speed_test, speed_test=measured),
        partial(upkeep.set_absence, member=person, first=TODAY, last=TODAY, on=TODAY),
        partial(upkeep.clear_absence, member=person),
        partial(upkeep.set_capacity, village=village, families=2),
        partial(upkeep.pause_welcome, village=village),
        partial(upkeep.resume_welcome, village=village),
    ]
    for act in acts:
        with pytest.raises(partnerships.VillageRefused, match="n’est plus dans le réseau"):
            act()
    village.refresh_from_db()
    assert village.status == VillageStatus.FORMER
