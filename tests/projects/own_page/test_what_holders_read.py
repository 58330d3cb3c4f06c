"""What the team notes for itself stays with the team: not on a holder's page, not in a village's, in no letter or calendar."""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox.models import Letter
from projects import links
from projects.activity import events, to_do
from projects.enums import ClosingReason, IntroductionState, Stage, Via
from projects.files.lifecycle import move_file
from projects.introductions import choosing
from projects.introductions.services import answer_consent, answer_introduction, ask_consent, plan_visit, send_ready
from projects.models import Document, Event, IntroductionMove, ProjectFile, Transition
from tests.factories.members import UserFactory
from tests.factories.projects import ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, VillageFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 a paper"


@pytest.fixture
def file(claire, settings):
    settings.STAFF_MFA_REQUIRED = False
    return ProjectFileFactory(supported=True, adviser=claire, holder__user=UserFactory())


def note(client, file, **typed):
    page = reverse("admin:projects_projectfile_note", args=[file.pk])
    return client.post(page, {"what": "note", "ball": "", "minutes": "", "at_0": "", "at_1": "", "word": ""} | typed)


def own_page(file, language: str = "fr") -> str:
    return Client(headers={"accept-language": language}).get(links.file_link(file)).text


def turn_in(page: str) -> str:
    """The words under whose turn it is."""
    found = re.search(r'<h2 id="balle">.*?</p>\s*(?=</|<form)', page, re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


@pytest.mark.parametrize("ball", ["adviser", "holder", "village", "funder", ""])
@pytest.mark.parametrize("what", ["note", "call-in", "call-out", "mail-in", "mail-out", "meeting", "visit"])
def test_what_an_adviser_notes_is_not_the_holders_next_step(client_of, claire, file, what, ball):
    assert note(client_of(claire), file, what=what, ball=ball, text="Couple en crise. Ne pas presser.").status_code == 302
    assert Event.objects.get().text == "Couple en crise. Ne pas presser."
    for language in ("fr", "en"):
        page = own_page(file, language)
        assert 'id="balle"' in page
        assert "crise" not in page


def test_a_word_for_the_holder_is_seen_as_they_will_see_it_and_then_written(client_of, claire, file):
    typed = {
        "text": "Couple en crise.",
        "ball": "holder",
        "word": "Envoyez-nous le compromis signé",
        "what": "call-out",
        "minutes": "10",
    }
    desk = client_of(claire)
    preview = note(desk, file, **typed)
    assert preview.status_code == 200
    assert not Event.objects.exists()
    assert 'value="Envoyez-nous le compromis signé"' in preview.text, "what was typed is kept"
    assert "Envoyez-nous" not in own_page(file)
    changed = note(desk, file, **typed | {"previewed": "Autre chose"})
    assert changed.status_code == 200
    assert not Event.objects.exists(), "another word than the one that was seen"
    previewed = re.search(r'name="previewed" value="([^"]*)"', preview.text)[1]
    assert note(desk, file, **typed, previewed=previewed).status_code == 302
    page = own_page(file)
    assert turn_in(page) == turn_in(preview.text)
    assert "Envoyez-nous le compromis signé" in page
    assert "crise" not in page
    assert note(desk, file, text="Ils l’ont envoyé.", ball="adviser").status_code == 302
    assert "Envoyez-nous" not in own_page(file), "it goes with the ball"


def test_a_word_alone_leaves_the_ball_where_it_is(client_of, claire, file):
    file.refresh_from_db()
    before = (file.ball, file.ball_since, file.ball_note)
    assert note(client_of(claire), file, text="Relu.", word="Nous relisons", previewed="Nous relisons").status_code == 302
    file.refresh_from_db()
    assert (file.ball, file.ball_since, file.ball_note) == before
    assert "Nous relisons" in own_page(file)


@pytest.mark.parametrize(("ticked", "status"), [({}, 404), ({"for_holder": "on"}, 200)])
def test_a_paper_that_an_adviser_puts_in_is_the_teams_unless_they_say_so(
    client_of, claire, file, settings, tmp_path, ticked, status
):
    settings.MEDIA_ROOT = tmp_path
    page = reverse("admin:projects_projectfile_put_document", args=[file.pk])
    facts = {"label": "Avis du comité interne", "upload": SimpleUploadedFile("avis.pdf", PDF), **ticked}
    assert client_of(claire).post(page, facts).status_code == 302
    document = Document.objects.get()
    shown = client_of(None).get(f"{links.file_link(file)}documents/{document.pk}/")
    if shown.streaming:
        b"".join(shown)
    assert shown.status_code == status
    assert ("Avis du comité interne" in own_page(file)) == bool(ticked)
    assert Document.objects.visible_to(file.holder.user).exists() == bool(ticked)


# ---- Everything that is written about a file ---------------------------------------------------------------------------

SHOWN = {  # what holders or villages are meant to read, each where it is theirs; all other words are the team's own
    "projects.Holder": {"first_name", "last_name", "lives_in"},
    "projects.ProjectFile": {"reference", "title", "summary", "holder_word"},
    "projects.Household": {"partner_job", "wished_words"},
    "projects.Consent": {"words"},
    "projects.ConsentRequest": {"words", "version", "fingerprint", "nonce"},
    "projects.Introduction": {"reader_name"},
    "projects.Document": {"label", "name", "type"},
}
APPEND_ONLY = (Transition, IntroductionMove)  # the database refuses a change: one more of each is written
NOT_WORDS = {"key", "siret", "phone", "letter_key", "target", "occurrence", "rule", "content", "words", "card"}


def words_of_the_team() -> list[models.Field]:
    return [
        field
        for model in apps.get_app_config("projects").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.EmailField | models.URLField)
        and not field.choices
        and not getattr(field, "generated", False)
        and field.name not in SHOWN.get(model._meta.label, set()) | NOT_WORDS
    ]


