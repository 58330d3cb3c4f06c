"""The answers of a questionnaire as addresses: where they lead, and the form that an address fills."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from villages.matching.facts_from_rows import chief_town_name
from villages.matching.forms import MatchingForm


def chief_town() -> str:
    return chief_town_name().values_list("name", flat=True).first() or ""


def results_address(form: MatchingForm, **view: str) -> str:
    """Of the results of these answers."""
    return f"{reverse('villages:matches')}?{form.address()}{'&' if view else ''}{urlencode(view)}"


def compare_address(slugs: Iterable[str]) -> str:
    """Of the page that sets villages side by side."""
    return f"{reverse('villages:compare')}?{urlencode([('v', slug) for slug in slugs])}"


def answers_of(query: str) -> MatchingForm:
    """The form of answers that come as the query of an address."""
    return MatchingForm(QueryDict(query), chief_town=chief_town())
