"""The month of arrival is optional: it is read where it is a month, kept in its owner's words where it is not, and never blocks."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from projects.enums import Grain
from projects.household.arrival import WishField
from projects.household.wishes import Wish
from projects.models import Household, ProjectFile

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)
PAGE = reverse("projects:lay-down")
NEEDED = {"first_name": "A", "last_name": "B", "email": "a@example.org", "title": "C", "consent": "on", "key": "k" * 20}
READ = {
    "mars 2030": (2030, 3),
    "Mars 2030": (2030, 3),
    "03/2030": (2030, 3),
    "2030-03": (2030, 3),
    "3.2030": (2030, 3),
    "mar 2030": (2030, 3),
    "09/27": (2027, 9),
    "9/27": (2027, 9),
    "09-27": (2027, 9),
    "09 / 2027": (2027, 9),
    "sept 27": (2027, 9),
    "sept. 2027": (2027, 9),
    "SEPTEMBRE 2027": (2027, 9),
    "en septembre 2027": (2027, 9),
    "vers juil. 2027": (2027, 7),
    "le mois de mai 2027": (2027, 5),
    "août 27": (2027, 8),
    "aout 2027": (2027, 8),
    "Déc. 2026": (2026, 12),
    "novembre 2026": (2026, 11),
    "September 2027": (2027, 9),
    "february 2027": (2027, 2),
}
WITH_A_DAY = {
    "1er mars 2027": (2027, 3, 1),
    "15 mars 2027": (2027, 3, 15),
    "le 1er septembre 2027": (2027, 9, 1),
    "01/09/2027": (2027, 9, 1),
    "15-09-27": (2027, 9, 15),
    "2027-09-15": (2027, 9, 15),
    "1st March 2027": (2027, 3, 1),
}
IN_WORDS = [
    "été 2027",
    "dès que possible",
    "2027",
    "mars",
    "bientôt",
    "après la rentrée",
    "printemps ou été 2027",
    "mars-avril 2027",
    "fin mars 2027",
    "avant septembre 2027",
    "mars 2025",
    "09/25",
    "2030-13",
    "13/2030",
    "31/02/2027",
    "mars 2127",
    "jui 2027",
    "ma 2027",
    "٣٤٥",
    "?",
    "le plus tôt possible, avant la rentrée scolaire de septembre",
]


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON)


def told(text: str) -> Wish:
    return WishField(to_come=True, max_length=120, required=False).clean(text)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("text", "month"), READ.items())
def test_a_month_is_read_as_one_writes_it_in_either_language(language, text, month):
    with translation.override(language):
        assert told(text) == Wish(dt.date(*month, 1), Grain.MONTH)


@pytest.mark.parametrize(("text", "day"), WITH_A_DAY.items())
def test_a_day_is_read_as_that_day(text, day):
    assert told(text) == Wish(dt.date(*day), Grain.DAY)


@pytest.mark.parametrize("text", IN_WORDS)
def test_what_is_no_month_to_come_is_kept_as_it_was_said(text):
    assert told(text) == Wish(words=text)


@pytest.mark.django_db
@pytest.mark.parametrize("text", [*READ, *WITH_A_DAY, *IN_WORDS, ""])
def test_no_month_of_arrival_blocks_the_form_and_nothing_of_it_is_lost(client, text):
    answer = client.post(PAGE, NEEDED | {"wished_on": text})
    assert answer.status_code == 302, answer.content.decode()
    household = Household.objects.filter(file=ProjectFile.objects.get()).first()
    kept = Wish.of(household) if household else Wish()
    if text in READ:
        assert kept == Wish(dt.date(*READ[text], 1), Grain.MONTH)
    elif text in WITH_A_DAY:
        assert kept == Wish(dt.date(*WITH_A_DAY[text]), Grain.DAY)
    else:
        assert kept == Wish(words=text)


@pytest.mark.django_db
def test_the_words_of_an_arrival_come_back_with_a_draft(client):
    client.post(reverse("projects:draft"), {"first_name": "A", "wished_on": "dès que possible"})
    assert 'value="dès que possible"' in client.get(PAGE).content.decode()
