"""What the committee finds: what waits for a word first, and what the page tells."""

import datetime as dt

import pytest

from tests.factories.villages import (
    CommitteeMemberFactory,
    CommuneFactory,
    ConnectionFactory,
    FactCheckFactory,
    HousingFactory,
    NearestAmenityFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from villages.committee.desk import AMENITIES_OF_TOPIC, committee_desk
from villages.enums import AmenityKind, CommitteeRole, FactTopic
from villages.models import CommitteeMember

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 26)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@pytest.fixture
def village():
    return VillageFactory(tagline="Deux places", reviewed_on=ago(10), reviewed_by="Hélène Daubas")


@pytest.fixture
def seat(village):
    return CommitteeMemberFactory(village=village, lead=True, name="Hélène Daubas")


def seen_by(seat):
    return committee_desk(CommitteeMember.objects.select_related("village__commune").get(pk=seat.pk), on=TODAY)


def test_what_has_waited_for_longest_comes_first(village, seat):
    for topic, days in (("connection", 10), ("shops", 190), ("children", 130), ("welcome", 400)):
        FactCheckFactory(village=village, topic=topic, checked_on=ago(days), note="Un mot.")
    project = TerritoryProjectFactory(village=village, confirmed_on=ago(380))
    TerritoryProjectFactory(village=village, confirmed_on=ago(20))
    desk = seen_by(seat)
    assert [line.key for line in desk.waiting] == ["health", "welcome", "shops", f"project-{project.pk}", "children"]
    assert [line.key for line in desk.in_order] == ["words", "connection"]
    assert desk.first_press == "welcome"  # nothing is known of health: there is nothing to press


def test_where_nothing_is_written_there_is_nothing_to_confirm(village, seat):
    village.tagline, village.reviewed_on = "", None
    village.save()
    words = next(line for line in seen_by(seat).waiting if line.key == "words")
    assert (words.confirm, words.says) == ("", ["Rien n’est encore écrit."])


def test_the_page_s_facts_are_told_in_a_line_each(village, seat):
    ConnectionFactory(commune=village.commune, premises=1000, can_fibre=957)
    SpeedTestFactory(village=village, where="La mairie", down_mbps="93.4", up_mbps=40, measured_on=ago(3))
    elsewhere = CommuneFactory(name="L'Isle")
    NearestAmenityFactory(village=village, kind=AmenityKind.BAKERY)
    NearestAmenityFactory(village=village, kind=AmenityKind.DOCTOR, commune=elsewhere, kilometres=4.4)
    NearestAmenityFactory(village=village, kind=AmenityKind.PRIMARY_SCHOOL)
    desk = seen_by(seat)
    says = {line.key: line.says for line in [*desk.waiting, *desk.in_order]}
    assert says["connection"] == [
        "La fibre pour 95\u202f% des locaux (compte officiel).",
        "Mesuré\u202f: 93,4 Mb/s en réception, 40 Mb/s en envoi, La mairie.",
    ]
    assert says["shops"] == ["Au village\u202f: boulangerie."]
    assert says["children"] == ["Au village\u202f: école élémentaire."]
    assert says["health"] == ["Ailleurs\u202f: médecin généraliste (4\u202fkm, L’Isle)."]
    assert says["welcome"] == ["Une personne au comité.", "Le village peut accueillir une famille par mois."]


def test_every_kind_of_amenity_belongs_to_one_topic():
    told = [kind for kinds in AMENITIES_OF_TOPIC.values() for kind in kinds]
    assert sorted(told) == sorted(AmenityKind)


def test_dwellings_are_counted_as_their_page_sorts_them(village, seat):
    for days in (0, 49):
        HousingFactory(village=village, confirmed_on=ago(days))
    for days in (50, 59, 90):
        HousingFactory(village=village, confirmed_on=ago(days))
    HousingFactory(village=village, confirmed_on=ago(90), withdrawn_on=ago(2))
    HousingFactory(confirmed_on=ago(55))
    desk = seen_by(seat)
    assert (desk.homes.offered, desk.homes.to_confirm) == (2, 3)
    assert desk.waits == len(desk.waiting) + 3


def test_the_next_of_the_committee_answers_for_whoever_is_away(village, seat):
    deputy = CommitteeMemberFactory(village=village, role=CommitteeRole.DEPUTY)
    assert seen_by(seat).answers == seat
    CommitteeMember.objects.filter(pk=seat.pk).update(absent_from=ago(1), absent_until=ago(-1))
    assert seen_by(seat).answers == deputy
    village.committee.update(absent_from=ago(1), absent_until=ago(-1))
    assert seen_by(seat).answers is None


def test_projects_are_told_from_what_is_done_to_what_is_studied(village, seat):
    for stage, year in (("study", None), ("done", 2025), ("under-way", 2027), ("done", 2024)):
        TerritoryProjectFactory(village=village, stage=stage, year=year)
    told = [(line.project.stage, line.project.year) for line in seen_by(seat).projects]
    assert told == [("done", 2024), ("done", 2025), ("under-way", 2027), ("study", None)]


@pytest.mark.parametrize("count", [2, 20])
def test_the_desk_costs_seven_queries_whatever_there_is(village, seat, count, django_assert_num_queries):
    for number in range(count):
        TerritoryProjectFactory(village=village, confirmed_on=ago(500), title=f"Projet {number}")
        SpeedTestFactory(village=village)
        HousingFactory(village=village)
        CommitteeMemberFactory(village=village)
    for topic in FactTopic:
        FactCheckFactory(village=village, topic=topic)
    for kind in list(AmenityKind)[:count]:
        NearestAmenityFactory(village=village, kind=kind, commune=CommuneFactory(), kilometres=3)
    ConnectionFactory(commune=village.commune)
    loaded = CommitteeMember.objects.select_related("village__commune").get(pk=seat.pk)
    with django_assert_num_queries(7):  # committee, projects, measures; what was checked, amenities, connection; homes
        committee_desk(loaded, on=TODAY)
