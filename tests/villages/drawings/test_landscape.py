"""Every commune of the territory has its picture: small, distinct, the same for ever, and harmless."""

import csv
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from django.conf import settings

from villages.drawings.landscape import BANNER_WIDTH, BUDGET, COMPOSITIONS, Relief, composition_of, landscape
from villages.drawings.landscape.choice import river_distance
from villages.drawings.landscape.scene import Dice

RELIEF = Relief(
    rivers=settings.TERRITORY.rivers,
    vineyard_west_of=settings.TERRITORY.vineyard_west_of,
    mountains_seen_from=settings.TERRITORY.mountains_seen_from,
)
ELEMENTS = {"svg", "defs", "linearGradient", "stop", "path", "g", "use", "circle", "clipPath"}
ATTRIBUTES = set(
    "viewBox aria-hidden stroke-linecap id x2 y2 offset fill d opacity stroke stroke-width stroke-dasharray cx cy r href x y "
    "transform clip-path fill-rule stop-color stop-opacity".split()
)


def commune_facts(row: dict) -> dict:
    return {
        "insee_code": row["insee_code"],
        "population": int(row["population_2023"]),
        "latitude": float(row["latitude"]),
        "longitude": float(row["longitude"]),
    }


with settings.TERRITORY.communes_file.open(encoding="utf-8", newline="") as file:
    COMMUNES = [commune_facts(row) for row in csv.DictReader(file)]


def draw(commune: dict, **wishes) -> str:
    return landscape(**commune, relief=RELIEF, **wishes)


@pytest.fixture(scope="module")
def pictures() -> list[str]:
    return [draw(commune) for commune in COMMUNES]


def local(name: str) -> str:
    return name.rpartition("}")[2]


def elements_of(picture: str) -> list[ET.Element]:
    return list(ET.fromstring(picture).iter())  # noqa: S314 -- drawn by this code


def test_every_commune_weighs_at_most_four_kilobytes(pictures):
    assert len(pictures) == len(COMMUNES)
    assert max(len(picture.encode()) for picture in pictures) <= BUDGET


def test_no_two_communes_share_a_picture(pictures):
    assert len(set(pictures)) == len(COMMUNES)


def test_a_picture_is_the_same_each_time(pictures):
    assert [draw(commune) for commune in COMMUNES[:40]] == pictures[:40]


def test_chance_never_changes_with_the_version_of_python():
    """The first throws of one seed, written down: another generator would redraw every village of the network."""
    dice = Dice("32013")
    assert [round(dice.unit(), 6) for _ in range(4)] == [0.900679, 0.369881, 0.93612, 0.571794]


def test_a_picture_is_drawn_with_presentation_attributes_alone(pictures):
    """No style, no script, no text, nothing fetched: it may stand in a page under any content security policy."""
    for picture in pictures:
        for element in elements_of(picture):
            assert local(element.tag) in ELEMENTS
            assert {local(name) for name in element.attrib} <= ATTRIBUTES
            assert not (element.text or "").strip()


def test_no_number_of_a_picture_is_broken(pictures):
    for picture in pictures:
        assert not re.search(r"nan|inf|None|--|e[+-]\d", picture)


def test_every_id_that_a_picture_uses_is_defined_in_it(pictures):
    for picture in pictures:
        ids = [element.get("id") for element in elements_of(picture) if element.get("id")]
        used = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', picture)
        assert len(ids) == len(set(ids))
        assert {one or other for one, other in used} <= set(ids)


def test_pictures_may_share_a_page(pictures):
    """The village and its banner too: no id of one is an id of another."""
    several = [*pictures[:60], *(draw(commune, width=BANNER_WIDTH) for commune in COMMUNES[:60])]
    ids = Counter(element.get("id") for picture in several for element in elements_of(picture) if element.get("id"))
    assert ids.most_common(1)[0][1] == 1


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_each_composition_fits_every_commune(composition):
    for commune in COMMUNES[::15]:
        assert len(draw(commune, composition=composition).encode()) <= BUDGET


