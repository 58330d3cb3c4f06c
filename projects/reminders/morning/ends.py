"""Where each fact ends: the page on which an adviser writes down what makes it go."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from projects.enums import IntroductionState
from projects.models import Document, FollowUp, FundingLine, Introduction, ProjectFile
from projects.reminders.morning.cards import End, Kind

MODELS = {
    Kind.FIRST: ProjectFile,
    Kind.NOTHING: ProjectFile,
    Kind.PAUSE: ProjectFile,
    Kind.NEWS: FollowUp,
    Kind.ANSWER: Introduction,
    Kind.SILENT: Introduction,
    Kind.LATER: Introduction,
    Kind.HELD: Introduction,
    Kind.VISIT: Introduction,
    Kind.MONEY: FundingLine,
    Kind.PAPER: Document,
}


def end_of_fact(kind: Kind, row: Any) -> End:
    """`row`: of the model that MODELS names for this kind."""
    file = row.pk if isinstance(row, ProjectFile) else row.file_id
    match kind:
        case Kind.NOTHING:
            return End(_("Plan something"), reverse("admin:projects_projectfile_add_task", args=[file]))
        case Kind.PAUSE:
            return End(_("Change the stage"), reverse("admin:projects_projectfile_move", args=[file]))
        case Kind.ANSWER if row.state == IntroductionState.CONTACT_MADE:
            return End(_("Plan the visit"), reverse("admin:projects_introduction_visit", args=[row.pk]))
        case Kind.SILENT | Kind.LATER:
            return End(_("Note the answer"), reverse("admin:projects_introduction_answer", args=[row.pk]))
        case Kind.VISIT | Kind.HELD:
            return End(_("What became of it"), reverse("admin:projects_introduction_outcome", args=[row.pk]))
        case Kind.MONEY:
            return End(_("Change the request"), reverse("admin:projects_projectfile_line", args=[file, row.pk]))
        case Kind.PAPER:
            return End(_("To the papers"), reverse("admin:projects_projectfile_change", args=[file]) + "#documents")
    return End(_("Note the call"), reverse("admin:projects_projectfile_note", args=[file]) + "?quoi=call-out")
