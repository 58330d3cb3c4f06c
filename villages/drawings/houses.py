"""A drawn home for a dwelling without a photograph: deterministic, at most 4 KB of SVG, presentation attributes only.

Chance comes from the dwelling's number alone, through the generator of the landscapes, so that a picture stays the same for
ever. Lengths are in picture units: a picture is 640 x 400, its ground at 340, y growing downwards.
"""

import unicodedata
from dataclasses import dataclass

from villages.drawings.landscape.palette import LIGHTS, Palette, mix
from villages.drawings.landscape.scene import Dice

EDITION = 1  # raise it when the drawings change: browsers keep a picture for a year
GROUND = 340
SHUTTERS = ("#3E719B", "#5E8CAB", "#44703F", "#A9461F", "#6E7F86")
HOLLYHOCKS = ("#D98A9C", "#C9566B")


@dataclass(frozen=True)
class Shape:
    width: int
    height: int  # of the walls
    rise: int  # of the roof
    hip: float  # how far the ridge stands in from the eaves
    floors: int
    bays: int
    in_a_row: bool = False  # between two neighbours, with arcades on the square
    timbered: bool = False


SHAPES = {
    "town": Shape(width=230, height=176, rise=40, hip=16, floors=2, bays=3, in_a_row=True),
    "flat": Shape(width=210, height=206, rise=34, hip=16, floors=3, bays=3, in_a_row=True),
    "villa": Shape(width=270, height=150, rise=62, hip=80, floors=2, bays=3),
    "timbered": Shape(width=250, height=148, rise=58, hip=22, floors=2, bays=3, timbered=True),
    "farm": Shape(width=390, height=104, rise=54, hip=22, floors=1, bays=4),
    "longhouse": Shape(width=420, height=96, rise=48, hip=22, floors=1, bays=5),
}
# What a title says of the house itself, without accents. Where it says nothing, the number decides.
SPOKEN = {
    "appartement": "flat",
    "studio": "flat",
    "t2": "flat",
    "t3": "flat",
    "colombage": "timbered",
    "longere": "longhouse",
    "ferme": "farm",
    "grange": "farm",
    "metairie": "farm",
    "villa": "villa",
    "pavillon": "villa",
    "bourg": "town",
    "mitoyenne": "town",
}


