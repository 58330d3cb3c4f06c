"""What the villages cost: journeys measured for a whole country, and the pages of the network. `./run bench villages`."""

import time

import pytest
from django.conf import settings
from django.db import connection

from sohosolo.middleware import QueryClock
from tests.factories.villages import PlaceFactory
from villages import services
from villages.models import Commune, Village

pytestmark = pytest.mark.django_db

A_COUNTRY = 35_000
A_NETWORK = 52
MINUTES = 300
PAGES = ["/villages/", "/villages/?telecentre=20&taille=moyen&accueil=oui", "/villages/?q=lectoure", "/villages/?q=lectuore"]


def test_journeys_of_a_country_are_measured():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO villages_commune (insee_code, name, postal_codes, population, population_year, latitude, longitude,
                                          intercommunality)
            SELECT lpad(n::text, 5, '0'), 'Commune ' || n, '{32000}', n, 2023, 42 + n %% 900 / 100.0, n %% 700 / 100.0, ''
            FROM generate_series(1, %s) AS n
            """,
            [A_COUNTRY],
        )
        cursor.execute(
            """
            INSERT INTO villages_village (commune_id, slug, status, tagline, description, monthly_capacity, reviewed_by, updated_at)
            SELECT id, insee_code, 'partner', '', '', 1, '', now() FROM villages_commune
            """
        )
    places = PlaceFactory.create_batch(10)
    for what, changed in (("measured", A_COUNTRY * len(places)), ("measured again", 0)):
        started = time.perf_counter()
        assert services.measure_journeys() == changed
        seconds = time.perf_counter() - started
        print(f"\n{what}: {A_COUNTRY} villages x {len(places)} places in {seconds:.1f} s")  # noqa: T201
        assert seconds < MINUTES


def test_the_pages_of_a_network_are_answered(client):
    services.import_communes(path=settings.TERRITORY.communes_file)
    services.register_territory_places()
    for commune in Commune.objects.order_by("-population")[:A_NETWORK]:
        services.open_village(commune=commune, tagline="Une place à arcades.", description="Le marché du jeudi. " * 20)
    for path in [*PAGES, Village.objects.first().get_absolute_url(), "/villages.geojson"]:
        client.get(path)
        clock, started = QueryClock(), time.perf_counter()
        with connection.execute_wrapper(clock):
            for _ in range(20):
                content = client.get(path).getvalue()
        each, in_queries = (time.perf_counter() - started) / 20 * 1000, clock.seconds / 20 * 1000
        cost = f"{each:.0f} ms, of which {in_queries:.1f} ms in {clock.count // 20} queries, {len(content)} bytes"
        print(f"\n{path}: {cost}")  # noqa: T201
        assert each < 2000
