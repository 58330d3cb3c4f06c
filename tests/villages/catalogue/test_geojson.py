"""The villages as GeoJSON: as its standard says, at the same cost for any number."""

import json

import pytest
from django.conf import settings

from tests.factories.villages import (
    VillageFactory,
)
from villages.committee import partnerships
from villages.models import Commune
from villages.opendata import communes

pytestmark = pytest.mark.django_db


def test_the_geojson_is_as_its_standard_says(client):
    village = VillageFactory(slug="saint-clar", commune__name="Saint-Clar", commune__latitude=43.89, commune__longitude=0.77)
    VillageFactory(former=True)
    response = client.get("/villages.geojson")
    collection = json.loads(response.getvalue())
    assert response["Content-Type"] == "application/geo+json"
    assert collection["type"] == "FeatureCollection"
    [feature] = collection["features"]
    assert (feature["type"], feature["id"]) == ("Feature", village.commune.insee_code)
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.77, 43.89]}
    assert feature["properties"]["name"] == "Saint-Clar"
    assert feature["properties"]["url"] == f"{settings.SITE_URL}/villages/saint-clar/"


@pytest.mark.parametrize("number", [0, 1, 3])
def test_the_geojson_is_valid_whatever_the_number(client, number):
    VillageFactory.create_batch(number)
    assert len(json.loads(client.get("/villages.geojson").getvalue())["features"]) == number


def test_the_geojson_has_a_new_tag_when_a_village_or_a_commune_changes(client):
    def tag() -> str:
        return client.get("/villages.geojson")["ETag"]

    communes.import_communes(path=settings.TERRITORY.communes_file)
    stays, comes = Commune.objects.order_by("pk")[:2]
    partnerships.open_village(commune=stays)
    tags = [tag()]
    village = partnerships.open_village(commune=comes)
    tags.append(tag())
    partnerships.pause_village(village=village)
    tags.append(tag())
    Commune.objects.filter(pk=comes.pk).update(population=1)
    tags.append(tag())
    assert len(set(tags)) == len(tags)
    assert tag() == tags[-1]


def test_the_geojson_costs_the_same_for_two_and_for_two_hundred(client, django_assert_num_queries):
    for number in (2, 198):
        VillageFactory.create_batch(number)
        with django_assert_num_queries(2):  # its tag, its rows
            client.get("/villages.geojson").getvalue()
