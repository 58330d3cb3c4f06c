"""A card of the morning goes when its fact goes, and in no other way; the lead's rules, the holders' doings and the village's days
make cards."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import capfirst

from projects import links
from projects.activity import events, refusals
from projects.documents.services import receive_document
from projects.enums import (
    ClosingReason,
    Direction,
    EventKind,
    FundingState,
    IntroductionState,
    ReminderRule,
    Stage,
    Via,
)
from projects.files import lifecycle
from projects.introductions import choosing
from projects.introductions.services import answer_consent, ask_consent, move_introduction, withdraw_all
from projects.models import Aside, RuleSetting
from projects.reminders import holding
from projects.reminders.morning import SHOWN, Morning, aside
from tests.factories.members import UserFactory
from tests.factories.projects import (
    DocumentFactory,
    FollowUpFactory,
    FundingLineFactory,
    HouseholdFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.factories.villages import CommitteeMemberFactory, VillageFactory

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)  # Tuesday, ten o'clock in Paris
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
INDEX, PRESS = "/admin/", "/admin/projects/projectfile/matinee/"
PDF = b"%PDF-1.7 a paper"
State = IntroductionState


@pytest.fixture(autouse=True)
def clock(time_machine, settings, tmp_path):
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def desk(client_of, claire):
    return client_of(claire)


def planned(adviser, **facts):
    """Somebody has spoken to them, and something is planned."""
    file = ProjectFileFactory(supported=True, adviser=adviser, **{"last_contact_out_at": NOW - 20 * DAY} | facts)
    TaskFactory(file=file, assignee=adviser, due_on=TODAY + 60 * DAY)
    return file


def cards(user, slug, *, now=None, team=False):
    baskets = Morning(user, now=now or timezone.now(), team=team).baskets
    return next(basket for basket in baskets if basket.slug == slug).cards


def one_of_each_fact(adviser):
    """By the basket where it stands, something that is so and that nobody has mended."""
    file = planned(adviser)
    village = VillageFactory()
    CommitteeMemberFactory(village=village, lead=True, email="helene@example.org")
    return {
        "first": ("appeler", ProjectFileFactory(adviser=adviser, opened_at=NOW - DAY)),
        "nothing": ("sans-suite", ProjectFileFactory(supported=True, adviser=adviser, last_contact_out_at=NOW - 20 * DAY)),
        "pause": ("pauses", ProjectFileFactory(paused=True, adviser=adviser, paused_until=TODAY + 2 * DAY)),
        "silent": ("villages", IntroductionFactory(file=file, village=village, sent=True, sent_at=NOW - 10 * DAY).file),
        "answer": (
            "reponses",
            IntroductionFactory(file=planned(adviser), accepted=True, sent_at=NOW - 3 * DAY, answered_at=NOW - DAY).file,
        ),
        "money": ("financements", FundingLineFactory(file=planned(adviser), deadline=TODAY + 3 * DAY).file),
        "decision": (
            "financements",
            FundingLineFactory(file=planned(adviser), state=FundingState.LODGED, committee_on=TODAY - 9 * DAY).file,
        ),
        "paper": ("documents", DocumentFactory(file=planned(adviser), asked_at=NOW - 9 * DAY).file),
        "news": (
            "appeler",
            FollowUpFactory(file__adviser=adviser, answered_at=NOW - DAY, still_here="yes", knows_people=1).file,
        ),
    }


FACTS = ["first", "nothing", "pause", "silent", "answer", "money", "decision", "paper", "news"]


@pytest.mark.parametrize("kind", FACTS)
@pytest.mark.parametrize("after", [0, 3, 60])
def test_done_does_not_hide_what_is_still_so(desk, claire, clock, kind, after):
    slug, file = one_of_each_fact(claire)[kind]
    (card,) = [card for card in cards(claire, slug) if card.file == file]
    assert desk.post(PRESS, {"card": card.key, "act": "done", "basket": slug}).status_code == 302
    clock.move_to(NOW + after * DAY, tick=False)
    assert file in [card.file for card in cards(claire, slug)]


@pytest.mark.parametrize("kind", FACTS)
def test_put_off_brings_it_back_on_its_day(desk, claire, clock, kind):
    slug, file = one_of_each_fact(claire)[kind]
    (card,) = [card for card in cards(claire, slug) if card.file == file]
    desk.post(PRESS, {"card": card.key, "act": "week", "basket": slug})
    assert file not in [card.file for card in cards(claire, slug)]
    clock.move_to(NOW + 7 * DAY, tick=False)
    assert file in [card.file for card in cards(claire, slug)]


def test_what_was_hidden_for_ever_before_cannot_be_any_more(claire):
    file = ProjectFileFactory(adviser=claire)
    with pytest.raises(refusals.Refused):
        aside.put_aside(card=f"first:{file.pk}", by=claire, now=NOW)
    assert not Aside.objects.exists()


@pytest.mark.parametrize("kind", FACTS)
def test_a_card_leads_to_the_page_on_which_its_fact_ends(desk, claire, kind):
    slug, file = one_of_each_fact(claire)[kind]
    (card,) = [card for card in cards(claire, slug) if card.file == file]
    page = desk.get(INDEX).content.decode()
    assert f'href="{escape(card.end.url)}"' in page
    assert desk.get(card.end.url).status_code == 200


# ---- Facts that no card told ---------------------------------------------------------------------------------------------


def test_a_supported_file_that_nobody_has_spoken_to_and_nothing_planned_is_without_a_next_action(claire):
    file = ProjectFileFactory(supported=True, adviser=claire)
    assert [card.file for card in cards(claire, "sans-suite")] == [file]
    assert "Personne ne leur a encore parlé" in cards(claire, "sans-suite")[0].why


def test_the_digest_too_tells_of_a_supported_file_that_nobody_has_spoken_to(claire):
    from projects.reminders.rules.advisers import NoNextAction

    file = ProjectFileFactory(supported=True, adviser=claire, stage_since=NOW - 20 * DAY)
    assert [due.pk for due in NoNextAction.due(TODAY, NoNextAction.delays)] == [file.pk]


def test_a_village_that_never_answered_is_told_after_the_portal_gave_up_waiting(claire):
    file = planned(claire)
    introduction = IntroductionFactory(file=file, sent=True, sent_at=NOW - 40 * DAY)
    move_introduction(introduction=introduction, to=State.NO_ANSWER, by=None, now=NOW)
    assert [card.file for card in cards(claire, "reponses", now=NOW + 50 * DAY)] == [file]


def test_a_contact_made_after_the_family_was_told_is_a_card(client, claire, clock):
    file = planned(claire)
    introduction = IntroductionFactory(
        file=file, accepted=True, sent_at=NOW - 5 * DAY, answered_at=NOW - 4 * DAY, state_since=NOW - 4 * DAY
    )
    events.log_event(file=file, kind=EventKind.CALL, direction=Direction.OUT, text="Dit", author=claire, now=NOW - 3 * DAY)
    assert not cards(claire, "reponses")
    client.post(links.contact_link(introduction))
    (card,) = cards(claire, "reponses", now=NOW + DAY)
    assert card.file == file
    assert file.holder.first_name in card.why


def test_first_contacts_do_not_hide_the_tasks_of_the_day(claire):
    ProjectFileFactory.create_batch(SHOWN + 5, adviser=claire)
    task = TaskFactory(file=planned(claire), assignee=claire, due_on=TODAY)
    basket = next(basket for basket in Morning(claire, now=NOW).baskets if basket.slug == "appeler")
    assert task in [card.task for card in basket.shown]


def test_files_and_tasks_of_somebody_who_left_are_on_the_leads_desk(claire, lead):
    file = ProjectFileFactory(adviser=claire)
    task = TaskFactory(file=planned(claire), assignee=claire, due_on=TODAY)
    nobodys = ProjectFileFactory()
    assert [card.file for card in cards(lead, "appeler")] == [nobodys]
    claire.is_active = False
    claire.save()
    found = cards(lead, "appeler")
    assert {card.file for card in found} == {file, nobodys, task.file}
    assert task in [card.task for card in found]


def test_while_an_adviser_is_away_and_nobody_stands_in_the_lead_does(claire, sophie, lead):
    alone, stood_in = ProjectFileFactory(adviser=claire), ProjectFileFactory(adviser=claire, deputy=sophie)
    task = TaskFactory(file=planned(claire), assignee=claire, due_on=TODAY)
    assert not cards(lead, "appeler")
    claire.absent_from, claire.absent_until = TODAY, TODAY + DAY
    claire.save()
    assert {card.file for card in cards(lead, "appeler")} == {alone, task.file}
    assert [card.file for card in cards(sophie, "appeler")] == [stood_in]
    sophie.absent_from, sophie.absent_until = TODAY, TODAY
    sophie.save()
    assert {card.file for card in cards(lead, "appeler")} == {alone, task.file, stood_in}


def test_whoever_stands_in_for_somebody_who_left_has_their_files(claire, sophie):
    file = ProjectFileFactory(adviser=claire, deputy=sophie)
    claire.is_active = False
    claire.save()
    assert [card.file for card in cards(sophie, "appeler")] == [file]


def test_every_letter_that_is_held_back_is_on_the_page_of_the_week(desk, claire):
    file = planned(claire)
    for _ in range(60):
        document = DocumentFactory(file=file)
        holding.hold_letter(rule=ReminderRule.DOCUMENT_ASKED, target=f"document_asked:{document.pk}", by=claire, now=NOW)
    page = desk.get(reverse("admin:projects_letters_week")).content.decode()
    assert page.count('value="go"') == 60


def test_a_visit_that_was_withdrawn_is_not_todays(claire):
    file = planned(claire)
    gone = IntroductionFactory(file=file, accepted=True, visit_at=NOW + dt.timedelta(hours=3))
    move_introduction(introduction=gone, to=State.WITHDRAWN, by=claire, now=NOW)
    stands = IntroductionFactory(file=file, accepted=True, visit_at=NOW + dt.timedelta(hours=4))
    assert Morning(claire, now=NOW).visits == [stands]


# ---- The lead's rules ----------------------------------------------------------------------------------------------------


def set_rule(client_of, lead, slug, delays, *, used=True):
    """As the lead does on the page of the rule."""
    browser = client_of(lead)
    browser.get(reverse("admin:projects_rulesetting_changelist"))
    page = reverse("admin:projects_rulesetting_change", args=[RuleSetting.objects.get(rule=slug).pk])
    values = {"delays": ",".join(map(str, delays))} | ({"is_active": "on"} if used else {})
    assert browser.post(page, values).status_code == 302


RULED = [
    # rule, delays, basket, what is so: how many days ago or ahead, kept out by the longer delay and let in by the shorter one
    (
        ReminderRule.PAUSE_ENDS,
        (20, 30),
        (2, 3),
        "pauses",
        lambda a: ProjectFileFactory(paused=True, adviser=a, paused_until=TODAY + 9 * DAY),
    ),
    (
        ReminderRule.VILLAGE_SILENT,
        (1, 10, 30),
        (20, 25, 60),
        "villages",
        lambda a: IntroductionFactory(file=planned(a), sent=True, sent_at=NOW - 8 * DAY),
    ),
    (
        ReminderRule.FUNDING_DEADLINE,
        (40, 14, 5),
        (6, 4, 2),
        "financements",
        lambda a: FundingLineFactory(file=planned(a), deadline=TODAY + 10 * DAY),
    ),
    (
        ReminderRule.DECISION_OVERDUE,
        (2, 20),
        (15, 20),
        "financements",
        lambda a: FundingLineFactory(file=planned(a), state=FundingState.LODGED, committee_on=TODAY - 8 * DAY),
    ),
    (
        ReminderRule.DOCUMENT_ASKED,
        (3, 14, 21),
        (12, 14, 21),
        "documents",
        lambda a: DocumentFactory(file=planned(a), asked_at=NOW - 8 * DAY),
    ),
]


@pytest.mark.parametrize(("slug", "shown", "hidden", "basket", "fact"), RULED)
def test_the_leads_delays_reach_the_morning(client_of, claire, lead, slug, shown, hidden, basket, fact):
    fact(claire)
    set_rule(client_of, lead, slug, hidden)
    assert not cards(claire, basket)
    set_rule(client_of, lead, slug, shown)
    assert len(cards(claire, basket)) == 1


def test_the_leads_delay_is_the_day_by_which_a_first_contact_is_due(client_of, claire, lead):
    ProjectFileFactory(adviser=claire, opened_at=NOW - 6 * DAY)
    assert cards(claire, "appeler")[0].is_late
    set_rule(client_of, lead, ReminderRule.FIRST_CONTACT, (8, 12))
    (card,) = cards(claire, "appeler")
    assert not card.is_late
    assert "lundi 30 novembre" in card.why


@pytest.mark.parametrize("kind", ["first", "nothing", "pause", "silent", "money", "decision", "paper"])
def test_a_rule_that_the_lead_switched_off_makes_no_card_and_the_morning_says_so(client_of, desk, claire, lead, kind):
    rules = {
        "first": ReminderRule.FIRST_CONTACT,
        "nothing": ReminderRule.NO_NEXT_ACTION,
        "pause": ReminderRule.PAUSE_ENDS,
        "silent": ReminderRule.VILLAGE_SILENT,
        "money": ReminderRule.FUNDING_DEADLINE,
        "decision": ReminderRule.DECISION_OVERDUE,
        "paper": ReminderRule.DOCUMENT_ASKED,
    }
    slug, file = one_of_each_fact(claire)[kind]
    set_rule(client_of, lead, rules[kind], {rule.slug: rule.delays for rule in all_rules()}[rules[kind]], used=False)
    assert file not in [card.file for card in cards(claire, slug)]
    page = desk.get(INDEX).content.decode()
    assert "Non affiché" in page
    assert escape(capfirst(str(rules[kind].label))) in page


def all_rules():
    from projects.reminders.rules import RULES

    return RULES.values()


def test_what_the_rule_tells_the_lead_is_on_the_leads_desk(claire, lead):
    ProjectFileFactory(adviser=claire, opened_at=NOW - 4 * DAY)
    old = ProjectFileFactory(adviser=claire, opened_at=NOW - 14 * DAY)
    assert [card.file for card in cards(lead, "appeler")] == [old]
    over = ProjectFileFactory(paused=True, adviser=claire, paused_until=TODAY - 10 * DAY)
    ProjectFileFactory(paused=True, adviser=claire, paused_until=TODAY - 9 * DAY)
    assert [card.file for card in cards(lead, "pauses")] == [over]
    long_idle = ProjectFileFactory(supported=True, adviser=claire, stage_since=NOW - 22 * DAY, last_contact_out_at=NOW - 25 * DAY)
    ProjectFileFactory(supported=True, adviser=claire, stage_since=NOW - 10 * DAY, last_contact_out_at=NOW - 25 * DAY)
    assert [card.file for card in cards(lead, "sans-suite")] == [long_idle]


def test_a_village_whose_pause_is_over_is_reminded_and_shown_again(claire):
    introduction = IntroductionFactory(file=planned(claire), sent=True, sent_at=NOW - 10 * DAY)
    introduction.village.status, introduction.village.paused_until = "paused", TODAY + DAY
    introduction.village.save()
    assert not cards(claire, "villages")
    introduction.village.paused_until = TODAY - DAY
    introduction.village.save()
    assert len(cards(claire, "villages")) == 1


# ---- Whom to telephone ---------------------------------------------------------------------------------------------------


def test_the_card_of_a_silent_village_shows_the_committees_telephone_and_not_the_familys(desk, claire):
    file = planned(claire, holder__phone="+33612345678")
    introduction = IntroductionFactory(file=file, sent=True, sent_at=NOW - 10 * DAY, reader_name="Hélène Daubas")

    def basket():
        return desk.get(INDEX).content.decode().partition('id="villages"')[2].partition("</section>")[0]

    assert "Hélène Daubas" in basket()
    assert "Aucun numéro" in basket()
    assert "tel:" not in basket()
    agreed = {"phone": "+33562000001", "phone_agreed_on": TODAY - 30 * DAY}
    CommitteeMemberFactory(village=introduction.village, name="Hélène Daubas", lead=True, **agreed)
    assert "tel:+33562000001" in basket()
    assert basket().count("tel:") == 1


def test_whoever_is_away_is_not_the_one_to_telephone(claire):
    introduction = IntroductionFactory(file=planned(claire), sent=True, sent_at=NOW - 10 * DAY, reader_name="Hélène")
    away = {"absent_from": TODAY, "absent_until": TODAY + DAY}
    CommitteeMemberFactory(
        village=introduction.village, name="Hélène", lead=True, phone="+33562000001", phone_agreed_on=TODAY, **away
    )
    CommitteeMemberFactory(village=introduction.village, name="Marc", phone="+33562000002", phone_agreed_on=TODAY)
    (card,) = cards(claire, "villages")
    assert (card.callee.name, card.callee.phone) == ("Marc", "+33562000002")
    assert "Marc" in card.what


# ---- Counts --------------------------------------------------------------------------------------------------------------


def test_counts_are_true_and_the_whole_basket_is_one_press_away(desk, claire):
    ProjectFileFactory.create_batch(SHOWN + 5, adviser=claire)
    for _ in range(3):
        TaskFactory(file=planned(claire), assignee=claire, due_on=TODAY)
    morning = Morning(claire, now=NOW)
    basket = next(basket for basket in morning.baskets if basket.slug == "appeler")
    assert (basket.count, morning.things) == (SHOWN + 8, SHOWN + 8)
    page = desk.get(INDEX).content.decode()
    assert f"{SHOWN + 8} choses" in page
    assert "tout=appeler" in page
    assert desk.get(INDEX + "?tout=appeler").content.decode().count('class="card"') == SHOWN + 8


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


def own_page(file):
    return links.file_link(file)


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
