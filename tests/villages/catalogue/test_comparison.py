"""Side by side: who has the most of what, by how much, and what nobody knows."""

import pytest

from villages.catalogue.comparison import Measure, Rank, Unit, compare
from villages.facts.estimates import NOWHERE


def ranks(unit: Unit, *values: float | None, more: bool = False) -> list[str]:
    return [cell.rank.value for cell in compare("x", unit, [Measure(value) for value in values], more_is_better=more).cells]


@pytest.mark.parametrize(
    ("unit", "values", "more", "expected"),
    [
        (Unit.KILOMETRES, (4, 12), False, ["best", ""]),
        (Unit.KILOMETRES, (4, 12, 30), False, ["best", "", "worst"]),
        (Unit.KILOMETRES, (4, 4, 30), False, ["", "", "worst"]),
        (Unit.KILOMETRES, (4, 30, 30), False, ["best", "", ""]),
        (Unit.KILOMETRES, (4.2, 3.8), False, ["", ""]),  # both are said « 4 km »
        (Unit.KILOMETRES, (0, 0.4), False, ["best", ""]),  # in the village is not at one kilometre
        (Unit.KILOMETRES, (5, NOWHERE, NOWHERE), False, ["only", "", ""]),
        (Unit.KILOMETRES, (5, None, 9), False, ["best", "unknown", ""]),
        (Unit.SHARE, (0.96, 0.94, None), True, ["best", "", "unknown"]),
        (Unit.SHARE, (0.961, 0.969), True, ["", ""]),
        (Unit.COUNT, (1, 0, 0), True, ["only", "", ""]),
        (Unit.COUNT, (3, 1, 0), True, ["best", "", "worst"]),
        (Unit.COUNT, (0, 0), True, ["", ""]),
        (Unit.MINUTES, (None, None), False, ["unknown", "unknown"]),
        (Unit.MINUTES, (50, None), False, ["", "unknown"]),  # alone, it is the best of nothing
        (Unit.EUROS, (7.1, 7.8, 6.9), False, ["", "worst", "best"]),
    ],
)
def test_the_best_and_the_worst_are_those_that_are_said_to_be(unit, values, more, expected):
    assert ranks(unit, *values, more=more) == expected


def test_what_is_unknown_is_never_the_worst_and_changes_nothing_for_the_others():
    with_it, without = ranks(Unit.KILOMETRES, 4, 12, 30, None), ranks(Unit.KILOMETRES, 4, 12, 30)
    assert with_it == [*without, "unknown"]
    assert Rank.WORST not in ranks(Unit.KILOMETRES, None, 4, None)


def test_the_same_is_what_is_said_alike_and_known_of_all():
    assert compare("x", Unit.KILOMETRES, [Measure(4.2), Measure(3.8)], more_is_better=False).is_same
    assert compare("x", Unit.KILOMETRES, [Measure(NOWHERE), Measure(NOWHERE)], more_is_better=False).is_same
    assert not compare("x", Unit.KILOMETRES, [Measure(4), Measure(None)], more_is_better=False).is_same


def test_the_gap_leaves_out_what_does_not_exist():
    line = compare("x", Unit.KILOMETRES, [Measure(4), Measure(14.2), Measure(NOWHERE)], more_is_better=False)
    assert line.gap == 10
    assert compare("x", Unit.KILOMETRES, [Measure(4), Measure(None)], more_is_better=False).gap is None
