"""« Ce qui a été partagé »: of each village and each line, on which day it was transmitted and to whom, or that it was not."""

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.core import mail
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.delivery import deliver_due
from outbox.enums import LetterState
from outbox.models import Letter
from projects import links
from projects.enums import IntroductionState, Stage
from projects.introductions import choosing
from projects.introductions.services import ask_consent, send_ready
from projects.reminders import nudges
from projects.reminders.rules import Delays
from tests.factories.members import UserFactory
from tests.factories.projects import HouseholdFactory, IntroductionFactory, ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)  # Tuesday, noon in Paris
DAY = dt.timedelta(days=1)
CONTACT = ["Nom", "Courriel", "Téléphone"]


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def file(clock):
    holder = {"holder__first_name": "Nadia", "holder__last_name": "Ferrand", "holder__phone": "+33612345678"}
    file = ProjectFileFactory(supported=True, adviser=UserFactory(adviser=True), title="Traduction technique", **holder)
    HouseholdFactory(file=file, adults=2, children=1)
    return file


def village(name: str, **reader):
    village = VillageFactory(commune__name=name, slug=name.lower())
    facts = {"name": f"Hélène de {name}", "email": f"{name.lower()}@example.org"} | reader
    CommitteeMemberFactory(village=village, lead=True, **facts)
    return village


def agreed(client: Client, file, *villages) -> None:
    """Chosen by the adviser; the holder opens the link of the letter, agrees, and the villages' letters leave."""
    choosing.choose_villages(
        file=file, reasons={village: ["La fibre"] for village in villages}, by=file.adviser, now=timezone.now()
    )
    request = ask_consent(file=file, by=file.adviser, now=timezone.now())
    client.post(links.consent_link(request), {"answer": "yes", "villages": [village.pk for village in villages]})
    send_ready(now=timezone.now())


def answer(client: Client, file, **facts):
    """The village presses on its page, behind the link of its letter."""
    letter = Letter.objects.filter(key__startswith="projects.introductions").latest("pk")
    return client.post(re.search(r"/mise-en-relation/[\w:-]+/", letter.text)[0], facts)


def shared(client: Client, file) -> dict[str, dict[str, str]]:
    """What the holder's own page says, by village and by line."""
    page = client.get(links.file_link(file)).content.decode()
    found = {}
    for block in re.findall(r'<details class="shared-with".*?</details>', page, re.DOTALL):
        name = re.search(r"<b>(.*?)</b>", block)[1]
        lines = re.findall(r'<dt>(.*?)</dt>\s*<dd>.*?<div class="hint">(.*?)</div></dd>', block, re.DOTALL)
        found[name] = {unescape(label): unescape(words) for label, words in lines}
        found[name]["all"] = re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", block))).replace(" ,", ",")
    return found


def test_before_they_agree_each_village_stands_apart_from_why_they_come_to_it(client, file):
    choosing.choose_villages(file=file, reasons={village("Aignan"): ["La fibre"]}, by=file.adviser, now=timezone.now())
    page = client.get(links.consent_link(ask_consent(file=file, by=file.adviser, now=timezone.now()))).text
    said = re.search(r"<label.*?</label>", page, re.DOTALL)[0]
    assert re.search(r"<span>Aignan</span>\s*<small>Il lirait aussi pourquoi vous venez vers lui\s*: La fibre</small>", said)


def test_until_its_yes_a_village_has_the_lines_of_the_letter_and_not_the_contact(client, file):
    agreed(client, file, village("Aignan"))
    assert shared(client, file)["Aignan"]["Prénom"] == "pas encore transmis\u202f: la lettre est en route"
    deliver_due(now=timezone.now())
    lines = shared(client, file)["Aignan"]
    assert lines["Foyer"] == "transmis à Hélène de Aignan le mardi 24 novembre 2026"
    assert lines["Pourquoi ce village"] == lines["Foyer"]
    assert "Vous avez donné votre accord le mardi 24 novembre 2026." in lines["all"]
    assert [lines[label] for label in CONTACT] == ["non transmis, à moins que le village dise oui"] * 3


def test_after_its_yes_each_line_says_when_it_was_transmitted_and_to_whom(client, file, clock):
    agreed(client, file, village("Aignan"))
    deliver_due(now=timezone.now())
    clock.shift(3 * DAY)
    answer(client, file, answer="yes")
    lines = shared(client, file)["Aignan"]
    assert lines["Prénom"] == "transmis à Hélène de Aignan le mardi 24 novembre 2026"
    assert [lines[label] for label in CONTACT] == ["transmis à Hélène de Aignan le vendredi 27 novembre 2026, avec son oui"] * 3
    assert "seulement quand un village a dit oui" not in lines["all"]


