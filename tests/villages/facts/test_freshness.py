"""How old a fact is, and in which words."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from villages.facts.freshness import LIMITS, Age, FactKind, Freshness

TODAY = dt.date(2026, 11, 26)


def age(kind: FactKind, days: int) -> Age:
    return Age.of(kind, TODAY - dt.timedelta(days=days), on=TODAY)


@pytest.mark.parametrize("kind", FactKind)
def test_a_fact_ages_on_the_day_its_limit_says(kind):
    ageing, stale = LIMITS[kind]
    days = (0, ageing - 1, ageing, stale - 1, stale)
    assert [age(kind, number).state for number in days] == [
        Freshness.FRESH,
        Freshness.FRESH,
        Freshness.AGEING,
        Freshness.AGEING,
        Freshness.STALE,
    ]


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        (FactKind.CHECK, 0, "vérifié aujourd’hui"),
        (FactKind.CHECK, 1, "vérifié hier"),
        (FactKind.CHECK, 12, "vérifié il y a 12 jours"),
        (FactKind.CHECK, 31, "vérifié il y a un mois"),
        (FactKind.CHECK, 95, "vérifié il y a 3 mois"),
        (FactKind.CHECK, 180, "à revérifier\u202f: 5 mois"),
        (FactKind.CHECK, 365, "à revérifier\u202f: un an"),
        (FactKind.CHECK, 364, "à revérifier\u202f: 11 mois"),
        (FactKind.WORDS, 3, "relu il y a 3 jours"),
        (FactKind.PROJECT, 300, "confirmé il y a 9 mois"),
        (FactKind.PROJECT, 800, "à revérifier\u202f: 2 ans"),
        (FactKind.EDITION, 400, "édition d’il y a un an"),
        (FactKind.EDITION, 0, "édition d’aujourd’hui"),
        (FactKind.EDITION, 600, "une édition ancienne\u202f: un an"),
        (FactKind.SPEED, 40, "mesuré il y a un mois"),
        (FactKind.HOUSING, 59, "confirmé il y a un mois"),
    ],
)
def test_the_age_of_a_fact_is_worded_in_days_months_or_years(kind, days, words):
    assert age(kind, days).words == words


def test_what_nobody_has_checked_is_as_good_as_stale():
    never = Age.of(FactKind.CHECK, None, on=TODAY)
    assert (never.is_stale, never.words) == (True, "jamais vérifié")
    assert max([age(FactKind.CHECK, 5000), never, age(FactKind.PROJECT, 10)], key=lambda known_age: known_age.urgency) is never


def test_a_date_to_come_is_no_older_than_today():
    assert age(FactKind.CHECK, -3).words == "vérifié aujourd’hui"


@given(st.sampled_from(FactKind), st.integers(0, 4000), st.integers(0, 4000))
def test_the_older_is_never_the_fresher(kind, one, other):
    younger, older = age(kind, min(one, other)), age(kind, max(one, other))
    order = list(Freshness)
    assert order.index(younger.state) <= order.index(older.state)
    assert younger.urgency <= older.urgency


@pytest.mark.parametrize(
    ("days", "sign", "variant"), [(1, "check", ""), (130, "clock", "fresh--ageing"), (300, "clock", "fresh--old")]
)
def test_the_component_shows_a_sign_and_the_words(days, sign, variant):
    shown = age(FactKind.CHECK, days)
    html = render_to_string("components/age.html", {"age": shown})
    assert shown.words in html
    assert f"#{sign}" in html
    assert f'class="fresh{" " if variant else ""}{variant}"' in html
