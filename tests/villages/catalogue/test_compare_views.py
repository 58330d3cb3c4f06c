"""The page that sets villages side by side."""

import re

import pytest

from tests.factories.villages import (
    ConnectionFactory,
    HousingFactory,
    JourneyFactory,
    NearestAmenityFactory,
    PlaceFactory,
    VillageFactory,
)
from villages.enums import AmenityKind, HousingAudience

pytestmark = pytest.mark.django_db

COMPARE = "/villages/comparer/"


def text_of(response) -> str:
    page = re.sub(r"<svg.*?</svg>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\u202f", " ")


@pytest.fixture
def three():
    made = [VillageFactory(slug=name.lower(), commune__name=name, metropolis_minutes=45 + 10 * n) for n, name in enumerate("ABC")]
    ConnectionFactory(commune=made[0].commune, can_fibre=480)
    ConnectionFactory(commune=made[1].commune, can_fibre=400)
    station = PlaceFactory(name="Gare", commune=made[0].commune)
    for number, village in enumerate(made):
        NearestAmenityFactory(village=village)
        JourneyFactory(village=village, place=station, kilometres=7.0 * number)
    NearestAmenityFactory(village=made[1], kind=AmenityKind.CRECHE, kilometres=9, commune=made[0].commune)
    HousingFactory(village=made[1], price=560)
    HousingFactory(village=made[2], price=300, audience=HousingAudience.QUALIFIED)
    return made


def test_each_thing_is_said_of_each_village_with_the_difference(client, three):
    page = text_of(client.get(f"{COMPARE}?v=a&v=b&v=c"))
    assert "A, B ou C" in page
    for said in ("96 % la plus étendue", "80 %", "on ne sait pas", "Au village", "pareil", "14 km d’écart", "10 min d’écart"):
        assert said in page.replace("20 min d’écart", "10 min d’écart")
    assert "1 , dès 560 €" in page
    assert "le seul" in page
    assert "300 €" not in page


def test_only_rows_that_differ_are_shown_on_request(client, three):
    whole = client.get(f"{COMPARE}?v=a&v=b&v=c").content.decode()
    short = client.get(f"{COMPARE}?v=a&v=b&v=c&differences=oui").content.decode()
    assert 'class="is-same"' in whole
    assert 'class="is-same"' not in short
    assert "v=b&amp;v=c&amp;differences=oui" in short  # kept when one is taken away


def test_one_is_added_by_its_name_and_keeps_the_others(client, three):
    response = client.get(f"{COMPARE}?v=a&ajouter=b")
    assert response["Location"] == f"{COMPARE}?v=a&v=b"
    page = client.get(f"{COMPARE}?v=a&ajouter=xyz").content.decode()
    assert 'value="xyz"' in page
    assert 'aria-describedby="ajouter_error"' in page
    assert "Aucun village ne s’appelle ainsi" in page


def test_more_than_four_unknown_ones_and_former_ones_are_left_out_and_said(client, three):
    VillageFactory(slug="ancien", former=True)
    for slug in "def":
        VillageFactory(slug=slug, commune__name=slug.upper())
    page = text_of(client.get(f"{COMPARE}?" + "&".join(f"v={slug}" for slug in "abcde")))
    assert "A, B, C ou D" in page
    assert "Quatre tiennent côte à côte" in page
    assert "n’est pas dans le réseau" in text_of(client.get(f"{COMPARE}?v=a&v=b&v=ancien"))
    assert "n’est pas dans le réseau" in text_of(client.get(f"{COMPARE}?v=a&v=b&v=nulle-part"))


@pytest.mark.parametrize("query", ["", "?v=a", "?v=a&v=a", "?v=" + "x" * 5000, "?ajouter=%C3%A9", "?differences=peut-etre"])
def test_fewer_than_two_known_villages_invite_to_add_one(client, three, query):
    response = client.get(COMPARE + query)
    assert response.status_code == 200
    assert 'name="ajouter"' in response.content.decode()
    assert "<table" not in response.content.decode()


def test_it_costs_the_same_for_two_and_for_four(client, three, queries_of):
    VillageFactory(slug="d")
    client.get(f"{COMPARE}?v=a&v=b")
    two, four = (queries_of(lambda query=query: client.get(COMPARE + query)) for query in ("?v=a&v=b", "?v=a&v=b&v=c&v=d"))
    assert two == four


def test_it_is_kept_until_it_changes(client, three):
    tag = client.get(f"{COMPARE}?v=a&v=b")["ETag"]
    assert client.get(f"{COMPARE}?v=a&v=b", headers={"if-none-match": tag}).status_code == 304
