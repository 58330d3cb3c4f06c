"""A candidate introduced to villages: three at a time, with a consent that is kept, answered once without an account."""

import datetime as dt
import re

import pytest
import time_machine
from django.core import signing
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
from projects.enums import Ball, IntroductionState, SettlingTrack, Via
from projects.introductions import choosing, sharing
from projects.introductions.services import (
    answer_consent,
    answer_introduction,
    ask_consent,
    confirm_contact,
    move_introduction,
    plan_visit,
    send_ready,
    withdraw_all,
)
from projects.models import ConsentRequest, Introduction, IntroductionMove, Task
from tests.factories.members import UserFactory
from tests.factories.projects import HouseholdFactory, ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)  # Tuesday, noon in Paris
DAY = dt.timedelta(days=1)
State = IntroductionState


@pytest.fixture
def adviser():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def file(adviser):
    file = ProjectFileFactory(
        supported=True,
        adviser=adviser,
        opened_at=NOON - 30 * DAY,
        holder__first_name="Nadia",
        holder__last_name="Ferrand",
        holder__email="nadia@example.org",
        holder__phone="+33612345678",
        title="Traduction technique",
    )
    HouseholdFactory(file=file, adults=2, children=1, school_levels=["elementaire"])
    return file


def village(name: str, **facts):
    village = VillageFactory(commune__name=name, slug=name.lower(), **facts)
    CommitteeMemberFactory(village=village, lead=True, name=f"Hélène de {name}", email=f"{name.lower()}@example.org")
    return village


def chosen(file, *villages, now=NOON):
    return choosing.choose_villages(file=file, reasons={village: ["La fibre"] for village in villages}, by=file.adviser, now=now)


def sent(file, *villages, now=NOON):
    """Chosen, agreed to and written to."""
    chosen(file, *villages, now=now)
    request = ask_consent(file=file, by=file.adviser, now=now)
    answer_consent(request=request, agreed_to=[village.pk for village in villages], via=Via.LINK, now=now)
    send_ready(now=now)
    return list(file.introductions.order_by("pk"))


def states(file) -> list[str]:
    return list(file.introductions.order_by("pk").values_list("state", flat=True))


# ---- Choosing ----------------------------------------------------------------------------------------------------------


def test_three_villages_at_a_time_and_nobody_is_written_to(file):
    chosen(file, village("Aignan"), village("Barran"), village("Cologne"))
    assert states(file) == [State.DRAFT] * 3
    assert sorted(file.introductions.values_list("slot", flat=True)) == [1, 2, 3]
    with pytest.raises(refusals.IntroductionRefused, match="Trois villages"):
        chosen(file, village("Denguin"))
    assert not Letter.objects.exists()


def test_not_the_same_village_twice_nor_one_that_welcomes_nobody(file):
    aignan = village("Aignan")
    chosen(file, aignan)
    for refused in (aignan, village("Barran", monthly_capacity=0)):
        with pytest.raises(refusals.IntroductionRefused):
            chosen(file, refused)
    assert states(file) == [State.DRAFT]


def test_only_a_supported_file_is_introduced(adviser):
    with pytest.raises(refusals.IntroductionRefused):
        chosen(ProjectFileFactory(adviser=adviser), village("Aignan"))


@pytest.mark.django_db(transaction=True)
def test_two_advisers_at_once_do_not_make_it_four(file):
    villages = [village(name) for name in ("Aignan", "Barran", "Cologne", "Denguin")]
    outcomes = in_threads(4, lambda n: chosen(file, villages[n], villages[(n + 1) % 4]))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(introduction, refusals.IntroductionRefused) for introduction in refused)
    assert 2 <= file.introductions.count() <= 3


