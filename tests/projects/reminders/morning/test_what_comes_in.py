"""What holders do, and days that come, make cards."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from projects import links
from projects.activity import events
from projects.documents.services import receive_document
from projects.enums import (
    ClosingReason,
    Direction,
    EventKind,
    Stage,
    Via,
)
from projects.files import lifecycle
from projects.introductions import choosing
from projects.introductions.services import answer_consent, ask_consent, move_introduction, withdraw_all
from tests.factories.members import UserFactory
from tests.factories.projects import (
    DocumentFactory,
    FollowUpFactory,
    HouseholdFactory,
    IntroductionFactory,
)
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.reminders.morning.cards import DAY, NOW, PRESS, TODAY, State, cards, planned

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a paper"


# ---- What the holder does ------------------------------------------------------------------------------------------------


def asked_for_consent(claire, **facts):
    file = planned(claire, **facts)
    HouseholdFactory(file=file)
    villages = [VillageFactory(commune__name=name, slug=name.lower()) for name in ("Aignan", "Barran")]
    for village in villages:
        CommitteeMemberFactory(village=village, lead=True, email=f"{village.slug}@example.org")
    choosing.choose_villages(file=file, reasons={village: [] for village in villages}, by=claire, now=NOW)
    return file, ask_consent(file=file, by=claire, now=NOW), villages


def test_a_consent_refused_is_a_card_until_somebody_calls(client, claire, clock):
    file, request, _villages = asked_for_consent(claire)
    assert not cards(claire, "porteurs")
    client.post(links.consent_link(request), {"answer": "no"})
    (card,) = cards(claire, "porteurs")
    assert card.file == file
    assert "Aignan" in card.why
    assert "Barran" in card.why
    clock.move_to(NOW + 90 * DAY, tick=False)
    assert len(cards(claire, "porteurs")) == 1
    events.log_event(file=file, kind=EventKind.CALL, direction=Direction.OUT, text="Appelée", author=claire, now=NOW + 90 * DAY)
    assert not cards(claire, "porteurs")


def test_a_consent_given_to_one_of_two_tells_which(client, claire):
    _file, request, (aignan, _barran) = asked_for_consent(claire)
    client.post(links.consent_link(request), {"answer": "yes", "villages": [aignan.pk]})
    (card,) = cards(claire, "porteurs")
    assert card.why.index("Aignan") < card.why.index("Barran")


def test_what_an_adviser_noted_of_a_consent_is_no_card(claire):
    _file, request, _villages = asked_for_consent(claire)
    answer_consent(request=request, agreed_to=[], via=Via.ORAL, by=claire, now=NOW)
    assert not cards(claire, "porteurs")


def press_on_own_page(client, file, **facts):
    address = reverse("projects:own-file-act", args=[links.file_link(file).rstrip("/").rpartition("/")[2]])
    return client.post(address, facts)


def test_introductions_taken_back_by_the_holder_are_a_card_and_those_the_portal_takes_back_are_none(client, claire):
    file, other = planned(claire), planned(claire)
    for each_file in (file, other):
        IntroductionFactory(file=each_file, sent=True, sent_at=NOW - DAY)
        IntroductionFactory(file=each_file, sent=True, sent_at=NOW - DAY)
    press_on_own_page(client, file, act="withdraw")
    withdraw_all(file=other, by=claire, reason="autre projet", now=NOW)
    assert [card.file for card in cards(claire, "porteurs")] == [file]


def test_the_end_of_a_project_by_its_holder_is_a_card_although_the_file_is_closed(client, claire):
    file = planned(claire)
    press_on_own_page(client, file, act="end")
    file.refresh_from_db()
    assert file.stage == Stage.CLOSED
    assert [card.file for card in cards(claire, "porteurs")] == [file]
    closed = planned(claire)
    lifecycle.move_file(file=closed, to=Stage.CLOSED, by=claire, closing_reason=ClosingReason.NO_NEWS, now=NOW)
    assert [card.file for card in cards(claire, "porteurs")] == [file]


def test_a_paper_that_came_from_the_holder_is_a_card_and_one_that_an_adviser_put_in_is_none(client, claire):
    file = planned(claire)
    asked = DocumentFactory(file=file, label="Deux devis", asked_at=NOW - DAY)
    press_on_own_page(client, file, act="paper", document=asked.pk, upload=SimpleUploadedFile("devis.pdf", PDF))
    (card,) = cards(claire, "porteurs")
    assert "Deux devis" in card.why
    receive_document(file=file, upload=SimpleUploadedFile("b.pdf", PDF), name="b.pdf", label="À nous", by=claire, now=NOW)
    assert len(cards(claire, "porteurs")) == 1


def test_still_on_and_joined_answers_are_cards(client, client_of, claire):
    file = planned(claire)
    press_on_own_page(client, file, act="still-on")
    joined = planned(claire, holder__user=UserFactory())
    client_of(joined.holder.user).post(
        reverse("join-answers"), {"file": joined.reference, "answers": "connexion=toujours&logement=louer&budget=650"}
    )
    assert {card.file for card in cards(claire, "porteurs")} == {file, joined}


def test_news_without_a_worry_are_read_and_those_with_one_are_called(client, claire):
    fine, weak = (FollowUpFactory(file__adviser=claire, due_on=TODAY) for _ in range(2))
    client.post(links.news_link(fine), {"still_here": "yes", "knows_people": "3"})
    client.post(links.news_link(weak), {"still_here": "yes", "knows_people": "1"})
    assert [card.file for card in cards(claire, "porteurs")] == [fine.file]
    assert [card.file for card in cards(claire, "appeler")] == [weak.file]


def test_what_a_holder_did_is_seen_by_a_press_and_stays_so(desk, client_of, claire, clock):
    file = planned(claire)
    press_on_own_page(client_of(None), file, act="still-on")
    (card,) = cards(claire, "porteurs")
    desk.post(PRESS, {"card": card.key, "act": "done", "basket": "porteurs"})
    assert not cards(claire, "porteurs")
    clock.move_to(NOW + 30 * DAY, tick=False)
    assert not cards(claire, "porteurs")
    press_on_own_page(client_of(None), file, act="still-on")
    assert len(cards(claire, "porteurs")) == 1


# ---- Days that come ------------------------------------------------------------------------------------------------------


def test_the_day_from_which_a_village_could_is_a_card(client, claire, clock):
    file = planned(claire)
    introduction = IntroductionFactory(file=file, sent=True, sent_at=NOW - DAY)
    seat = CommitteeMemberFactory(village=introduction.village, lead=True, email="helene@example.org")
    client.post(links.answer_link(introduction, seat), {"answer": "later", "later_on": "2027-02-15"})
    events.log_event(file=file, kind=EventKind.CALL, direction=Direction.OUT, text="Dit", author=claire, now=timezone.now())
    clock.move_to(dt.datetime(2027, 2, 14, 9, tzinfo=dt.UTC), tick=False)
    assert not cards(claire, "villages")
    clock.move_to(dt.datetime(2027, 2, 15, 9, tzinfo=dt.UTC), tick=False)
    (card,) = cards(claire, "villages")
    assert (card.file, "lundi 15 février" in card.why) == (file, True)
    clock.move_to(dt.datetime(2027, 6, 1, 9, tzinfo=dt.UTC), tick=False)
    assert len(cards(claire, "villages")) == 1, "until somebody answers it"


def test_the_day_after_a_visit_is_a_card_until_its_outcome_is_written(desk, claire, clock):
    file = planned(claire)
    introduction = IntroductionFactory(file=file, accepted=True, sent_at=NOW - 9 * DAY, answered_at=NOW - 8 * DAY)
    page = reverse("admin:projects_introduction_visit", args=[introduction.pk])
    assert desk.post(page, {"at_0": "2026-11-26", "at_1": "14:30"}).status_code == 302
    clock.move_to(NOW + 2 * DAY + dt.timedelta(hours=9), tick=False)  # the evening of the visit
    assert not cards(claire, "visites")
    clock.move_to(NOW + 3 * DAY, tick=False)
    (card,) = cards(claire, "visites")
    assert (card.file, "jeudi 26 novembre" in card.why) == (file, True)
    events.log_event(file=file, kind=EventKind.CALL, direction=Direction.OUT, text="Alors ?", author=claire, now=timezone.now())
    assert len(cards(claire, "visites")) == 1, "what became of it is not written"
    move_introduction(introduction=introduction, to=State.NOT_CHOSEN, by=claire, now=timezone.now())
    assert not cards(claire, "visites")


def test_an_answer_is_told_once_the_visit_is_planned(desk, claire):
    introduction = IntroductionFactory(file=planned(claire), accepted=True, sent_at=NOW - 9 * DAY, answered_at=NOW - 8 * DAY)
    assert len(cards(claire, "reponses")) == 1
    desk.post(reverse("admin:projects_introduction_visit", args=[introduction.pk]), {"at_0": "2026-11-26", "at_1": "14:30"})
    assert not cards(claire, "reponses")


def test_dates_of_another_year_carry_it(claire):
    introduction = IntroductionFactory(file=planned(claire), sent=True, sent_at=dt.datetime(2025, 12, 23, 9, tzinfo=dt.UTC))
    assert "mardi 23 décembre 2025" in cards(claire, "villages")[0].why
    assert introduction.sent_at.year == 2025
