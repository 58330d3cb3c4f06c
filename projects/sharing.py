"""What a village would learn of a candidate, word for word: what the adviser previews, what the holder agrees to, what is kept."""

import hashlib
import json
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from projects.intake.wishes import Wish
from projects.models import ConsentRequest, Household, ProjectFile
from sohosolo.templatetags.typography import euros, telephone
from villages.enums import Level, Seeks
from villages.matching.forms import lowered

WORDS_VERSION = "2026-12"


class Shared(NamedTuple):
    """One line. `after_yes`: the village reads it once it has accepted, not before."""

    label: str
    value: str
    after_yes: bool = False


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


def household_known_of(file: ProjectFile) -> list[Shared]:
    """For the team: also where they live, and a village that they have in mind, which is no other village's to read."""
    household = Household.objects.filter(file=file).select_related("wished_village__commune").first()
    lines = household_lines(household) if household else []
    if file.holder.lives_in:
        lines.append(Shared(_("Comes from"), file.holder.lives_in))
    if household and household.wished_village:
        lines.append(Shared(_("A village in mind"), str(household.wished_village)))
    return lines


def household_lines(household: Household) -> list[Shared]:
    """What is known of it, in the words in which it was said; of what is unknown, no line."""
    lines = []
    if people := [*filter(None, [adults_words(household), children_words(household)])]:
        lines.append(Shared(_("Household"), ", ".join(people)))
    if household.school_levels:
        lines.append(Shared(_("The children"), level_words(household)))
    if household.partner_job:
        lines.append(Shared(_("The partner’s work"), household.partner_job))
    if home := [*filter(None, [household.get_seeks_display(), budget_words(household), rooms_words(household)])]:
        lines.append(Shared(_("Housing"), ", ".join(home)))
    if wish := str(Wish.of(household)):
        lines.append(Shared(_("Arrival"), wish))
    return lines


def adults_words(household: Household) -> str:
    if household.adults is None:
        return ""
    if household.may_be_more:
        return ngettext("%(n)d adult or more", "%(n)d adults or more", household.adults) % {"n": household.adults}
    return ngettext("%(n)d adult", "%(n)d adults", household.adults) % {"n": household.adults}


def children_words(household: Household) -> str:
    if household.children is None:
        return ""
    if household.children == 0:
        return _("no children")
    return ngettext("%(n)d child", "%(n)d children", household.children) % {"n": household.children}


def level_words(household: Household) -> str:
    """How many go where; only where, as long as nobody has said it of each child."""
    told = []
    for level in Level:
        number, where = household.school_levels.count(level), lowered(level.label)
        if number and household.counts_levels:
            told.append(
                ngettext("%(number)d child: %(where)s", "%(number)d children: %(where)s", number)
                % {"number": number, "where": where}
            )
        elif number:
            told.append(where)
    return _("; ").join(told)


def budget_words(household: Household) -> str:
    """A month or in all, as the home is; neither where nobody has said what is looked for."""
    if household.housing_budget is None:
        return ""
    sum_ = {"sum": euros(household.housing_budget)}
    if household.seeks == Seeks.SALE:
        return _("%(sum)s in all at most") % sum_
    if household.seeks and Seeks(household.seeks).is_monthly:
        return _("%(sum)s a month at most") % sum_
    return _("%(sum)s at most") % sum_


def rooms_words(household: Household) -> str:
    if not household.rooms:
        return ""
    return ngettext("%(number)d room at least", "%(number)d rooms at least", household.rooms) % {"number": household.rooms}


def consent_words() -> str:
    """What the holder says yes to; its version is WORDS_VERSION, to be changed with the words."""
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


def read(snapshot: list[list]) -> list[Shared]:
    return [Shared(*line) for line in snapshot]


class Named(NamedTuple):
    """By what a village tells one family from another: as the holder agreed to it, whatever the file says since."""

    first_name: str
    project: str

    @classmethod
    def of(cls, request: ConsentRequest) -> "Named":
        first_name, project, *_others = [*(line.value for line in read(request.snapshot) if not line.after_yes), "", ""]
        return cls(first_name, project)
