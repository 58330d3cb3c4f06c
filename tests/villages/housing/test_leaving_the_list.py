"""What the letter about homes promises: without a word each leaves every list after the day that is named, a yes brings it back."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from outbox.delivery import deliver_due
from outbox.models import Letter
from tests.factories.villages import CommitteeMemberFactory, CommuneFactory, HousingFactory, VillageFactory
from villages import tasks

pytestmark = pytest.mark.django_db

CONFIRMED = dt.date(2026, 10, 1)
LAST_DAY = dt.date(2026, 11, 29)
DAY = dt.timedelta(days=1)
HOME = "Ferme en pierre"
RESULTS = "/villages/trouver/resultats/?connexion=rarement&logement=louer"
ALERT = {"of": "housing", "query": "", "email": "camille@example.org", "rhythm": "daily"}


@pytest.fixture
def clock():
    with time_machine.travel(moment(CONFIRMED), tick=False) as clock:
        yield clock


def moment(day: dt.date, hour: int = 10) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


@pytest.fixture
def home(clock):
    CommuneFactory(insee_code=settings.TERRITORY.chief_town)
    village = VillageFactory(commune__name="Saint-Clar")
    CommitteeMemberFactory(village=village, lead=True, name="Hélène", email="helene@example.org")
    return HousingFactory(village=village, title=HOME, price=640, confirmed_on=CONFIRMED)


def letter_of(clock, day: dt.date) -> str:
    """What the committee reads on that day."""
    clock.move_to(moment(day))
    tasks.remind_housing()
    deliver_due(now=timezone.now())
    (found,) = (letter for letter in mail.outbox if letter.to == ["helene@example.org"])
    return re.sub(r"\s+", " ", found.body)


def listed_on(home) -> dict[str, bool]:
    """By page, whether it stands there."""
    shown = {
        "homes": HOME in Client().get("/logements/").text,
        "village": HOME in Client().get(home.village.get_absolute_url()).text,
        "results": f'href="{home.get_absolute_url()}"' in Client().get(RESULTS, follow=True).text,
        "its page": Client().get(home.get_absolute_url()).status_code == 200,
        "list of villages": "1 à louer" in re.sub(r"\s", " ", unescape(Client().get("/villages/").text)),
        "feed": HOME in Client().get("/logements/nouveautes.xml").text,
    }
    assert HOME in Client().get("/logements/?retires=oui").text, "those that fell off are shown on request"
    return shown


def test_without_a_word_a_home_leaves_every_list_after_the_day_of_the_letter(home, clock):
    said = letter_of(clock, CONFIRMED + 50 * DAY)
    assert "Sans un mot, la liste le montre jusqu’au 29 novembre 2026." in said
    clock.move_to(moment(LAST_DAY, 23))
    assert set(listed_on(home).values()) == {True}, listed_on(home)
    clock.move_to(moment(LAST_DAY + DAY, 0))
    assert set(listed_on(home).values()) == {False}, listed_on(home)


def test_a_letter_that_comes_late_says_that_the_home_is_off_the_list_and_a_yes_brings_it_back(home, clock):
    said = letter_of(clock, LAST_DAY + 12 * DAY)
    assert "La liste l’a montré jusqu’au 29 novembre 2026\u202f: votre oui l’y remet." in said or (
        "La liste l’a montré jusqu’au 29 novembre 2026 : votre oui l’y remet." in said
    )
    assert not any(listed_on(home).values())
    Client().post(re.search(r"/logements/\d+/toujours-libre/\S+", said)[0], {"reponse": "oui"})
    assert all(listed_on(home).values())


def test_no_alert_tells_of_a_home_that_has_left_the_list(home, clock):
    clock.move_to(moment(LAST_DAY - DAY))
    Client().post("/alertes/nouvelle/", ALERT)
    link = re.search(r"/alertes/[\w-]+/", Letter.objects.get(to=ALERT["email"]).text)[0]
    Client().post(link, {"rhythm": "daily", "confirm": "1"})
    silent, late = HousingFactory(village=home.village, title="Maison muette", confirmed_on=LAST_DAY - 70 * DAY), LAST_DAY + 3 * DAY
    clock.move_to(moment(late))
    tasks.send_news()
    assert not Letter.objects.filter(key__startswith="villages.search_news").exists()
    link = re.search(rf"/logements/{silent.pk}/toujours-libre/\S+", letter_of(clock, late))[0]
    Client().post(link, {"reponse": "oui"})
    clock.move_to(moment(late + DAY))
    tasks.send_news()
    (news,) = Letter.objects.filter(key__startswith="villages.search_news")
    assert "Maison muette" in news.text
    assert HOME not in news.text
