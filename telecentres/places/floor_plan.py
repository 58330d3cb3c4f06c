"""The drawn plan of a place: its rooms and its desks where the host put them. The list beside it says the same."""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from telecentres.availability.board import DeskState
from telecentres.enums import DeskKind
from telecentres.models import Desk, PlanArea

WIDTH, HEIGHT, MARGIN = 1000, 560, 70
CHAIRS = 37  # the room they take below a table
TABLES = {DeskKind.DESK: (110, 66), DeskKind.OFFICE: (130, 80), DeskKind.ROOM: (190, 90)}
# A sign beside the colour: who sees none reads it.
LOOKS = {
    DeskState.FREE: ("is-free", ""),
    DeskState.MINE: ("is-mine", "★ "),
    DeskState.HELD: ("is-mine", "★ "),
    DeskState.TAKEN: ("is-busy", "× "),
    DeskState.PROMISED: ("is-busy", "× "),
    DeskState.NOT_FOR_YOU: ("is-busy", "× "),
}
CLOSED = ("is-shut", "– ")


def floor_plan(
    states: Iterable[tuple[Desk, DeskState]], *, words: Mapping[DeskState, str], areas: Iterable[PlanArea] = ()
) -> SafeString:
    """SVG of those desks that have a place on the plan; nothing where none has. Each leads to its line of the list."""
    placed = [(desk, state) for desk, state in states if desk.plan_x is not None]
    if not placed:
        return SafeString("")
    rooms = format_html_join("", "{}", ((room_drawing(area),) for area in sorted(areas, key=attrgetter("pk"))))
    drawn = format_html_join("", "{}", ((desk_drawing(desk, state, words.get(state, "")),) for desk, state in placed))
    return format_html(
        '<svg class="plan__svg" viewBox="0 0 {} {}" role="group" aria-label="{}">'
        '<rect class="plan__floor" x="4" y="4" width="{}" height="{}"/>{}{}</svg>',
        WIDTH,
        HEIGHT,
        _("Plan of the place"),
        WIDTH - 8,
        HEIGHT - 8,
        rooms,
        drawn,
    )


def room_drawing(area: PlanArea) -> SafeString:
    """Its walls and its name, in its upper left corner."""
    across, down = (WIDTH - 8) / 100, (HEIGHT - 8) / 100
    x, y, wide, deep = 4 + area.x * across, 4 + area.y * down, area.wide * across, area.deep * down
    return format_html(
        '<rect class="plan__wall" x="{}" y="{}" width="{}" height="{}"/><text class="plan__room" x="{}" y="{}">{}</text>',
        round(x),
        round(y),
        round(wide),
        round(deep),
        round(x + 12),
        round(y + 24),
        area.name,
    )


def desk_drawing(desk: Desk, state: DeskState, word: str) -> SafeString:
    wide, high = TABLES[DeskKind(desk.kind)]
    x = MARGIN + desk.plan_x * (WIDTH - 2 * MARGIN - wide) / 100
    y = MARGIN / 2 + desk.plan_y * (HEIGHT - MARGIN - high - CHAIRS) / 100
    look, sign = LOOKS.get(state, CLOSED)
    seats = min(desk.seats, 3)
    places = ((round(x + wide * (n + 1) / (seats + 1)), round(y + high + 22)) for n in range(seats))
    chairs = format_html_join("", '<circle class="plan__seat" cx="{}" cy="{}" r="15"/>', places)
    return format_html(
        '<a class="plan__place {}" href="#poste-{}" aria-label="{}">{}'
        '<rect class="plan__desk" x="{}" y="{}" width="{}" height="{}" rx="6"/><text class="plan__n" x="{}" y="{}">{}</text></a>',
        look,
        desk.pk,
        f"{desk.name}, {word}" if word else desk.name,
        chairs,
        round(x),
        round(y),
        wide,
        high,
        round(x + wide / 2),
        round(y + high / 2 + 8),
        f"{sign}{short_name(desk.name)}",
    )


def short_name(name: str) -> str:
    """« Poste 3 » → « 3 », « Salle de réunion » → « S »."""
    last = name.split()[-1]
    return last if len(last) <= 2 else name[:1]
