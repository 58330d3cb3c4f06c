"""`import_arcep`: the three files of the regulator, the fourth refused, and a database that is right or as it was."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from tests.factories.villages import CommuneFactory
from tests.villages.opendata.official_files import DAMAGED, WAYS, plain, reordered, table, without, write
from villages.models import Connection, Dataset
from villages.opendata.connection import import_connections
from villages.opendata.reader import WrongFile

pytestmark = pytest.mark.django_db

KNOWN = ["code_insee", "nom_com", "code_dep", "code_reg", "nbr", "type"]
SPEED_COLUMNS = [*KNOWN, "inel_hd", "elig_hd05", "elig_hd3", "elig_bhd8", "elig_thd30", "elig_thd100", "elig_thd1g", "date"]
TECHNO_COLUMNS = [*KNOWN, "elig_ftth", "elig_coax", "elig_cu", "elig_thdr", "elig_4gf", "elig_hdr", "elig_sat", "date"]
BEST_COLUMNS = [
    *[*KNOWN, "nbr_elig_8", "elig_ftth", "elig_coax", "elig_cu_30", "elig_thdr", "elig_cu_8", "elig_4gf", "elig_hdr", "elig_sat"],
    "date",
]
PLACE = ["32001", "Aignan", "32", "76", 500, "all"]
SPEEDS = [*PLACE, 2, 498, 495, 490, 480, 460, 450, "2026-03-31"]
TECHNO = [*PLACE, 450, 0, 490, 30, 400, 0, 500, "2026-03-31"]
BEST = [*PLACE, 490, 450, 0, 10, 20, 5, 5, 0, 0, "2026-03-31"]
ELSEWHERE = ["40101", "Gaas", "40", "75", 245, "all"]

SPEED_FILE = table(SPEED_COLUMNS, SPEEDS, [*ELSEWHERE, 2, 243, 243, 243, 243, 243, 243, "2026-03-31"])
TECHNO_FILE = table(TECHNO_COLUMNS, TECHNO, [*ELSEWHERE, 243, 0, 0, 0, 0, 0, 245, "2026-03-31"])
BEST_FILE = table(BEST_COLUMNS, BEST)


@pytest.fixture(autouse=True)
def aignan():
    return CommuneFactory(insee_code="32001", name="Aignan")


def bring_in(tmp_path, text: str, way=plain, name: str = "commune.csv"):
    return import_connections(path=write(tmp_path, way(text), name))


def kept() -> list[dict]:
    return list(Connection.objects.values())


@pytest.mark.parametrize("way", WAYS)
def test_each_file_fills_its_part_whatever_way_it_comes(tmp_path, way):
    for text in (SPEED_FILE, TECHNO_FILE, BEST_FILE):
        report = bring_in(tmp_path, text, way)
        assert (report.kept, report.changed, report.rejected) == (1, 1, 0)
    connection = Connection.objects.get()
    assert (connection.premises, connection.speed_none, connection.speed_100, connection.speed_1000) == (500, 2, 460, 450)
    assert (connection.can_fibre, connection.can_copper, connection.can_satellite) == (450, 490, 500)
    assert (connection.best_total, connection.best_fibre, connection.best_4g) == (490, 450, 5)
    assert connection.fibre_share == 0.9
    assert {connection.speeds_on, connection.technologies_on, connection.best_on} == {dt.date(2026, 3, 31)}
    assert set(Dataset.objects.values_list("key", "edition")) == {
        ("arcep-speeds", "2026-03-31"),
        ("arcep-technologies", "2026-03-31"),
        ("arcep-best", "2026-03-31"),
    }


@pytest.mark.parametrize("text", [SPEED_FILE, TECHNO_FILE, BEST_FILE])
def test_a_second_run_changes_nothing(tmp_path, text):
    bring_in(tmp_path, text)
    before, imported = kept(), Dataset.objects.get().imported_at
    assert bring_in(tmp_path, text).changed == 0
    assert (kept(), Dataset.objects.get().imported_at) == (before, imported)


@pytest.mark.parametrize("text", [SPEED_FILE, TECHNO_FILE, BEST_FILE])
def test_columns_may_be_reordered_and_others_added(tmp_path, text):
    assert bring_in(tmp_path, text).changed == 1
    assert bring_in(tmp_path, reordered(text)).changed == 0


def test_before_2021_the_4g_had_another_name(tmp_path):
    bring_in(tmp_path, TECHNO_FILE.replace("elig_4gf", "elig_4fg"))
    assert Connection.objects.get().can_4g == 400


def test_other_kinds_of_premises_are_not_counted(tmp_path):
    professionals = [cell if cell != "all" else "pro" for cell in TECHNO]
    report = bring_in(tmp_path, table(TECHNO_COLUMNS, TECHNO, professionals))
    assert (report.kept, report.elsewhere) == (1, 1)


@pytest.mark.parametrize(
    ("text", "column", "right"),
    [
        (SPEED_FILE, "elig_thd100", "commune_debit_filaire.csv"),
        (TECHNO_FILE, "elig_cu", "commune_techno.csv"),
        (BEST_FILE, "elig_cu_30", "commune_meilleure_techno_thd.csv"),
        (SPEED_FILE, "elig_hd05", "commune_debit_filaire.csv"),
    ],
)
def test_a_missing_or_renamed_column_is_named_and_nothing_changes(tmp_path, text, column, right):
    bring_in(tmp_path, TECHNO_FILE)
    before = kept()
    for wrong in (without(text, column), text.replace(column, f"{column}_x")):
        with pytest.raises(WrongFile, match=rf"{right}.*\b{column}\b"):
            bring_in(tmp_path, wrong)
    assert kept() == before


def test_the_file_that_counts_satellites_is_refused_and_the_right_one_named(tmp_path):
    satellites = table([*SPEED_COLUMNS[:-1], "elig_sat", "date"], [*SPEEDS[:-1], 500, "2026-03-31"])
    with pytest.raises(WrongFile, match=r"commune_debit\.csv.*commune_debit_filaire\.csv"):
        bring_in(tmp_path, satellites, name="commune_debit.csv")
    assert kept() == []


@pytest.mark.parametrize("way", DAMAGED)
def test_a_file_cut_short_leaves_the_database_as_it_was(tmp_path, way):
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        bring_in(tmp_path, TECHNO_FILE, way)
    assert (kept(), Dataset.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("columns", "row", "reason"),
    [
        (TECHNO_COLUMNS, [*PLACE, 501, 0, 0, 0, 0, 0, 0, "2026-03-31"], "plus de locaux"),
        (SPEED_COLUMNS, [*PLACE, 0, 400, 500, 0, 0, 0, 0, "2026-03-31"], "débit plus élevé"),
        (BEST_COLUMNS, [*PLACE, 490, 450, 0, 0, 0, 0, 0, 0, 0, "2026-03-31"], "nbr_elig_8"),
        (TECHNO_COLUMNS, [*PLACE, "beaucoup", 0, 0, 0, 0, 0, 0, "2026-03-31"], "elig_ftth"),
        (TECHNO_COLUMNS, [*PLACE, 1, 0, 0, 0, 0, 0, 0, "mars"], "mars"),
        (TECHNO_COLUMNS, ["32999", *PLACE[1:], 1, 0, 0, 0, 0, 0, 0, "2026-03-31"], "32999"),
        (TECHNO_COLUMNS, [*PLACE, 1], "cases"),
    ],
)
def test_a_row_that_contradicts_itself_is_rejected_with_its_line_and_the_others_kept(tmp_path, columns, row, reason):
    CommuneFactory(insee_code="32003")
    good = {id(TECHNO_COLUMNS): TECHNO, id(SPEED_COLUMNS): SPEEDS, id(BEST_COLUMNS): BEST}[id(columns)]
    report = bring_in(tmp_path, table(columns, row, ["32003", *good[1:]]))
    assert (report.kept, report.rejected) == (1, 1)
    assert report.reasons[0][0] == 2
    assert reason in report.reasons[0][1]


def test_codes_with_a_letter_or_a_zero_are_text(tmp_path, settings):
    for code, department in (("01004", "01"), ("2A004", "2A")):
        settings.TERRITORY = replace(settings.TERRITORY, department=department)
        commune = CommuneFactory(insee_code=code)
        bring_in(tmp_path, table(TECHNO_COLUMNS, [code.lower(), *TECHNO[1:]]))
        assert commune.connection.can_fibre == 450


def test_the_premises_go_with_the_fibre_whose_share_they_make(tmp_path):
    bring_in(tmp_path, TECHNO_FILE)
    bring_in(tmp_path, SPEED_FILE.replace(";500;all;2;498", ";499;all;1;498"))
    assert Connection.objects.get().premises == 500
    bring_in(tmp_path, TECHNO_FILE.replace(";500;all", ";510;all"))
    assert Connection.objects.get().premises == 510


@pytest.mark.parametrize("text", ["insee_code,name\n32001,Aignan\n", '"AN";"DEPCOM";"TYPEQU"\n"2025";"32001";"B207"\n'])
def test_another_table_gets_one_sentence(tmp_path, text, capsys):
    path = write(tmp_path, text.encode(), "autre.csv")
    with pytest.raises(CommandError, match=r"autre\.csv.*commune_debit_filaire\.csv"):
        call_command("import_arcep", path)
    assert Dataset.objects.count() == 0
