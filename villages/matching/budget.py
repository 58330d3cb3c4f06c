"""What a household can pay: a month for a rent or a trial, in all for a sale. One is not taken for the other."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from villages.enums import Seeks

MOST_A_MONTH, LEAST_IN_ALL, MOST_IN_ALL = 10_000, 5_000, 9_999_999  # euros: beyond, the other kind of price was meant


def fault_of_budget(budget: Decimal | int | None, seeks: str | None) -> str:
    """Why so many euros are not what one pays for that, in a sentence; empty where they may be, or where one of both is unknown."""
    if budget and seeks == Seeks.SALE and budget < LEAST_IN_ALL:
        return _("That is little to buy a home with: write the price in all, not a month's share of it.")
    if budget and seeks and Seeks(seeks).is_monthly and budget > MOST_A_MONTH:
        return _("That is much for a month: write what you can pay a month, not in all.")
    return ""


def budget_in_words(budget: int, seeks: Seeks) -> str:
    """A month or in all, as the answer about the home makes it."""
    figure = {"budget": number_format(budget, use_l10n=True, force_grouping=True)}
    if seeks.is_monthly:
        return _("Budget: %(budget)s euros a month") % figure
    if seeks == Seeks.SALE:
        return _("Budget: %(budget)s euros in all") % figure
    return _("Budget: %(budget)s euros") % figure
