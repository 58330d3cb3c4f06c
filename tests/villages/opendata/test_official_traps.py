"""Official files as they come in earnest: absorbed communes, mixed sales, respelt stations, other encodings, other files."""

import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.factories.villages import CommuneFactory, VillageFactory
from tests.villages.opendata.official_files import table, write
from tests.villages.opendata.test_import_arcep import SPEED_COLUMNS, TECHNO_COLUMNS
from tests.villages.opendata.test_import_bpe import DETAIL, equipment
from tests.villages.opendata.test_import_dvf import FIVE
from tests.villages.opendata.test_import_dvf import file as sales_file
from tests.villages.opendata.test_import_dvf import row as sale
from tests.villages.opendata.test_import_rents import COLUMNS as RENT_COLUMNS
from villages.models import Commune, CommuneAmenity, CommuneRent, CommuneSales, Connection, Dataset, Journey, Place

pytestmark = pytest.mark.django_db

ABSORBED, PRESENT = "32168", "32079"  # Labarrère is part of Castelnau d'Auzan Labarrère
COMMUNES = "insee_code,name,postal_codes,population_2023,latitude,longitude,intercommunality\n"
CASTELNAU = "32079,Castelnau d'Auzan Labarrère,32440|32250,1131,43.93,0.08,CC du Grand Armagnac\n"
LABARRERE = "32168,Labarrère,32250,220,43.95,0.05,CC du Grand Armagnac\n"


@pytest.fixture
def castelnau() -> Commune:
    return CommuneFactory(insee_code=PRESENT, name="Castelnau d'Auzan Labarrère")


def sold() -> list[tuple]:
    facts = ("commune__insee_code", "kind", "count", "median_price")
    return list(CommuneSales.objects.order_by("commune__insee_code", "kind").values_list(*facts))


# ---- Sales -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def aignan_and_lectoure() -> None:
    CommuneFactory(insee_code="32001", name="Aignan")
    CommuneFactory(insee_code="32208", name="Lectoure")


def bring_in_sales(tmp_path: Path, *rows: list) -> None:
    call_command("import_dvf", write(tmp_path, sales_file(*rows).encode(), "32.csv"))


def test_a_sale_is_of_the_commune_in_which_the_dwelling_stands(tmp_path, aignan_and_lectoure):
    """Land in Aignan comes first in the file; the house is in Lectoure."""
    rows = []
    for number in range(5):
        rows += [sale(f"2024-{number}", type_local="", code_commune="32001"), sale(f"2024-{number}", code_commune="32208")]
    bring_in_sales(tmp_path, *rows)
    assert sold() == [("32208", "house", 5, Decimal("150000.00"))]


@pytest.mark.parametrize("first", [True, False])
def test_a_sale_with_business_premises_is_nobody_s_price(tmp_path, aignan_and_lectoure, first):
    premises = sale("2024-9", 900_000, type_local="Local industriel. commercial ou assimilé", surface_reelle_bati=300)
    mixed = [premises, sale("2024-9", 900_000)]
    bring_in_sales(tmp_path, *FIVE, *(mixed if first else reversed(mixed)))
    assert sold() == [("32001", "house", 5, Decimal("140000.00"))]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("what", ["Maison", "Local industriel. commercial ou assimilé"])
def test_what_was_sold_with_it_beyond_the_border_counts_too(tmp_path, aignan_and_lectoure, first, what):
    beyond = sale("2024-9", 900_000, code_commune="40101", code_departement="40", type_local=what)
    pair = [beyond, sale("2024-9", 900_000)]
    bring_in_sales(tmp_path, *FIVE, *(pair if first else reversed(pair)))
    assert sold() == [("32001", "house", 5, Decimal("140000.00"))]


