"""`import_bpe`: INSEE's equipment in both its shapes, with every trap, and a database that is right or as it was."""

import random
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from tests.factories.villages import CommuneFactory, VillageFactory
from tests.villages.opendata.official_files import DAMAGED, WAYS, plain, reordered, table, without, write
from villages.committee import partnerships
from villages.distances import journeys
from villages.distances.amenities import measure_amenities
from villages.enums import AmenityKind
from villages.models import CommuneAmenity, Dataset, NearestAmenity
from villages.opendata import amenities
from villages.opendata.amenities import kinds_of_codes
from villages.opendata.reader import WrongFile

pytestmark = pytest.mark.django_db

DETAIL = "AN NOMRS CNOMRS CODPOS DEPCOM DEP REG LIBCOM DOM SDOM TYPEQU SIRET CAPACITE LAMBERT_X LAMBERT_Y".split()
DETAIL += "LONGITUDE LATITUDE QUALITE_XY EPSG QUALITE_GEOLOC EPCI DENS7".split()
AGGREGATED = "GEO GEO_OBJECT FACILITY_DOM FACILITY_SDOM FACILITY_TYPE BPE_MEASURE TIME_PERIOD OBS_VALUE".split()


def equipment(code: str, commune: str = "32001") -> list[str]:
    told = {"AN": "2025", "DEPCOM": commune, "TYPEQU": code, "LIBCOM": "Éauze", "CAPACITE": "_Z", "SIRET": "_U"}
    return [told.get(column, "") for column in DETAIL]


def counted(code: str, value: object, commune: str = "32001", **told: str) -> list[object]:
    row = {"GEO": commune, "GEO_OBJECT": "COM", "FACILITY_TYPE": code, "BPE_MEASURE": "FACILITIES", "TIME_PERIOD": "2024"}
    return [(row | {"OBS_VALUE": value} | told).get(column, "") for column in AGGREGATED]


ROWS = [equipment("B207"), equipment("B207"), equipment("C108"), equipment("Z999"), equipment("B207", "40101")]
FILE = table(DETAIL, *ROWS, quoted=True)
COUNTS = table(AGGREGATED, counted("B207", 2), counted("C108", "1.0"), counted("B207", 9, "40101"), quoted=True)
IN_FULL = {"bakery": 2, "nursery-school": 1, "primary-school": 1}


@pytest.fixture(autouse=True)
def aignan():
    return CommuneFactory(insee_code="32001", name="Aignan")


def bring_in(tmp_path, text: str = FILE, way=plain, name: str = "BPE25.csv"):
    return amenities.import_amenities(path=write(tmp_path, way(text), name))


def kept() -> dict[str, int]:
    return dict(CommuneAmenity.objects.order_by("kind").values_list("kind", "count"))


def test_every_code_makes_a_kind_and_every_kind_has_a_code():
    assert {kind for kinds in kinds_of_codes().values() for kind in kinds} == set(AmenityKind.values)
    assert kinds_of_codes()["C108"] == ("nursery-school", "primary-school")


@pytest.mark.parametrize("way", WAYS)
def test_one_row_each_is_counted_whatever_way_the_file_comes(tmp_path, way):
    report = bring_in(tmp_path, way=way)
    assert (report.read, report.kept, report.changed, report.rejected, report.elsewhere) == (5, 3, 3, 0, 2)
    assert kept() == IN_FULL
    assert Dataset.objects.get().edition == "2025"


@pytest.mark.parametrize("way", WAYS)
def test_counts_by_commune_say_the_same(tmp_path, way):
    report = bring_in(tmp_path, COUNTS, way, "DS_BPE_2024_data.csv")
    assert (report.read, report.kept, report.changed) == (3, 2, 3)
    assert kept() == IN_FULL
    assert Dataset.objects.get().edition == "2024"
    assert bring_in(tmp_path).changed == 0


def test_other_levels_and_other_measures_are_not_counted(tmp_path):
    others = [counted("B207", 7, GEO_OBJECT="DEP"), counted("B204", 7, BPE_MEASURE="CAPACITY"), counted("D307", 0)]
    bring_in(tmp_path, table(AGGREGATED, counted("B207", 1), *others))
    assert kept() == {"bakery": 1}


@pytest.mark.parametrize("text", [FILE, COUNTS])
def test_a_second_run_changes_nothing(tmp_path, text):
    bring_in(tmp_path, text)
    imported = Dataset.objects.get().imported_at
    assert bring_in(tmp_path, text).changed == 0
    assert bring_in(tmp_path, reordered(text)).changed == 0
    assert (kept(), Dataset.objects.get().imported_at) == (IN_FULL, imported)


def test_an_amenity_that_the_file_no_longer_has_is_removed(tmp_path):
    bring_in(tmp_path)
    report = bring_in(tmp_path, table(DETAIL, *ROWS[1:2], *ROWS[3:]))
    assert report.changed == 3
    assert kept() == {"bakery": 1}


