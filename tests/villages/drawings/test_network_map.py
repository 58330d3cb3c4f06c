"""The map says what the list beside it says, escapes whatever it is given, and is quick."""

import csv
import xml.etree.ElementTree as ET

import pytest
from django.conf import settings

from villages.drawings.network_map import HEIGHT, MOST_DOTS, PIN_RADIUS, WIDTH, Commune, Ground, Label, Mark, Spot, network_map

TERRITORY = settings.TERRITORY


def territory_ground() -> Ground:
    with TERRITORY.communes_file.open(encoding="utf-8", newline="") as file:
        communes = tuple(
            Commune(
                name=row["name"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
                insee_code=row["insee_code"],
                population=int(row["population_2023"]),
            )
            for row in csv.DictReader(file)
        )
    stations = {place.name: place for place in TERRITORY.places if place.kind == "station"}
    metropolis = next(place for place in TERRITORY.places if place.name == TERRITORY.metropolis)
    return Ground(
        communes=communes,
        chief_town=TERRITORY.chief_town,
        metropolis=Spot(metropolis.name, metropolis.latitude, metropolis.longitude),
        railway=tuple(Spot(f"Gare de {name}", stations[name].latitude, stations[name].longitude) for name in TERRITORY.railway),
        labels=tuple(Label(label.insee_code, label.anchor, label.dx, label.dy) for label in TERRITORY.map_labels),
    )


GROUND = territory_ground()
NAMES = {commune.insee_code: commune.name for commune in GROUND.communes}
SMALL = Ground(
    communes=(
        Commune("Bourg", 45.0, 2.0, "15001", 900),
        Commune("Haut", 45.2, 2.1, "15002", 90),
        Commune("L'Étang", 45.1, 2.4, "15003", 9000),
    ),
    chief_town="15001",
    metropolis=Spot("Ville", 45.1, 1.0),
)


def drawn(marks=(), ground=GROUND, **wishes) -> ET.Element:
    svg = network_map(ground, marks, **{"title": "Le réseau", "description": "La liste dit la même chose."} | wishes)
    return ET.fromstring(svg)  # noqa: S314 -- drawn by this code


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if name in element.get("class", "").split()]


def texts(root: ET.Element) -> list[str]:
    return [element.text for element in root.iter("text")]


def test_every_commune_is_one_dot():
    dots = "".join(path.get("d") for path in of_class(drawn(), "map__communes"))
    land = of_class(drawn(), "map__land")[0].get("d")
    assert dots.count("M") == land.count("M") == len(GROUND.communes)


def test_the_map_is_read_as_its_title_and_description():
    root = drawn(title="Où", description="Là", map_id="small")
    title, description = root.find("title"), root.find("desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")] == ["small-title", "small-desc"]
    assert (title.text, description.text) == ("Où", "Là")


