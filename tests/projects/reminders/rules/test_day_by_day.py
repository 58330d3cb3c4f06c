"""Each rule, day by day: whom it tells, and when."""

import pytest
from django.utils import timezone

from outbox.enums import LetterState
from outbox.models import Letter
from projects.enums import FundingState, IntroductionState, ReminderRule, Stage, Via
from projects.files import lifecycle, retention
from projects.introductions.services import answer_introduction
from projects.models import FollowUp, Hold, Task
from projects.reminders import nudges
from projects.reminders.rules import Delays
from tests.factories.projects import (
    DocumentFactory,
    EventFactory,
    FollowUpFactory,
    FundingLineFactory,
    IntroductionFactory,
    ProjectFileFactory,
)
from tests.projects.reminders.rules.days import DAY, MONDAY, at, d, days_told, letters_to, only, run, tick

pytestmark = pytest.mark.django_db


def test_first_contact_after_three_working_days_and_the_lead_after_seven(claire, lead):
    only(ReminderRule.FIRST_CONTACT)
    ProjectFileFactory(adviser=claire, opened_at=at(MONDAY))
    run(MONDAY, 20)
    assert days_told(ReminderRule.FIRST_CONTACT, claire) == [d(11, 26), d(12, 2)]
    assert days_told(ReminderRule.FIRST_CONTACT, lead) == [d(12, 2)]


@pytest.mark.parametrize(
    ("opened", "told"),
    [
        (d(4, 1), d(4, 7)),  # Easter Monday is no working day
        (d(10, 29), d(11, 3)),  # 1 November is a Sunday
        (d(12, 23), d(12, 29)),
        (d(5, 12, 2027), d(5, 18, 2027)),  # Whit Monday
    ],
)
def test_working_days_pass_over_holidays(claire, opened, told):
    only(ReminderRule.FIRST_CONTACT)
    ProjectFileFactory(adviser=claire, opened_at=at(opened))
    run(opened, 8)
    assert days_told(ReminderRule.FIRST_CONTACT)[:1] == [told]


def test_no_next_action_every_monday_and_the_lead_at_the_third(claire, lead, busy):
    only(ReminderRule.NO_NEXT_ACTION)
    busy(d(11, 18))
    run(d(11, 18), 24)
    assert days_told(ReminderRule.NO_NEXT_ACTION, claire) == [MONDAY, d(11, 30), d(12, 7)]
    assert days_told(ReminderRule.NO_NEXT_ACTION, lead) == [d(12, 7)]


def test_on_easter_monday_it_waits_for_tuesday(claire, busy):
    only(ReminderRule.NO_NEXT_ACTION)
    busy(d(4, 1))
    run(d(4, 1), 10)
    assert days_told(ReminderRule.NO_NEXT_ACTION) == [d(4, 7)]


def test_no_activity_at_thirty_sixty_and_ninety_days_and_the_holder_is_asked_in_between(claire, busy):
    only(ReminderRule.NO_ACTIVITY, ReminderRule.STILL_INTERESTED)
    busy(d(6, 1))
    run(d(6, 1), 100)
    assert days_told(ReminderRule.NO_ACTIVITY, claire) == [d(7, 1), d(7, 31), d(8, 31)]  # the 90th day is a Sunday
    assert days_told(ReminderRule.STILL_INTERESTED) == [d(8, 4)], "two working days after the 60th"
    assert letters_to("nadia@example.org").count() == 1


def test_the_adviser_may_hold_the_letter_that_asks_whether_it_is_still_on(claire, busy):
    only(ReminderRule.NO_ACTIVITY, ReminderRule.STILL_INTERESTED)
    file = busy(d(6, 1))
    run(d(6, 1), 62)
    Hold.objects.create(rule=ReminderRule.STILL_INTERESTED, target=f"still_interested:{file.pk}", by=claire)
    run(d(8, 2), 20)
    assert not letters_to("nadia@example.org").exists()


def test_a_pause_a_week_before_its_end_and_the_lead_ten_days_after(claire, lead):
    only(ReminderRule.PAUSE_ENDS)
    ProjectFileFactory(paused=True, adviser=claire, paused_until=d(12, 4))
    run(MONDAY, 24)
    assert days_told(ReminderRule.PAUSE_ENDS, claire) == [d(11, 27), d(12, 14)]
    assert days_told(ReminderRule.PAUSE_ENDS, lead) == [d(12, 14)]


def test_a_consent_once_to_the_holder_then_a_task(claire, busy):
    only(ReminderRule.CONSENT_PENDING)
    IntroductionFactory(file=busy(), awaiting=True, request__asked_at=at(MONDAY))
    run(MONDAY, 30)
    assert days_told(ReminderRule.CONSENT_PENDING) == [d(11, 30)]
    assert letters_to("nadia@example.org").count() == 1
    (task,) = Task.objects.all()
    assert (task.assignee, timezone.localdate(task.created_at)) == (claire, d(12, 7))


def test_a_silent_village_then_its_deputy_then_the_telephone_then_no_answer(claire, busy, saint_clar):
    only(ReminderRule.VILLAGE_SILENT)
    introduction = IntroductionFactory(file=busy(), village=saint_clar, sent=True, sent_at=at(MONDAY))
    run(MONDAY, 40)
    assert [timezone.localdate(letter.send_after) for letter in letters_to("helene@example.org")] == [d(11, 30)]
    assert [timezone.localdate(letter.send_after) for letter in letters_to("marc@example.org")] == [d(12, 7)]
    assert Task.objects.get(introduction=introduction).assignee == claire
    introduction.refresh_from_db()
    assert (introduction.state, timezone.localdate(introduction.state_since)) == (IntroductionState.NO_ANSWER, d(12, 23))


