"""`import_dvf`: one sale on several rows counted once, medians from five sales on, and a database that is right or as it was."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from tests.factories.villages import CommuneFactory
from tests.villages.opendata.official_files import DAMAGED, WAYS, plain, reordered, table, without, write
from villages.models import CommuneSales, Dataset
from villages.opendata import prices
from villages.opendata.reader import WrongFile

pytestmark = pytest.mark.django_db

COLUMNS = (
    "id_mutation,date_mutation,numero_disposition,nature_mutation,valeur_fonciere,adresse_numero,adresse_suffixe,adresse_nom_voie,"
    "adresse_code_voie,code_postal,code_commune,nom_commune,code_departement,ancien_code_commune,ancien_nom_commune,id_parcelle,"
    "ancien_id_parcelle,numero_volume,lot1_numero,lot1_surface_carrez,lot2_numero,lot2_surface_carrez,lot3_numero,"
    "lot3_surface_carrez,lot4_numero,lot4_surface_carrez,lot5_numero,lot5_surface_carrez,nombre_lots,code_type_local,type_local,"
    "surface_reelle_bati,nombre_pieces_principales,code_nature_culture,nature_culture,code_nature_culture_speciale,"
    "nature_culture_speciale,surface_terrain,longitude,latitude"
).split(",")


def row(mutation: str, price: object = 150_000, **facts: object) -> list[object]:
    usual = {
        "id_mutation": mutation,
        "date_mutation": "2024-05-14",
        "numero_disposition": "1",
        "nature_mutation": "Vente",
        "valeur_fonciere": price,
        "adresse_numero": "12",
        "code_commune": "32001",
        "code_departement": "32",
        "type_local": "Maison",
        "surface_reelle_bati": 100,
    }
    told = usual | facts
    return [told.get(column, "") for column in COLUMNS]


def file(*rows: list[object]) -> str:
    return table(COLUMNS, *rows, delimiter=",")


FIVE = [row(f"2024-{n}", 100_000 + 20_000 * n, surface_reelle_bati=100) for n in range(5)]


@pytest.fixture(autouse=True)
def aignan():
    return CommuneFactory(insee_code="32001", name="Aignan")


def bring_in(tmp_path, *texts: str, way=plain):
    return prices.import_sales(paths=[write(tmp_path, way(text), f"dvf-{n}.csv") for n, text in enumerate(texts)])


def kept() -> list[tuple]:
    facts = ("commune__insee_code", "kind", "count", "median_price", "median_per_m2")
    return list(CommuneSales.objects.order_by("commune__insee_code", "kind").values_list(*facts))


@pytest.mark.parametrize("way", WAYS)
def test_five_sales_have_a_median_whatever_way_the_file_comes(tmp_path, way):
    report = bring_in(tmp_path, file(*FIVE), way=way)
    assert (report.read, report.kept, report.rejected) == (5, 5, 0)
    assert kept() == [("32001", "house", 5, Decimal("140000.00"), Decimal("1400.00"))]
    assert Dataset.objects.get().edition == "2024"


def test_four_sales_are_counted_and_have_no_median(tmp_path):
    bring_in(tmp_path, file(*FIVE[:4]))
    assert kept() == [("32001", "house", 4, None, None)]


def test_one_sale_told_on_several_rows_is_one(tmp_path):
    """The house again for each use of its land, its outbuilding, and a row for land alone; not even side by side."""
    more = [row("2024-0", 100_000, surface_terrain=n, nature_culture=culture) for n, culture in enumerate(["sols", "jardins"])]
    more += [row("2024-0", 100_000, type_local="Dépendance", surface_reelle_bati=""), row("2024-0", 100_000, type_local="")]
    bring_in(tmp_path, file(*FIVE, *more))
    assert kept() == [("32001", "house", 5, Decimal("140000.00"), Decimal("1400.00"))]


@pytest.mark.parametrize(
    "other",
    [
        [row("2024-9", 1, nature_mutation="Echange")],
        [row("2024-9", 1, nature_mutation="Vente en l'état futur d'achèvement")],
        [row("2024-9", "")],
        [row("2024-9", 900_000, type_local="Dépendance")],
        [row("2024-9", 900_000, adresse_numero="1"), row("2024-9", 900_000, adresse_numero="3")],
        [row("2024-9", 900_000), row("2024-9", 900_000, type_local="Appartement")],
        [row("2024-9", 900_000, code_commune="40101", code_departement="40")],
    ],
)
def test_what_is_not_the_sale_of_one_dwelling_here_is_left_out(tmp_path, other):
    bring_in(tmp_path, file(*FIVE, *other))
    assert kept() == [("32001", "house", 5, Decimal("140000.00"), Decimal("1400.00"))]


def test_flats_are_counted_apart_and_a_surface_of_zero_says_nothing(tmp_path):
    flats = [row(f"2024-f{n}", 60_000, type_local="Appartement", surface_reelle_bati=0) for n in range(5)]
    bring_in(tmp_path, file(*FIVE, *flats))
    assert kept()[0] == ("32001", "flat", 5, Decimal("60000.00"), None)


def test_the_years_given_together_add_up_and_replace_what_was_there(tmp_path):
    earlier = [row(f"2023-{n}", 200_000, date_mutation="2023-02-01") for n in range(3)]
    report = bring_in(tmp_path, file(*FIVE[:2]), file(*earlier))
    assert report.changed == 1
    assert kept() == [("32001", "house", 5, Decimal("200000.00"), Decimal("2000.00"))]
    assert CommuneSales.objects.get().first_on == dt.date(2023, 2, 1)
    assert Dataset.objects.get().edition == "2023–2024"
    assert bring_in(tmp_path, file(*FIVE[:2]), file(*earlier)).changed == 0
    assert bring_in(tmp_path, file(*FIVE)).changed == 1


def test_columns_may_be_reordered_and_others_added(tmp_path):
    bring_in(tmp_path, file(*FIVE))
    assert bring_in(tmp_path, reordered(file(*FIVE), delimiter=",")).changed == 0


@pytest.mark.parametrize("column", ["id_mutation", "nature_mutation", "valeur_fonciere", "code_commune", "type_local"])
def test_a_missing_or_renamed_column_is_named_and_nothing_changes(tmp_path, column):
    bring_in(tmp_path, file(*FIVE))
    before = kept()
    for wrong in (without(file(*FIVE), column, delimiter=","), re.sub(rf"\b{column}\b", f"{column}_x", file(*FIVE))):
        with pytest.raises(WrongFile, match=column):
            bring_in(tmp_path, file(*FIVE[:2]), wrong)
    assert kept() == before


@pytest.mark.parametrize("way", DAMAGED)
def test_a_file_cut_short_leaves_the_database_as_it_was(tmp_path, way):
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        bring_in(tmp_path, file(*FIVE), way=way)
    assert (kept(), Dataset.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"valeur_fonciere": "cher"}, "valeur_fonciere"),
        ({"date_mutation": "31/02/2024"}, "31/02/2024"),
        ({"code_commune": "32999"}, "32999"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_line_and_the_others_kept(tmp_path, facts, reason):
    report = bring_in(tmp_path, file(row("2024-9", **facts), *FIVE))
    assert (report.rejected, report.reasons[0][0]) == (1, 2)
    assert reason in report.reasons[0][1]
    assert kept()[0][2] == 5


def test_the_command_takes_several_years_and_refuses_another_table(tmp_path, capsys):
    one, two = (write(tmp_path, file(*rows).encode(), name) for rows, name in ((FIVE[:2], "2023.csv"), (FIVE[2:], "2024.csv")))
    call_command("import_dvf", one, two)
    assert "5 lignes lues, 5 gardées, 1 changée" in capsys.readouterr().out.replace("\u202f", " ")
    with pytest.raises(CommandError, match="id_mutation"):
        call_command("import_dvf", one, write(tmp_path, b"code_insee;nbr\n32001;3\n", "autre.csv"))
    assert kept()[0][2] == 5
