"""`import_stations`: the stations of the territory from the whole country's list, and a database that is right or as it was."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories.villages import CommuneFactory, VillageFactory
from tests.villages.opendata.official_files import write, zipped
from villages.distances import journeys
from villages.models import Dataset, Journey, Place
from villages.opendata.reader import WrongFile
from villages.opendata.stations import import_stations

pytestmark = pytest.mark.django_db

AUCH = {"nom": "Auch", "libellecourt": "AUC", "segment_drg": "B", "codeinsee": "32013", "codes_uic": "87611244"}
AUCH["position_geographique"] = {"lon": 0.5957, "lat": 43.6468}
EAUZE = {"nom": "L'Eauze", "codeinsee": "32119", "position_geographique": {"lon": 0.1, "lat": 43.86}}
DAX = {"nom": "Dax", "codeinsee": "40088", "position_geographique": {"lon": -1.05, "lat": 43.72}}


def bring_in(tmp_path, *stations: dict, content: bytes | None = None, name: str = "gares.json"):
    content = json.dumps(stations).encode() if content is None else content
    return import_stations(path=write(tmp_path, content, name))


def kept() -> list[tuple]:
    return list(Place.objects.order_by("name").values_list("kind", "name", "latitude", "commune__insee_code"))


def test_the_territory_s_stations_come_in_with_their_journeys(tmp_path):
    CommuneFactory(insee_code="32013")
    VillageFactory()
    report = bring_in(tmp_path, AUCH, DAX, EAUZE)
    assert (report.read, report.kept, report.changed, report.elsewhere) == (3, 2, 2, 1)
    assert kept() == [("station", "Auch", 43.6468, "32013"), ("station", "L’Eauze", 43.86, None)]
    assert Journey.objects.count() == 2


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped(content.decode(), "gares.json")])
def test_packed_or_not_a_second_run_changes_nothing(tmp_path, pack):
    bring_in(tmp_path, AUCH, EAUZE)
    imported = Dataset.objects.get().imported_at
    assert bring_in(tmp_path, content=pack(json.dumps([AUCH, EAUZE, AUCH]).encode())).changed == 0
    assert Dataset.objects.get().imported_at == imported


def test_a_station_that_the_territory_named_is_the_same_station(tmp_path):
    journeys.register_territory_places()
    before = Place.objects.filter(kind="station").count()
    assert bring_in(tmp_path, AUCH).changed == 1
    assert Place.objects.filter(kind="station").count() == before


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"nom;codeinsee\nAuch;32013\n", "liste JSON"),
        (b'{"nom": "Auch"}', "liste JSON"),
        (b"[1, 2]", "liste JSON"),
        (json.dumps([{"nom": "Auch", "codeinsee": "32013"}]).encode(), "position_geographique"),
        (json.dumps([DAX]).encode(), "aucune gare"),
        (zipped(json.dumps([AUCH] * 500), "gares.json")[:200], "abîmé ou incomplet"),
        (zipped("rien", "autre.txt"), r"\.json"),
    ],
)
def test_another_file_gets_one_sentence_and_leaves_the_database_as_it_was(tmp_path, content, reason):
    bring_in(tmp_path, EAUZE)
    before = kept()
    with pytest.raises(WrongFile, match=reason):
        bring_in(tmp_path, content=content)
    assert kept() == before
    with pytest.raises(CommandError, match=reason):
        call_command("import_stations", write(tmp_path, content, "autre.json"))


def test_a_station_without_a_position_is_rejected_and_the_others_kept(tmp_path):
    report = bring_in(tmp_path, AUCH | {"position_geographique": None}, EAUZE)
    assert (report.kept, report.rejected, report.reasons[0][0]) == (1, 1, 1)