def test_what_a_village_writes_with_its_later_reaches_them_with_its_day(client, file):
    agreed(client, file, village("Aignan"))
    deliver_due(now=timezone.now())
    answered = answer(client, file, answer="later", later_on="2026-12-14", words="Après les travaux de l’école.")
    assert "rouvrez le lien de notre lettre" in answered.text
    told = shared(client, file)["Aignan"]["all"]
    assert "plus tard, pas avant le lundi 14 décembre 2026" in told
    assert "Hélène de Aignan écrit : « Après les travaux de l’école. »" in told
    assert "appelez-nous" in answer(client, file, answer="yes", words="Samedi 12, à 10 h").text
    told = shared(client, file)["Aignan"]["all"]
    assert "Samedi 12, à 10 h" in told
    assert "pas avant" not in told


def test_a_no_leaves_the_contact_untold_for_good(client, file):
    agreed(client, file, village("Aignan"))
    deliver_due(now=timezone.now())
    answer(client, file, answer="no", words="complet")
    assert [shared(client, file)["Aignan"][label] for label in CONTACT] == ["non transmis"] * 3


def test_each_village_has_its_own_lines(client, file, clock):
    agreed(client, file, village("Aignan"), village("Barran", email=""))
    deliver_due(now=timezone.now())
    answer(client, file, answer="yes")
    told = shared(client, file)
    assert told["Aignan"]["Nom"].startswith("transmis à Hélène de Aignan")
    assert told["Barran"]["Prénom"] == "non transmis par écrit\u202f: votre conseiller téléphone au village"
    assert told["Barran"]["Nom"] == "non transmis, à moins que le village dise oui"


def test_a_yes_on_the_telephone_says_so(client, file, settings):
    settings.STAFF_MFA_REQUIRED = False
    agreed(client, file, village("Aignan"))
    deliver_due(now=timezone.now())
    desk = Client()
    desk.force_login(file.adviser)
    introduction = file.introductions.get()
    desk.post(f"/admin/projects/introduction/{introduction.pk}/reponse/", {"answer": "yes", "by_name": "M. Daste"})
    lines = shared(client, file)["Aignan"]
    assert lines["Nom"] == "ouvert à M. Daste depuis son oui de vive voix, le mardi 24 novembre 2026"


def test_a_letter_that_did_not_leave_transmitted_nothing(client, file):
    agreed(client, file, village("Aignan"))
    client.post(links.file_link(file) + "agir/", {"act": "withdraw"})
    deliver_due(now=timezone.now())
    assert not mail.outbox or "aignan@example.org" not in [to for letter in mail.outbox for to in letter.to]
    lines = shared(client, file)["Aignan"]
    assert lines["Prénom"] == "non transmis\u202f: la lettre n’est pas partie"
    assert "rien n’a été transmis" in lines["all"]


def test_what_was_agreed_to_is_taken_back_before_any_letter_leaves(client, file):
    choosing.choose_villages(file=file, reasons={village("Aignan"): []}, by=file.adviser, now=NOON)
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    client.post(links.consent_link(request), {"answer": "yes", "villages": [file.introductions.get().village_id]})
    assert 'value="withdraw"' in client.get(links.file_link(file)).content.decode(), "at any time, as the consent says"
    client.post(links.file_link(file) + "agir/", {"act": "withdraw"})
    assert send_ready(now=timezone.now()) == 0
    assert "rien n’a été transmis" in shared(client, file)["Aignan"]["all"]


def test_what_was_taken_back_stays_told_with_the_day(client, file, clock):
    agreed(client, file, village("Aignan"))
    deliver_due(now=timezone.now())
    answer(client, file, answer="yes")
    clock.shift(2 * DAY)
    client.post(links.file_link(file) + "agir/", {"act": "withdraw"})
    lines = shared(client, file)["Aignan"]
    assert lines["Nom"].startswith("transmis à Hélène de Aignan le mardi 24 novembre 2026")
    assert "Repris le jeudi 26 novembre 2026" in lines["all"]
    assert file.introductions.get().state == IntroductionState.WITHDRAWN


def test_a_village_that_the_holder_left_out_was_told_nothing(client, file):
    choosing.choose_villages(file=file, reasons={village("Aignan"): []}, by=file.adviser, now=NOON)
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    assert shared(client, file)["Aignan"]["Prénom"] == "pas encore transmis"
    client.post(links.consent_link(request), {"answer": "no"})
    lines = shared(client, file)["Aignan"]
    assert (lines["Prénom"], lines["Nom"]) == ("non transmis", "non transmis")


