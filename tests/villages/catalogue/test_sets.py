"""The sets that the list counts with say what the database says, and are read again when it changes."""

import datetime as dt

import pytest
from django.http import QueryDict

from tests.factories.villages import ConnectionFactory, HousingFactory, NearestAmenityFactory, VillageFactory
from villages.catalogue.filters import VillageFilter
from villages.catalogue.questions import answers_of_the_day
from villages.catalogue.sets import SORTS, listed_villages, read_listed_villages
from villages.enums import AmenityKind, HousingAudience
from villages.models import Housing, SpeedTest, Village

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 24)


def ask(query: str = "") -> VillageFilter:
    return VillageFilter(QueryDict(query), on=TODAY)


def shown(query: str) -> list[str]:
    villages = Village.objects.with_commune().in_bulk(ask(query).keys)
    return [str(villages[key]) for key in ask(query).keys]


def village(name: str, *, fibre: int | None = None, school_km: float | None = None, rent: int | None = None, **facts) -> Village:
    made = VillageFactory(commune__name=name, **facts)
    if fibre is not None:
        ConnectionFactory(commune=made.commune, premises=100, can_fibre=fibre)
    if school_km is not None:
        NearestAmenityFactory(village=made, kilometres=school_km, commune=made.commune)
    if rent is not None:
        HousingFactory(village=made, price=rent, confirmed_on=TODAY, added_on=TODAY)
    return made


@pytest.fixture
def network():
    village("Tout", fibre=95, school_km=0, rent=620, commune__population=900)
    village("Sans école", fibre=92, school_km=4.0, rent=540, commune__population=400)
    village("Cher", fibre=90, school_km=0, rent=1100, commune__population=2000)
    village("Loin de tout", fibre=30, school_km=12, commune__population=90)
    village("Inconnu")
    village("Parti", fibre=100, school_km=0, rent=300, former=True)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Cher", "Inconnu", "Loin de tout", "Sans école", "Tout"]),
        ("fibre=90", ["Cher", "Sans école", "Tout"]),
        ("fibre=50&fibre=90", ["Cher", "Sans école", "Tout"]),
        ("ecole=village", ["Cher", "Tout"]),
        ("logement=louer", ["Cher", "Sans école", "Tout"]),
        ("loyer=800", ["Sans école", "Tout"]),
        ("loyer=500", []),
        ("fibre=90&ecole=village&loyer=800", ["Tout"]),
        ("fibre=90&ecole=village&loyer=800&presque=oui", ["Tout", "Cher", "Sans école"]),
        ("fibre=90&ecole=village&loyer=800&presque=oui&tri=habitants", ["Tout", "Cher", "Sans école"]),
        ("fibre=90&presque=oui", ["Cher", "Sans école", "Tout"]),
        ("logement=acheter&presque=oui", []),
        ("tri=fibre", ["Tout", "Sans école", "Cher", "Loin de tout", "Inconnu"]),
    ],
)
def test_what_nobody_knows_does_not_pass_and_what_nearly_passes_follows(network, query, names):
    assert shown(query) == names


def test_the_one_thing_that_is_missing_is_said(network):
    asked = ask("fibre=90&ecole=village&loyer=800&presque=oui")
    fails = {str(Village.objects.with_commune().get(pk=key)): asked.fails(key) for key in asked.keys}
    assert fails == {"Tout": [], "Cher": ["À louer jusqu’à 800 €"], "Sans école": ["École au village"]}
    assert (asked.found, asked.nearly, asked.could_nearly) == (1, 2, 2)


def test_the_address_keeps_the_wish_for_near_misses(network):
    assert ask("presque=oui&fibre=90").address() == "?fibre=90&presque=oui"
    assert ask("presque=non&fibre=90").address() == "?fibre=90"
    assert ask("fibre=90&ecole=village").all_but_one == "?fibre=90&ecole=village&presque=oui"


def test_a_lead_or_a_dwelling_nobody_confirmed_is_nobodys_offer():
    HousingFactory(village=village("Réservé"), audience=HousingAudience.QUALIFIED, confirmed_on=TODAY)
    HousingFactory(village=village("Ancien"), confirmed_on=TODAY - dt.timedelta(days=60))
    HousingFactory(village=village("Retiré"), confirmed_on=TODAY, withdrawn_on=TODAY)
    HousingFactory(village=village("Offert"), confirmed_on=TODAY - dt.timedelta(days=59))
    assert shown("logement=louer") == ["Offert"]


def test_every_answer_and_every_order_agrees_with_the_database(network):
    """The same questions asked of PostgreSQL, one by one."""
    measured = village("Mesuré", fibre=60, telecentre_km=8, station_km=12, metropolis_minutes=50, monthly_capacity=0)
    SpeedTest.objects.create(village=measured, where="Médiathèque", measured_on=TODAY, down_mbps=412, up_mbps=300)
    for kind in (AmenityKind.MIDDLE_SCHOOL, AmenityKind.CRECHE, AmenityKind.DOCTOR, AmenityKind.BAKERY):
        NearestAmenityFactory(village=measured, kind=kind, commune=measured.commune)
    sets = read_listed_villages(TODAY)
    for question, answers in answers_of_the_day(TODAY).items():
        for value in answers:
            expected = list(ask(f"{question}={value}").qs.values_list("pk", flat=True))
            assert sets.in_order(sets.true_of[question, value], "nom") == expected, (question, value)
            assert expected or (question, value) in {("loyer", "500"), ("logement", "acheter"), ("logement", "essayer")}
    for query in [*(f"tri={sort}" for sort in [*SORTS, "nom"]), "q=tout", "q=sans", "q=loin+de", "q=incunnu", "q=t&fibre=50"]:
        assert ask(query).keys == list(ask(query).qs.values_list("pk", flat=True)), query


def test_the_sets_are_kept_until_something_changes(network, django_assert_num_queries):
    listed_villages(TODAY)
    with django_assert_num_queries(1):
        kept = listed_villages(TODAY)
    with django_assert_num_queries(1):
        assert listed_villages(TODAY) is kept
    assert listed_villages(TODAY + dt.timedelta(days=1)) is not kept


@pytest.mark.parametrize(
    "change",
    [
        lambda: village("Nouveau"),
        lambda: Village.objects.filter(commune__name="Tout").update(monthly_capacity=0),
        lambda: Housing.objects.all().delete(),
        lambda: ConnectionFactory(commune=Village.objects.get(commune__name="Inconnu").commune),
        lambda: NearestAmenityFactory(village=Village.objects.get(commune__name="Inconnu"), kind=AmenityKind.BAKERY),
    ],
)
def test_a_change_is_seen_by_the_next_visitor(network, change):
    before = listed_villages(TODAY)
    change()
    after = listed_villages(TODAY)
    assert after is not before
    assert after == read_listed_villages(TODAY) != before


def test_an_empty_network_is_a_list_without_lines():
    asked = ask("fibre=90&q=rien")
    assert (asked.keys, asked.found, asked.total, asked.could_nearly) == ([], 0, 0, 0)
