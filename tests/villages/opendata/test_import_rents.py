"""`import_rents`: the « carte des loyers » with its decimal commas, and a database that is right or as it was."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from tests.factories.villages import CommuneFactory
from tests.villages.opendata.official_files import DAMAGED, WAYS, old_encoding, plain, reordered, table, without, write
from villages.enums import DwellingKind
from villages.models import CommuneRent, Dataset
from villages.opendata import prices
from villages.opendata.reader import WrongFile

pytestmark = pytest.mark.django_db

COLUMNS = ["id_zone", "INSEE_C", "LIBGEO", "EPCI", "DEP", "REG", "loypredm2", "lwr.IPm2", "upr.IPm2", "TYPPRED", "nbobs_com"]
COLUMNS += ["nbobs_mail", "R2_adj"]
AIGNAN = [12, "32001", "Aignan", "200035632", "32", "76", "7,12", "5,30", "9,55", "maille", 3, 512, "0,61"]
ELUSA = [13, "32119", "Éauze", "200035632", "32", "76", "7,98", "6,1", "10,4", "commune", 44, 44, "0,61"]
GAAS = [14, "40101", "Gaas", "244000865", "40", "75", "9,1", "7", "12", "maille", 2, 300, "0,6"]
FILE = table(COLUMNS, AIGNAN, GAAS, ELUSA)
HOUSES, FLATS = "pred-mai-mef-dhup-2025.csv", "pred-app-mef-dhup-2025.csv"


@pytest.fixture(autouse=True)
def communes():
    CommuneFactory(insee_code="32001", name="Aignan")
    CommuneFactory(insee_code="32119", name="Éauze")


def bring_in(tmp_path, text: str = FILE, way=old_encoding, name: str = HOUSES, **wishes):
    return prices.import_rents(path=write(tmp_path, way(text), name), **wishes)


def kept() -> list[tuple]:
    facts = ("commune__insee_code", "kind", "euros_per_m2", "lowest", "highest", "is_of_the_area", "offers")
    return list(CommuneRent.objects.order_by("commune__insee_code", "kind").values_list(*facts))


IN_FULL = [
    ("32001", "house", Decimal("7.12"), Decimal("5.30"), Decimal("9.55"), True, 3),
    ("32119", "house", Decimal("7.98"), Decimal("6.10"), Decimal("10.40"), False, 44),
]


@pytest.mark.parametrize("way", WAYS)
def test_whatever_way_it_comes_it_says_the_same(tmp_path, way):
    report = bring_in(tmp_path, way=way)
    assert (report.read, report.kept, report.changed, report.rejected, report.elsewhere) == (3, 2, 2, 0, 1)
    assert kept() == IN_FULL
    dataset = Dataset.objects.get()
    assert (dataset.key, dataset.edition) == ("rents-house", "2025")


def test_a_second_run_changes_nothing(tmp_path):
    bring_in(tmp_path)
    imported = Dataset.objects.get().imported_at
    assert bring_in(tmp_path).changed == 0
    assert bring_in(tmp_path, reordered(FILE)).changed == 0
    assert (kept(), Dataset.objects.get().imported_at) == (IN_FULL, imported)


def test_houses_and_flats_are_told_apart_by_the_name_or_by_the_wish(tmp_path):
    bring_in(tmp_path)
    bring_in(tmp_path, name=FLATS)
    bring_in(tmp_path, name="loyers.csv", kind=DwellingKind.FLAT)
    assert sorted({kind for _code, kind, *_ in kept()}) == ["flat", "house"]
    with pytest.raises(WrongFile, match="--kind house"):
        bring_in(tmp_path, name="loyers.csv")
    with pytest.raises(WrongFile, match="d’une seule taille"):
        bring_in(tmp_path, name="pred-app12-mef-dhup-2025.csv")


def test_a_commune_that_left_the_file_has_no_rent_any_more(tmp_path):
    bring_in(tmp_path)
    report = bring_in(tmp_path, table(COLUMNS, ELUSA))
    assert (report.kept, report.changed) == (1, 1)
    assert kept() == IN_FULL[1:]


@pytest.mark.parametrize("column", ["INSEE_C", "loypredm2", "lwr.IPm2", "upr.IPm2", "TYPPRED", "nbobs_com"])
def test_a_missing_or_renamed_column_is_named_and_nothing_changes(tmp_path, column):
    bring_in(tmp_path)
    for wrong in (without(FILE, column), FILE.replace(column, f"{column}_x", 1)):
        with pytest.raises(WrongFile, match=column):
            bring_in(tmp_path, wrong)
    assert kept() == IN_FULL


@pytest.mark.parametrize("way", DAMAGED)
def test_a_file_cut_short_leaves_the_database_as_it_was(tmp_path, way):
    bring_in(tmp_path)
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        bring_in(tmp_path, FILE.replace("7,12", "8,12"), way)
    assert kept() == IN_FULL


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({6: "cher"}, "loypredm2"),
        ({6: "12,00"}, "bornes"),
        ({7: "0"}, "bornes"),
        ({9: "quartier"}, "TYPPRED"),
        ({1: "32999"}, "32999"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_line_and_the_others_kept(tmp_path, changed, reason):
    row = [changed.get(place, cell) for place, cell in enumerate(AIGNAN)]
    report = bring_in(tmp_path, table(COLUMNS, row, ELUSA), plain)
    assert (report.kept, report.rejected, report.reasons[0][0]) == (1, 1, 2)
    assert reason in report.reasons[0][1]
    assert kept() == IN_FULL[1:]


def test_the_same_commune_twice_is_said(tmp_path):
    report = bring_in(tmp_path, table(COLUMNS, AIGNAN, AIGNAN))
    assert (report.kept, report.rejected) == (1, 1)


def test_the_command_tells_what_it_did_and_refuses_another_table(tmp_path, capsys):
    call_command("import_rents", write(tmp_path, old_encoding(FILE), HOUSES))
    assert "3 lignes lues, 2 gardées, 2 changées" in capsys.readouterr().out.replace("\u202f", " ")
    with pytest.raises(CommandError, match="INSEE_C"):
        call_command("import_rents", write(tmp_path, b"code_insee;nbr\n32001;3\n", "autre.csv"), kind="house")
