"""Tables as text files: for people and for programs, never a formula."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.csv_files import harmless, lines_for_people, lines_for_programs

UNSEEN = [" ", "\t", "\n", "\r", "\r\n", "\xa0", "\u202f", "\u200b", "\ufeff", "\x00", "\u202e", "\x0b", "\u3000", "\u2028"]
FORMULAS = ["=1+1", "+33", "-2", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)"]


@pytest.mark.parametrize("before", ["", *UNSEEN, " \t\xa0"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula_whatever_stands_before_it(before, formula):
    assert harmless(before + formula) == f"'{before}{formula}"
    for write, delimiter in ((lines_for_people, ";"), (lines_for_programs, ",")):
        text = "".join(write(["name"], [[before + formula]]))
        (cell,) = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))[1]
        assert cell == f"'{before}{formula}"


@pytest.mark.parametrize("text", ["", "Fleurance", "  Fleurance", "L’Isle-Jourdain", "n° 1 = 2", "’=1", 3, -2.5, None, Decimal(-1)])
def test_what_computes_nothing_stays_as_it_is(text):
    assert harmless(text) == text


def test_people_get_a_mark_semicolons_and_decimal_commas():
    text = "".join(lines_for_people(["Prix", "Lieu"], [[Decimal("6.50"), "A; B"], [0.025, None], [3, "C"]]))
    assert text == '\ufeffPrix;Lieu\r\n6,50;"A; B"\r\n0,025;\r\n3;C\r\n'


def test_programs_get_rfc_4180():
    text = "".join(lines_for_programs(["price", "place"], [[Decimal("6.50"), "A, « B »"], [0.025, "+33562060606"]]))
    assert text == 'price,place\r\n6.50,"A, « B »"\r\n0.025,+33562060606\r\n'


cells = st.text(alphabet="aé=+@ \t\n\r\x00;,\"'|\u200b", max_size=6)


@given(rows=st.lists(st.tuples(cells, cells), max_size=4))
def test_a_table_is_read_again_as_it_was_written(rows):
    for write, delimiter in ((lines_for_people, ";"), (lines_for_programs, ",")):
        text = "".join(write(["a", "b"], rows))
        read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
        assert read[1:] == [[harmless(cell) for cell in row] for row in rows]
