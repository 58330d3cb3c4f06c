"""What the villages cost: journeys measured for a whole country, and the pages of the network. `./run bench villages`."""

import contextlib
import time
from collections.abc import Callable
from itertools import islice

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.cost import OURSELVES, served
from tests.factories.villages import PlaceFactory
from villages.catalogue.geojson import feature_collection
from villages.committee import partnerships
from villages.distances import journeys
from villages.enums import AmenityKind
from villages.models import Commune, Connection, Housing, Journey, NearestAmenity, Place, Village
from villages.opendata.communes import import_communes

pytestmark = pytest.mark.django_db

A_COUNTRY = 35_000
A_NETWORK = 52
MOST_OF_A_PAGE, MOST_OF_A_COUNTRY = 60, 40_000  # times /livez
PAGES = ["/villages/", "/villages/?telecentre=20&taille=moyen&accueil=oui", "/villages/?q=lectoure", "/villages/?q=lectuore"]


@pytest.mark.django_db(transaction=True)
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
        with served() as portal:
            cost = portal.cost_of(lambda changed=changed: check(journeys.measure_journeys() == changed), 1, OURSELVES)
        print(f"\n{what}: {A_COUNTRY} villages x {len(places)} places: {cost}")  # noqa: T201
        assert cost.times < MOST_OF_A_COUNTRY


@pytest.mark.django_db(transaction=True)
def test_the_pages_of_a_network_are_answered(client):
    import_communes(path=settings.TERRITORY.communes_file)
    journeys.register_territory_places()
    for commune in Commune.objects.order_by("-population")[:A_NETWORK]:
        partnerships.open_village(commune=commune, tagline="Une place à arcades.", description="Le marché du jeudi. " * 20)
    with served() as portal:
        for path in [*PAGES, Village.objects.first().get_absolute_url(), "/villages.geojson"]:
            with CaptureQueriesContext(connection) as queries:
                content = client.get(path).getvalue()
            cost = portal.cost(path)
            print(f"\n{path}: {len(queries)} queries, {len(content)} bytes, {cost}")  # noqa: T201
            assert cost.times < MOST_OF_A_PAGE


def check(holds: bool) -> None:
    assert holds


# ---- A country beside a network ---------------------------------------------------------------------------------------

SAME_TIME = 1.5  # times what it takes with the villages of one department
VISITS = 30
# Each shows a full page of the network too, but for the searches of a name: a shorter page would be no measure.
ASKED = {  # each shows as many villages of fifty as of thousands: else the template would be measured, not the question
    "list": "/villages/",
    "last page": "/villages/?page=999999",
    "filter": "/villages/?fibre=50&accueil=oui",
    "filter, nearly": "/villages/?fibre=20&accueil=oui&creche=20&presque=oui&tri=metropole",
    "search": "/villages/?q=lectoure",
    "search and filter": "/villages/?q=coteaux&accueil=oui",
    "search, a slip": "/villages/?q=lectuore",
}
# Real names a hundred times over would resemble each other too much: syllables make as many as France has.
GENERATE_COMMUNES = """
    INSERT INTO villages_commune (insee_code, name, postal_codes, population, population_year, latitude, longitude,
                                  intercommunality)
    SELECT lpad((%(first)s + n)::text, 5, '0'),
           CASE WHEN n = %(known)s THEN 'Lectoure' ELSE
           (ARRAY['', '', '', '', '', '', '', '', '', 'Saint-'])[1 + n %% 10]
           || initcap((ARRAY['mon', 'cas', 'vil', 'bel', 'pey', 'ros', 'lav', 'for', 'arb', 'dur', 'gim', 'sab',
                             'tou'])[1 + n %% 13]
           || (ARRAY['ta', 'ri', 'lo', 'ne', 'gu', 'ver', 'ba', 'mi', 'so', 'du', 'fe'])[1 + n / 13 %% 11]
           || (ARRAY['gnac', 'zan', 'lens', 'court', 'ville', 'bert', 'sac', 'mont', 'puy', 'roc', 'lade', 'quet', 'ran', 'vic',
                     'nes', 'tille', 'dun'])[1 + n / 143 %% 17]
           || (ARRAY['', '-sur-Gers', '-le-Haut', '-Dessus', 'ac', 'ette', '-les-Bains', 'in', 'ol', 'as', 'ès', '-la-Tour', 'ens',
                     'ou', 'et'])[1 + n / 2431 %% 15]) END,
           ARRAY[lpad((n %% 95 * 1000)::text, 5, '0')], 40 + (n * 7919 %% 4000), 2023,
           42 + n * 31 %% 900 / 100.0, n * 17 %% 700 / 100.0,
           'CC des ' || (ARRAY['Coteaux', 'Vallons', 'Bastides', 'Collines', 'Rives'])[1 + n / 28 %% 5] || ' ' || n / 28
    FROM generate_series(1, %(communes)s) AS n
"""
GENERATE_VILLAGES = """
    INSERT INTO villages_village (commune_id, slug, status, tagline, description, monthly_capacity, reviewed_by, updated_at,
                                  telecentre_km, station_km, metropolis_minutes)
    SELECT id, insee_code, 'partner', 'Une place à arcades', repeat('Le marché du jeudi. ', 10), id %% 3, '', now(),
           id %% 60, id %% 45, 20 + id %% 200
    FROM villages_commune ORDER BY id LIMIT %(villages)s
"""
GENERATE_FACTS = [
    """
    INSERT INTO villages_connection (commune_id, premises, can_fibre, technologies_on)
    SELECT id, 500, id * 13 %% 501, current_date FROM villages_commune
    """,
    """
    INSERT INTO villages_nearestamenity (village_id, kind, commune_id, kilometres, minutes)
    SELECT village.id, kind, village.commune_id, (village.id * 7 + length(kind)) %% 24, 10
    FROM villages_village village, unnest(%(kinds)s::text[]) AS kind
    """,
    """
    INSERT INTO villages_housing (village_id, kind, title, description, price, surface_m2, rooms, has_workroom, is_furnished,
                                  connection, energy_rating, audience, owner_contact, added_on, confirmed_on, confirmed_by,
                                  updated_at)
    SELECT village.id, (ARRAY['rent', 'sale', 'rent'])[n], 'Maison', '',
           CASE n WHEN 2 THEN 150000 ELSE 400 + village.id %% 700 END,
           80, 4, false, false, 'unknown', '', 'public', '', current_date, current_date - (village.id %% 70)::int, '', now()
    FROM villages_village village, generate_series(1, 3) AS n WHERE village.id %% 3 > 0
    """,
    """
    INSERT INTO villages_journey (village_id, place_id, kilometres, minutes)
    SELECT village.id, place.id, (village.id * 11 + place.id) %% 90, 30 FROM villages_village village, villages_place place
    """,
]


