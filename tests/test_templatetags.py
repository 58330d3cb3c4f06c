"""Figures, dates and ways as the reader's language sets them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import override

from common import typography
from sohosolo.templatetags import browsers, navigation
from telecentres import wording
from telecentres.enums import Stretch

N, NB = "\u202f", "\xa0"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (999, "999"),
        (1213, f"1{N}213"),
        (9537000, f"9{N}537{N}000"),
        (14.6, "15"),
        (2.5, "3"),
        (Decimal("3.0"), "3"),
        (None, ""),
    ],
)
def test_numbers_are_set_apart_by_thousands(value, said):
    assert typography.number(value) == said


def test_a_number_keeps_its_decimals_unless_they_are_zeros():
    assert typography.number(12.34, 1) == "12,3"
    assert typography.number(12.04, 1) == "12"
    assert typography.number(Decimal("12.25"), 1) == "12,3"
    assert typography.nearest_percent(0.125) == f"13{N}%"


def test_numbers_follow_the_readers_language():
    with override("en"):
        assert typography.number(1213) == "1,213"
        assert typography.euros(Decimal("6.5")) == "€6.50"


@pytest.mark.parametrize(
    ("value", "said"), [(6, f"6{N}€"), (Decimal("6.50"), f"6,50{N}€"), (214000, f"214{N}000{N}€"), (Decimal("10.00"), f"10{N}€")]
)
def test_prices_show_cents_only_when_there_are_some(value, said):
    assert typography.euros(value) == said


@pytest.mark.parametrize(("value", "said"), [(14.3, f"14{N}km"), (0.2, f"1{N}km"), (0, f"1{N}km"), (1213.6, f"1{N}214{N}km")])
def test_distances_are_whole_kilometres_and_never_none(value, said):
    assert typography.kilometres(value) == said


@pytest.mark.parametrize(("minutes", "said"), [(42, f"42{N}min"), (60, f"1{N}h"), (75, f"1{N}h{N}15"), (125, f"2{N}h{N}05")])
def test_durations_are_said_in_hours_past_the_first(minutes, said):
    assert typography.duration(minutes) == said


@pytest.mark.parametrize(
    ("value", "said"), [(dt.time(12, 30), f"12{N}h{N}30"), (dt.time(18), f"18{N}h"), (dt.time(0, 5), f"0{N}h{N}05"), (None, "")]
)
def test_hours_are_said_as_the_french_say_them(value, said):
    assert typography.clock(value) == said


def test_dates_are_those_of_the_territory_and_the_first_is_an_ordinal():
    assert typography.day(dt.date(2026, 11, 24)) == "mardi 24 novembre"
    assert typography.day_of_year(dt.date(2026, 12, 1)) == "mardi 1er décembre 2026"
    assert typography.dated(dt.date(2026, 8, 1)) == "1er août 2026"
    assert typography.short_day(dt.date(2026, 11, 24)) == "mar. 24"
    assert typography.day(None) == typography.dated(None) == ""
    with override("en"):
        assert typography.day_of_year(dt.date(2026, 12, 1)) == "Tuesday 1 December 2026"


@pytest.mark.parametrize(
    ("today", "value", "said"),
    [
        (dt.date(2026, 11, 24), dt.date(2026, 12, 31), "jeudi 31 décembre"),
        (dt.date(2026, 11, 24), dt.date(2027, 1, 1), "vendredi 1er janvier 2027"),
        (dt.date(2026, 11, 24), dt.date(2027, 12, 23), "jeudi 23 décembre 2027"),
        (dt.date(2027, 1, 2), dt.date(2026, 12, 31), "jeudi 31 décembre 2026"),
    ],
)
def test_a_day_of_another_year_carries_it_wherever_a_day_is_said(time_machine, today, value, said):
    time_machine.move_to(dt.datetime.combine(today, dt.time(9)).replace(tzinfo=dt.UTC), tick=False)
    assert typography.day(value) == said
    assert wording.day_part(value, Stretch.MORNING).startswith(said)
    assert wording.moment(dt.datetime.combine(value, dt.time(9), dt.UTC)).startswith(said)
    assert wording.weekday(value) == " ".join(said.split(" ")[:2])
    leaf = " ".join(strip_tags(render_to_string("components/leaf.html", {"at": value})).split())
    assert leaf.replace(" er", "er").startswith(said)
    assert ("2027" in leaf, "2026" in leaf) == ("2027" in said, "2026" in said)


def test_the_year_turns_at_midnight_of_the_territory(time_machine):
    time_machine.move_to(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC), tick=False)  # 00:30 of the first of January
    assert typography.day(dt.date(2027, 1, 1)) == "vendredi 1er janvier"
    assert typography.day(dt.date(2026, 12, 31)) == "jeudi 31 décembre 2026"
    with override("en"):
        assert typography.day(dt.date(2026, 12, 31)) == "Thursday 31 December 2026"


def test_a_moment_is_shown_in_local_time():
    late = dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC)
    shown = Template("{% load typography %}{{ at|day }}, {{ at|clock }}").render(Context({"at": late}))
    assert shown == f"mercredi 25 novembre, 0{N}h{N}30"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("+33500000000", f"05{NB}00{NB}00{NB}00{NB}00"),
        ("+351912345678", f"+351{NB}912{NB}345{NB}678"),
        ("mairie", "mairie"),
        ("", ""),
    ],
)
def test_telephones_are_written_as_they_are_dialled(value, said):
    assert typography.telephone(value) == said


@pytest.mark.parametrize(
    ("name", "said"), [("Hélène Daubas", "HD"), ("Jean-Pierre de La Tour", "JT"), ("Camille", "C"), ("", ""), ("3 œufs", "Œ")]
)
def test_initials_are_two_letters_at_most(name, said):
    assert typography.initials(name) == said


def test_inhabitants_are_counted_in_french():
    assert typography.inhabitants(1213) == f"1{N}213{N}habitants"
    assert typography.inhabitants(1) == f"1{N}habitant"


def test_apostrophes_are_those_of_a_printer():
    assert typography.curly("L'Isle-Jourdain") == "L’Isle-Jourdain"


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome, Android"),
        ("", "un navigateur inconnu"),
    ],
)
def test_a_browser_is_named_for_people(user_agent, said):
    assert browsers.browser(user_agent) == said


def same_page(rf, path: str, language: str) -> str:
    return navigation.same_page_in(RequestContext(rf.get(path)), language)


def test_the_same_page_in_another_language_keeps_its_query(rf):
    assert same_page(rf, "/mon-espace/?jour=2026-11-25&q=a%20b", "en") == "/en/mon-espace/?jour=2026-11-25&q=a%20b"
    with override("en"):
        assert same_page(rf, "/en/mon-espace/?jour=2026-11-25", "fr") == "/mon-espace/?jour=2026-11-25"


def test_a_page_without_another_language_leads_home(rf):
    assert same_page(rf, "/nulle-part/", "en") == "/en/"
    assert same_page(rf, "/nulle-part/", "fr") == "/nulle-part/"


def test_the_pages_of_a_long_list_are_elided_around_the_present_one():
    pages = Paginator(range(400), 20)
    assert list(navigation.elided(pages.page(10))) == [1, "…", 9, 10, 11, "…", 20]
    assert list(navigation.elided(pages.page(1))) == [1, 2, "…", 20]


def test_the_territory_is_said_in_the_readers_language():
    assert navigation.territory().in_name == settings.TERRITORY.in_name
    with override("en"):
        assert navigation.territory().in_name == settings.TERRITORY.words["en"]["in_name"] != settings.TERRITORY.in_name
        assert navigation.territory().chief_town == settings.TERRITORY.chief_town
    with override("pt"):
        assert navigation.territory().in_name == settings.TERRITORY.in_name
