"""Every rule of the table with the clock moved: told once for each step, to whom it says, and never once its reason is gone."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from outbox import delivery
from outbox.enums import LetterState
from outbox.models import Letter
from projects.activity import events
from projects.enums import Direction, EventKind, FundingState, IntroductionState, ReminderRule, Stage, Unit, Via
from projects.files import lifecycle, retention
from projects.follow_up.services import answer_follow_up
from projects.introductions.services import answer_consent, answer_introduction, confirm_contact, plan_visit, withdraw_all
from projects.models import FollowUp, Hold, Reminder, RuleSetting, Task
from projects.notifications import INTRODUCED
from projects.reminders import nudges, planner
from projects.reminders.rules import ADVISERS, OUTSIDERS, RULES, Delays
from tests.factories.outbox import LetterFactory
from tests.factories.projects import (
    DocumentFactory,
    EventFactory,
    FollowUpFactory,
    FundingLineFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)


def at(day, hour="07:30"):
    return timezone.make_aware(dt.datetime.combine(day, dt.time.fromisoformat(hour)))


def tick(day, *, send=True):
    """The ticks of one morning: the digests, then the others, then nothing more."""
    written = 0
    for hour in ("07:30", "07:31", "07:32", "18:00"):
        with time_machine.travel(at(day, hour), tick=False):
            written += planner.write_due_letters(now=at(day, hour))
            if send:
                for letter in Letter.objects.due(timezone.now()):
                    delivery.deliver(letter_id=letter.pk, now=timezone.now())
    return written


def only(*rules):
    RuleSetting.objects.all().delete()
    RuleSetting.objects.bulk_create(
        RuleSetting(rule=slug, delays=rule.delays, is_active=slug in rules) for slug, rule in RULES.items()
    )


def run(first, days):
    """Tick on each of so many days."""
    for count in range(days):
        tick(first + count * DAY)


def days_told(rule, to=None):
    """When the rule spoke: `to` is somebody of the team."""
    found = Reminder.objects.filter(rule=rule)
    if to:
        found = found.filter(recipient=to)
    return [timezone.localdate(moment) for moment in found.order_by("told_at").values_list("told_at", flat=True)]


def letters_to(address):
    return Letter.objects.filter(to=address).order_by("pk")


@pytest.fixture
def busy(claire):
    """A file on which something is planned, so that no other rule speaks of it."""

    def make(began=MONDAY, **facts):
        return ProjectFileFactory(
            **{
                "supported": True,
                "adviser": claire,
                "opened_at": at(began),
                "active_at": at(began),
                "stage_since": at(began),
                "last_contact_out_at": at(began),
                "holder__email": "nadia@example.org",
            }
            | facts
        )

    return make


@pytest.fixture
def saint_clar():
    village = VillageFactory(commune__name="Saint-Clar")
    CommitteeMemberFactory(village=village, lead=True, name="Hélène", email="helene@example.org")
    CommitteeMemberFactory(village=village, role="deputy", name="Marc", email="marc@example.org")
    return village


def d(month, day, year=2026):
    return dt.date(year, month, day)


# ---- Each rule, day by day ---------------------------------------------------------------------------------------------


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
    plan_visit(introduction=introduction, at=at(MONDAY) + 3 * DAY, by=claire, now=at(MONDAY))
    key = INTRODUCED.key(village=saint_clar.pk, day=MONDAY)
    LetterFactory(key=key, to="helene@example.org", text=f"{introduction.file.holder} demande si vous l’accueillez.")
    Letter.objects.update(state=LetterState.SENT, sent_at=at(MONDAY))
    address, name = introduction.file.holder.email, str(introduction.file.holder)
    assert letters_to(address).exists()
    assert Letter.objects.filter(text__contains=name).count() == 3  # the visit, to both, and what the village was asked
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
    assert not Letter.objects.filter(text__contains=name).exists()


# ---- What stops each -----------------------------------------------------------------------------------------------------


def make_due(rule, busy, claire, saint_clar, day=MONDAY):
    """A matter of that rule, due on that day. Gives the file and what ends it."""
    long_ago = day - 40 * DAY
    match rule:
        case ReminderRule.FIRST_CONTACT:
            file = ProjectFileFactory(adviser=claire, opened_at=at(long_ago))
            return file, lambda: call(file, day)
        case ReminderRule.NO_NEXT_ACTION:
            file = busy(long_ago, active_at=at(day))
            return file, lambda: TaskFactory(file=file, assignee=claire, due_on=day + 90 * DAY)
        case ReminderRule.NO_ACTIVITY:
            file = busy(long_ago)
            return file, lambda: call(file, day)
        case ReminderRule.STILL_INTERESTED:
            file = busy(day - 70 * DAY)
            return file, lambda: call(file, day)
        case ReminderRule.PAUSE_ENDS:
            file = ProjectFileFactory(paused=True, adviser=claire, paused_until=day)
            return file, lambda: lifecycle.move_file(file=file, to=Stage.SUPPORTED, by=claire, now=at(day))
        case ReminderRule.CONSENT_PENDING:
            follow_up = IntroductionFactory(file=busy(day), awaiting=True, request__asked_at=at(long_ago))
            return follow_up.file, lambda: answer_consent(request=follow_up.request, agreed_to=[], via=Via.LINK, now=at(day))
        case ReminderRule.VILLAGE_SILENT:
            follow_up = IntroductionFactory(file=busy(day), village=saint_clar, sent=True, sent_at=at(day - 9 * DAY))
            return follow_up.file, lambda: answer_introduction(
                introduction=follow_up, answer="known", by_name="Hélène", via=Via.ORAL, by=claire, now=at(day)
            )
        case ReminderRule.CONTACT_PENDING:
            facts = {"accepted": True, "sent_at": at(long_ago), "answered_at": at(long_ago), "state_since": at(long_ago)}
            follow_up = IntroductionFactory(file=busy(day), village=saint_clar, **facts)
            return follow_up.file, lambda: confirm_contact(introduction=follow_up, via=Via.ORAL, by=claire, now=at(day))
        case ReminderRule.FUNDING_DEADLINE:
            line = FundingLineFactory(file=busy(day), deadline=day + 10 * DAY)
            return line.file, lambda: (setattr(line, "state", FundingState.LODGED), line.save())
        case ReminderRule.DECISION_OVERDUE:
            line = FundingLineFactory(file=busy(day), state=FundingState.LODGED, committee_on=long_ago)
            return line.file, lambda: (setattr(line, "state", FundingState.REFUSED), line.save())
        case ReminderRule.DOCUMENT_ASKED:
            document = DocumentFactory(file=busy(day), asked_at=at(long_ago))
            return document.file, lambda: document.delete()
        case ReminderRule.NEWS_ASKED:
            follow_up = FollowUpFactory(file=busy(stage=Stage.SETTLED, supported=False, settled_on=long_ago), due_on=day)
            return follow_up.file, lambda: answer_follow_up(
                follow_up=follow_up, facts={"still_here": "yes"}, via=Via.ORAL, now=at(day)
            )
        case ReminderRule.RETENTION:
            last = at(day) - retention.KEPT_FOR + 20 * DAY
            file = ProjectFileFactory(closed=True, adviser=claire, stage_since=last)
            return file, lambda: call(file, day)
    raise AssertionError(rule)


def call(file, day):
    events.log_event(file=file, kind=EventKind.CALL, direction=Direction.OUT, text="Appelé", author=file.adviser, now=at(day))


ALL = [rule.slug for rule in (*ADVISERS, *OUTSIDERS)]
OF_THE_PLANNER = [
    ReminderRule.TASK_DUE,
    ReminderRule.TASK_POSTPONED,
    ReminderRule.TASKS_LATE,
    ReminderRule.FILE_UNASSIGNED,
]


def test_every_rule_is_written_somewhere():
    assert sorted([*ALL, *OF_THE_PLANNER]) == sorted(ReminderRule)


@pytest.mark.parametrize("rule", ALL)
def test_it_speaks_and_says_nothing_once_its_reason_is_gone(rule, busy, claire, saint_clar):
    only(rule)
    _file, stop = make_due(rule, busy, claire, saint_clar)
    stop()
    tick(MONDAY)
    assert not Reminder.objects.filter(rule=rule).exists()
    Reminder.objects.all().delete()
    make_due(rule, busy, claire, saint_clar)
    tick(MONDAY + DAY)
    assert Reminder.objects.filter(rule=rule).exists(), "the rig sees the rule speak"


@pytest.mark.parametrize("rule", ALL)
def test_a_letter_that_waits_does_not_leave_once_its_reason_is_gone(rule, busy, claire, saint_clar):
    only(rule)
    _file, stop = make_due(rule, busy, claire, saint_clar)
    assert tick(MONDAY, send=False) == 1
    stop()
    letter = Letter.objects.filter(state=LetterState.TO_SEND).exclude(key__startswith="projects.accepted").earliest("pk")
    with time_machine.travel(at(MONDAY, "08:00"), tick=False):
        delivery.deliver(letter_id=letter.pk, now=timezone.now())
    letter.refresh_from_db()
    assert letter.state == LetterState.DROPPED


@pytest.mark.parametrize("rule", ALL)
def test_after_ten_days_without_a_clock_it_is_told_once(rule, busy, claire, saint_clar):
    only(rule)
    make_due(rule, busy, claire, saint_clar)
    for count in (10, 11):
        tick(MONDAY + count * DAY)  # a Thursday and a Friday
    told = Reminder.objects.filter(rule=rule)
    assert told.count() == told.values("rule", "target", "occurrence").distinct().count()
    assert told.values("told_at").distinct().count() == 1 or rule == ReminderRule.NO_NEXT_ACTION
    assert all(letter.state == LetterState.SENT for letter in Letter.objects.exclude(key__startswith="projects.visit"))


@pytest.mark.parametrize("rule", ALL)
@pytest.mark.parametrize(("holiday", "told"), [(d(4, 6), d(4, 7)), (d(11, 1), d(11, 2))], ids=["Easter Monday", "All Saints"])
def test_on_a_holiday_nobody_is_told_and_on_the_next_working_day_once(rule, busy, claire, saint_clar, holiday, told):
    only(rule)
    make_due(rule, busy, claire, saint_clar, holiday)
    for day in (holiday, told):
        tick(day)
    assert set(days_told(rule)) == {told}
    again = Reminder.objects.filter(rule=rule)
    assert again.count() == again.values("rule", "target", "occurrence").distinct().count()


@pytest.mark.parametrize("rule", [rule for rule in ALL if rule != ReminderRule.RETENTION])
def test_nothing_is_said_of_a_closed_file(rule, busy, claire, saint_clar):
    if rule == ReminderRule.NEWS_ASKED:
        return  # somebody who settled is asked though the file is closed
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    lifecycle.move_file(file=file, to=Stage.CLOSED, by=claire, closing_reason="gave_up", now=at(MONDAY))
    tick(MONDAY)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("rule", [rule.slug for rule in OUTSIDERS if rule.slug != ReminderRule.NEWS_ASKED])
def test_nobody_is_written_to_while_the_file_is_paused(rule, busy, claire, saint_clar):
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    lifecycle.move_file(file=file, to=Stage.PAUSED, by=claire, reason="vend", paused_until=MONDAY + 100 * DAY, now=at(MONDAY - DAY))
    tick(MONDAY)
    assert not Letter.objects.exclude(key__startswith="projects.accepted").exists()


@pytest.mark.parametrize("rule", [ReminderRule.CONSENT_PENDING, ReminderRule.VILLAGE_SILENT, ReminderRule.CONTACT_PENDING])
def test_nobody_is_written_to_once_the_holder_has_withdrawn(rule, busy, claire, saint_clar):
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    withdraw_all(file=file, by=None, reason="", now=at(MONDAY))
    tick(MONDAY)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("answer", [{"answer": "no", "words": "complet"}, {"answer": "later", "later_on": d(3, 1, 2027)}])
def test_nobody_is_written_to_who_has_refused_or_put_it_off(busy, claire, saint_clar, answer):
    only(ReminderRule.VILLAGE_SILENT)
    introduction = IntroductionFactory(file=busy(), village=saint_clar, sent=True, sent_at=at(MONDAY - 9 * DAY))
    answer_introduction(introduction=introduction, by_name="Hélène", via=Via.LINK, now=at(MONDAY), **answer)
    run(MONDAY, 30)
    assert not Letter.objects.exists()
    assert not Task.objects.exists()


@pytest.mark.parametrize("rule", [rule.slug for rule in ADVISERS])
def test_while_the_adviser_is_away_the_deputy_is_told(rule, busy, claire, sophie, saint_clar):
    only(rule)
    file, _stop = make_due(rule, busy, claire, saint_clar)
    file.deputy = sophie
    file.save()
    claire.absent_from, claire.absent_until = MONDAY, MONDAY + 3 * DAY
    claire.save()
    tick(MONDAY)
    away = Reminder.objects.filter(rule=rule, recipient=claire)
    assert not away.exists()
    assert Reminder.objects.filter(rule=rule, recipient=sophie).exists()
    tick(MONDAY + 4 * DAY)
    assert away.exists(), "and the adviser on their return"


@pytest.mark.parametrize("rule", ALL)
def test_what_the_lead_switches_off_is_silent(rule, busy, claire, saint_clar):
    only()
    make_due(rule, busy, claire, saint_clar)
    tick(MONDAY)
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("rule", ALL)
def test_the_delays_are_those_that_the_lead_set(rule, busy, claire, saint_clar):
    only(rule)
    RuleSetting.objects.filter(rule=rule).update(delays=[0 if unit == Unit.DAYS_BEFORE else 900 for unit in RULES[rule].units])
    _file, _stop = make_due(rule, busy, claire, saint_clar)
    if rule == ReminderRule.PAUSE_ENDS:
        return  # due on this very day, whatever the delay
    tick(MONDAY)
    assert not Reminder.objects.exists()


# ---- To people outside of the team -----------------------------------------------------------------------------------------


def test_one_person_gets_one_letter_a_day_whatever_is_awaited_of_them(claire, busy, saint_clar):
    only(ReminderRule.DOCUMENT_ASKED, ReminderRule.CONSENT_PENDING, ReminderRule.CONTACT_PENDING)
    for rule in (ReminderRule.DOCUMENT_ASKED, ReminderRule.CONSENT_PENDING, ReminderRule.CONTACT_PENDING):
        make_due(rule, busy, claire, saint_clar)
    tick(MONDAY)
    (letter,) = letters_to("nadia@example.org")
    assert letter.subject == "3 choses vous attendent"
    assert all(path in letter.text for path in ("/accord/", "/mon-projet/", "/prise-de-contact/"))


def test_what_is_held_back_waits_for_its_day(claire, busy, saint_clar):
    only(ReminderRule.DOCUMENT_ASKED)
    file, _stop = make_due(ReminderRule.DOCUMENT_ASKED, busy, claire, saint_clar)
    target = f"document_asked:{file.documents.get().pk}"
    Hold.objects.create(rule=ReminderRule.DOCUMENT_ASKED, target=target, by=claire, until=MONDAY + 2 * DAY)
    tick(MONDAY)
    tick(MONDAY + DAY)
    assert not letters_to("nadia@example.org").exists()
    tick(MONDAY + 2 * DAY)
    assert letters_to("nadia@example.org").count() == 1


def test_the_preview_of_the_week_says_what_leaves_and_writes_nothing(claire, busy, saint_clar):
    only(ReminderRule.DOCUMENT_ASKED, ReminderRule.CONTACT_PENDING)
    make_due(ReminderRule.DOCUMENT_ASKED, busy, claire, saint_clar)
    IntroductionFactory(
        file=busy(), village=saint_clar, accepted=True, sent_at=at(MONDAY), answered_at=at(MONDAY), state_since=at(MONDAY - 3 * DAY)
    )
    with time_machine.travel(at(MONDAY, "07:00"), tick=False):
        found = nudges.nudges_of_the_week(MONDAY)
    assert [(day, nudge.rule) for day, nudge in found] == [
        (MONDAY, ReminderRule.DOCUMENT_ASKED),
        (d(11, 27), ReminderRule.CONTACT_PENDING),
    ]
    assert not Reminder.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rule", ALL)
def test_five_clocks_at_once_tell_it_once(rule, busy, claire, saint_clar):
    only(rule)
    make_due(rule, busy, claire, saint_clar)
    for hour in ("07:30", "07:31", "07:32"):
        outcomes = in_threads(5, lambda n, hour=hour: planner.write_due_letters(now=at(MONDAY, hour)))
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    told = Reminder.objects.filter(rule=rule)
    assert told.count() == told.values("rule", "target", "occurrence").distinct().count() == 1
    assert Letter.objects.filter(key__in=told.values("letter_key")).count() == 1


# ---- The lead's settings and the preview, on their pages ---------------------------------------------------------------------


@pytest.fixture
def at_the_desk(settings, client):
    settings.STAFF_MFA_REQUIRED = False

    def sit_down(user):
        client.force_login(user)
        return client

    return sit_down


def test_the_lead_sets_the_delays_and_advisers_read_them(at_the_desk, claire, lead):
    desk = at_the_desk(lead)
    page = desk.get("/admin/projects/rulesetting/")
    assert RuleSetting.objects.count() == len(RULES)
    assert "pause qui finit" in page.content.decode()
    row = RuleSetting.objects.get(rule=ReminderRule.PAUSE_ENDS)
    address = f"/admin/projects/rulesetting/{row.pk}/change/"
    assert desk.post(address, {"delays": "14", "is_active": "on"}).status_code == 200
    assert desk.post(address, {"delays": "14,-1", "is_active": "on"}).status_code == 200
    assert desk.post(address, {"delays": "14,20", "is_active": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.delays == [14, 20]
    assert at_the_desk(claire).post(address, {"delays": "1,1"}).status_code == 403


def test_an_adviser_holds_a_letter_on_the_preview_and_lets_it_go(at_the_desk, claire, busy, saint_clar, time_machine):
    time_machine.move_to(at(MONDAY, "07:00"), tick=False)
    file, _stop = make_due(ReminderRule.DOCUMENT_ASKED, busy, claire, saint_clar)
    desk, page, press = at_the_desk(claire), "/admin/projects/hold/semaine/", "/admin/projects/hold/retenir/"
    target = f"document_asked:{file.documents.get().pk}"
    assert "nadia@example.org" in desk.get(page).content.decode()
    desk.post(press, {"rule": "document_asked", "target": target, "what": "skip"})
    assert "nadia@example.org" not in desk.get(page).content.decode()
    desk.post(press, {"rule": "document_asked", "target": target, "what": "go"})
    assert "nadia@example.org" in desk.get(page).content.decode()
    for wrong in ({"rule": "task_due", "target": "task:1"}, {"rule": "document_asked", "target": "x"}):
        assert desk.post(press, {**wrong, "what": "skip"}).status_code == 404
