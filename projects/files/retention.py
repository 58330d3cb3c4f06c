"""What is kept of a closed file, and for how long: two years after the last contact, as people agreed to."""

import datetime as dt
from functools import partial

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.personal_data import erase
from members.access import Act
from members.models import User
from outbox.retention import forget_at_once, forget_letters
from projects.activity.kept_words import in_first_language
from projects.activity.refusals import StageRefused
from projects.documents.services import remove_document
from projects.enums import Stage
from projects.files.lifecycle import move_file
from projects.models import ConsentRequest, Document, Holder, Household, IntroductionMove, ProjectFile
from projects.models.file import locked
from projects.notifications import letters_about, letters_that_asked

KEPT_FOR = dt.timedelta(days=730)
PAPERS_KEPT_FOR = dt.timedelta(days=183)  # after the closing


def with_last_seen(files: QuerySet[ProjectFile]) -> QuerySet[ProjectFile]:
    """Annotate files with `last_seen`: the latest of the last contacts and of reaching their stage (GREATEST passes over NULL)."""
    last = Greatest("stage_since", "last_contact_in_at", "last_contact_out_at")
    return files.annotate(last_seen=ExpressionWrapper(last, output_field=DateTimeField()))


def forget_what_is_due(*, now: dt.datetime) -> None:
    """Once a working day: what has been kept for as long as people agreed to goes, the files and the papers."""
    anonymise_due(now=now)
    purge_papers(now=now)


def anonymise_due(*, now: dt.datetime) -> int:
    """Every closed file whose time has come. Returns how many."""
    due = with_last_seen(ProjectFile.objects.filter(stage=Stage.CLOSED)).filter(last_seen__lt=now - KEPT_FOR).order_by("pk")
    files = list(due)
    for file in files:
        anonymise(file=file, now=now)
    return len(files)


def purge_papers(*, now: dt.datetime) -> int:
    """Papers of files that were closed long enough ago. Returns how many."""
    old = Document.objects.filter(file__stage=Stage.CLOSED, file__stage_since__lt=now - PAPERS_KEPT_FOR).select_related("file")
    papers = list(old.order_by("pk"))
    for document in papers:
        remove_document(document=document, by=None)
    return len(papers)


def erase_at_request(*, file: ProjectFile, by: User, now: dt.datetime) -> ProjectFile:
    """At once, as people were promised: by whoever leads the files, of a closed one. There is no way back. Raises StageRefused."""
    if not by.may(Act.LEAD_FILES):
        raise StageRefused(_("Only the lead adviser erases a file."), "to")
    return anonymise(file=file, reason=in_first_language(gettext_noop("asked for by the holder, done by %(by)s"), by=by), now=now)


@transaction.atomic
def anonymise(*, file: ProjectFile, now: dt.datetime, reason: str = "") -> ProjectFile:
    """Who it was and what was said goes; that there was such a file, where it came from and how it ended stays for the figures."""
    file = locked(file)
    reason = reason or in_first_language(gettext_noop("two years after the last contact"))
    file = move_file(file=file, to=Stage.ANONYMISED, by=None, reason=reason[:200], now=now)
    forget_at_once(letters_about(file))
    forget_letters(letters_that_asked(file))
    for document in Document.objects.filter(file=file).exclude(content=""):
        transaction.on_commit(partial(document.content.storage.delete, document.content.name))
    for rows in rows_of(file):
        forget_in_admin_log(rows)
        erase(rows)
    file.tasks.update(title="–")
    file.refresh_from_db()
    file.title = in_first_language(gettext_noop("Anonymised project"))
    file.save(update_fields=["title"])
    forget_holder(file.holder)
    return file


def rows_of(file: ProjectFile) -> list[QuerySet]:
    """The file and all that hangs on it: the rows of each table that keeps something of whoever brought the project."""
    return [
        ProjectFile.objects.filter(pk=file.pk),
        Household.objects.filter(file=file),
        file.transitions.exclude(to_stage=Stage.ANONYMISED),  # whose reason is ours
        *(rows.all() for rows in (file.events, file.changes, file.tasks, file.follow_ups, file.documents)),
        *(rows.all() for rows in (file.needs, file.funding_lines, file.introductions)),
        IntroductionMove.objects.filter(introduction__file=file),
        ConsentRequest.objects.filter(file=file),
    ]


def forget_holder(holder: Holder) -> None:
    """With the records that were found to be theirs too; unless another file of theirs is still kept."""
    if holder.files.exclude(stage=Stage.ANONYMISED).exists():
        return
    for second in second_records(holder):
        forget_in_admin_log(Holder.objects.filter(pk=second.pk))
        second.delete()
    record = Holder.objects.filter(pk=holder.pk)
    forget_in_admin_log(record)
    erase(record)
    record.update(user=None, last_name=in_first_language(gettext_noop("Anonymous")))
    erase(holder.consents.all())


def forget_in_admin_log(rows: QuerySet) -> None:
    """Who changed which row, and when, stays; what the row was called goes."""
    of_rows = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(rows.model))
    of_rows.filter(object_id__in=[str(pk) for pk in rows.values_list("pk", flat=True)]).update(object_repr="", change_message="")


def second_records(holder: Holder) -> list[Holder]:
    """Those that were merged into this one, and into those."""
    found = []
    for merge in holder.merges.select_related("absorbed").order_by("pk"):
        found += [*second_records(merge.absorbed), merge.absorbed]
    return found