def test_the_deputy_who_was_reminded_is_named(client, file, clock):
    aignan = village("Aignan")
    CommitteeMemberFactory(village=aignan, role="deputy", name="Marc", email="marc@example.org")
    agreed(client, file, aignan)
    deliver_due(now=timezone.now())
    clock.shift(16 * DAY)  # the second step of working days
    nudges.write_nudges(timezone.now(), Delays())
    deliver_due(now=timezone.now())
    assert "Marc a reçu un rappel le" in shared(client, file)["Aignan"]["all"]


def test_the_page_costs_the_same_for_two_villages_and_for_twenty(client, file, django_assert_max_num_queries):
    def cost() -> int:
        with django_assert_max_num_queries(40) as queries:
            assert client.get(links.file_link(file)).status_code == 200
        return len(queries)

    IntroductionFactory.create_batch(2, file=file, sent=True, state=IntroductionState.DECLINED, slot=None)
    few = cost()
    IntroductionFactory.create_batch(18, file=file, sent=True, state=IntroductionState.DECLINED, slot=None)
    assert cost() == few


# ---- What a village reads is what was agreed to ---------------------------------------------------------------------------


def test_the_holder_is_shown_why_each_village_before_they_agree(client, file):
    choosing.choose_villages(file=file, reasons={village("Aignan"): ["Fibre pour 98 % des locaux"]}, by=file.adviser, now=NOON)
    request = ask_consent(file=file, by=file.adviser, now=NOON)
    assert "Fibre pour 98 % des locaux" in client.get(links.consent_link(request)).content.decode()
    letter = Letter.objects.get(to=file.holder.email)
    assert "Fibre pour 98 % des locaux" in letter.text
    assert "Fibre pour 98 % des locaux" in unescape(letter.html)


def test_a_committee_reads_the_first_name_and_project_that_were_agreed_to(client, file, clock):
    aignan = village("Aignan", user=UserFactory())
    agreed(client, file, aignan)
    deliver_due(now=timezone.now())
    file.title, file.holder.first_name = "Reprise d’une affaire secrète", "Nadège"
    file.save()
    file.holder.save()
    committee = Client()
    committee.force_login(aignan.committee.get().user)
    page = re.sub(r"[ \n]+", " ", committee.get(reverse("villages:committee-village", args=[aignan.slug])).content.decode())
    assert "Nadia, Traduction technique" in page
    clock.shift(9 * DAY)
    nudges.write_nudges(timezone.now(), Delays())
    reminder = Letter.objects.filter(to="aignan@example.org").latest("pk")
    assert "Nadia (Traduction technique)" in reminder.text
    assert "secrète" not in page + reminder.text


def test_the_timeline_tells_of_a_letter_to_a_village_only_where_one_was_written(client, file, settings):
    settings.STAFF_MFA_REQUIRED = False
    agreed(client, file, village("Aignan"), village("Barran", email=""))
    desk = Client()
    desk.force_login(file.adviser)
    page = unescape(desk.get(file.get_admin_url()).content.decode())
    assert "Lettre du portail à Aignan" in page
    assert "Lettre du portail à Barran" not in page
    assert "Barran\u202f: à appeler" in page


def test_nothing_that_was_written_about_an_erased_file_names_anybody(client, file, client_of, settings):
    """Each step is taken in its page. Letters that have left are emptied, and one that waits to leave is dropped."""
    settings.STAFF_MFA_REQUIRED = False
    agreed(client, file, village("Aignan"))
    deliver_due(now=timezone.now())
    answer(client, file, answer="yes")
    lead, act = client_of(UserFactory(lead=True)), "admin:projects_projectfile_move"
    visit = reverse("admin:projects_introduction_visit", args=[file.introductions.get().pk])
    assert lead.post(visit, {"at_0": "2026-12-04", "at_1": "15:00"}).status_code == 302
    waiting = Letter.objects.filter(key__startswith="projects.visit", state=LetterState.TO_SEND)
    waiting.filter(to="aignan@example.org").update(send_after=timezone.now() + DAY)
    deliver_due(now=timezone.now())
    about = Letter.objects.filter(Q(text__contains="Ferrand") | Q(text__contains="Nadia") | Q(to=file.holder.email))
    told = {letter.key.partition(":")[0] for letter in about}
    assert {"projects.consent_asked", "projects.introductions", "projects.visit"} <= told
    assert waiting.count() == 1
    lead.post(reverse(act, args=[file.pk]), {"to": Stage.CLOSED, "closing_reason": "gave_up"})
    lead.post(reverse(act, args=[file.pk]), {"to": Stage.ANONYMISED})
    file.refresh_from_db()
    assert file.stage == Stage.ANONYMISED
    assert [letter.key for letter in about.all()] == []
    assert Letter.objects.filter(key__startswith="projects.visit", state=LetterState.DROPPED, text="").count() == 1
