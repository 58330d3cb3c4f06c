"""Answers to the questionnaire of the villages, as a file keeps them and as they fill its household."""

from dataclasses import replace
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.utils.translation import override

from projects.models import Household
from villages.enums import Level, Seeks
from villages.matching.addresses import answers_of, results_address
from villages.matching.forms import MatchingForm
from villages.matching.household import Household as AsMatched

THREE_OR_MORE = 3  # the questionnaire's last answer about adults


class Answers(NamedTuple):
    """`query` is the one of these answers, whatever order or language they came in; the rest is in the first language."""

    query: str
    address: str  # of the villages for them
    in_words: str  # each in a line
    household: dict[str, Any]  # the fields of a Household

    @classmethod
    def read(cls, query: str) -> Self | None:
        """None where they are not complete: nothing is made of half of them."""
        with override(settings.LANGUAGE_CODE):
            form = answers_of(query)
            if not query or not form.is_valid():
                return None
            return cls(
                form.address(),
                f"{settings.SITE_URL}{results_address(form)}",
                "\n".join(form.answers_in_words()),
                household_of(form),
            )

    @property
    def note(self) -> str:
        """What stands on the file's timeline."""
        return f"{self.in_words}\n{self.address}"


def household_of(form: MatchingForm) -> dict[str, Any]:
    """What these answers say of who would come and of the home they look for. Unsaid is unknown."""
    said = form.household
    return {
        "adults": said.adults,
        "may_be_more": said.adults == THREE_OR_MORE,
        "children": form.number_of_children,
        "school_levels": [level.value for level in said.children],
        "partner_job": form.partner_words,
        "seeks": said.seeks.value,
        "housing_budget": said.budget,
        "rooms": said.rooms,
    }


def as_known_now(said: AsMatched, household: Household | None) -> AsMatched:
    """The household that villages are ranked for: what it answered, as its file has it since, where the file says more or else."""
    if household is None:
        return said
    if household.counts_levels or household.children == 0:
        said = replace(said, children=tuple(Level(level) for level in household.school_levels))
    if household.adults is not None:
        said = replace(said, adults=household.adults)
    if household.seeks:
        budget = None if household.housing_budget is None else int(household.housing_budget)
        said = replace(said, seeks=Seeks(household.seeks), budget=budget, rooms=household.rooms)
    return said
