"""A card of the morning tells a fact, and goes with it alone."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.html import escape

from projects import links
from projects.activity import events, refusals
from projects.enums import (
    Direction,
    EventKind,
    ReminderRule,
)
from projects.introductions.services import move_introduction
from projects.models import Aside
from projects.reminders import holding
from projects.reminders.morning import SHOWN, Morning, aside
from tests.factories.projects import (
    DocumentFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.factories.villages import CommitteeMemberFactory
from tests.projects.reminders.morning.cards import (
    DAY,
    INDEX,
    NOW,
    PRESS,
    TODAY,
    State,
    card_of,
    cards,
    one_of_each_fact,
    planned,
    told,
)

pytestmark = pytest.mark.django_db


def test_done_does_not_hide_what_is_still_so(desk, claire, clock):
    facts = one_of_each_fact(claire)
    for slug, file in facts.values():
        press = {"card": card_of(claire, (slug, file)).key, "act": "done", "basket": slug}
        assert desk.post(PRESS, press).status_code == 302
    for after in (0, 3, 60):
        clock.move_to(NOW + after * DAY, tick=False)
        assert told(claire, facts) == set(facts), f"after {after} days"


def test_put_off_brings_it_back_on_its_day(desk, claire, clock):
    facts = one_of_each_fact(claire)
    for slug, file in facts.values():
        desk.post(PRESS, {"card": card_of(claire, (slug, file)).key, "act": "week", "basket": slug})
        assert file not in [card.file for card in cards(claire, slug)]
    clock.move_to(NOW + 7 * DAY - dt.timedelta(hours=11), tick=False)  # the last hour of the day before
    assert told(claire, facts) == set()
    clock.move_to(NOW + 7 * DAY, tick=False)
    assert told(claire, facts) == set(facts)


def test_what_was_hidden_for_ever_before_cannot_be_any_more(claire):
    file = ProjectFileFactory(adviser=claire)
    with pytest.raises(refusals.Refused):
        aside.put_aside(card=f"first:{file.pk}", by=claire, now=NOW)
    assert not Aside.objects.exists()


def test_a_card_leads_to_the_page_on_which_its_fact_ends(desk, claire):
    facts = one_of_each_fact(claire)
    page = desk.get(INDEX).content.decode()
    for fact in facts.values():
        url = card_of(claire, fact).end.url
        assert f'href="{escape(url)}"' in page
        assert desk.get(url).status_code == 200, url


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
