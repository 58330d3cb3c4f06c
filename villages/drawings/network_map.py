"""The map of the network, drawn from coordinates alone: a fine point a commune gives the territory its shape.

`network_map(ground, marks, …)` returns an SVG element to put inside the page. Its colours are CSS classes (map.css), so that
dark mode, forced colours and print follow the page. Every name comes from the caller and is escaped here.

Dots are zero-length strokes with round caps: one path a size, a few bytes a commune. Everything that does not change from
one page to the next is drawn once per `Ground` and kept.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import combinations
from typing import Literal

WIDTH, HEIGHT = 800, 530  # of the whole map, in its own units
MARGIN_X, MARGIN_Y = 26, 30
LAND = 664  # the widest the territory may be: the rest is for the way to the metropolis
DOT_SIZES = ((200, 2.8), (500, 3.6), (1500, 4.8), (5000, 6.4), (math.inf, 8.6))  # inhabitants below, width of the dot
MOST_DOTS = 1200
PIN_RADIUS = 18
NARROWEST_VIEW = 0.42  # of the whole map: a closer look would lose the territory from sight
ROOM_FOR_A_NAME = 120
NEAR_THE_ARROW = 130  # a name this near to the arrow gives way to it on a phone
NARROW = "\u202f"

Point = tuple[float, float]


@dataclass(frozen=True)
class Spot:
    """A named place, in degrees WGS 84."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Commune(Spot):
    insee_code: str
    population: int


@dataclass(frozen=True)
class Label:
    """A name kept on the map: the commune it stands beside, its anchor ("start", "middle", "end"), its offset in units."""

    insee_code: str
    anchor: str
    dx: float
    dy: float


