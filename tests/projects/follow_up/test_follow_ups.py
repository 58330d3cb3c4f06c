"""After settling: asked at 3, 12, 24 and 36 months, answered once, and what is weak in the answer is somebody's to call about."""

import datetime as dt

import pytest
import time_machine

from projects import links
from projects.enums import Ball, ClosingReason, IntroductionState, ReminderRule, SettlingTrack, Stage, Via
from projects.files import lifecycle
from projects.follow_up.services import months_later
from projects.introductions.services import move_introduction
from projects.models import FollowUp
from projects.reminders.rules import RULES
from tests.factories.members import UserFactory
from tests.factories.projects import FollowUpFactory, IntroductionFactory, ProjectFileFactory
from tests.factories.villages import VillageFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 30, 11, 0, tzinfo=dt.UTC)
HERE = {"still_here": "yes", "still_active": "yes", "dwelling": "rent", "partner": "works", "knows_people": "3", "jobs": "1"}


@pytest.fixture
def adviser():
    return UserFactory(adviser=True)


def settled(adviser, **facts):
    file = ProjectFileFactory(supported=True, adviser=adviser)
    return lifecycle.move_file(file=file, to=Stage.SETTLED, by=adviser, now=NOON, **facts)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
        (dt.date(2027, 11, 30), 3, dt.date(2028, 2, 29)),
        (dt.date(2026, 12, 31), 12, dt.date(2027, 12, 31)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
    ],
)
def test_months_later(day, months, later):
    assert months_later(day, months) == later


def test_settling_dates_the_four_questions_and_says_where(adviser):
    village = VillageFactory()
    file = settled(adviser, settled_in=village)
    assert (file.settled_on, file.settled_in, file.settling_track) == (NOON.date(), village, SettlingTrack.ARRIVED)
    assert list(file.follow_ups.order_by("months").values_list("months", "due_on")) == [
        (3, dt.date(2027, 2, 28)),
        (12, dt.date(2027, 11, 30)),
        (24, dt.date(2028, 11, 30)),
        (36, dt.date(2029, 11, 30)),
    ]


def test_the_chosen_village_is_where_unless_another_is_said(adviser):
    introduction = IntroductionFactory(accepted=True, file__adviser=adviser)
    move_introduction(introduction=introduction, to=IntroductionState.CHOSEN, by=adviser, now=NOON)
    file = lifecycle.move_file(file=introduction.file, to=Stage.SETTLED, by=adviser, now=NOON)
    assert file.settled_in == introduction.village


def test_a_closed_file_takes_its_introductions_back(adviser):
    introduction = IntroductionFactory(sent=True, file__adviser=adviser)
    lifecycle.move_file(file=introduction.file, to=Stage.CLOSED, by=adviser, closing_reason="gave_up", now=NOON)
    introduction.refresh_from_db()
    assert introduction.state == IntroductionState.WITHDRAWN


def test_the_form_is_answered_once_behind_its_link(client):
    asked = FollowUpFactory(file__adviser=UserFactory(adviser=True))
    link = links.news_link(asked)
    assert client.get(link).status_code == 200
    assert FollowUp.objects.get().answered_at is None
    assert client.post(link, HERE).status_code == 200
    asked.refresh_from_db()
    assert (asked.still_here, asked.knows_people, asked.via, asked.file.jobs) == ("yes", 3, Via.LINK, 1)
    client.post(link, HERE | {"still_here": "left", "leaving": "housing"})
    asked.refresh_from_db()
    assert asked.still_here == "yes", "the first answer stands"


@pytest.mark.parametrize("wrong", [{"still_here": ""}, {"still_here": "left"}, {"jobs": "-1"}, {"knows_people": "9"}])
def test_what_is_wrong_is_said_and_nothing_kept(client, wrong):
    asked = FollowUpFactory()
    answer = client.post(links.news_link(asked), HERE | wrong)
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    asked.refresh_from_db()
    assert asked.answered_at is None


@pytest.mark.parametrize(
    ("said", "signals"),
    [
        ({}, []),
        ({"knows_people": "1"}, ["isolated"]),
        ({"dwelling": "temporary"}, ["temporary_housing"]),
        ({"partner": "seeks", "knows_people": "1"}, ["isolated", "partner_without_work"]),
    ],
)
def test_weak_signals_give_the_adviser_the_ball(client, said, signals):
    asked = FollowUpFactory(file__adviser=UserFactory(adviser=True), file__ball=Ball.HOLDER)
    client.post(links.news_link(asked), HERE | said)
    asked.refresh_from_db()
    assert asked.signals == signals
    assert asked.file.ball == (Ball.ADVISER if signals else Ball.HOLDER)


def test_who_left_says_why_and_is_no_weak_signal(client):
    asked = FollowUpFactory(file__adviser=UserFactory(adviser=True), file__ball=Ball.HOLDER)
    client.post(links.news_link(asked), {"still_here": "left", "leaving": "isolation", "knows_people": "1"})
    asked.refresh_from_db()
    assert (asked.leaving, asked.signals, asked.file.ball) == ("isolation", [], Ball.ADVISER)


def test_settled_again_moves_only_what_has_not_been_asked(adviser):
    file = settled(adviser)
    file.follow_ups.filter(months=3).update(asked_at=NOON)
    for to, facts in ((Stage.CLOSED, {"closing_reason": "no_news"}), (Stage.SUPPORTED, {"reason": "retour"}), (Stage.SETTLED, {})):
        file = lifecycle.move_file(file=file, to=to, by=adviser, now=NOON + dt.timedelta(days=40), **facts)
    dates = dict(file.follow_ups.values_list("months", "due_on"))
    assert dates[3] == dt.date(2027, 2, 28)
    assert dates[12] == dt.date(2028, 1, 9)


def test_a_settling_told_late_is_asked_about_once_by_the_day_that_is_true(adviser):
    """They settled fourteen months ago: the question of three months is not asked any more, that of twelve is."""
    file = ProjectFileFactory(supported=True, adviser=adviser, opened_at=NOON - dt.timedelta(days=500))
    file = lifecycle.move_file(file=file, to=Stage.SETTLED, by=adviser, settled_on=dt.date(2025, 9, 30), now=NOON)
    with time_machine.travel(NOON, tick=False):
        (asked,) = RULES[ReminderRule.NEWS_ASKED].nudges(NOON.date(), (0, 10))
        assert RULES[ReminderRule.NEWS_ASKED].escalate(NOON, (0, 10)) == 1
    assert FollowUp.objects.get(pk=asked.pk).months == 12
    assert "30 septembre 2025" in asked.text
    assert "12 mois" in file.tasks.get().title


@pytest.mark.parametrize("reason", ClosingReason)
def test_who_settled_by_mistake_is_not_asked_how_it_goes(adviser, reason):
    file = settled(adviser)
    lifecycle.move_file(file=file, to=Stage.CLOSED, by=adviser, closing_reason=reason, now=NOON)
    asked = list(RULES[ReminderRule.NEWS_ASKED].nudges(dt.date(2027, 3, 1), (0, 10)))
    assert len(asked) == (reason not in ClosingReason.no_arrival())


def test_the_page_of_news_says_when_they_settled_and_who_reads_it(client, adviser):
    file = settled(adviser)
    page = client.get(links.news_link(file.follow_ups.get(months=3))).text
    assert "30 novembre 2026" in page
    assert "les conseillers du réseau" in page
