"""Where each fact ends: the page on which an adviser writes down what makes it go."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from projects.enums import IntroductionState
from projects.models import Document, FollowUp, FundingLine, Introduction, ProjectFile
from projects.reminders.morning.cards import CardEnd, CardKind

MODELS = {
    CardKind.FIRST: ProjectFile,
    CardKind.NOTHING: ProjectFile,
    CardKind.PAUSE: ProjectFile,
    CardKind.NEWS: FollowUp,
    CardKind.ANSWER: Introduction,
    CardKind.SILENT: Introduction,
    CardKind.LATER: Introduction,
    CardKind.HELD: Introduction,
    CardKind.VISIT: Introduction,
    CardKind.MONEY: FundingLine,
    CardKind.PAPER: Document,
}


def end_of_fact(kind: CardKind, row: Any) -> CardEnd:
    """`row`: of the model that MODELS names for this kind."""
    file = row.pk if isinstance(row, ProjectFile) else row.file_id
    match kind:
        case CardKind.NOTHING:
            return CardEnd(_("Plan something"), reverse("admin:projects_projectfile_add_task", args=[file]))
        case CardKind.PAUSE:
            return CardEnd(_("Change the stage"), reverse("admin:projects_projectfile_move", args=[file]))
        case CardKind.ANSWER if row.state == IntroductionState.CONTACT_MADE:
            return CardEnd(_("Plan the visit"), reverse("admin:projects_introduction_visit", args=[row.pk]))
        case CardKind.SILENT | CardKind.LATER:
            return CardEnd(_("Note the answer"), reverse("admin:projects_introduction_answer", args=[row.pk]))
        case CardKind.VISIT | CardKind.HELD:
            return CardEnd(_("What became of it"), reverse("admin:projects_introduction_outcome", args=[row.pk]))
        case CardKind.MONEY:
            return CardEnd(_("Change the request"), reverse("admin:projects_projectfile_line", args=[file, row.pk]))
        case CardKind.PAPER:
            return CardEnd(_("To the papers"), reverse("admin:projects_projectfile_change", args=[file]) + "#documents")
    return CardEnd(_("Note the call"), reverse("admin:projects_projectfile_note", args=[file]) + "?quoi=call-out")