def test_two_maps_of_a_page_share_no_id():
    ids = [element.get("id") for map_id in ("a", "b") for element in drawn(map_id=map_id).iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 4


def test_villages_are_dots_and_telecentres_are_houses():
    root = drawn([Mark("32370", "Saint-Clar"), Mark("32132", "Fleurance", "telecentre"), Mark("32233", "Marciac", "other")])
    found = {mark.get("data-place"): mark.get("class") for mark in root.iter() if mark.get("data-place")}
    assert found == {"32370": "map__village", "32132": "map__house", "32233": "map__other"}
    assert [mark.find("title").text for mark in of_class(root, "map__house")] == ["Fleurance"]


def test_a_mark_stands_on_the_dot_of_its_commune():
    root = drawn([Mark("32370", "Saint-Clar")])
    mark = of_class(root, "map__village")[0]
    x, y = round(float(mark.get("cx"))), round(float(mark.get("cy")))
    assert f"M{x} {y}h0" in of_class(root, "map__land")[0].get("d")


def test_numbers_are_those_of_the_list_and_the_first_lies_uppermost():
    root = drawn([Mark("32370", "Saint-Clar", number=1), Mark("32233", "Marciac", number=2), Mark("32132", "Fleurance", number=3)])
    pins = of_class(root, "map__pin")
    assert [pin.find("text").text for pin in pins] == ["3", "2", "1"]
    assert [pin.get("data-place") for pin in pins] == ["32132", "32233", "32370"]


def test_a_lit_mark_has_the_class_that_says_so():
    root = drawn([Mark("32370", "Saint-Clar", lit=True), Mark("32233", "Marciac", number=1, lit=True), Mark("32132", "Fleurance")])
    assert sorted(mark.get("data-place") for mark in of_class(root, "is-lit")) == ["32233", "32370"]


def test_a_commune_that_the_ground_does_not_hold_is_left_out():
    assert not [mark for mark in drawn([Mark("99999", "Ailleurs")]).iter() if mark.get("data-place")]


def pin_places(root: ET.Element) -> dict[str, tuple[float, float]]:
    places = {}
    for pin in of_class(root, "map__pin"):
        x, y = pin.get("transform").removeprefix("translate(").partition(")")[0].split()
        places[pin.get("data-place")] = (float(x), float(y))
    return places


def test_numbers_do_not_hide_each_other():
    """A commune and its five neighbours, a few km apart: their pins are pushed aside, and lines lead back to their places."""
    middle = next(commune for commune in GROUND.communes if commune.insee_code == GROUND.chief_town)
    near = sorted(GROUND.communes, key=lambda c: (c.latitude - middle.latitude) ** 2 + (c.longitude - middle.longitude) ** 2)[:6]
    root = drawn([Mark(commune.insee_code, commune.name, number=n) for n, commune in enumerate(near, start=1)])
    places = list(pin_places(root).values())
    gaps = [((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 for i, (ax, ay) in enumerate(places) for bx, by in places[:i]]
    assert min(gaps) > 1.8 * PIN_RADIUS
    assert of_class(root, "map__lead")[0].get("d").count("M") >= 3


def test_two_marks_of_one_commune_stand_apart():
    root = drawn([Mark("32370", "Saint-Clar", number=1), Mark("32370", "Saint-Clar", number=2)])
    first, second = (pin.get("transform") for pin in of_class(root, "map__pin"))
    assert first != second


def test_a_closer_look_holds_every_numbered_village_and_leaves_the_rest_of_the_way_out():
    near = [Mark(code, name, number=1) for code, name in NAMES.items() if name in ("Cologne", "Sarrant", "Mauvezin")]
    root = drawn(near, closer=True)
    left, top, width, height = map(float, root.get("viewBox").split())
    assert "map--close" in root.get("class")
    assert width / WIDTH == pytest.approx(height / HEIGHT, rel=0.01)
    assert width < WIDTH / 2
    for x, y in pin_places(root).values():
        assert left < x < left + width
        assert top < y < top + height
    assert not of_class(root, "map__arrow")


def test_a_closer_look_at_villages_far_apart_is_the_whole_map():
    far = [Mark(code, name, number=1) for code, name in NAMES.items() if name in ("Le Houga", "Cologne", "Masseube")]
    assert drawn(far, closer=True).get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
    assert drawn([], closer=True).get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"


def test_the_railway_runs_from_the_chief_town_to_the_arrow_and_names_its_stations():
    root = drawn()
    rail, arrow = of_class(root, "map__rail")[0].get("d"), of_class(root, "map__arrow")[0].get("d")
    assert rail.count("L") == len(GROUND.railway)
    assert rail.rpartition("L")[2].split()[0] == arrow[1:].split()[0]
    assert [station.find("title").text for station in of_class(root, "map__station")] == [stop.name for stop in GROUND.railway[1:]]


def test_names_come_from_the_ground_with_a_printers_apostrophe():
    assert texts(drawn(names=False))[0] == NAMES[GROUND.chief_town]
    assert GROUND.metropolis.name in texts(drawn(names=False))
    labelled = [NAMES[label.insee_code].replace("'", "’") for label in GROUND.labels]
    assert [name for name in texts(drawn()) if name in labelled] == labelled
    assert "'" not in "".join(texts(drawn()))


def test_the_names_of_telecentres_stay_on_a_small_map():
    code = next(label.insee_code for label in GROUND.labels if NAMES[label.insee_code] == "Fleurance")
    assert of_class(drawn(), "map__name--town") == []
    assert [name.text for name in of_class(drawn([Mark(code, "", "telecentre")]), "map__name--town")] == ["Fleurance"]


def test_whatever_is_handed_in_is_escaped():
    evil = '"><script>alert(1)</script>'
    ground = Ground(communes=(Commune(evil, 45.0, 2.0, evil, 9),), chief_town=evil, metropolis=Spot(evil, 45.0, 3.0))
    svg = network_map(
        ground,
        [Mark(evil, evil), Mark(evil, evil, "telecentre"), Mark(evil, evil, number=1)],
        title=evil,
        description=evil,
        map_id=evil,
    )
    assert "<script" not in svg
    assert {element.tag for element in ET.fromstring(svg).iter()} == set("svg title desc path circle g text".split())  # noqa: S314


def test_a_metropolis_in_the_west_has_its_arrow_on_the_left():
    root = drawn(ground=SMALL)
    assert of_class(root, "map__arrow")[0].get("d").startswith("M42 ")
    assert of_class(root, "map__name--out")[0].get("text-anchor") == "start"
    assert not of_class(root, "map__rail")


def test_the_whole_territory_lies_inside_the_frame():
    for ground in (GROUND, SMALL):
        for dot in of_class(drawn(ground=ground), "map__land")[0].get("d").split("h0")[:-1]:
            x, y = map(float, dot.removeprefix("M").split())
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_a_territory_of_one_commune_is_drawn_and_one_of_none_is_refused():
    alone = Ground(communes=SMALL.communes[:1], chief_town="15001", metropolis=SMALL.metropolis)
    assert texts(drawn(ground=alone))[0] == "Bourg"
    with pytest.raises(ValueError, match="chief town"):
        drawn(ground=Ground(communes=(), chief_town="15001", metropolis=SMALL.metropolis))


def test_a_country_is_drawn_with_as_many_dots_as_an_eye_tells_apart():
    many = [Commune(f"C{n}", 42 + n % 97 / 10, n // 97 / 10, f"{n:05d}", population=n) for n in range(9000)]
    ground = Ground(communes=tuple(many), chief_town="08999", metropolis=SMALL.metropolis)
    shown = drawn([Mark("00001", "Petit", number=1)], ground)
    dots = sum(path.get("d").count("h0") for path in of_class(shown, "map__communes"))
    assert 400 < dots <= MOST_DOTS * 1.2
    assert "1" in texts(shown)
