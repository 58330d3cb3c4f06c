"""What letters and pages promise about projects is what the portal does: who is called, what comes by letter, what a page has."""

import datetime as dt
import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from outbox.models import Letter
from projects import links
from projects.enums import ClosingReason, ConsentPurpose, ReminderRule, Stage
from projects.files import lifecycle
from projects.introductions import choosing
from projects.models import Consent, ConsentRequest, ProjectFile
from projects.reminders.rules import RULES
from tests.factories.members import UserFactory
from tests.factories.projects import IntroductionFactory, ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from tests.projects.intake.test_intake import NEEDED, PAGE

pytestmark = pytest.mark.django_db

CALLS = re.compile(r"vous (r)?appel", re.IGNORECASE)


@pytest.fixture
def adviser():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


@pytest.fixture
def desk(client, adviser, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(adviser)
    return client


def words(answer) -> str:
    """The page's own content, as it is read."""
    main = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", (main or [answer.text])[0]).split()))


# ---- Who is called ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("phone", "called"), [("06 12 34 56 78", True), ("", False)])
def test_only_who_left_a_number_is_told_of_a_call(client, adviser, phone, called):
    """On the form nobody knows yet: it promises an answer. The page that thanks and the letter know."""
    assert "vous répond" in words(client.get(PAGE))
    assert not CALLS.search(words(client.get(PAGE)))
    thanks = client.post(PAGE, NEEDED | {"phone": phone}, follow=True)
    assert bool(CALLS.search(words(thanks))) == called
    file = ProjectFile.objects.get()
    client.post(links.address_link(file))
    letter = Letter.objects.get(key=f"projects.received:{file.pk}")
    for text in (letter.text, letter.html):
        assert bool(CALLS.search(text)) == called
        assert ("vous écrit d’ici" in text) == (not called)


@pytest.mark.parametrize("name", ["home", "projects:own"])
def test_pages_that_do_not_know_of_a_number_promise_an_answer(client, name):
    file = ProjectFileFactory(holder__phone="")
    page = client.get(reverse("home") if name == "home" else links.file_link(file))
    assert not CALLS.search(words(page))
    assert "vous répond" in words(page) or "prendra contact" in words(page)


def test_who_refuses_an_introduction_is_promised_no_call(client, adviser):
    introduction = IntroductionFactory(awaiting=True, file__adviser=adviser, file__holder__phone="")
    page = words(client.post(links.consent_link(introduction.request), {"answer": "no"}, follow=True))
    assert not CALLS.search(page)
    assert "Rien n’a été partagé avec personne" in page


# ---- What comes by letter ---------------------------------------------------------------------------------------------


def test_the_page_that_thanks_announces_the_letter_that_leaves(client, adviser, monkeypatch):
    assert "une lettre est en route" in words(client.post(PAGE, NEEDED, follow=True)).lower()
    assert Letter.objects.filter(key__startswith="projects.address_asked").exists()
    monkeypatch.setattr("projects.notifications.may_be_written_to", lambda address: False)
    again = client.post(PAGE, NEEDED | {"key": "another-key-of-a-form"}, follow=True)
    assert ProjectFile.objects.count() == 2
    assert Letter.objects.count() == 1
    assert "en route" not in words(again)


def test_who_has_shown_their_address_is_asked_for_no_press(client, adviser):
    user = UserFactory()
    user.emailaddress_set.update_or_create(email=user.email, defaults={"verified": True, "primary": True})
    client.force_login(user)
    thanks = words(client.post(PAGE, NEEDED | {"email": user.email}, follow=True))
    assert Letter.objects.get().key.startswith("projects.received:")
    assert "un geste y dit" not in thanks
    assert "copie" in thanks


HOLDERS = {
    "confirmed": {},
    "not confirmed": {"holder__confirmed_email": ""},
    "no address": {"holder__email": "", "holder__confirmed_email": "", "holder__phone": "+33612345678"},
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_an_agreement_is_said_to_be_asked_by_letter_only_where_one_leaves(desk, client, adviser, holder):
    file = ProjectFileFactory(supported=True, adviser=adviser, **HOLDERS[holder])
    village = VillageFactory()
    CommitteeMemberFactory(village=village, email="h@example.org")
    choosing.choose_villages(file=file, reasons={village: []}, by=adviser)
    address = reverse("admin:projects_projectfile_consent", args=[file.pk])
    before = desk.get(address).text
    said = words(desk.post(address, follow=True))
    asked = Letter.objects.filter(key=f"projects.consent_asked:{ConsentRequest.objects.get().pk}").exists()
    own = words(client.get(links.file_link(file)))
    assert asked == (holder == "confirmed")
    assert ("L’accord est demandé par lettre" in said) == asked
    assert ("demandé par lettre" in own) == asked
    assert ("Demander l’accord par lettre" in before) == asked
    if holder == "not confirmed":
        assert "confirmer son adresse" in said
    if holder == "no address":
        assert "de vive voix" in said


def test_a_village_is_not_promised_that_somebody_without_an_address_is_written_to(client, adviser):
    for email, promised in (("nadia@example.org", True), ("", False)):
        introduction = IntroductionFactory(sent=True, file__adviser=adviser, file__holder__email=email)
        reader = CommitteeMemberFactory(village=introduction.village, email="h@example.org")
        page = words(client.get(links.answer_link(introduction, reader)))
        assert ("et eux les vôtres" in page) == promised


# ---- What a page has --------------------------------------------------------------------------------------------------


def test_is_it_still_on_names_only_what_the_page_of_the_link_has(client, adviser):
    quiet = timezone.now() - dt.timedelta(days=90)
    file = ProjectFileFactory(supported=True, adviser=adviser, active_at=quiet)
    (nudge,) = RULES[ReminderRule.STILL_INTERESTED].nudges(timezone.localdate(), (60, 2))
    page = client.get(nudge.path).text
    assert {"still-on", "end"} <= set(re.findall(r'name="act" value="([\w-]+)"', page))
    one_press = nudge.text.split("geste")[0].lower()
    assert "tient toujours" in one_press
    assert "renonce" in one_press
    assert not re.search(r"remis|repouss|plus tard|attend", one_press)
    assert nudge.file == file


def test_a_page_that_nobody_follows_names_nobody(client):
    introduction = IntroductionFactory(awaiting=True, file__adviser=None)
    page = words(client.get(links.consent_link(introduction.request)))
    assert "None" not in page
    assert introduction.village.commune.name in page


def test_nothing_is_asked_that_nothing_uses(client, adviser):
    """No letter tells of the network's meetings: nobody is asked whether they would like one. Who had agreed may end it."""
    assert "rencontres" not in words(client.get(PAGE))
    client.post(PAGE, NEEDED | {"news": "on"})
    assert list(Consent.objects.values_list("purpose", flat=True)) == [ConsentPurpose.FILE]
    file = ProjectFile.objects.get()
    Consent.objects.create(holder=file.holder, purpose=ConsentPurpose.NEWS, version="2026-11", words="Je veux bien.")
    client.post(links.file_link(file) + "agir/", {"act": "no-news"})
    assert Consent.objects.get(purpose=ConsentPurpose.NEWS).withdrawn_at


def test_a_closed_file_says_when_its_holder_settled_and_since_when_it_stands(client, adviser):
    file = ProjectFileFactory(supported=True, adviser=adviser)
    day = timezone.localdate() - dt.timedelta(days=20)
    lifecycle.move_file(file=file, to=Stage.SETTLED, by=adviser, settled_on=day)
    assert str(day.year) in words(client.get(links.file_link(file)))
    assert f"{day.day}" in re.search(r"installé depuis le (.*?)\.", words(client.get(links.file_link(file))))[1]
    lifecycle.move_file(file=file, to=Stage.CLOSED, by=adviser, closing_reason=ClosingReason.DONE)
    today = timezone.localdate()
    assert f"{today.day}" in re.search(r"clos depuis le (.*?)\.", words(client.get(links.file_link(file))))[1]


@pytest.mark.parametrize(("lead", "stage"), [(True, Stage.CLOSED), (False, Stage.CLOSED), (True, Stage.SUPPORTED)])
def test_what_somebody_laid_down_is_erased_as_soon_as_they_ask(client, settings, lead, stage):
    """As they were told when they agreed. By the lead, of a closed file; nobody else is offered it, and it is refused if sent."""
    settings.STAFF_MFA_REQUIRED = False
    client.post(PAGE, NEEDED | {"summary": "Deux enfants"})
    assert "dès que vous le demandez" in Consent.objects.get().words
    ProjectFile.objects.update(stage=stage, closing_reason="gave_up" if stage == Stage.CLOSED else "")
    file, user = ProjectFile.objects.get(), UserFactory(**{"lead" if lead else "adviser": True})
    client.force_login(user)
    page = reverse("admin:projects_projectfile_move", args=[file.pk])
    may = lead and stage == Stage.CLOSED
    assert ('value="anonymised"' in client.get(page).text) == may
    client.post(page, {"to": Stage.ANONYMISED})
    file.refresh_from_db()
    assert (file.stage == Stage.ANONYMISED, file.summary, file.holder.email) == (
        (True, "", "") if may else (False, "Deux enfants", "camille@example.org")
    )
    if may:
        assert str(user) in file.transitions.get().reason
