"""The morning: what is in each basket and why, what a press does, what the team sees, what it costs."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.activity import events
from projects.enums import ClosingReason, Direction, EventKind, FundingState, IntroductionState, Stage, Via
from projects.files import lifecycle
from projects.introductions.services import answer_consent, withdraw_all
from projects.models import Aside, ProjectFile, Task
from projects.reminders.morning import SHOWN, Morning, aside
from tests.factories.members import UserFactory
from tests.factories.projects import (
    DocumentFactory,
    EventFactory,
    FollowUpFactory,
    FundingLineFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.factories.villages import CommitteeMemberFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)  # Tuesday
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
INDEX, PRESS = "/admin/", "/admin/projects/projectfile/matinee/"


@pytest.fixture(autouse=True)
def clock(time_machine, settings):
    settings.STAFF_MFA_REQUIRED = False
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def claire():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def sophie():
    return UserFactory(adviser=True, first_name="Sophie", last_name="Dupuy")


@pytest.fixture
def desk(client, claire):
    client.force_login(claire)
    return client


def supported(adviser, **facts):
    """Somebody has spoken to them, and something is planned."""
    file = ProjectFileFactory(supported=True, adviser=adviser, **{"last_contact_out_at": NOW - 20 * DAY} | facts)
    TaskFactory(file=file, assignee=adviser, due_on=TODAY + 30 * DAY)
    return file


def cards(user, slug, *, team=False):
    return next(basket for basket in Morning(user, now=NOW, team=team).baskets if basket.slug == slug).cards


def test_a_quiet_morning_says_so(desk, claire):
    supported(claire)
    assert Morning(claire, now=NOW).things == 0
    assert "Rien ne vous attend" in desk.get(INDEX).content.decode()


def test_a_project_that_nobody_has_called_is_to_call_and_late_after_three_working_days(claire):
    fresh = ProjectFileFactory(adviser=claire, opened_at=NOW - DAY)
    old = ProjectFileFactory(adviser=claire, opened_at=NOW - 6 * DAY)
    found = cards(claire, "appeler")
    assert [(card.file, card.is_late) for card in found] == [(old, True), (fresh, False)]
    events.log_event(file=old, kind=EventKind.CALL, direction=Direction.OUT, text="Appelé", author=claire, now=NOW)
    assert [card.file for card in cards(claire, "appeler")] == [fresh]


def test_tasks_of_today_are_to_call_and_those_of_before_are_late(claire):
    file = supported(claire)
    today, late = (TaskFactory(file=file, assignee=claire, due_on=TODAY - n * DAY) for n in (0, 4))
    assert [card.task for card in cards(claire, "appeler")] == [today]
    (card,) = cards(claire, "retard")
    assert (card.task, card.is_late, "vendredi 20 novembre" in card.why) == (late, True, True)


@pytest.mark.parametrize("facts", [{"knows_people": 1}, {"dwelling": "temporary"}, {"partner": "seeks"}])
def test_weak_signals_are_to_call_until_somebody_calls(claire, facts):
    follow_up = FollowUpFactory(file__adviser=claire, answered_at=NOW - DAY, still_here="yes", **facts)
    assert [card.file for card in cards(claire, "appeler")] == [follow_up.file]
    events.log_event(file=follow_up.file, kind=EventKind.CALL, direction=Direction.OUT, text="Appelé", author=claire, now=NOW)
    assert not cards(claire, "appeler")


def test_an_answer_is_shown_until_the_family_was_told(claire):
    file = supported(claire)
    introduction = IntroductionFactory(file=file, accepted=True, sent_at=NOW - 3 * DAY, answered_at=NOW - DAY)
    (card,) = cards(claire, "reponses")
    assert str(introduction.village) in card.why
    events.log_event(file=file, kind=EventKind.MAIL, direction=Direction.OUT, text="Dit", author=claire, now=NOW)
    assert not cards(claire, "reponses")


def test_an_open_file_without_a_task_is_without_a_next_action(claire):
    file = ProjectFileFactory(supported=True, adviser=claire, last_contact_out_at=NOW - 20 * DAY)
    ProjectFileFactory(paused=True, adviser=claire, last_contact_out_at=NOW)
    ProjectFileFactory(closed=True, adviser=claire, last_contact_out_at=NOW)
    assert [card.file for card in cards(claire, "sans-suite")] == [file]


def test_a_pause_that_ends_within_a_week(claire):
    soon = ProjectFileFactory(paused=True, adviser=claire, paused_until=TODAY + 7 * DAY)
    over = ProjectFileFactory(paused=True, adviser=claire, paused_until=TODAY - DAY)
    ProjectFileFactory(paused=True, adviser=claire, paused_until=TODAY + 8 * DAY)
    assert [(card.file, card.is_late) for card in cards(claire, "pauses")] == [(over, True), (soon, False)]


def test_a_village_is_silent_after_five_working_days(claire):
    file = supported(claire)
    IntroductionFactory(file=file, sent=True, sent_at=NOW - 6 * DAY)  # Wednesday: four working days
    assert not cards(claire, "villages")
    IntroductionFactory(file=file, sent=True, sent_at=NOW - 8 * DAY)
    assert len(cards(claire, "villages")) == 1


def test_money_to_ask_for_and_decisions_that_do_not_come(claire):
    file = supported(claire)
    FundingLineFactory(file=file, funder="Initiative", deadline=TODAY + 30 * DAY)
    FundingLineFactory(file=file, funder="Région", deadline=TODAY + 31 * DAY)
    FundingLineFactory(file=file, funder="LEADER", state=FundingState.LODGED, committee_on=TODAY - 5 * DAY)
    FundingLineFactory(file=file, funder="Europe", state=FundingState.LODGED, committee_on=TODAY - 4 * DAY)
    assert [card.why.partition("\u202f")[0] for card in cards(claire, "financements")] == ["Initiative", "LEADER"]


def test_a_paper_is_awaited_after_a_week(claire):
    file = supported(claire)
    DocumentFactory(file=file, asked_at=NOW - 7 * DAY)
    DocumentFactory(file=file, asked_at=NOW - 6 * DAY)
    assert len(cards(claire, "documents")) == 1


def test_the_files_of_an_absent_colleague_are_the_deputys(claire, sophie):
    hers = ProjectFileFactory(adviser=sophie, deputy=claire)
    assert not cards(claire, "appeler")
    sophie.absent_from, sophie.absent_until = TODAY, TODAY + 3 * DAY
    sophie.save()
    assert [card.file for card in cards(claire, "appeler")] == [hers]


def test_the_team_sees_everybodys(claire, sophie):
    hers = ProjectFileFactory(adviser=sophie)
    assert not cards(claire, "appeler")
    assert [card.file for card in cards(claire, "appeler", team=True)] == [hers]


# ---- One press -----------------------------------------------------------------------------------------------------------


def press(desk, card, act="done"):
    return desk.post(PRESS, {"card": card, "act": act, "basket": "appeler"})


def test_done_finishes_a_task_and_put_off_gives_it_a_working_day(desk, claire):
    file = supported(claire)
    done, friday, week = (TaskFactory(file=file, assignee=claire, due_on=TODAY) for _ in range(3))
    assert press(desk, f"task:{done.pk}").url == "/admin/#appeler"
    press(desk, f"task:{friday.pk}", "tomorrow")
    press(desk, f"task:{week.pk}", "week")
    days = dict(Task.objects.values_list("pk", "due_on"))
    assert Task.objects.get(pk=done.pk).done_by == claire
    assert (days[friday.pk], days[week.pk]) == (TODAY + DAY, TODAY + 7 * DAY)


@pytest.mark.parametrize(("act", "days"), [("tomorrow", 1), ("week", 7)])
def test_a_card_that_is_no_task_is_put_aside(desk, claire, act, days):
    file = ProjectFileFactory(adviser=claire)
    (card,) = cards(claire, "appeler")
    press(desk, card.key, act)
    assert not cards(claire, "appeler")
    assert Aside.objects.get().until == TODAY + days * DAY
    later = Morning(claire, now=NOW + days * DAY).baskets[0].cards
    assert [card.file for card in later] == [file]


def test_the_next_answer_of_the_same_village_is_another_card(desk, claire):
    file = supported(claire)
    introduction = IntroductionFactory(file=file, accepted=True, sent_at=NOW - 3 * DAY, answered_at=NOW - DAY)
    press(desk, cards(claire, "reponses")[0].key, "week")
    assert not cards(claire, "reponses")
    introduction.state = IntroductionState.CONTACT_MADE
    introduction.save()
    assert len(cards(claire, "reponses")) == 1


@pytest.mark.parametrize("card", ["", "task:x", "task:999999", "users:1", "first:1;drop", "first:abc"])
def test_a_card_that_is_none_is_not_there(desk, card):
    assert press(desk, card).status_code == 404
    assert not Aside.objects.exists()


def test_a_look_acts_on_nothing_and_nobody_else_may(client, claire):
    task = TaskFactory(assignee=claire)
    client.force_login(claire)
    assert client.get(PRESS).status_code == 405
    client.force_login(UserFactory(is_staff=True))
    assert press(client, f"task:{task.pk}").status_code in (302, 403)
    task.refresh_from_db()
    assert task.done_at is None


def test_what_is_put_aside_makes_room_for_the_rest(claire):
    ProjectFileFactory.create_batch(SHOWN + 5, adviser=claire)
    basket = Morning(claire, now=NOW).baskets[0]
    assert (len(basket.shown), basket.count) == (SHOWN, SHOWN + 5)
    for card in basket.shown:
        aside.put_aside(card=card.key, by=claire, until=TODAY + DAY, now=NOW)
    assert len(Morning(claire, now=NOW).baskets[0].cards) == 5


def one_of_each(adviser, count):
    for _ in range(count):
        file = supported(adviser)
        TaskFactory(file=file, assignee=adviser, due_on=TODAY)
        TaskFactory(file=file, assignee=adviser, due_on=TODAY - DAY)
        ProjectFileFactory(adviser=adviser)
        ProjectFileFactory(supported=True, adviser=adviser, last_contact_out_at=NOW - 20 * DAY)
        ProjectFileFactory(paused=True, adviser=adviser, paused_until=TODAY)
        IntroductionFactory(file=file, accepted=True, sent_at=NOW - 3 * DAY, answered_at=NOW - DAY)
        IntroductionFactory(file=file, sent=True, sent_at=NOW - 10 * DAY)
        FundingLineFactory(file=file, deadline=TODAY)
        DocumentFactory(file=file, asked_at=NOW - 9 * DAY)
        FollowUpFactory(file__adviser=adviser, answered_at=NOW - DAY, still_here="yes", knows_people=1)
        FollowUpFactory(file__adviser=adviser, answered_at=NOW - DAY, still_here="yes")
        CommitteeMemberFactory(village=IntroductionFactory(file=supported(adviser), sent=True, sent_at=NOW - 10 * DAY).village)
        IntroductionFactory(file=supported(adviser), accepted=True, sent_at=NOW - 9 * DAY, visit_at=NOW - 2 * DAY)
        late = {"sent_at": NOW - 9 * DAY, "answered_at": NOW - 5 * DAY, "later_on": TODAY, "slot": None}
        IntroductionFactory(file=supported(adviser), sent=True, **late | {"state": IntroductionState.LATER})
        ready = IntroductionFactory(file=supported(adviser), awaiting=True, village__monthly_capacity=0)
        answer_consent(request=ready.request, agreed_to=[ready.village_id], via=Via.LINK, now=NOW)
        no = IntroductionFactory(file=supported(adviser), awaiting=True)
        answer_consent(request=no.request, agreed_to=[], via=Via.LINK, now=NOW)
        back = IntroductionFactory(file=supported(adviser), sent=True)
        withdraw_all(file=back.file, by=None, by_holder=True, reason="", now=NOW)
        lifecycle.end_by_holder(file=supported(adviser), reason=ClosingReason.GAVE_UP, now=NOW)
        DocumentFactory(file=supported(adviser), received=True)
        EventFactory(file=supported(adviser), kind=EventKind.NOTE, direction=Direction.IN, author=None)


def test_the_morning_costs_the_same_for_few_and_for_many(desk, claire):
    def costs():
        found = []
        for whose in (INDEX, INDEX + "?equipe=oui"):
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(whose).status_code == 200
            found.append(len(queries))
        return found

    one_of_each(claire, 2)
    few = costs()
    assert all(basket.cards for basket in Morning(claire, now=NOW).baskets)
    one_of_each(claire, SHOWN)
    assert costs() == few
    assert max(few) <= 36  # one a question and its people, the account's and the page's own


def test_every_basket_leads_to_its_cards(desk, claire):
    one_of_each(claire, 1)
    html = desk.get(INDEX).content.decode()
    for basket in Morning(claire, now=timezone.now()).baskets:
        assert f'id="{basket.slug}"' in html
        assert f'href="#{basket.slug}"' in html
    assert ProjectFile.objects.filter(stage=Stage.SETTLED).exists()