def test_the_database_itself_refuses_a_fourth_and_a_place_without_life(file):
    chosen(file, village("Aignan"), village("Barran"), village("Cologne"))
    for facts in ({"slot": 4}, {"slot": None}, {"slot": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Introduction.objects.create(file=file, village=village(f"V{facts['slot']}"), **facts)


# ---- Consent ------------------------------------------------------------------------------------------------------------


def test_the_holder_is_asked_with_the_very_lines_and_nothing_leaves_before(client, file):
    chosen(file, village("Aignan"), village("Barran"))
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    letter = Letter.objects.get()
    assert letter.to == "nadia@example.org"
    for line in request.lines:
        assert line.value in letter.text
    assert "0612345678" not in letter.text.replace(" ", "") or "seulement" in letter.text
    assert send_ready(now=NOON) == 0
    file.refresh_from_db()
    assert file.ball == Ball.HOLDER
    page = client.get(links.consent_link(request))
    assert page.status_code == 200
    assert states(file) == [State.AWAITING_CONSENT] * 2, "looking changes nothing"


def test_what_is_agreed_to_is_kept_as_it_was_whatever_the_file_becomes(file):
    (introduction,) = sent(file, village("Aignan"))
    request = introduction.request
    file.title = "Tout autre chose"
    file.save()
    request.refresh_from_db()
    told = request.lines
    assert "Traduction technique" in [line.value for line in told]
    assert request.agreed
    assert request.fingerprint == sharing.fingerprint_of(told, request.words)
    for change in ({"snapshot": []}, {"agreed": False}, {"words": "tout"}):
        with pytest.raises(IntegrityError, match="kept as it was"), transaction.atomic():
            ConsentRequest.objects.filter(pk=request.pk).update(**change)


def test_the_holder_keeps_one_village_and_leaves_the_other(client, file):
    aignan, barran = village("Aignan"), village("Barran")
    chosen(file, aignan, barran)
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    link = links.consent_link(request)
    assert client.post(link, {"answer": "yes"}).status_code == 422
    assert client.post(link, {"answer": "yes", "villages": [barran.pk]}).status_code == 200
    assert states(file) == [State.WITHDRAWN, State.READY]
    assert "Vous avez répondu" in client.post(link, {"answer": "no"}).content.decode()
    assert states(file) == [State.WITHDRAWN, State.READY], "the first answer stands"


def test_a_no_to_all_shares_nothing(client, file):
    chosen(file, village("Aignan"))
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    client.post(links.consent_link(request), {"answer": "no", "villages": [file.introductions.get().village_id]})
    assert states(file) == [State.WITHDRAWN]
    assert send_ready(now=NOON + DAY) == 0
    assert Letter.objects.count() == 1
    assert reason_has_gone(Letter.objects.get().key)


def test_a_forged_or_old_consent_link_says_what_to_do(client, file):
    chosen(file, village("Aignan"))
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    forged = [
        reverse("projects:consent", args=["abc"]),
        reverse("projects:consent", args=[signing.dumps([request.pk, "0" * 32], salt=links.CONSENT)]),
        links.consent_link(request)[:-3] + "x/",
    ]
    for address in forged:
        answer = client.post(address, {"answer": "yes", "villages": [file.introductions.get().village_id]})
        assert answer.status_code == 410
        assert "ppelez-nous" in answer.content.decode()
    withdraw_all(file=file, by=file.adviser, reason="changed their mind", now=NOON)
    assert client.get(links.consent_link(request)).status_code == 410
    assert states(file) == [State.WITHDRAWN]


# ---- Sending -----------------------------------------------------------------------------------------------------------


def test_one_letter_a_village_and_day_however_many_families(adviser, file):
    aignan = village("Aignan", monthly_capacity=3)
    other = ProjectFileFactory(supported=True, adviser=adviser, holder__first_name="Omar")
    for each_file in (file, other):
        chosen(each_file, aignan)
        request = ask_consent(file=each_file, by=adviser, now=NOON)
        answer_consent(request=request, agreed_to=[aignan.pk], via=Via.LINK, now=NOON)
    Letter.objects.all().delete()
    assert send_ready(now=NOON) == 1
    letter = Letter.objects.get()
    assert letter.to == "aignan@example.org"
    assert "Nadia" in letter.text
    assert "Omar" in letter.text
    assert "Ferrand" not in letter.text, "the name comes after the yes"
    assert send_ready(now=NOON) == 0
    third = ProjectFileFactory(supported=True, adviser=adviser)
    sent(third, aignan, now=NOON + dt.timedelta(hours=1))
    assert states(third) == [State.READY], "a second letter waits for the next day"
    assert send_ready(now=NOON + DAY) == 1
    assert states(third) == [State.SENT]


def test_while_the_lead_is_away_the_deputy_reads(file):
    aignan = village("Aignan")
    aignan.committee.update(absent_from="2026-11-20", absent_until="2026-11-27")
    CommitteeMemberFactory(village=aignan, role="deputy", name="Marc", email="marc@example.org")
    (introduction,) = sent(file, aignan)
    assert introduction.reader_name == "Marc"
    assert Letter.objects.filter(to="marc@example.org").exists()


def test_where_nobody_can_be_written_to_the_adviser_telephones(file):
    (introduction,) = sent(file, VillageFactory(commune__name="Barran"))
    task = Task.objects.get(introduction=introduction)
    assert (introduction.state, task.assignee, "Barran" in task.title) == (State.SENT, file.adviser, True)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_letter(file):
    aignan = village("Aignan")
    chosen(file, aignan)
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    answer_consent(request=request, agreed_to=[aignan.pk], via=Via.LINK, now=NOON)
    assert not [outcome for outcome in in_threads(4, lambda n: send_ready(now=NOON)) if isinstance(outcome, Exception)]
    assert Letter.objects.filter(to="aignan@example.org").count() == 1
    assert IntroductionMove.objects.filter(to_state=State.SENT).count() == 1


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
