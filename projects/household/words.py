"""What is known of a household, in the words in which it was said."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.typography import euros
from projects.household.wishes import Wish
from projects.models import Household, ProjectFile, Shared
from villages.enums import Level, Seeks
from villages.matching.forms import lowered


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
