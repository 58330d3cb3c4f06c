"""Random households, through the page, against a slow reading of the rows: the same limits, the same reasons."""

import datetime as dt
import html
import random
import re
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.utils import timezone

from tests.factories.villages import (
    CommuneFactory,
    ConnectionFactory,
    HousingFactory,
    JourneyFactory,
    NearestAmenityFactory,
    PlaceFactory,
    SpeedTestFactory,
    VillageFactory,
)
from tests.villages.matching.slow_reading import Reading, read
from tests.villages.matching.test_views import MATCHES
from villages.distances import journeys
from villages.enums import AddressConnection, AmenityKind, DwellingKind, HousingAudience
from villages.models import CommuneRent, CommuneSales

pytestmark = pytest.mark.django_db

LINE = r'<li(?: class="(is-no|is-unknown)")?><svg.*?</svg><span>(.*?)</span></li>'
HOUSEHOLDS = [25, pytest.param(50, marks=pytest.mark.thorough)]
VILLAGES = 8  # as many as one page of results holds
CHIEF_TOWN = "Chef-lieu"
AMENITIES = [
    AmenityKind.CRECHE,
    AmenityKind.NURSERY_SCHOOL,
    AmenityKind.PRIMARY_SCHOOL,
    AmenityKind.MIDDLE_SCHOOL,
    AmenityKind.HIGH_SCHOOL,
    AmenityKind.BAKERY,
    AmenityKind.DOCTOR,
    AmenityKind.GROCERY,
    AmenityKind.SUPERMARKET,
]
TOPICS = ["connexion", "bureau", "enfants", "services", "logement", "trajets", "taille", "accueil"]


def make_network(dice: random.Random, today: dt.date) -> None:
    """Villages of which much is known or little, at distances around every limit."""
    CommuneFactory(insee_code=settings.TERRITORY.chief_town, name=CHIEF_TOWN)
    desk, station = PlaceFactory(telecentre=True, name="La Halle"), PlaceFactory(name="La Gare")
    chief, city = PlaceFactory(city=True, name=CHIEF_TOWN), PlaceFactory(city=True, name=settings.TERRITORY.metropolis)
    for number in range(VILLAGES - 1):
        village = VillageFactory(
            commune__name=f"Village {'abcdefgh'[number]}",
            commune__population=dice.choice([310, 499, 500, 1200, 1501]),
            monthly_capacity=dice.choice([0, 1, 2]),
            **dice.choice([{}, {}, {"paused": True}]),
        )
        if number % 4:
            for place, distances in ((desk, [0, 1.4, 8.4, 8.5, 10.5, 19]), (station, [0, 2.4, 2.5, 8.2, 20.4, 56])):
                if dice.random() < 0.9:
                    JourneyFactory(village=village, place=place, kilometres=dice.choice(distances))
            JourneyFactory(
                village=village, place=chief, kilometres=dice.choice([3, 8.4, 25]), minutes=dice.choice([20, 35, 44, 90])
            )
            JourneyFactory(village=village, place=city, kilometres=80, minutes=dice.choice([44, 60, 75, 99, 101]))
        if number % 3:
            for kind in AMENITIES:
                if dice.random() < 0.8:
                    distance = dice.choice([0, 0, 1.2, 2.4, 2.6, 5.4, 5.6, 8.4, 14, 26])
                    NearestAmenityFactory(village=village, kind=kind, kilometres=distance)
        make_lines(dice, village, today)
        make_homes(dice, village, today)
    make_a_bargain(VillageFactory(commune__name="Village h", monthly_capacity=1))
    journeys.forget_place(place=PlaceFactory(name="Fermée"))  # the villages' rows repeat what their journeys say


def make_lines(dice: random.Random, village, today: dt.date) -> None:
    if dice.random() < 0.8:
        fast, air = (dice.choice([None, 100, 374, 375, 500]) for _each in range(2))
        fibre = dice.choice([0, 100, 374, 376, 449, 450, 494])
        ConnectionFactory(commune=village.commune, can_fibre=fibre, speed_30=fast, can_4g=air)
    for age in range(dice.choice([0, 1, 2])):
        speed = dice.choice(["8.0", "9.9", "10.0", "49.6", "50.0", "412.0"])
        SpeedTestFactory(village=village, down_mbps=speed, measured_on=today - dt.timedelta(days=age))