@pytest.mark.parametrize("light", ["dawn", "noon", "evening", "autumn"])
def test_a_banner_grows_in_weight_no_more_than_in_width(light):
    for commune in COMMUNES[::40]:
        banner = draw(commune, width=BANNER_WIDTH, light=light)
        assert f'viewBox="0 0 {BANNER_WIDTH} 400"' in banner
        assert len(banner.encode()) <= BUDGET * BANNER_WIDTH / 1000


def test_every_composition_is_met_in_the_territory():
    met = Counter(composition_of(**renamed(commune), relief=RELIEF) for commune in COMMUNES)
    assert met.keys() == COMPOSITIONS.keys()
    assert min(met.values()) >= 15


def renamed(commune: dict) -> dict:
    return {("code" if name == "insee_code" else name): value for name, value in commune.items()}


def test_a_plain_without_river_vine_or_mountain_has_none():
    met = {composition_of(**renamed(commune), relief=Relief()) for commune in COMMUNES}
    assert met == {"castelnau", "crests", "bastide"}
    assert landscape(**COMMUNES[0], relief=Relief()) == landscape(**COMMUNES[0], relief=Relief())


def test_the_mountains_show_from_the_south_and_seldom_from_the_north(pictures):
    """The massif and its snow are two more paths than the same picture has without mountains."""
    hidden = Relief(RELIEF.rivers, RELIEF.vineyard_west_of)
    drawn = list(zip(COMMUNES, pictures, strict=True))
    south = [(commune, picture) for commune, picture in drawn if RELIEF.mountains_seen_from - commune["latitude"] > 0.4]
    north = [(commune, picture) for commune, picture in drawn if RELIEF.mountains_seen_from - commune["latitude"] < 0.2]
    shown_south, shown_north = (
        sum(massif_of(picture) != massif_of(landscape(**commune, relief=hidden)) for commune, picture in some) / len(some)
        for some in (south, north)
    )
    assert shown_south == 1
    assert 0.1 < shown_north < 0.35


def massif_of(picture: str) -> str | None:
    """The one path that starts left of the frame and is closed by a straight foot."""
    found = re.search(r'd="(M-50 [^"]*V\d+z)"', picture)
    return found and found.group(1)


def test_the_distance_to_a_river_is_that_to_its_nearest_reach():
    river = (((43.0, 0.0), (43.0, 1.0), (44.0, 1.0)),)
    assert river_distance(43.1, 0.5, river) == pytest.approx(11.1, abs=0.1)  # beside the first reach
    assert river_distance(43.0, 0.5, river) == pytest.approx(0)
    assert river_distance(43.0, -0.1, river) == pytest.approx(8.1, abs=0.1)  # beyond its source
    assert river_distance(43.0, 0.5, ()) == float("inf")


def test_an_unknown_large_commune_is_drawn_too():
    """A mistyped figure must not stop a page: a city, a hamlet of nobody."""
    for population in (0, 20_000_000):
        picture = landscape("99999", population=population, latitude=43.6, longitude=0.6, relief=RELIEF)
        assert len(picture.encode()) <= BUDGET


def test_the_banner_of_the_home_page_is_drawn_as_the_territory_words_it(client):
    usual, wide = client.get("/paysages/accueil.svg"), client.get("/paysages/accueil-large.svg")
    assert usual.headers["Content-Type"] == wide.headers["Content-Type"] == "image/svg+xml"
    words = settings.TERRITORY.banner
    asked = {"population": words.population, "latitude": words.latitude, "longitude": words.longitude}
    asked |= {"composition": words.composition, "light": words.light}
    assert usual.text == landscape(words.insee_code, relief=RELIEF, **asked)
    assert wide.text == landscape(words.insee_code, relief=RELIEF, width=BANNER_WIDTH, **asked)
