"""What a village would learn of a candidate, word for word: what the adviser previews, what the holder agrees to, what is kept."""

import hashlib
import json
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from projects.models import Household, ProjectFile
from sohosolo.templatetags.typography import day_of_year, euros, telephone

WORDS_VERSION = "2026-11"


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


def household_lines(household: Household) -> list[Shared]:
    people = ngettext("%(n)d adult", "%(n)d adults", household.adults) % {"n": household.adults}
    if household.children:
        children = ngettext("%(n)d child", "%(n)d children", household.children) % {"n": household.children}
        people = _("%(adults)s and %(children)s") % {"adults": people, "children": children}
    lines = [Shared(_("Household"), people)]
    if household.school_levels:
        lines.append(Shared(_("School"), ", ".join(household.school_words)))
    if household.partner_job:
        lines.append(Shared(_("The partner’s work"), household.partner_job))
    if household.housing_budget:
        sum_ = euros(household.housing_budget)
        lines.append(Shared(_("Housing"), _("%(sum)s a month at most") % {"sum": sum_}))
    if household.wished_on:
        lines.append(Shared(_("Arrival"), day_of_year(household.wished_on)))
    return lines


def consent_words() -> str:
    """What the holder says yes to; its version is WORDS_VERSION, to be changed with the words."""
    with override(settings.LANGUAGE_CODE):
        return _(
            "I agree that these lines, and nothing else, are shown to the welcome committees of the villages named below. "
            "My name and how to reach me are shown to a village only once it has said yes. I may withdraw at any time: "
            "the villages then see nothing any more."
        )


def fingerprint_of(snapshot: list[Shared], words: str) -> str:
    """SHA-256 of the lines and the words, in a form that does not depend on how they are stored."""
    told = json.dumps([[*line] for line in snapshot], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{told}\n{words}".encode()).hexdigest()


def read(snapshot: list[list]) -> list[Shared]:
    return [Shared(*line) for line in snapshot]