def shape_of(title: str, number: int) -> str:
    """The name of the shape for a dwelling with that title and that number."""
    letters = unicodedata.normalize("NFKD", title.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    spoken = next((shape for word, shape in SPOKEN.items() if word in plain), None)
    return spoken or Dice(f"house {number} shape").pick(tuple(SHAPES))


def house(shape: str, number: int) -> str:
    """A 640 x 400 picture, as an SVG string. Decoration: it carries no text. `shape` is a key of SHAPES."""
    dice = Dice(f"house {number}")
    colours = LIGHTS[dice.pick(tuple(LIGHTS))]
    form = SHAPES[shape]
    x = 320 - form.width / 2 + dice.between(-36, 36)
    shutters = dice.pick(SHUTTERS)
    pieces = [
        *_country(dice, colours),
        *(_neighbours if form.in_a_row else _trees)(form, colours, x),
        *_walls_and_roof(form, colours, x),
        *(_timber(form, colours, x) if form.timbered else ()),
        *_windows(form, colours, x, shutters),
        *(_arcades(form, colours, x) if form.in_a_row else _door(form, colours, x, shutters, dice)),
        *_hedges(colours),
    ]
    frame = 'viewBox="0 0 640 400" preserveAspectRatio="xMidYMax slice" aria-hidden="true"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>{"".join(pieces)}</svg>'


def _fill(colour: str, outline: str, extra: str = "") -> str:
    return f'<path fill="{colour}"{extra} d="{outline}"/>'


def _stroke(colour: str, width: int, lines: str, extra: str = "") -> str:
    return f'<path fill="none" stroke="{colour}" stroke-width="{width}"{extra} d="{lines}"/>'


def _country(dice: Dice, colours: Palette) -> list[str]:
    """The sky, the sun and two hills."""
    stops = "".join(
        f'<stop offset="{offset}" stop-color="{colours[name]}"/>' for offset, name in ((0, "zenith"), (0.55, "sky"), (0.85, "glow"))
    )
    sun_x = dice.between(90, 550)
    far, near = dice.between(190, 240), dice.between(200, 250)
    return [
        f'<linearGradient id="s" x2="0" y2="1">{stops}</linearGradient>',
        _fill("url(#s)", "M0 0h640v400H0z"),
        f'<circle cx="{sun_x:.0f}" cy="92" r="54" fill="{colours["sun"]}" opacity=".35"/>',
        f'<circle cx="{sun_x:.0f}" cy="92" r="30" fill="{colours["sun"]}"/>',
        _fill(
            mix(colours["green"], colours["haze"], 0.6),
            f"M0 {far:.0f}C150 {far - 50:.0f} 260 {near + 30:.0f} 400 {near:.0f}S570 {far - 30:.0f} 640 {far:.0f}V400H0z",
        ),
        _fill(
            mix(colours["green"], colours["haze"], 0.2),
            f"M0 {near + 50:.0f}C180 {near + 10:.0f} 420 {far + 70:.0f} 640 {far + 35:.0f}V400H0z",
        ),
        _fill(colours["green"], "M0 336C200 322 440 322 640 338V400H0z"),
    ]


def _neighbours(form: Shape, colours: Palette, x: float) -> list[str]:
    """The street goes on: two lower houses."""
    pieces = []
    for left, width, height in ((x - 118, 122, form.height * 0.74), (x + form.width - 4, 138, form.height * 0.66)):
        top = 336 - height
        windows = "".join(f"M{left + 18 + i * 42:.0f} {top + 24:.0f}h16v30h-16z" for i in range(3))
        pieces += [
            _fill(colours["shade"], f"M{left:.0f} {top:.0f}h{width}V338H{left:.0f}z"),
            _fill(colours["roof2"], f"M{left - 6:.0f} {top:.0f}l14-28h{width - 16}l14 28z"),
            _fill(colours["dark"], windows, ' opacity=".55"'),
        ]
    return pieces


def _trees(form: Shape, colours: Palette, x: float) -> list[str]:
    """A cypress on the left, a round tree on the right."""
    right = x + form.width
    return [
        _fill(colours["dark"], f"M{x - 46:.0f} 338c-22-44-16-112 0-150 16 38 22 106 0 150z"),
        _fill(colours["earth"], f"M{right + 54:.0f} 300h8v40h-8z"),
        f'<circle cx="{right + 58:.0f}" cy="274" r="42" fill="{colours["deep"]}"/>',
    ]


def _walls_and_roof(form: Shape, colours: Palette, x: float) -> list[str]:
    y, w, rise, hip = 336 - form.height, form.width, form.rise, form.hip
    tiles = (
        f"M{x - 8 + hip * 0.36:.0f} {y - rise * 0.34:.0f}h{w + 16 - hip * 0.72:.0f}"
        f"M{x - 8 + hip * 0.7:.0f} {y - rise * 0.68:.0f}h{w + 16 - hip * 1.4:.0f}"
    )
    return [
        _fill(colours["wall"], f"M{x:.0f} {y}h{w}V{GROUND}H{x:.0f}z"),
        _fill(colours["shade"], f"M{x + w * 0.8:.0f} {y}h{w * 0.2:.0f}V{GROUND}h-{w * 0.2:.0f}z", ' opacity=".55"'),
        _fill(colours["roof"], f"M{x - 14:.0f} {y}l{hip:.0f}-{rise}h{w + 28 - 2 * hip:.0f}l{hip:.0f} {rise}z"),
        _stroke(colours["roof2"], 3, tiles, ' stroke-dasharray="9 7" opacity=".6"'),
        _stroke(colours["roof2"], 7, f"M{x - 10:.0f} {y + 4}h{w + 20}", ' stroke-dasharray="8 4"'),
        _fill(colours["shade"], f"M{x + w * 0.3:.0f} {y - rise - 16}h20v30h-20z"),
    ]


def _timber(form: Shape, colours: Palette, x: float) -> list[str]:
    y, w, h = 336 - form.height, form.width, form.height
    beams = (
        f"M{x + 4:.0f} {y + 8}V338M{x + w - 4:.0f} {y + 8}V338M{x:.0f} {y + h / 2:.0f}h{w}M{x + w / 2:.0f} {y + 8}V{y + h / 2:.0f}"
        f"M{x + 6:.0f} {y + h / 2:.0f}l30-{h * 0.42:.0f}M{x + w - 6:.0f} {y + h / 2:.0f}l-30-{h * 0.42:.0f}"
    )
    return [_stroke(colours["earth"], 7, beams)]


def _windows(form: Shape, colours: Palette, x: float, shutters: str) -> list[str]:
    top, step = 336 - form.height + 20, (form.height - 14) / form.floors
    height = min(44, (form.height - 30) / form.floors - 14)
    glass, wood = "", ""
    for floor in range(form.floors):
        for bay in range(form.bays):
            if floor == form.floors - 1 and (form.in_a_row or bay == form.bays // 2):
                continue  # where one comes in
            middle, y = x + form.width * (bay + 0.5) / form.bays, top + floor * step
            glass += f"M{middle - 9:.0f} {y:.0f}h18v{height:.0f}h-18z"
            wood += f"M{middle - 20:.0f} {y:.0f}h10v{height:.0f}h-10zM{middle + 10:.0f} {y:.0f}h10v{height:.0f}h-10z"
    return [_fill(colours["dark"], glass, ' opacity=".82"'), _fill(shutters, wood)]


def _arcades(form: Shape, colours: Palette, x: float) -> list[str]:
    radius = form.width / 6 - 9
    arches = "".join(
        f"M{x + form.width * (i + 0.5) / 3 - radius:.0f} {GROUND}v-{58 - radius * 0.4:.0f}"
        f"a{radius:.0f} {radius:.0f} 0 0 1 {2 * radius:.0f} 0V{GROUND}z"
        for i in range(3)
    )
    return [_fill(colours["dark"], arches, ' opacity=".8"')]


def _door(form: Shape, colours: Palette, x: float, wood: str, dice: Dice) -> list[str]:
    """The door (a barn's, now and then), the path to it, hollyhocks along the wall."""
    middle = x + form.width * (form.bays // 2 + 0.5) / form.bays
    half, height = (30, 62) if form.floors == 1 and dice.unit() < 0.6 else (15, 54)
    right = form.width
    feet = [dx for dx in (14, 26, right - 42, right - 30, right - 16) if abs(x + dx - middle) > half + 8]
    stems = "".join(f"M{x + dx:.0f} {GROUND}v-{dice.between(34, 58):.0f}" for dx in feet)
    flowers = dice.pick((*HOLLYHOCKS, colours["flower"]))
    return [
        _fill(
            wood,
            f"M{middle - half:.0f} {GROUND}v-{height - half * 0.6:.0f}a{half} {half * 0.8:.0f} 0 0 1 {2 * half} 0V{GROUND}z",
        ),
        _fill(colours["path"], f"M{middle - half:.0f} 338h{2 * half}l44 62h-{2 * half + 88}z"),
        _stroke(colours["vine"], 3, stems),
        _stroke(flowers, 9, stems, ' stroke-linecap="round" stroke-dasharray="0 11"'),
    ]


def _hedges(colours: Palette) -> list[str]:
    """What is nearest to us: two hedges, with the sunflowers that stand along them."""
    return [
        _fill(
            colours["deep"],
            "M0 352q30-18 62-4 22-16 48 0 20-12 40 4v48H0zM640 354q-26-18-58-4-24-14-46 2-16-10-30 6l6 42h128z",
        ),
        _stroke(
            colours["flower"],
            8,
            "M14 372h140M24 388h146M500 376h140M508 392h132",
            ' stroke-linecap="round" stroke-dasharray="0 23"',
        ),
    ]