@pytest.mark.parametrize(
    ("text", "column"), [(FILE, "DEPCOM"), (FILE, "TYPEQU"), (FILE, "AN"), (COUNTS, "OBS_VALUE"), (COUNTS, "GEO")]
)
def test_a_missing_or_renamed_column_is_named_and_nothing_changes(tmp_path, text, column):
    bring_in(tmp_path)
    for wrong in (without(text, column), text.replace(f'"{column}"', f'"{column}X"', 1)):
        with pytest.raises(WrongFile, match=rf"\b{column}\b"):
            bring_in(tmp_path, wrong)
    assert kept() == IN_FULL


@pytest.mark.parametrize("way", DAMAGED)
def test_a_file_cut_short_leaves_the_database_as_it_was(tmp_path, way):
    bring_in(tmp_path)
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        bring_in(tmp_path, FILE.replace("C108", "C201"), way)
    assert kept() == IN_FULL


def test_a_commune_that_is_not_known_is_told_once(tmp_path):
    report = bring_in(tmp_path, table(DETAIL, *[equipment("B207", "32999")] * 3, equipment("B207"), ["2025", "x"]))
    assert (report.kept, report.rejected) == (1, 4)
    assert [line for line, _reason in report.reasons] == [2, 6]
    assert "32999" in report.reasons[0][1]


def test_codes_with_a_letter_or_a_zero_are_text(tmp_path, settings):
    for code, department in (("01004", "01"), ("2A004", "2A")):
        settings.TERRITORY = replace(settings.TERRITORY, department=department)
        commune = CommuneFactory(insee_code=code)
        bring_in(tmp_path, table(DETAIL, equipment("D265", code)))
        assert list(commune.amenities.values_list("kind", "count")) == [("doctor", 1)]


def test_the_command_refuses_another_table(tmp_path):
    with pytest.raises(CommandError, match=r"autre\.csv.*DEPCOM"):
        call_command("import_bpe", write(tmp_path, b"code_insee;nbr\n32001;3\n", "autre.csv"))


# ---- The nearest -----------------------------------------------------------------------------------------------------


def nearest(village) -> dict[str, tuple[str, float, int]]:
    rows = NearestAmenity.objects.filter(village=village).values_list("kind", "commune__name", "kilometres", "minutes")
    return {kind: rest for kind, *rest in rows}


@pytest.fixture
def country():
    """Three communes on a line, 8.9 km apart as the crow flies."""
    places = {"A": ("32101", 43.70), "B": ("32102", 43.78), "C": ("32103", 43.86)}
    return {
        name: CommuneFactory(insee_code=code, name=name, latitude=latitude, longitude=0.5)
        for name, (code, latitude) in places.items()
    }


def test_what_is_in_the_village_is_at_no_distance_and_the_rest_in_the_nearest_commune(country):
    village = VillageFactory(commune=country["A"])
    for commune, kind in (("A", "bakery"), ("B", "bakery"), ("B", "pharmacy"), ("C", "pharmacy"), ("C", "cinema")):
        CommuneAmenity.objects.create(commune=country[commune], kind=kind, count=1)
    assert measure_amenities() == 3
    assert nearest(village) == {"bakery": ["A", 0.0, 0], "pharmacy": ["B", 11.1, 14], "cinema": ["C", 22.2, 24]}
    assert measure_amenities() == 0


def test_what_closes_is_looked_for_farther_and_what_is_nowhere_has_no_row(country):
    village = VillageFactory(commune=country["A"])
    for commune in "BC":
        CommuneAmenity.objects.create(commune=country[commune], kind="pharmacy", count=1)
    measure_amenities()
    CommuneAmenity.objects.filter(commune=country["B"]).delete()
    assert measure_amenities() == 1
    assert nearest(village)["pharmacy"][0] == "C"
    CommuneAmenity.objects.all().delete()
    assert measure_amenities() == 1
    assert nearest(village) == {}


def test_a_village_that_opens_knows_its_surroundings(country):
    CommuneAmenity.objects.create(commune=country["B"], kind="doctor", count=1)
    village = partnerships.open_village(commune=country["A"])
    assert nearest(village)["doctor"][0] == "B"


def test_the_nearest_is_the_nearest_on_the_round_earth():
    """Against every distance computed one by one, at a latitude where a degree eastward is short."""
    dice = random.Random(7)
    communes = [
        CommuneFactory(latitude=48 + dice.random() * 3, longitude=dice.random() * 4, insee_code=f"{n:05d}") for n in range(120)
    ]
    village = VillageFactory(commune=communes[0])
    for commune in communes[1:]:
        CommuneAmenity.objects.create(commune=commune, kind="pool", count=1)
    measure_amenities()
    distances = {}
    for commune in communes[1:]:
        place = journeys.register_place(kind="city", name=f"V {commune.pk}", latitude=commune.latitude, longitude=commune.longitude)
        distances[commune.pk] = village.journeys.get(place=place).kilometres
    found = NearestAmenity.objects.get(village=village)
    assert found.kilometres == min(distances.values()) == distances[found.commune_id]
