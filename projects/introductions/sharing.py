"""What a village would learn of a candidate, word for word: what the adviser previews, what the holder agrees to, what is kept."""

import hashlib
import json
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.typography import telephone
from projects.household.words import household_lines
from projects.models import ConsentRequest, Household, ProjectFile, Shared

SHARING_VERSION = "2026-12"


def snapshot_of(file: ProjectFile) -> list[Shared]:
    """In the first language, which is the villages'. Nothing is in it that the line before the consent does not show."""
    with override(settings.LANGUAGE_CODE):
        holder, household = file.holder, Household.objects.filter(file=file).first()
        lines = [Shared(_("First name"), holder.first_name), Shared(_("Project"), file.title)]
        if file.summary:
            lines.append(Shared(_("In a few words"), file.summary))
        if holder.lives_in:
            lines.append(Shared(_("Comes from"), holder.lives_in))
        if household:
            lines += household_lines(household)
        lines.append(Shared(_("Name"), str(holder), after_yes=True))
        if holder.email:
            lines.append(Shared(_("E-mail"), holder.email, after_yes=True))
        if holder.phone:
            lines.append(Shared(_("Telephone"), telephone(holder.phone.as_e164), after_yes=True))
        return lines


def words_of_sharing() -> str:
    """What the holder says yes to, beside the agreement to keep answers (`holders.agreement_to_keep`).

    Its version is SHARING_VERSION, to be changed with the words.
    """
    with override(settings.LANGUAGE_CODE):
        return _(
            "I agree that these lines, and why I come to each of them, are shown to the welcome committees of the villages that "
            "I choose, and nothing else. My name and how to reach me are shown to a village only once it has said yes. I may "
            "withdraw at any time: the portal then shows the villages nothing any more; a letter that they have received stays "
            "with them."
        )


def fingerprint_of(snapshot: list[Shared], words: str) -> str:
    """SHA-256 of the lines and the words, in a form that does not depend on how they are stored."""
    told = json.dumps([[*line] for line in snapshot], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{told}\n{words}".encode()).hexdigest()


class FamilyLabel(NamedTuple):
    """By what a village tells one family from another: as the holder agreed to it, whatever the file says since."""

    first_name: str
    project: str

    @classmethod
    def of(cls, request: ConsentRequest) -> "FamilyLabel":
        first_name, project, *_others = [*(line.value for line in request.lines if not line.after_yes), "", ""]
        return cls(first_name, project)
