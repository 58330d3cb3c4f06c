"""The reader of official tables: what it forgives, what it refuses, and in which words."""

import contextlib
import gzip
import io
import zipfile

import pytest

from tests.common.damage import damaged
from villages.opendata.reader import LONGEST_LINE, WrongFile, open_table, read_list

TABLE = "code;nom\r\n01001;L’Abergement\r\n2A004;Ajaccio\r\n"


def rows_of(path, *required: str) -> list[dict]:
    with open_table(path, right="table.csv") as table:
        table.require(*required)
        return [row.cells for row in table.rows()]


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes, name: str = "table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


EXPECTED = [{"code": "01001", "nom": "L’Abergement"}, {"code": "2A004", "nom": "Ajaccio"}]


@pytest.mark.parametrize("content", [TABLE.encode(), TABLE.encode("utf-8-sig"), TABLE.encode("cp1252")])
def test_encodings_are_recognised(write, content):
    assert rows_of(write(content)) == EXPECTED


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_separators_are_recognised(write, separator):
    assert rows_of(write(TABLE.replace(";", separator))) == EXPECTED


def test_a_gzipped_file_is_read_as_it_is(write):
    assert rows_of(write(gzip.compress(TABLE.encode()), "table.csv.gz")) == EXPECTED


def test_of_a_zip_the_largest_table_is_read(tmp_path):
    path = tmp_path / "table.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("meta.csv", "a;b\n")
        archive.writestr("DATA.CSV", TABLE)
    assert rows_of(path) == EXPECTED


def test_reordered_and_extra_columns_change_nothing(write):
    assert rows_of(write("extra;nom;code\nx;Aignan;32001\n"), "code", "nom") == [{"extra": "x", "nom": "Aignan", "code": "32001"}]


def test_quoted_cells_may_hold_the_separator_and_a_line_end(write):
    path = write('code;nom\n1;"a;b"\n2;"c\nd"\n3;e\n')
    with open_table(path, right="table.csv") as table:
        assert [(row.line, row.cells["nom"]) for row in table.rows()] == [(2, "a;b"), (4, "c\nd"), (5, "e")]


def test_a_missing_column_is_named(write):
    with pytest.raises(WrongFile, match="il y manque population, insee"):
        rows_of(write(TABLE), "nom", "population", "insee")


def test_a_column_there_twice_is_refused_only_when_it_is_needed(write):
    path = write("code;nom;nom\n1;a;b\n")
    assert len(rows_of(path, "code")) == 1
    with pytest.raises(WrongFile, match=r"deux fois la colonne «.nom.»"):
        rows_of(path, "nom")


def test_a_row_with_too_few_cells_has_none(write):
    assert rows_of(write("code;nom\n1\n2;a;b\n\n  ;\n3;c\n")) == [None, None, {"code": "3", "nom": "c"}]


@pytest.mark.parametrize("content", [b"", b"\n", b"  \r\n"])
def test_an_empty_file_is_refused(write, content):
    with pytest.raises(WrongFile, match=r"table\.csv est vide"):
        rows_of(write(content))


def test_a_truncated_zip_is_refused(tmp_path):
    path = tmp_path / "table.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.csv", TABLE * 1000)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        rows_of(path)


def test_a_truncated_gz_is_refused_once_its_end_is_reached(write):
    path = write(gzip.compress((TABLE * 1000).encode())[:-20], "table.gz")
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        rows_of(path)


def test_a_zip_whose_bytes_were_altered_is_refused(tmp_path):
    path = tmp_path / "table.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("table.csv", TABLE * 1000)
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        rows_of(path)


def test_a_spreadsheet_is_refused_for_what_it_is(tmp_path):
    path = tmp_path / "communes.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(WrongFile, match=r"aucun fichier \.csv"):
        rows_of(path)


def test_a_file_without_line_ends_does_not_fill_the_memory(write):
    with pytest.raises(WrongFile, match="une de ses lignes ne finit pas"):
        rows_of(write("code;nom\n" + "x" * LONGEST_LINE))


def test_a_cell_beyond_all_measure_is_refused_with_its_line(write):
    with pytest.raises(WrongFile, match="à la ligne 2"):
        rows_of(write("code;nom\n1;" + "x" * 200_000 + "\n"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(WrongFile, match=r"absent\.csv ne s’ouvre pas"):
        rows_of(tmp_path / "absent.csv")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(WrongFile, match="ne s’ouvre pas"):
        rows_of(tmp_path)


def test_it_tells_how_far_it_is(write):
    path = write("code;nom\n" + "1;a\n" * 50_000)
    with open_table(path, right="table.csv") as table:
        rows = table.rows()
        for _ in range(25_000):
            next(rows)
        assert 0.4 < table.done() < 0.6


def packed(how: int) -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", how) as archive:
        archive.writestr("table.csv", TABLE * 60)
        archive.writestr("list.json", '[{"code": "01001"}]')
    return told.getvalue()


WAYS = {"deflate": zipfile.ZIP_DEFLATED, "stored": zipfile.ZIP_STORED, "bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}
SAMPLES = {"csv": (TABLE * 60).encode(), "gz": gzip.compress((TABLE * 60).encode())} | {
    name: packed(how) for name, how in WAYS.items()
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_damaged_table_or_list_is_read_or_refused_whatever_is_wrong_with_it(write, sample):
    for content in damaged(SAMPLES[sample], times=300):
        path = write(content, "table")
        with contextlib.suppress(WrongFile), open_table(path, right="table.csv") as table:
            for _row in table.rows():
                pass
        with contextlib.suppress(WrongFile):
            read_list(path)


def test_brackets_without_end_are_no_list(write):
    with pytest.raises(WrongFile, match="JSON"):
        read_list(write("[" * 1_000_000, "list.json"))


def test_a_fault_of_whoever_reads_is_not_called_damage(write):
    path = write(TABLE)
    with pytest.raises(ValueError, match="mine"), open_table(path, right="table.csv"):
        raise ValueError("mine")
