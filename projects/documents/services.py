"""Papers of a file: asked for, received, taken away."""

import datetime as dt
from functools import partial

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from members import journal
from members.access import Act
from members.enums import JournalEvent
from members.models import User
from projects.activity.ball import pass_ball_and_show_note
from projects.activity.kept_words import in_first_language
from projects.activity.refusals import DocumentRefused
from projects.documents import papers
from projects.enums import Ball
from projects.models import Document, ProjectFile
from projects.models.file import locked

MOST = 60  # papers on one file
MOST_A_DAY = 20  # received by one file


@transaction.atomic
def ask_document(*, file: ProjectFile, label: str, by: User, now: dt.datetime | None = None) -> Document:
    """The holder sees it on their own page, and is reminded of it. The ball is theirs from here on."""
    now = now or timezone.now()
    file = locked(file)
    same = file.documents.awaited().filter(label=label).first()
    if same:
        return same
    pass_ball_and_show_note(file=file, to=Ball.HOLDER, note=in_first_language(gettext_noop("send %(paper)s"), paper=label), now=now)
    return Document.objects.create(file=file, label=label, asked_at=now, asked_by=by, for_holder=True, created_at=now)


@transaction.atomic
def receive_document(
    *,
    file: ProjectFile,
    upload: File,
    name: str,
    document: Document | None = None,
    label: str = "",
    by: User | None = None,
    for_holder: bool = False,
    now: dt.datetime | None = None,
) -> Document:
    """Keep a paper, one that was asked for or another. Its type is what its bytes say. Raises DocumentRefused.

    What an adviser puts in is the team's own unless they say that it is `for_holder`.
    """
    now = now or timezone.now()
    file = locked(file)
    try:
        kind = papers.kind_of(upload)
    except papers.PaperRefused as refusal:
        raise DocumentRefused(str(refusal), "upload") from refusal
    if file.documents.count() >= MOST:
        raise DocumentRefused(_("This file holds %(most)d papers: take one away first.") % {"most": MOST}, "upload")
    if file.documents.filter(received_at__gt=now - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        said = _("This file has received %(most)d papers within a day. Please send the others tomorrow.")
        raise DocumentRefused(said % {"most": MOST_A_DAY}, "upload")
    if document is None:
        document = Document(file=file, label=label or papers.tidy_name(name), created_at=now)
    elif document.received_at:
        raise DocumentRefused(_("This paper has come already."), "upload")
    from_holder = by is None or not by.may(Act.WORK_ON_FILES)
    document.received_at, document.sent_by = now, by
    document.for_holder = document.for_holder or for_holder or from_holder
    document.name, document.type, document.size = papers.tidy_name(name), kind, upload.size
    upload.seek(0)
    document.content.save("", upload, save=False)
    document.save()
    if from_holder:
        pass_ball_and_show_note(
            file=file, to=Ball.ADVISER, note=in_first_language(gettext_noop("read %(paper)s"), paper=document.label), now=now
        )
    return document


@transaction.atomic
def remove_document(*, document: Document, by: User | None) -> None:
    """Its content goes once that is certain; that there was such a paper stays in the journal. `by` nobody: its time was over."""
    kind = f"“{document.label}”, {document.type or 'awaited'}" if document.asked_at else document.type
    journal.note(JournalEvent.PAPER_DELETED, by=by, about=f"{document.file.reference}, {kind}")
    if document.content:
        transaction.on_commit(partial(document.content.storage.delete, document.content.name))
    document.delete()
