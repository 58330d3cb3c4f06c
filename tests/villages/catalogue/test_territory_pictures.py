"""The drawn pictures of the territory, as browsers get and keep them."""

import pytest

from tests.factories.villages import (
    CommuneFactory,
)

pytestmark = pytest.mark.django_db


def test_a_landscape_is_kept_for_ever_under_the_address_of_its_pages(client):
    commune = CommuneFactory(insee_code="32370", population=1062)
    response = client.get(commune.landscape_url)
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert client.get("/paysages/32370.svg")["Cache-Control"] == "public, max-age=3600"
    before = commune.landscape_url
    commune.population = 1100
    assert commune.landscape_url != before


def test_the_banner_is_the_wide_one(client):
    commune = CommuneFactory(insee_code="2A004")
    assert 'viewBox="0 0 640 400"' in client.get(commune.landscape_url).content.decode()
    assert 'viewBox="0 0 1440 400"' in client.get(commune.wide_landscape_url).content.decode()


@pytest.mark.parametrize("code", ["99999", "x", "32370-large-large", "é"])
def test_an_unknown_commune_has_no_landscape(client, code):
    assert client.get(f"/paysages/{code}.svg").status_code == 404
