"""The month of arrival as people write it: read where it is one, kept in their own words where it is not. It never blocks."""

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.days import FIRST_DAY, LAST_DAY, DayField
from common.search_words import plain_words
from projects.enums import Grain
from projects.household.wishes import Wish
from projects.models import Household

LONGEST_WORDS = Household._meta.get_field("wished_words").max_length
MOST_YEARS_AHEAD = 10  # beyond, it is a slip or a joke: words
SHORTEST_MONTH = 3  # letters: « mar 2027 » is March
PASSED_OVER = {"en", "vers", "pour", "le", "mois", "de", "in", "of", "the"}  # they add nothing to the month
DAY = r"(?:(?P<day>\d{1,2})(?:er|st|nd|rd|th)? )?"
YEAR = r"(?P<year>\d{4}|\d{2})"
WAYS = [
    re.compile(rf"{DAY}(?P<name>[^\W\d]+) {YEAR}"),
    re.compile(rf"(?:(?P<day>\d{{1,2}}) )?(?P<number>\d{{1,2}}) {YEAR}"),
    re.compile(r"(?P<year>\d{4}) (?P<number>\d{1,2})(?: (?P<day>\d{1,2}))?"),
]


def read_wish(text: str, *, not_before: dt.date | None = None) -> Wish:
    """A day or a month where one is written, as exactly as it is; else the words.

    With `not_before`, a month that ends before it, or lies more than ten years after it, is kept in words too.
    """
    for wish in days_and_months(text):
        if not_before is None or is_to_come(wish.on, not_before):
            return wish
    return Wish(words=text)


def is_to_come(day: dt.date, today: dt.date) -> bool:
    return (today.year, today.month) <= (day.year, day.month) and day.year <= today.year + MOST_YEARS_AHEAD


def days_and_months(text: str) -> Iterator[Wish]:
    with suppress(ValidationError):  # as a day is written in the reader's language
        if day := DayField(required=False).clean(text):
            yield Wish(day, Grain.DAY)
    plain = " ".join(word for word in plain_words(text).split() if word not in PASSED_OVER)
    for way in WAYS:
        if found := way.fullmatch(plain):
            parts = found.groupdict()
            number = int(parts["number"]) if parts.get("number") else month_called(parts["name"])
            year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
            with suppress(ValueError):  # no such month, or no such day in it
                day = dt.date(year, number or 0, int(parts["day"] or 1))
                if FIRST_DAY <= day <= LAST_DAY:
                    yield Wish(day, Grain.DAY) if parts["day"] else Wish.in_month(day)


def month_called(word: str) -> int | None:
    """The one month whose name in any language of the site begins so."""
    found = {number for name, number in month_names() if name == word} or {
        number for name, number in month_names() if name.startswith(word)
    }
    return found.pop() if len(word) >= SHORTEST_MONTH and len(found) == 1 else None


@lru_cache(maxsize=1)
def month_names() -> list[tuple[str, int]]:
    names = []
    for language, _label in settings.LANGUAGES:
        with override(language):
            names += [(plain_words(str(name)), number) for number, name in MONTHS.items()]
    return names


class WishField(forms.CharField):
    """When they wish to arrive, as one writes it. Its value is a Wish, an empty one where nothing was written.

    `to_come`: somebody says it of themselves, so nothing is refused; what has passed is kept in their words. Without it,
    figures that are no day and no month are refused: an adviser made a slip.
    """

    def __init__(self, *, to_come: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.to_come = to_come

    def to_python(self, value: Any) -> Wish:
        text = super().to_python(value)
        if not text:
            return Wish()
        wish = read_wish(text, not_before=timezone.localdate() if self.to_come else None)
        if wish.words and not self.to_come and not any(map(str.isalpha, text)):
            raise ValidationError(_("No day and no month is written so. Write one of them, or say it in words."))
        return wish

    def run_validators(self, value: Wish) -> None:
        super().run_validators(value.words)

    def validate(self, value: Wish) -> None:
        """Whatever it is, it may be empty."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or "") != (data or "").strip()
