"""How bookings, half-days and closures are said in templates, and one half-day of the week's grid."""

import datetime as dt
from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from common.typography import nearest_percent, percent
from telecentres import wording
from telecentres.availability.board import DeskState
from telecentres.availability.week import DeskWeek, Week, WeekCell, WeekDay
from telecentres.enums import Stretch
from telecentres.figures.occupancy import UsedShare
from telecentres.half_days import Slot, local_day
from telecentres.models import Closure, Desk, PlanArea
from telecentres.passes.prices import explain
from telecentres.places.floor_plan import floor_plan

register = template.Library()
register.filter("booked_time", wording.booked_time)
register.filter("moment", wording.moment)
register.filter("ordinal", wording.ordinal)
register.filter("why_this_price", explain)
register.filter("series_time", wording.series_time)
register.filter("occurrence_in_words", wording.occurrence_in_words)
register.filter("weekday", wording.weekday)


@register.filter
def weekday_name(weekday: int) -> str:
    return str(WEEKDAYS[weekday])


@register.simple_tag
def plan(states: list[tuple[Desk, DeskState]], areas: Iterable[PlanArea]) -> SafeString:
    """The drawn plan, each desk with the word that its line of the list says."""
    return floor_plan(states, words={state: str(word) for state, word in WORDS.items()}, areas=areas)


@register.simple_tag
def bar(share: UsedShare) -> SafeString:
    """A bar as long as the share, and the share in figures: the drawing adds nothing to hear."""
    if share.part is None:
        return SafeString("–")
    drawn = format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar__all" width="100" height="8"/><rect class="bar__part" width="{}" height="8"/></svg>',
        f"{share.part * 100:.1f}",
    )
    return format_html('<span class="bar__line">{} {}</span>', drawn, nearest_percent(share.part) if share.used else percent(0))


@register.filter
def signed(units: int) -> str:
    """« +10 », « −1 »."""
    return f"{units:+d}".replace("-", "−")


@register.filter
def slot_time(slot: Slot) -> str:
    """« jeudi 26 novembre au matin »."""
    return wording.booked_time(slot)


@register.filter
def part_of_day(day: dt.date, stretch: Stretch) -> str:
    """« jeudi 26 novembre au matin »."""
    return wording.day_part(day, stretch)


@register.filter
def slot_time_from(slot: Slot, now: dt.datetime) -> str:
    """« demain matin » when it is so near, else as slot_time."""
    return wording.near_day_part(slot.day, slot.stretch, local_day(now))


@register.filter
def closed_time(closure: Closure) -> str:
    """« mercredi 25 novembre de 12 h 30 à 18 h 30 », « du 28 décembre au 2 janvier »."""
    return wording.stretch_of_time(closure.period)


@register.filter
def closed_desk(closure: Closure, week: Week) -> str:
    """The one desk it closes, from what the week has read; nothing for a desk out of use."""
    return next((desk.name for desk in week.board.desks if desk.pk == closure.desk_id), "")


@register.filter
def weekdays(line: tuple) -> str:
    """« lundi à vendredi », of a line of Opening.weekly()."""
    first, last = (str(WEEKDAYS[weekday]).capitalize() for weekday in line[:2])
    if first == last:
        return first
    sentence = _("%(first)s and %(last)s") if line[1] == line[0] + 1 else _("%(first)s to %(last)s")
    return sentence % {"first": first, "last": last.lower()}


@register.filter
def day_note(day: WeekDay) -> str:
    """What a day's heading says under its name."""
    if day.holiday:
        return day.holiday
    if day.opens_at is None:
        return pgettext("desk", "closed")
    if day.is_today:
        return _("today")
    if day.is_shut_in_the_morning:
        return _("closed in the morning")
    if day.is_shut_in_the_afternoon:
        return _("closed in the afternoon")
    return f"{wording.clock(wording.local_time(day.opens_at))} – {wording.clock(wording.local_time(day.closes_at))}"


WHO_PRESSES = {"member": {DeskState.FREE, DeskState.FULL}, "visitor": {DeskState.FREE}, "nobody": set()}


@register.simple_tag
def slots(line: DeskWeek, *, presser: str) -> SafeString:
    """The half-days of one desk across the week: each a button, a link to what is one's own, or a word, in a cell of the table.

    `presser` is a "member", a "visitor" (whose press leads to the sign-in) or "nobody". One tag for the line and not one for each
    half-day, since a week of twenty desks holds three hundred. Where the day is the chosen one, the part of the day is written in:
    on a phone the column has no heading.
    """
    pieces, words, colon = [], {state: escape(word) for state, word in WORDS.items()}, _(": ")
    for day, cells in line.days:
        on = " on" if day.is_chosen else ""
        for number, cell in enumerate(cells):
            classes = f"{'' if number else 'week__d'}{on}".strip()
            pieces.append(f'<td class="{classes}">' if classes else "<td>")
            if cell:
                word = counted(cell, words[DeskState.FREE]) if cell.state == DeskState.FREE else words[cell.state]
                pieces.append(slot(cell, word, f"{word}{colon}{escape(cell.where)}", presser, names_its_part=day.is_chosen))
            pieces.append("</td>")
    return SafeString("".join(pieces))


def slot(cell: WeekCell, word: str, label: str, presser: str, *, names_its_part: bool) -> str:
    """HTML of what is escaped already. `label`: « Libre : Poste 1, lundi 23, matin », for those who hear the grid."""
    part = f' data-part="{escape(wording.stretch_in_words(cell.slot.stretch))}"' if names_its_part and cell.slot else ""
    if cell.state in WHO_PRESSES[presser]:
        press = f' name="slot" value="{cell.press}"' if presser == "member" else ""
        return f'<button class="slot slot--{look(cell)}"{press}{part} aria-label="{label}">{word}</button>'
    if cell.state in (DeskState.MINE, DeskState.HELD):
        own = reverse("telecentres:my-bookings")
        return f'<a class="slot slot--{look(cell)}" href="{own}"{part} aria-label="{label}">{word}</a>'
    return f'<span class="slot slot--{look(cell)}"{part}><span>{word}</span></span>'


WORDS = {
    DeskState.FREE: pgettext_lazy("half-day", "Free"),
    DeskState.MINE: pgettext_lazy("half-day", "Mine"),
    DeskState.HELD: pgettext_lazy("half-day", "Kept"),
    DeskState.TAKEN: pgettext_lazy("half-day", "Taken"),
    DeskState.FULL: pgettext_lazy("half-day", "Full"),
    DeskState.PROMISED: pgettext_lazy("half-day", "Promised"),
    DeskState.NOT_FOR_YOU: pgettext_lazy("half-day", "Others"),
    DeskState.CLOSED: pgettext_lazy("half-day", "Closed"),
    DeskState.PAST: pgettext_lazy("half-day", "Past"),
    DeskState.LATER: pgettext_lazy("half-day", "Later"),
}


def counted(cell: WeekCell, free: str) -> str:
    """What a free half-day says: « Libre », « Jour » for the whole day, « 3 libres » of any desk."""
    if cell.slot.stretch == Stretch.DAY:
        return escape(pgettext("half-day", "Day"))
    return escape(ngettext("%(number)s free", "%(number)s free", cell.free) % {"number": cell.free}) if cell.free else free


def look(cell: WeekCell) -> str:
    if cell.state == DeskState.FREE and cell.slot.stretch == Stretch.DAY:
        return "free slot--day"
    return "free slot--any" if cell.free else cell.state.value