def test_the_price_is_that_of_the_part_that_holds_the_dwelling(tmp_path, aignan_and_lectoure):
    """A sale may have several dispositions, each with its price: the field was 5,000 €, the house 150,000 €."""
    rows = []
    for number in range(5):
        rows += [
            sale(f"2024-{number}", 5_000, type_local="", numero_disposition="1"),
            sale(f"2024-{number}", numero_disposition="2"),
        ]
    bring_in_sales(tmp_path, *rows)
    assert sold() == [("32001", "house", 5, Decimal("150000.00"))]


# ---- Absorbed communes -------------------------------------------------------------------------------------------------


def test_every_code_of_the_territory_s_table_leads_to_a_commune_of_today():
    with settings.TERRITORY.communes_file.open(encoding="utf-8") as file:
        present = {line.partition(",")[0] for line in file}
    former = settings.TERRITORY.former_communes
    assert len(former) == 10
    assert {settings.TERRITORY.present_code(commune.code) for commune in former} <= present
    assert not {commune.code for commune in former} & present
    assert settings.TERRITORY.present_code("32208") == "32208"


def test_equipment_of_an_absorbed_commune_is_its_successor_s(tmp_path, castelnau):
    rows = [equipment("B207", ABSORBED), equipment("B207", PRESENT), equipment("D307", ABSORBED)]
    call_command("import_bpe", write(tmp_path, table(DETAIL, *rows, quoted=True).encode(), "BPE25.csv"))
    found = CommuneAmenity.objects.values_list("commune__insee_code", "kind", "count")
    assert set(found) == {(PRESENT, "bakery", 2), (PRESENT, "pharmacy", 1)}


def test_premises_of_an_absorbed_commune_are_added_to_its_successor_s(tmp_path, castelnau, capsys):
    def line(code: str, *counts: int) -> list:
        return [code, "x", "32", "76", counts[0], "all", counts[1], 0, counts[1], 0, 0, 0, 0, "2026-03-31"]

    path = write(tmp_path, table(TECHNO_COLUMNS, line(ABSORBED, 100, 40), line(PRESENT, 500, 450)).encode(), "commune_techno.csv")
    call_command("import_arcep", path)
    connection = Connection.objects.get()
    assert (connection.commune, connection.premises, connection.can_fibre, connection.can_copper) == (castelnau, 600, 490, 490)
    assert "2 lignes lues, 2 gardées, 1 changée" in capsys.readouterr().out.replace("\u202f", " ")
    call_command("import_arcep", path)
    assert "Rien n’a changé" in capsys.readouterr().out


@pytest.mark.parametrize("backwards", [False, True])
def test_the_rent_of_a_commune_of_today_stands_and_that_of_an_absorbed_one_fills_a_gap(tmp_path, castelnau, backwards):
    CommuneFactory(insee_code="32365")

    def line(code: str, rent: str) -> list:
        return [12, code, "x", "1", "32", "76", rent, "5,0", "9,9", "maille", 3, 512, "0,61"]

    rows = [line(ABSORBED, "8,00"), line(PRESENT, "7,00"), line("32413", "6,00")]
    text = table(RENT_COLUMNS, *(reversed(rows) if backwards else rows))
    call_command("import_rents", write(tmp_path, text.encode("cp1252"), "pred-mai-2025.csv"))
    found = CommuneRent.objects.order_by("commune__insee_code").values_list("commune__insee_code", "euros_per_m2")
    assert list(found) == [(PRESENT, Decimal("7.00")), ("32365", Decimal("6.00"))]


def test_sales_in_an_absorbed_commune_are_its_successor_s(tmp_path, castelnau):
    bring_in_sales(tmp_path, *[sale(f"2024-{n}", code_commune=(ABSORBED, PRESENT)[n % 2]) for n in range(5)])
    assert sold() == [(PRESENT, "house", 5, Decimal("150000.00"))]


def test_a_station_in_an_absorbed_commune_stands_in_its_successor(tmp_path, castelnau):
    bring_in_stations(tmp_path, {**AUCH, "nom": "Labarrère", "codeinsee": ABSORBED})
    assert Place.objects.get().commune == castelnau


