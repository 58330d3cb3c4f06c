"""What is not understood of a press, with a sentence beside each fault."""

import html
import re

import pytest
from django.test import Client

from tests.telecentres.pages import text_of, unchanged, week_of, wish

pytestmark = pytest.mark.usefixtures("clock")

NO_SUCH_DAY = "Ce jour ou cette heure n’existe pas. Écrivez par exemple 2026-11-25T08:30."
OTHER_HOURS = "Ce télécentre a d’autres horaires : on réserve son matin, son après-midi, ou les deux."
NO_SUCH_DESK = "Ce télécentre n’a pas ce poste. Choisissez-en un dans la liste."
STALE = "Cette page était incomplète ou trop ancienne. La voici à neuf : rien n’a été réservé, appuyez encore une fois."

BAD_INPUT = {
    "unknown desk": ({"desk": "999999999"}, "desk", NO_SUCH_DESK),
    "a desk beyond any number": ({"desk": "9" * 60}, "desk", NO_SUCH_DESK),
    "a desk that is a word": ({"desk": "<script>"}, "desk", NO_SUCH_DESK),
    "no desk": ({"desk": ""}, "desk", "Choisissez un poste, ou n’importe lequel."),
    "end before start": ({"end": "2026-11-25T07:00"}, "end", "La fin vient après le début."),
    "end at start": ({"end": "2026-11-25T08:30"}, "end", "La fin vient après le début."),
    "outside opening hours": ({"start": "2026-11-25T05:00", "end": "2026-11-25T06:00"}, "start", OTHER_HOURS),
    "a bit of the morning": ({"end": "2026-11-25T10:00"}, "start", OTHER_HOURS),
    "a Sunday": ({"start": "2026-11-29T08:30", "end": "2026-11-29T12:30"}, "start", OTHER_HOURS),
    "a hundred days": ({"end": "2027-03-01T12:30"}, "start", OTHER_HOURS),
    "in the past": (
        {"start": "2026-11-23T08:30", "end": "2026-11-23T12:30"},
        "start",
        "Ce moment est déjà passé ou commencé.",
    ),
    "far ahead": (
        {"start": "2027-11-24T08:30", "end": "2027-11-24T12:30"},
        "start",
        "Ce télécentre se réserve jusqu’à 60 jours à l’avance : revenez un peu plus tard.",
    ),
    "31 February": ({"start": "2026-02-31T08:30"}, "start", NO_SUCH_DAY),
    "hour 25": ({"end": "2026-11-25T25:00"}, "end", NO_SUCH_DAY),
    "words": ({"start": "demain matin"}, "start", NO_SUCH_DAY),
    "year 1": ({"start": "0001-01-01T00:00+14:00"}, "start", NO_SUCH_DAY),
    "year 9999": ({"end": "9999-12-31T23:59-14:00"}, "end", NO_SUCH_DAY),
    "nothing typed": ({"start": ""}, "start", "Dites quand, par exemple 2026-11-25T08:30."),
    "two megabytes": ({"start": "9" * 2_000_000}, "start", NO_SUCH_DAY),
    "no key": ({"key": ""}, "key", STALE),
    "a key that is none of ours": ({"key": "k" * 65}, "key", STALE),
}


@pytest.mark.parametrize(("wrong", "field", "sentence"), BAD_INPUT.values(), ids=BAD_INPUT)
def test_bad_input_gets_a_sentence_beside_its_field(client, member, place, desk, wrong, field, sentence):
    answers = wish(desk) | {"start": "2026-11-25T08:30", "end": "2026-11-25T12:30"} | wrong
    response = client.post(week_of(place), answers)
    assert response.status_code == 422
    form = response.context["form"]
    assert [" ".join(error.split()) for error in form.errors[field]] == [sentence]
    assert sentence in text_of(response)
    assert len(response.content) < 60_000, "what was typed comes back, not all of it"
    assert unchanged(desk), "nothing changed"
    body = response.content.decode()
    for name in ("start", "end"):
        kept = html.escape(answers[name][:100])
        assert name == field or f'value="{kept}"' in body, "nothing lost"
    if field != "key":
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="id_{field}_error"', body)
    assert 'name="key" value="' in body


@pytest.mark.parametrize(
    ("pressed", "field", "sentence"),
    [
        ("{desk} 2026-02-31 morning", "start", NO_SUCH_DAY),
        ("{desk} 2026-11-29 morning", "start", OTHER_HOURS),
        ("999 2026-11-25 morning", "desk", NO_SUCH_DESK),
        ("{desk} 2026-11-23 morning", "start", "Ce moment est déjà passé ou commencé."),
        ("{desk} 2026-11-25 night", "start", "Dites quand, par exemple 2026-11-25T08:30."),
        ("rien de tel", "desk", "Choisissez un poste, ou n’importe lequel."),
    ],
)
def test_a_press_that_cannot_be_is_answered_the_same_way(client, member, place, desk, pressed, field, sentence):
    response = client.post(week_of(place), {"slot": pressed.format(desk=desk.pk), "key": "k"})
    assert response.status_code == 422
    assert " ".join(response.context["form"].errors[field][0].split()) == sentence
    assert unchanged(desk)


def test_a_form_that_was_refused_books_once_corrected(client, member, place, desk):
    response = client.post(week_of(place), wish(desk, start="2026-02-31T08:30"))
    key = re.search(r'name="key" value="([^"]+)"', response.content.decode())[1]
    assert client.post(week_of(place), wish(desk, key=key)).status_code == 303


def test_ten_megabytes_are_refused_with_a_sentence(client, member, place, desk):
    response = client.post(week_of(place), wish(desk, start="9" * 10_000_000))
    assert response.status_code == 400
    assert unchanged(desk)
    assert re.search(r"<h1>[^<]+</h1>", response.content.decode())


def test_a_wrong_token_is_refused_with_a_sentence(member, place, desk):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member.user)
    response = strict.post(week_of(place), wish(desk, csrfmiddlewaretoken="faux"))
    assert response.status_code == 403
    assert unchanged(desk)
    assert re.search(r"<h1>[^<]+</h1>", response.content.decode())
