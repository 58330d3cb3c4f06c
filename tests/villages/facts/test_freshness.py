"""How old a fact is, and in which words."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from villages.facts.freshness import LIMITS, Age, Kind, State

TODAY = dt.date(2026, 11, 26)


def age(kind: Kind, days: int) -> Age:
    return Age.of(kind, TODAY - dt.timedelta(days=days), on=TODAY)


@pytest.mark.parametrize("kind", Kind)
def test_a_fact_ages_on_the_day_its_limit_says(kind):
    ageing, stale = LIMITS[kind]
    days = (0, ageing - 1, ageing, stale - 1, stale)
    assert [age(kind, number).state for number in days] == [State.FRESH, State.FRESH, State.AGEING, State.AGEING, State.STALE]


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        (Kind.CHECK, 0, "vérifié aujourd’hui"),
        (Kind.CHECK, 1, "vérifié hier"),
        (Kind.CHECK, 12, "vérifié il y a 12 jours"),
        (Kind.CHECK, 31, "vérifié il y a un mois"),
        (Kind.CHECK, 95, "vérifié il y a 3 mois"),
        (Kind.CHECK, 180, "à revérifier\u202f: 5 mois"),
        (Kind.CHECK, 365, "à revérifier\u202f: un an"),
        (Kind.CHECK, 364, "à revérifier\u202f: 11 mois"),
        (Kind.WORDS, 3, "relu il y a 3 jours"),
        (Kind.PROJECT, 300, "confirmé il y a 9 mois"),
        (Kind.PROJECT, 800, "à revérifier\u202f: 2 ans"),
        (Kind.EDITION, 400, "édition d’il y a un an"),
        (Kind.EDITION, 0, "édition d’aujourd’hui"),
        (Kind.EDITION, 600, "une édition ancienne\u202f: un an"),
        (Kind.SPEED, 40, "mesuré il y a un mois"),
        (Kind.HOUSING, 59, "confirmé il y a un mois"),
    ],
)
def test_its_age_is_said_as_people_say_it(kind, days, words):
    assert age(kind, days).words == words


def test_what_nobody_has_checked_is_as_good_as_stale():
    never = Age.of(Kind.CHECK, None, on=TODAY)
    assert (never.is_stale, never.words) == (True, "jamais vérifié")
    assert max([age(Kind.CHECK, 5000), never, age(Kind.PROJECT, 10)], key=lambda one: one.urgency) is never


def test_a_date_to_come_is_no_older_than_today():
    assert age(Kind.CHECK, -3).words == "vérifié aujourd’hui"


@given(st.sampled_from(Kind), st.integers(0, 4000), st.integers(0, 4000))
def test_the_older_is_never_the_fresher(kind, one, other):
    younger, older = age(kind, min(one, other)), age(kind, max(one, other))
    order = list(State)
    assert order.index(younger.state) <= order.index(older.state)
    assert younger.urgency <= older.urgency


@pytest.mark.parametrize(
    ("days", "sign", "variant"), [(1, "check", ""), (130, "clock", "fresh--ageing"), (300, "clock", "fresh--old")]
)
def test_the_component_shows_a_sign_and_the_words(days, sign, variant):
    shown = age(Kind.CHECK, days)
    html = render_to_string("components/age.html", {"age": shown})
    assert shown.words in html
    assert f"#{sign}" in html
    assert f'class="fresh{" " if variant else ""}{variant}"' in html