def test_an_absorbed_commune_comes_in_no_more_and_is_told(tmp_path, capsys):
    call_command("import_communes", write(tmp_path, (COMMUNES + LABARRERE + CASTELNAU).encode(), "communes.csv"))
    assert [commune.insee_code for commune in Commune.objects.all()] == [PRESENT]
    assert "32168 fait partie de 32079" in capsys.readouterr().err


def test_the_communes_that_a_new_file_no_longer_has_are_told(tmp_path, capsys):
    CommuneFactory(insee_code=ABSORBED, name="Labarrère")
    CommuneFactory(insee_code="32998", name="Perdue")
    CommuneFactory(insee_code="31555", name="Ailleurs")
    call_command("import_communes", write(tmp_path, (COMMUNES + CASTELNAU).encode(), "communes.csv"))
    told = capsys.readouterr().out.replace("\u202f", " ")
    assert (
        "Labarrère (32168) n’est plus dans le fichier : cette commune fait partie de Castelnau d'Auzan Labarrère (32079)." in told
    )
    assert "Perdue (32998) n’est plus dans le fichier, et aucune table ne dit ce qu’elle est devenue." in told
    assert "Ailleurs" not in told
    assert Commune.objects.count() == 4


def test_a_commune_whose_row_is_rejected_is_not_said_to_be_gone(tmp_path, capsys):
    CommuneFactory(insee_code=PRESENT, name="Castelnau")
    rows = CASTELNAU.replace(",1131,", ",beaucoup,") + LABARRERE.replace("32168,Labarrère", "32001,Aignan")
    call_command("import_communes", write(tmp_path, (COMMUNES + rows).encode(), "communes.csv"))
    told = capsys.readouterr()
    assert "beaucoup" in told.err
    assert "n’est plus dans le fichier" not in told.out


# ---- Stations ----------------------------------------------------------------------------------------------------------

AUCH = {"nom": "Auch", "codeinsee": "32013", "codes_uic": "87611244", "position_geographique": {"lon": 0.5957, "lat": 43.6468}}
GIMONT = {"nom": "Gimont - Cahuzac", "codeinsee": "32147", "codes_uic": "87611459"}
GIMONT["position_geographique"] = {"lon": 0.8797, "lat": 43.6296}


def bring_in_stations(tmp_path: Path, *stations: dict) -> None:
    call_command("import_stations", write(tmp_path, json.dumps(stations).encode(), "gares-de-voyageurs.json"))


def stations() -> list[str]:
    return list(Place.objects.filter(kind="station").order_by("name").values_list("name", flat=True))


def test_a_station_respelt_is_the_same_station(tmp_path):
    VillageFactory()
    bring_in_stations(tmp_path, {**AUCH, "nom": "Samatan Bourg"})
    before = Place.objects.get().pk
    bring_in_stations(tmp_path, {**AUCH, "nom": "Samatan-Centre"})
    assert (stations(), Place.objects.get().pk, Journey.objects.count()) == (["Samatan-Centre"], before, 1)


def test_a_station_of_the_territory_s_own_keeps_the_name_that_the_map_knows(tmp_path):
    """Its folder says « Gimont-Cahuzac »; the file says it otherwise, and otherwise again the year after."""
    call_command("import_communes")
    own = stations()
    for spelling in ("Gimont - Cahuzac", "GIMONT CAHUZAC", "Gimont"):
        bring_in_stations(tmp_path, {**GIMONT, "nom": spelling})
        assert stations() == own
    call_command("import_communes")
    assert stations() == own


def test_two_stations_of_one_name_are_two_where_their_codes_differ(tmp_path):
    bring_in_stations(tmp_path, {**AUCH, "nom": "Vic"}, {**GIMONT, "nom": "Seissan"})
    bring_in_stations(tmp_path, {**AUCH, "nom": "Seissan"}, {**GIMONT, "nom": "Vic"})
    places = {place.name: place.latitude for place in Place.objects.all()}
    assert places == {"Seissan": 43.6468, "Vic": 43.6296}


