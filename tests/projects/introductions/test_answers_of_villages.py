"""What a village answers without an account, once; what comes of it."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from common.typography import clock as clock_face
from outbox.delivery import deliver_due
from outbox.enums import LetterState
from outbox.models import Letter
from outbox.stops import reason_has_gone
from projects import links
from projects.activity import refusals
from projects.enums import Ball, SettlingTrack, Via
from projects.introductions.services import (
    answer_introduction,
    confirm_contact,
    move_introduction,
    plan_visit,
    withdraw_all,
)
from projects.models import Introduction, IntroductionMove, Task
from tests.factories.projects import ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.introductions.introduced import DAY, NOON, State, chosen, sent, states, village
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db


# ---- The village's answer ----------------------------------------------------------------------------------------------


def link_of(introduction) -> str:
    return links.answer_link(introduction, introduction.village.committee.in_order().first())


def test_a_look_never_answers_and_a_press_does_with_the_contact_after_the_yes(client, file):
    (introduction,) = sent(file, village("Aignan"))
    link = link_of(introduction)
    page = client.get(link).content.decode()
    assert "Traduction technique" in page
    assert "Ferrand" not in page
    assert "nadia@example.org" not in page
    assert states(file) == [State.SENT]
    answer = client.post(link, {"answer": "yes", "words": "Samedi 28 ou samedi 5"}).content.decode()
    assert "nadia@example.org" in answer
    assert "Ferrand" in answer
    file.refresh_from_db()
    assert states(file) == [State.ACCEPTED]
    assert (file.ball, file.settling_track) == (Ball.ADVISER, SettlingTrack.INTRODUCED)
    told = Letter.objects.get(key=f"projects.accepted:{introduction.pk}")
    assert "Samedi 28" in told.text
    assert re.search(r"/prise-de-contact/\S+", told.text)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"answer": "no", "words": "Aucun logement avant l’été"}, State.DECLINED),
        ({"answer": "later", "later_on": "2099-03-01"}, State.LATER),
        ({"answer": "known"}, State.CONTACT_MADE),
    ],
)
def test_the_other_answers(client, file, answer, state):
    (introduction,) = sent(file, village("Aignan"))
    assert client.post(link_of(introduction), answer).status_code == 200
    introduction.refresh_from_db()
    assert (introduction.state, introduction.answered_by) == (state, "Hélène de Aignan")
    assert introduction.slot is None or state == State.CONTACT_MADE


@pytest.mark.parametrize(("answer", "state"), [("yes", State.ACCEPTED), ("no", State.DECLINED), ("known", State.CONTACT_MADE)])
def test_a_village_that_said_not_now_may_say_more_by_the_same_link(client, file, answer, state):
    (introduction,) = sent(file, village("Aignan"))
    for said in ({"answer": "later", "later_on": "2099-03-01"}, {"answer": answer, "words": "Un logement s’est libéré"}):
        assert client.post(link_of(introduction), said).status_code == 200
    introduction.refresh_from_db()
    assert (introduction.state, introduction.later_on, introduction.answer) == (state, None, "Un logement s’est libéré")


@pytest.mark.parametrize(
    "answer",
    [{"answer": "no"}, {"answer": "later"}, {"answer": "later", "later_on": "2020-01-01"}, {"answer": "perhaps"}, {}],
)
def test_an_answer_that_lacks_something_is_said_beside_the_field_and_changes_nothing(client, file, answer):
    (introduction,) = sent(file, village("Aignan"))
    page = client.post(link_of(introduction), answer | {"words": answer.get("words", "")})
    assert page.status_code == 422
    assert 'class="errors"' in page.content.decode()
    assert states(file) == [State.SENT]


def test_the_second_of_the_committee_sees_the_first_answer(client, file):
    aignan = village("Aignan")
    deputy = CommitteeMemberFactory(village=aignan, role="deputy", email="marc@example.org")
    (introduction,) = sent(file, aignan)
    client.post(link_of(introduction), {"answer": "no", "words": "complet"})
    page = client.post(links.answer_link(introduction, deputy), {"answer": "yes"})
    assert "Hélène de Aignan" in page.content.decode()
    assert states(file) == [State.DECLINED]


def test_a_late_answer_is_taken_unless_three_others_have_come_between(client, file):
    (introduction,) = sent(file, village("Aignan"))
    move_introduction(introduction=introduction, to=State.NO_ANSWER, by=None, now=NOON + 30 * DAY)
    chosen(file, village("Barran"), village("Cologne"), village("Denguin"))
    assert client.post(link_of(introduction), {"answer": "yes"}).status_code == 409
    introduction.refresh_from_db()
    assert introduction.state == State.NO_ANSWER
    move_introduction(introduction=file.introductions.get(village__slug="barran"), to=State.WITHDRAWN, by=file.adviser, now=NOON)
    assert client.post(link_of(introduction), {"answer": "yes"}).status_code == 200
    introduction.refresh_from_db()
    assert introduction.state == State.ACCEPTED


def test_a_withdrawn_introduction_and_a_reader_who_left_find_a_dead_link(client, file):
    (introduction,) = sent(file, village("Aignan"))
    link = link_of(introduction)
    withdraw_all(file=file, by=None, reason="", now=NOON)
    for method in (client.get, client.post):
        assert method(link).status_code == 410
    assert reason_has_gone(Letter.objects.get(to="aignan@example.org").key)
    (other,) = sent(ProjectFileFactory(supported=True, adviser=file.adviser), village("Barran"))
    link = link_of(other)
    other.village.committee.all().delete()
    assert client.get(link).status_code == 410


def test_an_answer_said_on_the_telephone_counts_and_ends_the_task(file):
    (introduction,) = sent(file, VillageFactory(commune__name="Barran"))
    answer_introduction(introduction=introduction, answer="yes", by_name="M. Daste", via=Via.ORAL, by=file.adviser, now=NOON + DAY)
    move = IntroductionMove.objects.latest("pk")
    assert (move.via, move.by, move.by_name) == (Via.ORAL, file.adviser, "M. Daste")
    assert Task.objects.get(introduction=introduction).done_by == file.adviser


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(file):
    (introduction,) = sent(file, village("Aignan"))

    def answer(n):
        return answer_introduction(
            introduction=introduction, answer=("yes", "known")[n % 2], by_name=str(n), via=Via.LINK, now=NOON + DAY
        )

    outcomes = in_threads(6, answer)
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert all(isinstance(outcome, Introduction | refusals.IntroductionRefused) for outcome in outcomes)


def test_the_database_refuses_to_change_a_step(file):
    sent(file, village("Aignan"))
    with pytest.raises(IntegrityError), transaction.atomic():
        IntroductionMove.objects.update(reason="autre")
    IntroductionMove.objects.all().delete()
    with pytest.raises(IntegrityError, match="append-only"):
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


# ---- In touch, visited ---------------------------------------------------------------------------------------------------


def accepted(file, *, now=NOON):
    (introduction,) = sent(file, village("Aignan"), now=now)
    return answer_introduction(introduction=introduction, answer="yes", by_name="Hélène", via=Via.LINK, now=now)


def test_the_candidate_confirms_by_a_press_and_once(client, file):
    introduction = accepted(file)
    link = links.contact_link(introduction)
    assert client.get(link).status_code == 200
    assert states(file) == [State.ACCEPTED]
    for _press in range(2):
        assert client.post(link).status_code == 200
    assert states(file) == [State.CONTACT_MADE]
    assert introduction.moves.filter(to_state=State.CONTACT_MADE).count() == 1


def test_a_visit_is_told_to_both_with_an_event_and_told_anew_when_moved(file):
    introduction = accepted(file)
    when = NOON + 4 * DAY
    plan_visit(introduction=introduction, at=when, by=file.adviser, now=NOON)
    letters = Letter.objects.filter(key__startswith="projects.visit:")
    assert {letter.to for letter in letters} == {"nadia@example.org", "aignan@example.org"}
    assert all("BEGIN:VEVENT" in letter.attachments[0]["text"] for letter in letters)
    plan_visit(introduction=introduction, at=when + DAY, by=file.adviser, now=NOON)
    letters = Letter.objects.filter(key__startswith="projects.visit:")
    assert letters.count() == 4
    assert sum(reason_has_gone(letter.key) for letter in letters) == 2, "the first hour is not true any more"
    with pytest.raises(refusals.IntroductionRefused):
        plan_visit(introduction=introduction, at=NOON - DAY, by=file.adviser, now=NOON)


@pytest.mark.parametrize("now", ["2027-01-12T22:30+00:00", "2027-07-06T21:30+00:00", "2027-07-06T22:30+00:00"])
def test_a_visit_planned_on_its_page_leaves_and_so_does_each_change_of_mind(client_of, settings, file, now):
    settings.STAFF_MFA_REQUIRED = False
    with time_machine.travel(dt.datetime.fromisoformat(now), tick=False) as clock:
        introduction = accepted(file, now=timezone.now())
        page = reverse("admin:projects_introduction_visit", args=[introduction.pk])
        day, numbers = timezone.localdate() + 4 * DAY, []
        for hour in ("14:30", "10:00", "14:30"):
            assert client_of(file.adviser).post(page, {"at_0": f"{day}", "at_1": hour}).status_code == 302
            clock.shift(60)
            deliver_due(now=timezone.now())
            told = Letter.objects.filter(key__startswith="projects.visit:").order_by("-pk")[:2]
            assert [(letter.state, clock_face(dt.time.fromisoformat(hour)) in letter.text) for letter in told] == [
                (LetterState.SENT, True)
            ] * 2
            numbers.append(int(re.search(r"SEQUENCE:(\d+)", told[0].attachments[0]["text"])[1]))
        assert Letter.objects.filter(key__startswith="projects.visit:").count() == 6
        assert numbers == sorted(set(numbers)), "a calendar takes the newest, whichever hour it names"


def test_a_village_written_to_in_the_evening_and_after_midnight_gets_both(file):
    aignan = village("Aignan", monthly_capacity=2)
    evening = dt.datetime(2027, 7, 6, 21, 40, tzinfo=dt.UTC)  # 23:40 in Paris
    for now in (evening, evening + dt.timedelta(hours=1)):
        other = ProjectFileFactory(supported=True, adviser=file.adviser, opened_at=NOON)
        with time_machine.travel(now, tick=False):
            sent(other, aignan, now=now)
            deliver_due(now=now)
    letters = Letter.objects.filter(key__startswith="projects.introductions:").order_by("pk")
    assert [letter.state for letter in letters] == [LetterState.SENT] * 2


def test_the_whole_way_to_the_chosen_village(file):
    introduction = accepted(file)
    confirm_contact(introduction=introduction, via=Via.ORAL, by=file.adviser, now=NOON)
    for to in (State.VISITED, State.CHOSEN):
        move_introduction(introduction=introduction, to=to, by=file.adviser, now=NOON)
    assert list(introduction.moves.order_by("pk").values_list("to_state", flat=True)) == [
        State.AWAITING_CONSENT,
        State.READY,
        State.SENT,
        State.ACCEPTED,
        State.CONTACT_MADE,
        State.VISITED,
        State.CHOSEN,
    ]
    with pytest.raises(refusals.IntroductionRefused):
        move_introduction(introduction=introduction, to=State.WITHDRAWN, by=file.adviser, now=NOON)


def test_the_table_of_states_leads_nowhere_it_should_not():
    for state in State:
        assert state not in state.next_states
    ends = {State.NOT_CHOSEN, State.DECLINED, State.WITHDRAWN}
    assert {state for state in State if not state.next_states} == ends
    assert State.CHOSEN.next_states == {State.NOT_CHOSEN}, "a choice may fall through"
    assert all(State.WITHDRAWN in state.next_states for state in State if state.is_live or state in State.asked())
