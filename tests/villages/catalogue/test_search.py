"""What people type finds the village they mean, and not its neighbours."""

import datetime as dt

import pytest
from django.db import connection
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.search_words import WORDS_READ, words_of
from tests.factories.villages import VillageFactory
from villages.catalogue.filters import VillageFilter
from villages.catalogue.search import word_query
from villages.models import Commune, Village

pytestmark = pytest.mark.django_db

VILLAGES = [
    ("Lectoure", "32700", "CC de la Lomagne Gersoise", "Une ville d’eau sur son éperon"),
    ("Saint-Clar", "32380", "CC Bastides de Lomagne", "Les halles et l’ail blanc"),
    ("Saint-Puy", "32310", "CC de la Ténarèze", ""),
    ("L'Isle-Jourdain", "32600", "CC de la Gascogne Toulousaine", ""),
    ("Eauze", "32800", "CC du Grand Armagnac", ""),
    ("Samatan", "32130", "CC du Savès", "Son marché au gras du lundi"),
    ("Mirande", "32300", "CC Cœur d'Astarac en Gascogne", ""),
    ("Fleurance", "32500", "CC de la Lomagne Gersoise", ""),
    ("Cazaubon", "32150", "CC du Grand Armagnac", ""),
    ("Castéra-Verduzan", "32410", "CA Grand Auch Cœur de Gascogne", "Les thermes"),
]


@pytest.fixture
def network():
    for name, postal_code, intercommunality, tagline in VILLAGES:
        VillageFactory(
            commune__name=name,
            commune__postal_codes=[postal_code],
            commune__intercommunality=intercommunality,
            tagline=tagline,
        )
    VillageFactory(commune__name="Lectoure-la-Vieille", former=True)


def found(text: str) -> list[str]:
    query = QueryDict(mutable=True)
    query["q"] = text
    return [str(village) for village in VillageFilter(query, on=dt.date(2026, 11, 24)).qs.with_commune()]


@pytest.mark.parametrize(
    ("typed", "villages"),
    [
        ("Lectoure", ["Lectoure"]),
        ("lectour", ["Lectoure"]),
        ("LECT", ["Lectoure"]),
        ("saint clar", ["Saint-Clar"]),
        ("St Clar", ["Saint-Clar"]),
        ("st-clar", ["Saint-Clar"]),
        ("Saint", ["Saint-Clar", "Saint-Puy"]),
        ("l'isle jourdain", ["L'Isle-Jourdain"]),
        ("L’Isle‑Jourdain", ["L'Isle-Jourdain"]),
        ("isle", ["L'Isle-Jourdain"]),
        ("castera verduzan", ["Castéra-Verduzan"]),
        ("CASTÉRA", ["Castéra-Verduzan"]),
        ("32380", ["Saint-Clar"]),
        ("324", ["Castéra-Verduzan"]),
        ("lomagne", ["Fleurance", "Lectoure", "Saint-Clar"]),
        ("bastides lomagne", ["Saint-Clar"]),
        ("tenareze", ["Saint-Puy"]),
        ("cœur d’astarac", ["Mirande"]),
        ("coeur", ["Castéra-Verduzan", "Mirande"]),
        ("marché", ["Samatan"]),
        ("marchés du lundi", ["Samatan"]),
        ("halle", ["Saint-Clar"]),
        ("clar 32380", ["Saint-Clar"]),
        ("  lectoure  ", ["Lectoure"]),
    ],
)
def test_a_right_word_finds_what_holds_it(network, typed, villages):
    assert found(typed) == villages


@pytest.mark.parametrize(
    ("typed", "village"),
    [
        ("Lectuore", "Lectoure"),
        ("eause", "Eauze"),
        ("samatent", "Samatan"),
        ("mirrande", "Mirande"),
        ("fleurence", "Fleurance"),
        ("saint claire", "Saint-Clar"),
        ("castera verdusan", "Castéra-Verduzan"),
        ("isle jourdin", "L'Isle-Jourdain"),
        ("cazobon", "Cazaubon"),
        ("ténarese", "Saint-Puy"),
    ],
)
def test_a_slip_of_the_finger_finds_it_first_all_the_same(network, typed, village):
    assert found(typed)[0] == village


@pytest.mark.parametrize("typed", ["xylophone", "31000", "32381", "lectoure 32380", "barcelone"])
def test_words_that_no_village_holds_find_nothing(network, typed):
    assert found(typed) == []


def test_the_name_itself_comes_before_names_that_begin_so_and_before_the_rest(network):
    for name in ("Puy-Mirande", "Saint-Mirande", "Miranderie"):
        VillageFactory(commune__name=name)
    VillageFactory(commune__name="Ailleurs", tagline="Entre Mirande et la rivière")
    assert found("mirande") == ["Mirande", "Miranderie", "Puy-Mirande", "Saint-Mirande", "Ailleurs"]


def test_only_a_search_that_found_nothing_is_forgiven(network):
    asked = VillageFilter(QueryDict("q=mirande"), on=dt.date(2026, 11, 24))
    assert not asked.search.resembling
    assert VillageFilter(QueryDict("q=mirrande"), on=dt.date(2026, 11, 24)).search.resembling


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’Isle-Jourdain", ["isle", "jourdain"]),
        ("St Médard", ["saint", "medard"]),
        ("Ste-Dode", ["sainte", "dode"]),
        ("œuf & sœur", ["oeuf", "soeur"]),
        ("l", ["l"]),
        ("!?«»", []),
        ("", []),
        ("32 380", ["32", "380"]),
        ("d’Auch 3", ["auch", "3"]),
        ("a b c", ["a", "b", "c"]),
        ("mot " * 50, ["mot"] * WORDS_READ),
    ],
)
def test_search_words_are_read_without_accents_or_signs(text, words):
    assert words_of(text) == words


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(text=st.text(max_size=100) | st.text(alphabet="abl:*&|!()<->'\"\\ 1\u2019é\0", max_size=100))
def test_anything_typed_is_a_search_or_is_refused(network, text):
    """Operators of the search language, quotes, other scripts: never a fault."""
    query = QueryDict(mutable=True)
    query["q"] = text
    asked = VillageFilter(query, on=dt.date(2026, 11, 24))
    assert asked.found == len(asked.qs)
    assert bool(text.strip()) == bool(asked.search.words or asked.refused)


def test_an_index_serves_the_search(network):
    """On a short list the planner reads every row; forbidden to, it shows the index that it has for long ones."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "commune_search" in Commune.objects.filter(search_document=word_query("lectoure")).explain()
    assert "village_search" in Village.objects.filter(search_document=word_query("marché")).explain()