def mark(field: models.Field) -> str:
    return f"interne-{field.model.__name__}-{field.name}"[: field.max_length or 100].lower()


def lived(file, village, claire):
    """A file with all that may be noted on it, with a village; then every word that is the team's own is made a mark."""
    now = timezone.now()
    for stage in (Stage.PAUSED, Stage.SUPPORTED):
        move_file(file=file, to=stage, by=claire, reason="Elle vend", paused_until=timezone.localdate() + dt.timedelta(days=9))
    choosing.choose_villages(file=file, reasons={village: ["La fibre"]}, by=claire)
    request = ask_consent(file=file, by=claire)
    answer_consent(request=request, agreed_to=[village.pk], via=Via.LINK)
    send_ready(now=now)
    introduction = file.introductions.get()
    events.log_event(file=file, kind="note", direction="internal", text="Note", author=claire, ball="holder", word="Un mot")
    to_do.add_task(file=file, title="Tâche", due_on=timezone.localdate(), assignee=claire, by=claire)
    for field in words_of_the_team():
        if field.model not in APPEND_ONLY:
            field.model.objects.update(**{field.name: mark(field)})
    for model in APPEND_ONLY:
        step = model.objects.latest("pk")
        step.pk = None
        for field in words_of_the_team():
            if field.model == model:
                setattr(step, field.name, mark(field))
        step.save()
    file.refresh_from_db()
    return introduction


def test_no_word_of_the_team_reaches_a_holder_or_a_village(client_of, claire, file):
    village = VillageFactory()
    seat = CommitteeMemberFactory(village=village, lead=True, email="helene@example.org", user=UserFactory())
    introduction = lived(file, village, claire)
    Letter.objects.all().delete()
    pages = {
        "own page": (None, links.file_link(file)),
        "my space": (file.holder.user, reverse("my-space")),
        "consent": (None, links.consent_link(introduction.request)),
        "village": (None, links.answer_link(introduction, seat)),
        "committee": (seat.user, reverse("villages:committee-village", args=[village.slug])),
    }
    answer_introduction(introduction=introduction, answer="yes", by_name="Hélène", words="oui", via=Via.LINK)
    plan_visit(introduction=introduction, at=timezone.now() + dt.timedelta(days=3), by=claire)
    pages["contact"] = (None, links.contact_link(introduction))
    for name, (user, address) in pages.items():
        for language in ("fr", "en"):
            client = client_of(user)
            answer = client.get(address, headers={"accept-language": language})
            assert answer.status_code == 200, name
            assert "interne-" not in answer.text.lower(), name
    letters = Letter.objects.all()
    assert {letter.key.partition(":")[0] for letter in letters} >= {"projects.accepted", "projects.visit"}
    for letter in letters:
        told = f"{letter.subject}{letter.text}{letter.html}{letter.attachments}".lower()
        assert "interne-" not in told, letter.key


@pytest.mark.parametrize("to", [Stage.PAUSED, Stage.CLOSED])
def test_why_a_file_pauses_or_closes_is_not_on_the_holders_page(claire, file, to):
    facts = {"paused_until": timezone.localdate() + dt.timedelta(days=30)} if to == Stage.PAUSED else {}
    facts |= {"closing_reason": ClosingReason.NO_NEWS} if to == Stage.CLOSED else {}
    move_file(file=file, to=to, by=claire, reason="Interdit bancaire", **facts)
    assert ProjectFile.objects.get().stage == to
    page = own_page(file)
    assert "Interdit bancaire" not in page
    assert file.reference in page


def test_a_village_that_says_no_is_not_quoted_to_the_holder(client_of, claire, file):
    village = VillageFactory()
    seat = CommitteeMemberFactory(village=village, lead=True, email="helene@example.org")
    choosing.choose_villages(file=file, reasons={village: []}, by=claire)
    request = ask_consent(file=file, by=claire)
    answer_consent(request=request, agreed_to=[village.pk], via=Via.LINK)
    send_ready(now=timezone.now())
    introduction = file.introductions.get()
    answer = client_of(None).post(links.answer_link(introduction, seat), {"answer": "no", "words": "On les connaît trop bien"})
    assert answer.status_code in (200, 302)
    introduction.refresh_from_db()
    assert (introduction.state, introduction.answer) == (IntroductionState.DECLINED, "On les connaît trop bien")
    assert "trop bien" not in own_page(file)
