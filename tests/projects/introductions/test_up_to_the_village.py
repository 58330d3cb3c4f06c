"""Three villages at a time, with a consent that is kept, in one letter a village and day."""

import datetime as dt

import pytest
from django.core import signing
from django.db import IntegrityError, transaction
from django.urls import reverse

from outbox.models import Letter
from outbox.stops import reason_has_gone
from projects import links
from projects.activity import refusals
from projects.enums import Ball, Via
from projects.introductions import sharing
from projects.introductions.services import (
    answer_consent,
    ask_consent,
    send_ready,
    withdraw_all,
)
from projects.models import ConsentRequest, Introduction, IntroductionMove, Task
from tests.factories.projects import ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.introductions.introduced import DAY, NOON, State, chosen, sent, states, village
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db


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
