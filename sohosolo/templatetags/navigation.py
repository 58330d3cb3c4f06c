"""Where the reader stands: the same page in another language, the pages of a long list, the territory."""

from collections.abc import Iterator

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.urls import reverse, translate_url
from django.utils.translation import get_language, override

from sohosolo.territories import Territory

register = template.Library()


@register.simple_tag(takes_context=True)
def same_page_in(context: template.Context, language: str) -> str:
    """The address of this page in `language`, its query kept; the home page where this one has no other language."""
    here = context.request.get_full_path()
    there = translate_url(here, language)
    if there == here and language != get_language():
        with override(language):
            return reverse("home")
    return there


@register.simple_tag
def territory() -> Territory:
    """For the pages that are rendered without a request. All others have `territory` already."""
    return settings.TERRITORY.spoken(get_language() or "")


@register.filter
def elided(page: Page) -> Iterator[int | str]:
    """The numbers worth showing around `page`, with "…" for those left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
