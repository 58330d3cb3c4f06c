"""What other programs read: the table, the linked data, the sitemap."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest

from tests.factories.telecentres import TelecentreFactory
from tests.factories.villages import CommuneFactory, ConnectionFactory, HousingFactory, NearestAmenityFactory, VillageFactory
from villages.enums import HousingAudience
from villages.models import Village

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def rows_of(client) -> list[dict[str, str]]:
    response = client.get("/villages.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8"), newline="")))


def test_the_table_says_what_is_known_and_leaves_the_rest_empty(client):
    village = VillageFactory(commune__name="Éauze, la « vieille »", telecentre_km=4.5, slug="eauze")
    ConnectionFactory(commune=village.commune, premises=300, can_fibre=200)
    VillageFactory(commune__name="Inconnu"), VillageFactory(former=True)
    known, unknown = rows_of(client)
    assert (known["name"], known["fibre_share"], known["telecentre_km"]) == ("Éauze, la « vieille »", "0.6667", "4.5")
    assert known["url"].endswith("/villages/eauze/")
    assert (unknown["fibre_share"], unknown["telecentre_km"]) == ("", "")


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@somme", " =1+1", "\t=1+1", "\n=1+1", "\xa0@somme", "\u200b-2"])
def test_no_cell_is_a_formula(client, name):
    VillageFactory(commune__name=name)
    assert rows_of(client)[0]["name"] == f"'{name}"


def test_the_table_costs_the_same_for_two_and_two_hundred_and_is_kept_until_something_changes(client, django_assert_num_queries):
    for number in (2, 198):
        VillageFactory.create_batch(number)
        with django_assert_num_queries(2):  # its tag, its rows
            client.get("/villages.csv").getvalue()
    tag = client.get("/villages.csv")["ETag"]
    assert client.get("/villages.csv", headers={"if-none-match": tag}).status_code == 304
    Village.objects.filter(pk=Village.objects.first().pk).update(monthly_capacity=0)
    assert client.get("/villages.csv", headers={"if-none-match": tag}).status_code == 200


def linked_data(client, path: str) -> dict:
    (told,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', client.get(path).content.decode(), re.DOTALL)
    return json.loads(told)


def test_a_village_is_a_place_with_what_is_in_it(client):
    village = VillageFactory(slug="eauze", tagline="</script><b>", commune__name="Éauze")
    ConnectionFactory(commune=village.commune)
    NearestAmenityFactory(village=village, kind="bakery")
    NearestAmenityFactory(village=village, kind="pharmacy", kilometres=9, commune=CommuneFactory())
    told = linked_data(client, "/villages/eauze/")
    assert (told["@type"], told["name"], told["description"]) == ("Place", "Éauze", "</script><b>")
    assert {feature["name"]: feature["value"] for feature in told["amenityFeature"]} == {"bakery": True, "fibre-share": 0.9}
    assert told["geo"]["latitude"] == village.commune.latitude


def test_a_home_is_an_accommodation_that_names_nobody_and_a_lead_is_not_told(client):
    home = HousingFactory(owner_contact="06 00 00 00 00", surface_m2=84)
    told = linked_data(client, home.get_absolute_url())
    assert (told["@type"], told["floorSize"]["value"]) == ("Accommodation", 84)
    assert "06 00" not in json.dumps(told)
    lead = HousingFactory(audience=HousingAudience.QUALIFIED)
    assert client.get(lead.get_absolute_url()).status_code == 404


def test_the_sitemap_names_every_public_page_in_every_language(client, settings):
    village, gone, place = VillageFactory(slug="eauze"), VillageFactory(slug="parti", former=True), TelecentreFactory()
    index = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 -- written by this code
    sections = [element.text for element in index.iter(f"{SITEMAP}loc")]
    assert len(sections) == 3
    pages = "".join(client.get(re.sub(r"^https?://[^/]+", "", section)).content.decode() for section in sections)
    for path in ("/villages/eauze/", "/en/villages/eauze/", f"/telecentres/{place.slug}/", "/logements/", "/villages/trouver/"):
        assert f"{path}<" in pages or f'{path}"' in pages
    assert 'hreflang="x-default"' in pages
    assert gone.slug not in pages
    assert village.slug in pages


def test_robots_are_told_where_the_sitemap_is(client):
    assert "/sitemap.xml" in client.get("/robots.txt").content.decode()
