"""Figures, dates and names as a careful printer of the reader's language sets them.

French: `1 213`, `12 h 30`, `mardi 24 novembre`, `1er décembre`, `14 km`, `6 €`, with narrow no-break spaces. Elsewhere
Django's own formats for that language.
"""

import datetime as dt
from decimal import Decimal

import phonenumbers
from django.conf import settings
from django.utils import formats, timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language, ngettext

from common.rounding import to_places, whole, whole_kilometres, whole_percent

NARROW = "\u202f"  # the space that never breaks and never gapes
NO_BREAK = "\xa0"


def _in_french() -> bool:
    return (get_language() or "").startswith("fr")


def number(value: float | Decimal | None, places: int = 0) -> str:
    """1213 → « 1 213 », 2.5 → « 3 »; `places` decimals at most, none when they would be zeros. Nothing for None."""
    if value is None:
        return ""
    rounded = to_places(value, places)
    if rounded == int(rounded):
        rounded, places = int(rounded), 0
    return formats.number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)


def inhabitants(value: int) -> str:
    text = ngettext("%(number)s inhabitant", "%(number)s inhabitants", value) % {"number": number(value)}
    return text.replace(" ", NARROW if _in_french() else NO_BREAK, 1)


def kilometres(value: float) -> str:
    """Whole kilometres: 14.3 → « 14 km »; anything under one is 1, since no estimate is finer."""
    return f"{number(whole_kilometres(value))}{NARROW}km"


def euros(value: Decimal | float) -> str:
    """6 → « 6 € », 6.5 → « 6,50 € »."""
    whole = value == int(value)
    text = formats.number_format(value, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=True)
    return f"{text}{NARROW}€" if _in_french() else f"€{text}"


def percent(share: float) -> str:
    """0.957 → « 95 % ». Never rounded up: what is said of the whole must be true of it."""
    return f"{whole_percent(share)}{NARROW if _in_french() else ''}%"


def nearest_percent(share: float) -> str:
    """A part among others: 0.957 → « 96 % », and what is under one in a hundred but there → « < 1 % »."""
    nearest = whole(share * 100)
    return percent(nearest / 100) if nearest or not share else f"<{NARROW}{percent(0.01)}"


def duration(minutes: int) -> str:
    """75 → « 1 h 15 », 42 → « 42 min »."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return f"{rest}{NARROW}min"
    return f"{hours}{NARROW}h{NARROW}{rest:02}" if rest else f"{hours}{NARROW}h"


def clock(value: dt.time | dt.datetime | None) -> str:
    """12:30 → « 12 h 30 », 18:00 → « 18 h »."""
    if value is None:
        return ""
    if not _in_french():
        return formats.time_format(value)
    return f"{value.hour}{NARROW}h{NARROW}{value.minute:02}" if value.minute else f"{value.hour}{NARROW}h"


def is_of_this_year(value: dt.date | None) -> bool:
    """Whether a date may be said without its year: the one place that decides it. Nothing has no year to say."""
    return not value or value.year == timezone.localdate().year


def day(value: dt.date | None) -> str:
    """« mardi 24 novembre », « mardi 1er décembre »; of another year than today's, « jeudi 23 décembre 2027 »."""
    return _date(value, "l {day} F", "l j F") if is_of_this_year(value) else day_of_year(value)


def day_of_year(value: dt.date | None) -> str:
    """« mardi 24 novembre 2026 »."""
    return _date(value, "l {day} F Y", "l j F Y")


def dated(value: dt.date | None) -> str:
    """« 24 novembre 2026 », « 1er décembre 2026 »: a fact's date."""
    return _date(value, "{day} F Y", "j F Y")


def short_day(value: dt.date | None) -> str:
    """« mar. 24 », « mar. 1er »: for a narrow column of the next days."""
    return _date(value, "D. {day}", "D j")


def weekday(value: dt.date | None) -> str:
    """« jeudi 26 », « mardi 1er »: inside one week or month that is named beside it."""
    return _date(value, "l {day}", "l j")


def _date(value: dt.date | None, french: str, other: str) -> str:
    if not value:
        return ""
    if not _in_french():
        return format_date(value, other)
    return format_date(value, french.format(day=r"j\e\r" if value.day == 1 else "j"))


def telephone(value: str) -> str:
    """+33500000000 → « 05 00 00 00 00 », as it is dialled from the territory; what cannot be read is left alone."""
    try:
        parsed = phonenumbers.parse(str(value), settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return str(value)
    home = phonenumbers.region_code_for_number(parsed) == settings.PHONENUMBER_DEFAULT_REGION
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style).replace(" ", NO_BREAK)


def initials(name: str) -> str:
    """« Hélène Daubas » → « HD »: at most two."""
    words = [word for word in str(name).replace("-", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in (words if len(words) < 2 else (words[0], words[-1]))).upper()


def curly(name: str) -> str:
    """The apostrophe of a printer for that of a keyboard: « L'Isle-Jourdain » → « L’Isle-Jourdain »."""
    return str(name).replace("'", "’")