# ---- Other files --------------------------------------------------------------------------------------------------------

RIGHT_FILES = {
    "import_communes": "communes.csv",
    "import_bpe": "BPE25.csv",
    "import_arcep": "commune_debit_filaire.csv",
    "import_dvf": "geo-dvf",
}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("command", RIGHT_FILES)
def test_a_file_in_utf_16_is_recognised_and_the_right_one_named(tmp_path, command, encoding):
    path = write(tmp_path, (COMMUNES + CASTELNAU).encode(encoding), "tableau.csv")
    with pytest.raises(CommandError, match=rf"tableau\.csv est en UTF-16.*{RIGHT_FILES[command]}"):
        call_command(command, path)
    assert not Dataset.objects.exists()


def test_rents_in_utf_16_are_recognised_too(tmp_path):
    path = write(tmp_path, table(RENT_COLUMNS).encode("utf-16"), "pred-mai-2025.csv")
    with pytest.raises(CommandError, match=r"UTF-16.*pred-mai"):
        call_command("import_rents", path)


OF_THE_DGFIP = (
    "Identifiant de document|Reference document|1 Articles CGI|No disposition|Date mutation|Nature mutation|Valeur fonciere|"
    "No voie|Code postal|Commune|Code departement|Code commune|Type local|Surface reelle bati\n"
    "|||000001|05/01/2024|Vente|150000,00|12|32700|LECTOURE|32|208|Maison|100\n"
)


@pytest.mark.parametrize("packed", [False, True])
def test_the_text_file_of_the_dgfip_is_recognised_and_the_right_one_named(tmp_path, packed):
    path = tmp_path / ("valeursfoncieres-2024.txt.zip" if packed else "valeursfoncieres-2024.txt")
    if packed:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("ValeursFoncieres-2024.txt", OF_THE_DGFIP)
    else:
        path.write_text(OF_THE_DGFIP, encoding="utf-8")
    with pytest.raises(CommandError, match=r"valeursfoncieres-2024\.txt.*DGFiP.*geo-dvf"):
        call_command("import_dvf", path)


def all_technologies(number: int = 30, *, exceptions: int = 1) -> str:
    """The columns of the wired file, and everybody reached: what satellites do to the counts."""
    rows = []
    for n in range(number):
        CommuneFactory(insee_code=f"32{n + 201}")
        speeds = [4, 96, 90, 80, 70, 60, 50] if n < exceptions else [0, 100, 100, 100, 80, 60, 50]
        rows.append([f"32{n + 201}", "x", "32", "76", 100, "all", *speeds, "2026-03-31"])
    return table(SPEED_COLUMNS, *rows)


def test_the_file_of_all_technologies_is_known_by_its_name(tmp_path):
    path = write(tmp_path, all_technologies(2, exceptions=2).encode(), "commune_debit.csv")
    with pytest.raises(CommandError, match=r"commune_debit\.csv.*commune_debit_filaire\.csv"):
        call_command("import_arcep", path)
    assert not Connection.objects.exists()


@pytest.mark.parametrize("name", ["debits.csv", "commune_debit_filaire.csv", "32.zip"])
def test_the_file_of_all_technologies_is_known_by_what_it_says(tmp_path, name):
    text = all_technologies()
    path = tmp_path / name
    if name.endswith("zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("commune_debit.csv", text)
    else:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=r"commune_debit_filaire\.csv.*--wired"):
        call_command("import_arcep", path)
    assert not Connection.objects.exists()
    call_command("import_arcep", path, wired=True)
    assert Connection.objects.count() == 30


def test_a_wired_file_in_which_many_communes_are_not_reached_is_taken(tmp_path):
    call_command("import_arcep", write(tmp_path, all_technologies(exceptions=6).encode(), "debits.csv"))
    assert Connection.objects.count() == 30
