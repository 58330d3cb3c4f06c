"""A file erased at its holder's request: nothing of them is left in any table, in no paper, and the figures stay."""

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.urls import reverse
from django.utils import timezone

from common.personal_data import PersonalData, declared_of
from outbox.models import Letter
from projects.enums import ConsentPurpose, FundingState, IntroductionState, Stage, Via
from projects.files.lifecycle import move_file
from projects.holders.consents import give_consent
from projects.holders.merging import merge_holders
from projects.models import Change, Document, Holder, Household, IntroductionMove, ProjectFile, Transition
from projects.models.people import HOLDERS
from tests.canary import ADDRESS, PHONE, SIRET, WORD, tables_that_tell
from tests.factories.members import UserFactory
from tests.factories.projects import (
    ConsentRequestFactory,
    DocumentFactory,
    EventFactory,
    FollowUpFactory,
    FundingLineFactory,
    HolderFactory,
    HouseholdFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db
NO_WORDS = {"Hold", "Merge"}  # which letter is kept back, which rows were moved: numbers


@pytest.fixture
def lead():
    return UserFactory(lead=True)


@pytest.fixture
def told_everywhere(lead, settings, tmp_path):
    """Their file, with their words in each table that says it keeps something of people who bring a project."""
    settings.MEDIA_ROOT = tmp_path
    person = {"first_name": WORD, "last_name": WORD, "email": ADDRESS, "confirmed_email": ADDRESS, "phone": PHONE, "lives_in": WORD}
    holder = HolderFactory(**person)
    file = ProjectFileFactory(
        supported=True,
        adviser=lead,
        holder=holder,
        title=WORD,
        summary=WORD,
        answers=WORD,
        ball_note=WORD,
        holder_word=WORD,
        siret=SIRET,
    )
    HouseholdFactory(file=file, partner_job=WORD, wished_words=WORD)
    give_consent(holder=holder, purpose=ConsentPurpose.FILE, now=timezone.now())
    holder.consents.update(words=WORD)
    merge_holders(kept=holder, absorbed=HolderFactory(**person), by=lead)
    EventFactory(file=file, text=WORD, author=lead)
    TaskFactory(file=file, title=WORD, assignee=lead)
    FollowUpFactory(file=file, comment=WORD)
    Change.objects.create(file=file, of="file", field="title", before=WORD, after=WORD, by=lead)
    DocumentFactory(file=file, received=True, label=WORD, name=f"{WORD}.pdf")
    file.needs.create(label=WORD, amount=1000)
    FundingLineFactory(file=file, label=WORD, state=FundingState.PLANNED)
    request = ConsentRequestFactory(
        file=file, given=True, words=WORD, snapshot=[{"label": WORD, "value": WORD, "after_yes": False}]
    )
    introduction = IntroductionFactory(
        file=file,
        request=request,
        state=IntroductionState.DECLINED,
        slot=None,
        answer=WORD,
        answered_by=WORD,
        reader_name=WORD,
        beyond_capacity=WORD,
        reasons=[WORD],
    )
    states = {"from_state": IntroductionState.SENT, "to_state": IntroductionState.DECLINED}
    IntroductionMove.objects.create(introduction=introduction, by_name=WORD, reason=WORD, via=Via.LINK, **states)
    for row in (holder, file):
        LogEntry.objects.log_actions(lead.pk, [row], CHANGE, [{"changed": {"name": "holder", "object": WORD}}], single_object=True)
    move_file(file=file, to=Stage.PAUSED, by=lead, reason=WORD, paused_until=timezone.localdate() + dt.timedelta(days=9))
    move_file(file=file, to=Stage.CLOSED, by=lead, reason=WORD, closing_reason="gave_up")
    return file


def test_nothing_of_them_is_left(client_of, lead, told_everywhere, django_capture_on_commit_callbacks):
    file, paper = told_everywhere, Path(Document.objects.get().content.path)
    before = tables_that_tell()
    of_holders = {model for model in apps.get_models() if isinstance(it := declared_of(model), PersonalData) and it.of == HOLDERS}
    said = {model.__name__ for model in of_holders if model._meta.db_table in before}
    assert {model.__name__ for model in of_holders} - said == NO_WORDS, "each table that tells of them is asked"
    moves = Transition.objects.filter(file=file).count()
    with django_capture_on_commit_callbacks(execute=True):
        page = reverse("admin:projects_projectfile_move", args=[file.pk])
        assert client_of(lead).post(page, {"to": Stage.ANONYMISED, "understood": "on"}).status_code == 302
    assert tables_that_tell() == {}
    assert not paper.exists()
    file.refresh_from_db()
    assert (file.stage, file.title, str(file.holder)) == (Stage.ANONYMISED, "Projet anonymisé", "Anonyme")
    assert Transition.objects.filter(file=file).count() == moves + 1
    assert (ProjectFile.objects.count(), Holder.objects.count(), Household.objects.count()) == (1, 1, 1)
    assert Letter.objects.exclude(to="").count() == 0