def test_one_letter_for_all_that_a_village_is_asked(claire, busy, saint_clar):
    only(ReminderRule.VILLAGE_SILENT)
    for _ in range(3):
        IntroductionFactory(file=busy(), village=saint_clar, sent=True, sent_at=at(MONDAY))
    tick(d(11, 30))
    (letter,) = letters_to("helene@example.org")
    assert letter.text.count("/mise-en-relation/") == 3


def test_accepted_and_nobody_has_called(claire, busy, saint_clar):
    only(ReminderRule.CONTACT_PENDING)
    IntroductionFactory(
        file=busy(), village=saint_clar, accepted=True, sent_at=at(MONDAY), answered_at=at(MONDAY), state_since=at(MONDAY)
    )
    run(MONDAY, 25)
    assert days_told(ReminderRule.CONTACT_PENDING) == [d(11, 30)]
    assert timezone.localdate(Task.objects.get().created_at) == d(12, 7)


def test_a_request_thirty_fourteen_and_five_days_before_and_the_lead_at_five(claire, lead, busy):
    only(ReminderRule.FUNDING_DEADLINE)
    FundingLineFactory(file=busy(), deadline=d(12, 30))
    run(MONDAY, 38)
    assert days_told(ReminderRule.FUNDING_DEADLINE, claire) == [d(11, 30), d(12, 16), d(12, 28)]  # the 25th is a holiday
    assert days_told(ReminderRule.FUNDING_DEADLINE, lead) == [d(12, 28)]


def test_a_decision_five_days_late_and_the_lead_at_twenty(claire, lead, busy):
    only(ReminderRule.DECISION_OVERDUE)
    FundingLineFactory(file=busy(), state=FundingState.LODGED, committee_on=MONDAY)
    run(MONDAY, 30)
    assert days_told(ReminderRule.DECISION_OVERDUE, claire) == [d(11, 30), d(12, 14)]
    assert days_told(ReminderRule.DECISION_OVERDUE, lead) == [d(12, 14)]


def test_a_paper_at_seven_and_fourteen_days_then_a_task(claire, busy):
    only(ReminderRule.DOCUMENT_ASKED)
    DocumentFactory(file=busy(), asked_at=at(MONDAY))
    run(MONDAY, 40)
    assert days_told(ReminderRule.DOCUMENT_ASKED) == [d(11, 30), d(12, 7)]
    assert timezone.localdate(Task.objects.get().created_at) == d(12, 14)


@pytest.mark.parametrize("count", [2, 40])
def test_reminding_many_holders_costs_the_same_number_of_queries(busy, django_assert_num_queries, count):
    only(ReminderRule.NEWS_ASKED)
    for number in range(count):
        file = busy(stage=Stage.SETTLED, supported=False, settled_on=d(8, 23), holder__email=f"h{number}@example.org")
        FollowUpFactory(file=file, due_on=MONDAY)
    delays = Delays()
    # what comes to a task, what is held, what is due, what was told before, letters there; reminders written, that they were asked;
    # letters once more, written, read
    with django_assert_num_queries(10):
        assert nudges.write_nudges(at(MONDAY), delays) == count


def test_news_on_their_day_then_a_task_and_it_stays_unknown(claire, busy):
    only(ReminderRule.NEWS_ASKED)
    FollowUpFactory(file=busy(stage=Stage.SETTLED, supported=False, settled_on=d(8, 23)), due_on=MONDAY)
    run(d(11, 20), 30)
    assert days_told(ReminderRule.NEWS_ASKED) == [MONDAY]
    assert timezone.localdate(FollowUp.objects.get().asked_at) == MONDAY
    assert timezone.localdate(Task.objects.get().created_at) == d(12, 7)
    assert FollowUp.objects.get().still_here == ""


def test_a_closed_file_is_announced_then_anonymised_two_years_after_the_last_contact(claire):
    only(ReminderRule.RETENTION)
    last = at(MONDAY) - retention.KEPT_FOR
    file = ProjectFileFactory(closed=True, adviser=claire, stage_since=last, last_contact_in_at=last, holder__last_name="Ferrand")
    EventFactory(file=file, text="secret")
    run(d(10, 20), 40)
    assert days_told(ReminderRule.RETENTION, claire) == [d(10, 26), d(11, 16)]
    file.refresh_from_db()
    file.holder.refresh_from_db()
    assert (file.stage, file.holder.email, "Ferrand" in str(file.holder)) == (Stage.ANONYMISED, "", False)
    assert file.events.get().text == ""


def test_everything_that_names_a_person_goes_from_an_anonymised_file(claire, busy, saint_clar):
    introduction = IntroductionFactory(file=busy(), village=saint_clar, sent=True, sent_at=at(MONDAY))
    answer_introduction(introduction=introduction, answer="yes", by_name="Hélène", via=Via.LINK, words="Venez", now=at(MONDAY))
    Letter.objects.update(state=LetterState.SENT, sent_at=at(MONDAY))
    address = introduction.file.holder.email
    assert letters_to(address).exists()
    file = lifecycle.move_file(file=introduction.file, to=Stage.CLOSED, by=claire, closing_reason="no_news", now=at(MONDAY))
    retention.anonymise(file=file, now=at(MONDAY) + 800 * DAY)
    introduction.refresh_from_db()
    assert (introduction.answer, introduction.answered_by, introduction.request.snapshot, introduction.request.words) == (
        "",
        "",
        [],
        "",
    )
    assert set(introduction.moves.values_list("by_name", "reason")) == {("", "")}
    assert not letters_to(address).exists()
