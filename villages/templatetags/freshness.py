"""The age of a fact, where a template knows its day alone."""

import datetime as dt

from django import template
from django.utils import timezone

from villages.facts.freshness import Age, FactKind

register = template.Library()


@register.filter
def age_as(since: dt.date | None, kind: str) -> Age:
    """`check.checked_on|age_as:"check"`, for components/age.html; the kinds are those of villages.facts.freshness.Kind."""
    return Age.of(FactKind(kind), since, on=timezone.localdate())