def generate(*, communes: int, villages: int, first: int) -> None:
    """So many communes, the first of them partner villages with all their facts. `first`: what their INSEE codes follow."""
    values = {"communes": communes, "villages": villages, "first": first, "known": villages // 2, "kinds": AmenityKind.values}
    with connection.cursor() as cursor:
        cursor.execute(GENERATE_COMMUNES, values)
        cursor.execute(GENERATE_VILLAGES, values)
    chief_town = Commune.objects.get(insee_code=settings.TERRITORY.chief_town)
    PlaceFactory(telecentre=True, commune=chief_town)
    PlaceFactory.create_batch(4)
    with connection.cursor() as cursor:
        for statement in GENERATE_FACTS:
            cursor.execute(statement, values)
        for index in ("commune_search", "village_search"):  # as autovacuum does behind a writer
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        cursor.execute("ANALYZE")


def milliseconds(visit: Callable[[], object]) -> float:
    """Of the quickest visit, once the first has read what is kept: what the page costs when nothing else runs."""
    visit()
    taken = []
    for _ in range(VISITS):
        started = time.perf_counter()
        visit()
        taken.append((time.perf_counter() - started) * 1000)
    return min(taken)


def shown_by(client) -> dict[str, int]:
    """How many villages each address shows on its page."""
    pages = {name: client.get(path).context for name, path in ASKED.items()}
    return {name: len(page["entries"]) + len(page["nearly"]) for name, page in pages.items() if name != "last page"}


def time_visits(client) -> dict[str, float]:
    tag = client.get("/villages.geojson")["ETag"]

    def first_piece() -> None:
        with contextlib.closing(feature_collection(Village.objects.public().with_commune().order_by("pk"))) as pieces:
            list(islice(pieces, A_NETWORK))

    taken = {name: milliseconds(lambda path=path: client.get(path)) for name, path in ASKED.items()}
    taken["map data, unchanged"] = milliseconds(lambda: client.get("/villages.geojson", headers={"if-none-match": tag}))
    taken["map data, 52 villages of it"] = milliseconds(first_piece)
    return taken


def test_a_country_is_listed_in_the_time_of_a_network(client):
    generate(communes=458, villages=A_NETWORK, first=32_000)
    network, shown = time_visits(client), shown_by(client)
    for model in (Journey, Housing, NearestAmenity, Place, Village, Connection, Commune):
        model.objects.all().delete()
    generate(communes=34_900, villages=34_900, first=0)
    started = time.perf_counter()
    client.get("/villages/")
    print(f"\nfirst visit after a change: {(time.perf_counter() - started) * 1000:.0f} ms")  # noqa: T201
    country = time_visits(client)
    assert shown_by(client) == shown
    for name, taken in network.items():
        print(f"{name:<28} {A_NETWORK}: {taken:6.1f} ms   34,900: {country[name]:6.1f} ms   x {country[name] / taken:.2f}")  # noqa: T201
    assert {name: country[name] / taken for name, taken in network.items() if country[name] > taken * SAME_TIME} == {}
