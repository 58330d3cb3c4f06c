"""Each folder of `sohosolo/territories/` is whole: what its files name stands in its files."""

import csv

import pytest
from django.conf import settings

from projects.files.directories import fill_directories
from projects.models import Scheme, TaskTemplate
from sohosolo import territories
from villages.enums import PlaceKind

SLUGS = sorted(path.parent.name for path in territories.FOLDER.glob("*/territory.toml"))
COLUMNS = {"insee_code", "name", "postal_codes", "population_2023", "latitude", "longitude", "intercommunality"}
WORDS = {"of_name", "in_name", "telephone_hours"}


@pytest.fixture(params=SLUGS)
def territory(request) -> territories.Territory:
    return territories.load(request.param)


def test_the_communes_that_it_names_are_its_own(territory):
    with territory.communes_file.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == COLUMNS
    named = {territory.chief_town, territory.banner.insee_code, *(label.insee_code for label in territory.map_labels)}
    named |= {place.insee_code for place in territory.places if place.insee_code} | {*territory.present_codes.values()}
    assert named - {row["insee_code"] for row in rows} == set()


def test_the_places_that_it_names_are_its_own(territory):
    assert {place.kind for place in territory.places} <= set(PlaceKind)
    assert territory.metropolis in {place.name for place in territory.places if place.kind == PlaceKind.CITY}
    assert {*territory.railway} <= {place.name for place in territory.places if place.kind == PlaceKind.STATION}


def test_it_is_told_in_every_language_offered(territory):
    """All but the first, which the rest of the folder speaks."""
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    assert {code: set(said) for code, said in territory.words.items()} == dict.fromkeys(others, WORDS)


@pytest.mark.django_db
def test_its_directories_are_read(territory):
    fill_directories(territory.directories_file)
    assert Scheme.objects.exists()
    assert TaskTemplate.objects.exists()
