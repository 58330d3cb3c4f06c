"""What people type for a commune is read as it is meant; what is another's, or nobody's, is not taken."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from common.commune_names import CommuneNames, How, KnownCommune, plain_name
from tests.places.writings import WRITINGS, of_once, today

NEIGHBOURS = [
    KnownCommune(1, "Lectoure", "32208", ["32700"]),
    KnownCommune(2, "L'Isle-Jourdain", "32160", ["32600"]),
    KnownCommune(3, "L'Isle-Bouzon", "32158", ["32380"]),
    KnownCommune(4, "Sainte-Christie", "32368", ["32390"]),
    KnownCommune(5, "Sainte-Christie-d'Armagnac", "32369", ["32370"]),
    KnownCommune(6, "Le Houga", "32155", ["32460"]),
    KnownCommune(7, "Montréal", "32290", ["32250"]),
    KnownCommune(8, "Castelnau d'Auzan Labarrère", "32079", ["32440", "32250"], ["Labarrère"], ["32168"]),
    KnownCommune(9, "Cœur-sur-Ance", "32998", ["32700"]),
    KnownCommune(10, "Beaumont", "32037", ["32100"]),
    KnownCommune(11, "Beaumont", "32997", ["32200"]),
    KnownCommune(12, "Auch", "32013", ["32000"]),
]


@pytest.fixture(scope="module")
def names() -> CommuneNames:
    return CommuneNames(NEIGHBOURS, department="32", territory_names=["Gers", "du Gers"])


def read(names: CommuneNames, text: str) -> list[int]:
    return [commune.key for commune in names.read(text).communes]


def test_every_commune_and_every_former_name_is_read_in_every_writing():
    once = of_once()
    names = CommuneNames(
        [
            KnownCommune(
                now.insee_code,
                now.name,
                now.insee_code,
                [now.postal_code],
                [commune.name for commune in once if commune.insee_code == now.insee_code],
            )
            for now in today()
        ],
        department=settings.TERRITORY.department,
        territory_names=[settings.TERRITORY.of_name],
    )
    asked = [(write(named), named.insee_code) for named in [*today(), *once] for write in WRITINGS.values()]
    assert len(asked) > 458 * 10
    assert [(text, code) for text, code in asked if read(names, text) != [code]] == []


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("Lectoure", [1]),
        ("  LECTOURE\n", [1]),
        ("Ｌｅｃｔｏｕｒｅ", [1]),
        ("Lec\u00adtoure", [1]),
        ("32700 Lectoure", [1]),
        ("F-32700 LECTOURE", [1]),
        ("Lectoure (32)", [1]),
        ("Lectoure 32", [1]),
        ("lectoure, Gers, France", [1]),
        ("12 rue de la Mairie, Lectoure", [1]),
        ("L‘Isle Jourdain", [2]),
        ("lisle-jourdain", [2]),
        ("Isle-Jourdain (L')", [2]),
        ("isle jourdain, l’", [2]),
        ("L'Isle", [2, 3]),
        ("L'Isle 32380", [3]),
        ("Ste-Christie", [4]),
        ("STE CHRISTIE D ARMAGNAC", [5]),
        ("Sainte-Christie 32370", [5]),
        ("Houga", [6]),
        ("mairie du Houga", [6]),
        ("Houga, Le", [6]),
        ("Montréal du Gers", [7]),
        ("Montréal-du-Gers 32250", [7]),
        ("labarrere", [8]),
        ("La Barrère", [8]),
        ("32168", [8]),
        ("Castelnau d’Auzan", [8]),
        ("COEUR S/ ANCE", [9]),
        ("Beaumont", [10, 11]),
        ("Beaumont (32 200)", [11]),
        ("32 700", [1, 9]),
        ("32\u200b700", [1, 9]),
        ("32.700", [1, 9]),
        ("32700 Gers", [1, 9]),
        ("32013", [12]),
        ("32008 AUCH CEDEX 9", [12]),
        ("Auch CEDEX", [12]),
        ("Mairie d’Auch", [12]),
    ],
)
def test_a_writing_is_read_as_it_is_meant(names, typed, keys):
    assert read(names, typed) == keys


@pytest.mark.parametrize(
    "typed",
    ["", " ", "!?", "l", "le", "mairie", "Paris", "Montréal (11)", "Montréal, Aude", "Montréal 11290", "31000", "Lectoure 31000",
     "99999", "Lectour", "ect", "32999", "Лектур", "\u200b", "x" * 5000, "1" * 5000],
)  # fmt: skip
def test_what_names_no_commune_here_is_nothing(names, typed):
    reading = names.read(typed)
    assert (reading.communes, reading.only, reading.is_certain) == ((), None, False)


def test_a_name_beside_another_s_code_is_told_and_not_chosen(names):
    reading = names.read("Lectoure 32600")
    assert reading.communes == ()
    assert [commune.name for commune in reading.disagreeing] == ["Lectoure"]


def test_how_a_text_was_read(names):
    told = {text: names.read(text).how for text in ("Lectoure", "32700", "Castelnau", "Paris")}
    assert told == {"Lectoure": How.NAME, "32700": How.CODE, "Castelnau": How.BEGINNING, "Paris": How.NOTHING}


def test_a_name_in_use_today_is_nobody_s_former_one():
    once = KnownCommune(1, "Nouvelle", "32001", ["32000"], former_names=["Ancienne"])
    again = KnownCommune(2, "Ancienne", "32002", ["32000"])
    assert read(CommuneNames([once, again]), "Ancienne") == [2]


@pytest.mark.parametrize(
    ("typed", "near"), [("Lectour", ["Lectoure"]), ("lect", ["Lectoure"]), ("houga", ["Le Houga"]), ("Paris", []), ("x", [])]
)
def test_names_written_nearly_so_are_proposed(names, typed, near):
    assert [commune.name for commune in names.near(typed)] == near


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text):
    names = CommuneNames(NEIGHBOURS, department="32", territory_names=["Gers"])
    reading = names.read(text)
    assert not (reading.communes and reading.disagreeing)
    assert len(names.near(text)) <= 3


def test_all_writings_of_a_name_are_one_word():
    assert (
        len({plain_name(text) for text in ("L'Isle-de-Noé", "Isle de Noé", "L ISLE DE NOE", "l’isle‑de‑noé", "L‘Isle  De Noe")})
        == 1
    )
