"""One fact has one figure and one wording: in the list, the results, the page, the comparison, the desk and the letters."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.utils import timezone

from outbox.models import Letter
from tests.factories.members import UserFactory
from tests.factories.villages import (
    CommitteeMemberFactory,
    CommuneFactory,
    ConnectionFactory,
    HousingFactory,
    JourneyFactory,
    NearestAmenityFactory,
    PlaceFactory,
    SavedSearchFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from tests.villages.catalogue.test_views import listed, text_of
from tests.villages.matching.test_views import MATCHES, ranked
from villages import tasks
from villages.distances import journeys
from villages.enums import AmenityKind, DwellingKind, PlaceKind
from villages.models import CommuneRent, Journey, Village

pytestmark = pytest.mark.django_db

ASKED = "connexion=toujours&bureau=souvent&elementaire=1&logement=louer&budget=800&pieces=4"


@pytest.fixture
def village(client_of):
    """At the edge of every rounding: 98.8 %, 10.5 km, 49.6 Mb/s, 620.50 €."""
    CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu")
    village = VillageFactory(commune__name="Solomiac", commune__population=1062, tagline="Une halle", monthly_capacity=2)
    ConnectionFactory(
        commune=village.commune,
        premises=500,
        can_fibre=494,
        best_total=500,
        best_fibre=494,
        best_4g=6,
        best_on=dt.date(2026, 3, 31),
    )
    SpeedTestFactory(village=village, down_mbps="49.6", up_mbps="30.0")
    desk = PlaceFactory(telecentre=True, name="La Halle", commune=CommuneFactory(name="Simorre"))
    JourneyFactory(village=village, place=desk, kilometres=10.5, minutes=13)
    NearestAmenityFactory(village=village, kind=AmenityKind.PRIMARY_SCHOOL, kilometres=2.5, commune=desk.commune)
    CommuneRent.objects.create(
        commune=village.commune, kind=DwellingKind.HOUSE, euros_per_m2="7.12", lowest=5, highest=9, is_of_the_area=False, offers=9
    )
    HousingFactory(village=village, price="620.50", rooms=4, surface_m2=1084)
    journeys.forget_place(place=PlaceFactory(name="Fermée"))  # the villages' rows repeat what their journeys say
    return village


@pytest.fixture
def pages(client, client_of, village) -> dict[str, str]:
    other = VillageFactory(commune__name="Zulu")
    keeper = UserFactory()
    CommitteeMemberFactory(village=village, user=keeper)
    addresses = {
        "list": "/villages/",
        "results": f"{MATCHES}?{ASKED}",
        "page": village.get_absolute_url(),
        "comparison": f"/villages/comparer/?v={village.slug}&v={other.slug}",
    }
    told = {name: text_of(client.get(address, follow=True)) for name, address in addresses.items()}
    return told | {"desk": text_of(client_of(keeper).get(f"/comite/{village.slug}/"))}


def test_the_share_with_fibre_is_one_figure(pages):
    for name, said in pages.items():
        assert "98 %" in said, name
        assert "99 %" not in said, name


def test_the_speed_is_as_it_was_measured(pages):
    for name in ("results", "page", "comparison", "desk"):
        assert "49,6 Mb/s" in pages[name], name
        assert not re.search(r"\b50 Mb/s", pages[name]), name


def test_a_distance_is_one_figure_and_the_limits_read_it(client, pages):
    for name in ("list", "results", "page", "comparison"):
        assert "11 km" in pages[name], name
        assert not re.search(r"(télécentre (est )?à|Simorre,) 10 km", pages[name]), name
    assert "le télécentre est à 11 km, Simorre" in pages["results"]
    assert listed(client.get("/villages/?telecentre=10")) == []
    assert len(listed(client.get("/villages/?telecentre=20"))) == 1
    for name in ("list", "results", "page", "desk"):
        assert "3 km" in pages[name], name


@pytest.mark.parametrize(("question", "kind"), [("college", AmenityKind.MIDDLE_SCHOOL), ("creche", AmenityKind.CRECHE)])
def test_what_is_shown_as_sixteen_kilometres_is_not_within_fifteen(client, village, question, kind):
    NearestAmenityFactory(village=village, kind=kind, kilometres=15.5)
    assert "16 km" in text_of(client.get(village.get_absolute_url()))
    assert listed(client.get(f"/villages/?{question}=15")) == []


def test_a_price_and_a_size_are_one_figure_everywhere(client, village, pages):
    HousingFactory(village=village, sale=True)
    home = village.housings.get(kind="rent")
    for said in (
        *(pages[name] for name in ("list", "results", "page")),
        text_of(client.get(home.get_absolute_url())),
        text_of(client.get("/logements/")),
    ):
        assert "620,50 € par mois" in said
    for said in (pages["results"], pages["page"], text_of(client.get("/logements/"))):
        assert "1 084 m², 4 pièces" in said


def test_the_usual_rent_is_one_figure(client, village, pages):
    assert "environ 570 € pour 80 m²" in pages["page"]
    assert "Loyer habituel pour 80 m² : environ 570 € par mois" in pages["results"]


def test_room_for_families_has_one_wording(pages):
    for name in ("results", "page", "desk"):
        assert "Le village peut accueillir 2 familles par mois" in pages[name], name


def test_letters_say_the_price_and_the_size_as_pages_do(village):
    SavedSearchFactory(of="housing", confirmed=True, email="camille@example.org")
    HousingFactory(village=village, price="620.50", rooms=4, surface_m2=1084)
    tasks.send_news()
    letter = Letter.objects.get(to="camille@example.org")
    for body in (letter.text, letter.html):
        said = re.sub(r"\s+", " ", body.replace("\u202f", " ").replace("\xa0", " "))
        assert "620,50 € par mois, 1 084 m², 4 pièces" in said


# ---- In the village, or a kilometre away -------------------------------------------------------------------------------


def test_what_stands_in_the_village_is_in_the_village_on_every_page(client, client_of, village):
    place = PlaceFactory(telecentre=True, name="La Poste", commune=village.commune)
    JourneyFactory(village=village, place=place, kilometres=0, minutes=0)
    journeys.forget_place(place=PlaceFactory(name="Fermée"))  # the villages' rows repeat what their journeys say
    client.post(f"/villages/{village.slug}/garder/", {"keep": "1"})
    for address in ("/", "/villages/", "/villages/favoris/", village.get_absolute_url(), f"{MATCHES}?{ASKED}"):
        said = text_of(client.get(address, follow=True))
        assert re.search(r"Un télécentre au village|au village", said), address
        assert "à 1 km" not in said, address


def test_a_station_of_the_territory_is_in_the_village_where_it_stands(client):
    station = next(place for place in settings.TERRITORY.places if place.kind == PlaceKind.STATION)
    village = VillageFactory(commune__insee_code=station.insee_code, commune__name="Gare-sur-Place")
    journeys.register_territory_places()
    assert Journey.objects.get(village=village, place__kind=PlaceKind.STATION, place__name=station.name).kilometres == 0
    assert "Une gare au village" in text_of(client.get(village.get_absolute_url()))


# ---- The number of a line, and days that have passed -------------------------------------------------------------------


def test_the_number_of_a_line_is_read_as_a_number_of_order(client, village):
    page = re.sub(r"\s+", " ", client.get("/villages/").content.decode())
    assert re.search(r'<span class="pin"><span class="visually-hidden">nᵒ </span>1</span>', page)
    assert "Nombre" not in page


def test_the_homes_of_the_list_are_one_press_away(client, village):
    HousingFactory(village=village, price=540)
    assert "2 à louer, dès 540 € par mois" in text_of(client.get("/villages/"))
    page = client.get("/villages/").content.decode()
    address = re.search(r'<a href="(/logements/\?type=louer[^"]*)"', page)[1].replace("&amp;", "&")
    assert all(home.title in client.get(address).content.decode() for home in village.housings.all())


def test_what_is_done_is_not_being_prepared_and_a_year_that_passed_says_so(client, village):
    today = timezone.localdate()
    TerritoryProjectFactory(village=village, title="La halle", stage="done", year=today.year - 1)
    TerritoryProjectFactory(village=village, title="Le pont", stage="decided", year=today.year - 2)
    said = text_of(client.get(village.get_absolute_url()))
    prepared, done = said.split("Ce qui se prépare")[1].split("Ce qui s’est fait")
    assert f"prévu pour {today.year - 2} Le pont" in prepared
    assert "La halle" not in prepared
    assert "La halle" in done


def test_a_home_free_since_a_day_that_passed_is_free_now(client, village):
    home = village.housings.get()
    for away, said in ((-30, "Libre à partir de dès maintenant"), (30, "Libre à partir de")):
        home.free_from = timezone.localdate() + dt.timedelta(days=away)
        home.save()
        assert ("dès maintenant" in text_of(client.get(home.get_absolute_url()))) is (away < 0), said
    assert ranked(client.get(f"{MATCHES}?{ASKED}", follow=True)) == [village.commune.name]


def test_a_pause_that_is_over_is_no_pause_in_the_list(client, village):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Village.objects.filter(pk=village.pk).update(status="paused", paused_until=yesterday, monthly_capacity=0)
    said = text_of(client.get("/villages/"))
    assert "Pas de place en ce moment" in said
    assert "Accueil en pause" not in said