def make_homes(dice: random.Random, village, today: dt.date) -> None:
    prices = {"rent": [520, "640.50", 650, 700], "sale": [150_000, 180_000, 235_000], "trial": [380, 700]}
    for kind in prices:
        for _each in range(dice.choice([0, 1, 2])):
            HousingFactory(
                village=village,
                kind=kind,
                price=dice.choice(prices[kind]),
                rooms=dice.choice([1, 3, 4, 5]),
                surface_m2=dice.choice([40, 84]),
                connection=dice.choice(AddressConnection.values),
                audience=dice.choice([HousingAudience.PUBLIC] * 4 + [HousingAudience.QUALIFIED]),
                confirmed_on=today - dt.timedelta(days=dice.choice([0, 59, 60])),
                withdrawn_on=dice.choice([None, None, None, today]),
            )
    if dice.random() < 0.7:
        told = {"lowest": 5, "highest": 12, "is_of_the_area": False, "offers": 4}
        CommuneRent.objects.create(
            commune=village.commune, kind=DwellingKind.HOUSE, euros_per_m2=dice.choice(["7.12", "8.13", "10.00"]), **told
        )
        sold = {"count": 9, "median_price": 150_000, "first_on": today, "last_on": today}
        CommuneSales.objects.create(
            commune=village.commune, kind=DwellingKind.HOUSE, median_per_m2=dice.choice(["1350.00", "2250.00", None]), **sold
        )


def make_a_bargain(village) -> None:
    """A home within the budget where the usual rent is beyond it: chance alone seldom brings both together."""
    HousingFactory(village=village, price=640, rooms=4, surface_m2=84, connection=AddressConnection.FIBRE)
    told = {"lowest": 5, "highest": 12, "is_of_the_area": False, "offers": 4}
    CommuneRent.objects.create(commune=village.commune, kind=DwellingKind.HOUSE, euros_per_m2="10.00", **told)


def random_answers(dice: random.Random) -> dict:
    """As somebody fills the form in: much, or little."""

    def maybe(*values):
        return dice.choice([None, *values])

    seeks = dice.choice(["louer", "louer", "acheter", "essayer", "deja"])
    budgets = {"louer": [650, 645], "essayer": [650], "acheter": [180_000], "deja": []}[seeks]
    answers = {
        "connexion": dice.choice(["toujours", "toujours", "parfois", "rarement"]),
        "bureau": maybe("souvent", "parfois", "non"),
        "creche": maybe(None, 1),
        "maternelle": maybe(None, 1),
        "elementaire": maybe(None, 2),
        "college": maybe(None, 1),
        "lycee": maybe(None, 1),
        "partenaire": maybe("distance", "chef-lieu", "metropole", "cherche", "aucun"),
        "services": dice.sample(["bakery", "doctor", "grocery"], dice.randint(0, 2)),
        "logement": seeks,
        "budget": maybe(*budgets),
        "pieces": maybe(1, 3, 4),
        "voitures": maybe("0", "0", "1", "2"),
        "jours": maybe(1, 4, 9),
        "trajets": dice.sample(["gare", "chef-lieu"], dice.randint(0, 2)),
        "taille": maybe("petit", "moyen", "grand", "indifferent"),
        "indispensable": dice.sample(TOPICS, dice.randint(0, 3)),
    }
    return {name: value for name, value in answers.items() if value}


def plain(markup: str) -> str:
    words = re.sub(r"<[^>]+>", "", markup).replace("\u202f", " ").replace("\xa0", " ")
    return html.unescape(re.sub(r"\s+", " ", words)).strip()


def readings_of(page: str) -> dict[str, Reading]:
    """What a page of results says, by village."""
    found = {}
    page = re.sub(r">\s+<", "><", page)
    for article in re.findall(r"<article aria-labelledby=.*?</article>", page, re.DOTALL):
        name = plain(re.search(r"<h2 [^>]*>(.*?)</h2>", article, re.DOTALL)[1])
        reading = Reading()
        for sign, line in re.findall(
            r'<li(?: class="(is-no|is-unknown)")?><svg.*?</svg><span>(.*?)</span></li>', article, re.DOTALL
        ):
            text = plain(line)
            if sign == "is-no":
                bare = text.removesuffix("(une de vos limites)").strip()
                reading.failed.add((bare, bare != text))
            else:
                (reading.unknown if sign else reading.met).add(text)
        found[name] = reading
    return found


@pytest.mark.parametrize("households", HOUSEHOLDS)
def test_households_are_answered_as_the_rows_say(client, households):
    dice, today = random.Random(13), timezone.localdate()
    make_network(dice, today)
    limits = 0
    for _household in range(households):
        answers = random_answers(dice)
        query = urlencode(answers, doseq=True)
        shown = client.get(f"{MATCHES}?{query}", follow=True).content.decode()
        aside = client.get(f"{MATCHES}?{query}&ecartes=oui", follow=True).content.decode()
        expected = read(answers, on=today, metropolis=settings.TERRITORY.metropolis, chief_town=CHIEF_TOWN)
        told = readings_of(shown) | readings_of(aside)
        assert set(told) == set(expected)
        for name, reading in expected.items():
            for standing in ("met", "failed", "unknown"):
                assert getattr(told[name], standing) == getattr(reading, standing), (name, standing, answers)
        fitting = {name for name, reading in expected.items() if not reading.is_ruled_out}
        assert set(readings_of(shown)) == (fitting or set(expected)), answers
        limits += len(expected) - len(fitting)
    assert households < limits < households * VILLAGES - households  # neither rules nearly all out, nor nearly none
