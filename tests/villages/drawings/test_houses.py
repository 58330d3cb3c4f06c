"""The drawn homes: small, the same for ever, harmless, and in the shape that a title speaks of."""

import xml.etree.ElementTree as ET

import pytest

from villages.drawings.houses import SHAPES, house, shape_of
from villages.drawings.landscape import BUDGET

ELEMENTS = {"svg", "linearGradient", "stop", "path", "circle"}
ATTRIBUTES = set(
    "viewBox preserveAspectRatio aria-hidden id x2 y2 offset fill d opacity stroke stroke-width stroke-dasharray "
    "stroke-linecap cx cy r stop-color".split()
)


@pytest.fixture(scope="module")
def pictures() -> list[str]:
    return [house(shape, number) for shape in SHAPES for number in range(60)]


def test_every_home_weighs_at_most_four_kilobytes_and_no_two_are_alike(pictures):
    assert max(len(picture.encode()) for picture in pictures) <= BUDGET
    assert len(set(pictures)) == len(pictures)


def test_a_home_is_the_same_each_time(pictures):
    assert [house(shape, number) for shape in SHAPES for number in range(60)] == pictures


def test_a_home_is_drawn_with_presentation_attributes_alone(pictures):
    for picture in pictures:
        for element in ET.fromstring(picture).iter():  # noqa: S314 -- drawn by this code
            assert element.tag.rpartition("}")[2] in ELEMENTS
            assert set(element.attrib) <= ATTRIBUTES


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Appartement sur les arcades", "flat"),
        ("LONGÈRE, deux chambres", "longhouse"),
        ("Ferme en pierre, 1,2 ha", "farm"),
        ("Maison à colombages", "timbered"),
        ("Maison de bourg, jardin clos", "town"),
    ],
)
def test_a_home_has_the_shape_that_its_title_speaks_of(title, shape):
    assert shape_of(title, 3) == shape


def test_where_the_title_says_nothing_the_number_decides():
    drawn = {shape_of("Une occasion", number) for number in range(60)}
    assert drawn == set(SHAPES)
    assert shape_of("Une occasion", 7) == shape_of("Une occasion", 7)