@dataclass(frozen=True, eq=False)
class Ground:
    """What lies under the marks, the same on every page. `railway` runs from the chief town to the metropolis.

    Two are never the same: comparing a country's communes at each page would cost more than drawing them.
    """

    communes: tuple[Commune, ...]
    chief_town: str  # INSEE code
    metropolis: Spot
    railway: tuple[Spot, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Mark:
    """Something of ours in a commune. `title` is read under the pointer; `number` is that of the list beside the map."""

    insee_code: str
    title: str
    kind: Literal["village", "telecentre", "other"] = "village"
    number: int | None = None
    lit: bool = False


def network_map(
    ground: Ground,
    marks: Iterable[Mark],
    *,
    title: str,
    description: str,
    map_id: str = "map",
    names: bool = True,
    closer: bool = False,
) -> str:
    """An `<svg class="map">` with its title and description, whose ids start with `map_id`.

    `names=False` keeps the chief town's and the metropolis's names only: for a small map. `closer=True` looks closer at the
    numbered marks when they lie together. Marks whose commune the ground does not hold are left out. What is drawn last lies
    on top: other villages, villages, télécentres, then numbers, the first of the list uppermost.
    """
    drawn = _draw(ground)
    marks = [mark for mark in marks if mark.insee_code in drawn.at]
    numbered = sorted((mark for mark in marks if mark.number is not None), key=lambda mark: mark.number, reverse=True)
    view = _view([drawn.at[mark.insee_code] for mark in numbered]) if closer else (0.0, 0.0, 1.0)
    left, top, share = view
    out = [
        f'<svg class="map{" map--close" if share < 1 else ""}" role="img" '
        f'viewBox="{left:.0f} {top:.0f} {WIDTH * share:.0f} {HEIGHT * share:.0f}" '
        f'aria-labelledby="{escape(map_id)}-title {escape(map_id)}-desc">',
        f'<title id="{escape(map_id)}-title">{escape(title)}</title>',
        f'<desc id="{escape(map_id)}-desc">{escape(description)}</desc>',
        drawn.under,
    ]
    plain = [mark for mark in marks if mark.number is None]
    for kind in ("other", "village", "telecentre"):
        some = sorted(
            (mark for mark in plain if mark.kind == kind), key=lambda mark: (drawn.at[mark.insee_code][1], mark.insee_code)
        )
        out += [_plain_mark(mark, drawn.at[mark.insee_code], share) for mark in some]
    houses = {mark.insee_code for mark in marks if mark.kind == "telecentre"}
    if names:
        out += [
            _label(label, drawn, "town" if label.insee_code in houses else "minor", share)
            for label in ground.labels
            if label.insee_code in drawn.at
        ]
    if drawn.chief_at[0] - left > ROOM_FOR_A_NAME * share:  # a closer look may leave no room for the whole of it
        at = _moved(drawn.chief_at, -14 * share, 6 * share)
        out.append(_text(drawn.chief_name, at, "end", "map__name map__name--chief", share))
    if share == 1:
        out.append(drawn.destination)
    out += _pins(numbered, drawn, share)
    out.append("</svg>")
    return "\n".join(out)


# ---- What never changes ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Drawing:
    at: dict[str, Point]  # where each commune lies, in units of the map
    names: dict[str, str]
    under: str
    destination: str  # the arrow, the metropolis's name and how far it is
    arrow_at: Point
    chief_name: str
    chief_at: Point


@lru_cache(maxsize=8)
def _draw(ground: Ground) -> _Drawing:
    """Raises ValueError where there is no commune, or where the chief town is not one of them."""
    by_code = {commune.insee_code: commune for commune in ground.communes}
    if ground.chief_town not in by_code:
        raise ValueError(f"The chief town {ground.chief_town!r} is not among the {len(by_code)} communes of the map.")
    chief = by_code[ground.chief_town]
    eastward = ground.metropolis.longitude >= chief.longitude
    place = _projection(ground.communes, eastward)
    at = {commune.insee_code: place(commune) for commune in ground.communes}

    dots: dict[float, list[str]] = {width: [] for _, width in DOT_SIZES}
    for commune in _told_apart(ground.communes, at):
        x, y = at[commune.insee_code]
        dots[next(width for limit, width in DOT_SIZES if commune.population < limit)].append(f"M{x:.0f} {y:.0f}h0")
    under = [f'<path class="map__land" d="{"".join(dot for some in dots.values() for dot in some)}"/>']

    stops = [place(stop) for stop in ground.railway]
    last_y = stops[-1][1] + 6 if stops else place(chief)[1]
    arrow_at = (WIDTH - 42.0 if eastward else 42.0, last_y)
    if stops:
        line = "L".join(f"{x:.0f} {y:.0f}" for x, y in (*stops, arrow_at))
        under.append(f'<path class="map__rail" d="M{line}"/>')
    under += [f'<path class="map__communes" stroke-width="{width}" d="{"".join(some)}"/>' for width, some in dots.items() if some]
    under += [
        f'<path class="map__station" d="M{x:.0f} {y - 5:.0f}v10"><title>{escape(stop.name)}</title></path>'
        for stop, (x, y) in list(zip(ground.railway, stops, strict=True))[1:]
    ]
    return _Drawing(
        at=at,
        names={code: commune.name for code, commune in by_code.items()},
        under="\n".join(under),
        destination=_destination(ground.metropolis, chief, arrow_at, eastward),
        arrow_at=arrow_at,
        chief_name=chief.name,
        chief_at=at[chief.insee_code],
    )


def _told_apart(communes: Sequence[Commune], at: Mapping[str, Point]) -> Sequence[Commune]:
    """Those whose dots can be told apart: all of a department; of a country, the most populous of each small square."""
    if len(communes) <= MOST_DOTS:
        return communes
    side = math.sqrt(LAND * HEIGHT / MOST_DOTS)
    squares: dict[tuple[int, int], Commune] = {}
    for commune in communes:
        x, y = at[commune.insee_code]
        square = int(x / side), int(y / side)
        if square not in squares or squares[square].population < commune.population:
            squares[square] = commune
    return list(squares.values())


def _projection(communes: Sequence[Commune], eastward: bool):
    """Degrees to units: flat, true to shape at the middle latitude, fitted to the frame, room kept on the metropolis's side."""
    north, south = max(c.latitude for c in communes), min(c.latitude for c in communes)
    west, east = min(c.longitude for c in communes), max(c.longitude for c in communes)
    squeeze = math.cos(math.radians((north + south) / 2))
    scale = min(LAND / max((east - west) * squeeze, 1e-6), (HEIGHT - 2 * MARGIN_Y) / max(north - south, 1e-6))
    start = MARGIN_X if eastward else WIDTH - MARGIN_X - (east - west) * squeeze * scale

    def place(spot: Spot) -> Point:
        return start + (spot.longitude - west) * squeeze * scale, MARGIN_Y + (north - spot.latitude) * scale

    return place


def _destination(metropolis: Spot, chief: Spot, arrow_at: Point, eastward: bool) -> str:
    x, y = arrow_at
    head, edge, anchor = (15, WIDTH - 8, "end") if eastward else (-15, 8, "start")
    away = f"{_kilometres(chief, metropolis):.0f}{NARROW}km"
    return (
        f'<path class="map__arrow" d="M{x:.0f} {y - 9:.0f}l{head} 9 {-head} 9"/>'
        + _text(metropolis.name, (edge, y - 22), anchor, "map__name map__name--out")
        + _text(away, (edge, y + 32), anchor, "map__note")
    )


def _kilometres(a: Spot, b: Spot) -> float:
    """As the crow flies."""
    north_a, north_b = math.radians(a.latitude), math.radians(b.latitude)
    east = math.radians(b.longitude - a.longitude)
    h = math.sin((north_b - north_a) / 2) ** 2 + math.cos(north_a) * math.cos(north_b) * math.sin(east / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(h))


# ---- What each page lays on it ---------------------------------------------------------------------------------------


def _view(points: Sequence[Point]) -> tuple[float, float, float]:
    """The corner and the share of the whole map that hold the points, with room around them."""
    if len(points) < 2:
        return 0.0, 0.0, 1.0
    xs, ys = [x for x, _ in points], [y for _, y in points]
    share = max((max(xs) - min(xs)) / WIDTH, (max(ys) - min(ys)) / HEIGHT) * 1.25 + 0.12
    share = max(NARROWEST_VIEW, share)
    if share > 0.8:
        return 0.0, 0.0, 1.0
    left = min(max((min(xs) + max(xs)) / 2 - WIDTH * share / 2, 0), WIDTH * (1 - share))
    top = min(max((min(ys) + max(ys)) / 2 - HEIGHT * share / 2, 0), HEIGHT * (1 - share))
    return left, top, share


def _plain_mark(mark: Mark, at: Point, share: float) -> str:
    x, y = at
    lit = " is-lit" if mark.lit else ""
    data = f'data-place="{escape(mark.insee_code)}"'
    title = f"<title>{escape(mark.title)}</title>"
    if mark.kind == "telecentre":
        k = share
        outline = f"M{x:.1f} {y - 11 * k:.1f}l{9.5 * k:.3g} {7.5 * k:.3g}v{11.5 * k:.3g}h{-19 * k:.3g}v{-11.5 * k:.3g}z"
        return f'<path class="map__house{lit}" {data} d="{outline}">{title}</path>'
    radius = (7 if mark.kind == "other" else 5) * share
    return f'<circle class="map__{mark.kind}{lit}" {data} cx="{x:.1f}" cy="{y:.1f}" r="{radius:.3g}">{title}</circle>'


def _pins(marks: Sequence[Mark], drawn: _Drawing, share: float) -> list[str]:
    """Numbered marks, moved apart where they would hide each other, each with a line to where it belongs."""
    true = [drawn.at[mark.insee_code] for mark in marks]
    spread = _spread(true, 2 * PIN_RADIUS * share)
    leads = [
        f"M{x:.0f} {y:.0f}L{to_x:.0f} {to_y:.0f}"
        for (x, y), (to_x, to_y) in zip(true, spread, strict=True)
        if math.dist((x, y), (to_x, to_y)) > PIN_RADIUS * share / 2
    ]
    out = [f'<path class="map__lead" d="{"".join(leads)}"/>'] if leads else []
    for mark, (x, y) in zip(marks, spread, strict=True):
        where = f"translate({x:.1f} {y:.1f})" + (f" scale({share:.3g})" if share < 1 else "")
        opening = f'<g class="map__pin{" is-lit" if mark.lit else ""}" data-place="{escape(mark.insee_code)}" transform="{where}">'
        face = f'<circle r="{PIN_RADIUS}"/><text y="8">{mark.number}</text>'
        out.append(f"{opening}<title>{escape(mark.title)}</title>{face}</g>")
    return out


def _spread(points: Sequence[Point], apart: float) -> list[Point]:
    """The same points, those nearer than `apart` pushed away from each other in a few even steps."""
    moved = [list(point) for point in points]
    for _ in range(24):
        touched = False
        for a, b in combinations(moved, 2):
            dx, dy = b[0] - a[0], b[1] - a[1]
            if abs(dx) >= apart or abs(dy) >= apart:
                continue
            gap = math.hypot(dx, dy)
            if gap >= apart:
                continue
            if gap < 0.01:  # one upon the other: any direction will do, always the same
                dx, dy, gap = 0.0, 1.0, 1.0
            push = (apart - gap) / 2 * 0.9
            a[0], a[1] = a[0] - dx / gap * push, a[1] - dy / gap * push
            b[0], b[1] = b[0] + dx / gap * push, b[1] + dy / gap * push
            touched = True
        if not touched:
            break
    return [(x, y) for x, y in moved]


def _label(label: Label, drawn: _Drawing, kind: str, share: float) -> str:
    at = _moved(drawn.at[label.insee_code], label.dx * share, label.dy * share)
    if math.dist(at, drawn.arrow_at) < NEAR_THE_ARROW:
        kind = "roomy"
    return _text(drawn.names[label.insee_code], at, label.anchor, f"map__name map__name--{kind}", share)


def _moved(at: Point, dx: float, dy: float) -> Point:
    return at[0] + dx, at[1] + dy


def _text(words: str, at: Point, anchor: str, classes: str, share: float = 1) -> str:
    """A name where it stands; on a closer view, as large as on the whole map."""
    words = escape(words.replace("'", "’"))
    x, y = at
    where = f'x="{x:.0f}" y="{y:.0f}"' if share == 1 else f'transform="translate({x:.0f} {y:.0f}) scale({share:.3g})"'
    return f'<text class="{classes}" {where} text-anchor="{escape(anchor)}">{words}</text>'
