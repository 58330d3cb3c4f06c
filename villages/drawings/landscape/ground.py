"""The ground: crests, and the fields that lie on them."""

import math
from collections.abc import Sequence
from itertools import pairwise

from villages.drawings.landscape.palette import mix
from villages.drawings.landscape.scene import HEIGHT, Scene, trace


class Ridge:
    """A smooth crest through evenly spaced heights. Even spacing keeps x linear along each curve, so `at` is exact."""

    def __init__(self, heights: Sequence[float], width: float) -> None:
        self.y = [round(h) for h in heights]
        self.step = width / (len(self.y) - 1)
        self.width = width

    def _slope(self, i: int) -> float:
        last = len(self.y) - 1
        return (self.y[min(i + 1, last)] - self.y[max(i - 1, 0)]) / (2 if 0 < i < last else 1)

    def at(self, x: float) -> float:
        """The height of the crest at x, which is kept within the picture."""
        x = max(0.0, min(self.width, x))
        i = min(int(x / self.step), len(self.y) - 2)
        t = x / self.step - i
        a, b, da, db = self.y[i], self.y[i + 1], self._slope(i), self._slope(i + 1)
        return a + t * (da + t * (3 * (b - a) - 2 * da - db + t * (2 * (a - b) + da + db)))

    def lowered(self, drop: float) -> "Ridge":
        return Ridge([h + drop for h in self.y], self.width)

    def line(self) -> str:
        third = self.step / 3
        out = trace("M", 0, self.y[0], "C", third, self.y[0] + self._slope(0) / 3)
        for i in range(1, len(self.y)):
            x = i * self.step
            out = trace(out, "S" if i > 1 else " ", x - third, self.y[i] - self._slope(i) / 3, x, self.y[i])
        return out

    def ground(self) -> str:
        """The crest and everything under it."""
        return f"{self.line()}V{HEIGHT}H0z"


def rolling(scene: Scene, base: float, swing: float, waves: int) -> Ridge:
    """A long easy swell about y = base."""
    dice = scene.dice
    phase, beat = dice.between(0, 6.28), dice.between(0.75, 1.2)
    turns = [phase + beat * i / waves * 6.28 * scene.stretch for i in range(waves + 1)]
    return Ridge([base + swing * (0.65 * math.sin(turn) + 0.35 * dice.between(-1, 1)) for turn in turns], scene.width)


def tilted(scene: Scene, middle: float, tilt: float, waves: int, rough: float) -> Ridge:
    """A crest at y = middle that falls by `tilt` per wave from left to right (rises if negative), give or take `rough`."""
    dice = scene.dice
    steps = [(i - waves / 2) * tilt for i in range(waves + 1)]
    return Ridge(
        [middle + step * dice.between(0.6, 1.1) / scene.stretch + dice.between(-rough, rough) for step in steps], scene.width
    )


def field_hues(scene: Scene) -> list[str]:
    """Wheat, stubble, meadow, vine, ploughed earth, wood."""
    return [
        scene.colours["wheat"],
        scene.shade_of("green", "wheat", 0.3),
        scene.colours["green"],
        scene.shade_of("vine", "green", 0.35),
        mix(scene.colours["earth"], scene.colours["wheat"], 0.55),
        scene.shade_of("deep", "green", 0.6),
    ]


def hill_fields(scene: Scene, hill: Ridge, top: int) -> None:
    """The fields of the village's hill: strips that open from the summit at y = top and bend as the ground does."""
    dice, c, centre = scene.dice, scene.colours, round(scene.focus)
    hues, key = field_hues(scene), scene.name("v")
    x, edges = centre - dice.between(300, 340), []
    while x < centre + 330:
        edges.append(x)
        x += dice.between(84, 150)
    lean = dice.between(-40, 40)

    def bend(x: float) -> tuple[int, int, int]:
        """Where the edge that reaches x would start, bulge and end: a rounded hill, not a tent."""
        t = centre + (x - centre) * 0.22
        return round(t), round(t + (x - t) * 0.72), round(x + lean)

    fields: dict[str, list[str]] = {}
    furrows, last = [], None
    for a, b in pairwise(edges):
        hue = last = dice.pick([h for h in hues if h != last])
        (ta, qa, ea), (tb, qb, eb) = bend(a), bend(b)
        fields.setdefault(hue, []).append(trace("M", ta, top, "Q", qa, top + 62, ea, 330, "H", eb, "Q", qb, top + 62, tb, top, "z"))
        if len(furrows) < 8 * scene.effort - 2 and dice.unit() < 0.55:
            for t in (0.25, 0.5, 0.75):
                start, bulge, end = bend(a + (b - a) * t)
                furrows.append(trace("M", start, top, "Q", bulge, top + 62, end, 330))
    scene.add(f'<clipPath id="{key}"><path id="{key}p" d="{hill.ground()}"/></clipPath>')
    scene.add(f'<use href="#{key}p" fill="{scene.shade_of("green", "haze", 0.2)}"/><g clip-path="url(#{key})">')
    for hue, outlines in fields.items():
        scene.fill(hue, outlines)
    x, y, w = centre + dice.between(-170, 110), dice.between(218, 244), dice.between(60, 120)
    if scene.effort > 0.3:  # a meadow lies across the strips
        scene.fill(dice.pick(hues), trace("M", x, y, "q", w / 2, -12, w, -4, "l", w * 0.3, 70, "h", -w * 1.7, "z"))
    scene.stroke(c["deep"], furrows, ' opacity=".3"')
    away = -1 if scene.sun_left else 1
    x = centre + away * dice.between(10, 60)
    edge = 0 if away > 0 else scene.width  # the slope that the sun has left
    scene.fill(
        c["dark"],
        trace("M", centre, top, "Q", centre - away * 30, top + 90, centre - away * 10, 330, "H", edge, "V", top, "z"),
        ' opacity=".16"',
    )
    road = trace(
        "M", x, 320, "c", -away * 70, -26, away * 96, -44, away * 20, -76, "S", centre, top + 66, centre + away * 26, top + 20
    )
    scene.stroke(c["path"], road, ' stroke-width="4"')
    scene.add("</g>")


def slope_fields(scene: Scene, ridge: Ridge, start: float, end: float, foot: float, lean: float, haze: float = 0.0) -> None:
    """Strips from a crest down to y = foot, between x = start and end, their feet shifted by `lean`; `haze` from 0 to 1."""
    dice, hues, last = scene.dice, field_hues(scene), None
    x, fields = start, {}
    while x < end - 20:
        wide = min(dice.between(50, 96), end - x)
        hue = last = dice.pick([h for h in hues if h != last])
        if dice.unit() < 0.8:
            a, b = (scene.inside(x), scene.inside(x + wide))
            outline = trace(
                "M", a, ridge.at(a) + 2, "L", b, ridge.at(b) + 2, "q", lean * 0.2, 20, lean, foot - ridge.at(b), "H", a + lean
            )
            fields.setdefault(hue, []).append(trace(outline, "Q", a + lean * 0.2, ridge.at(a) + 22, a, ridge.at(a) + 2, "z"))
        x += wide
    for hue, outlines in fields.items():
        scene.fill(mix(hue, scene.colours["haze"], haze), outlines)


def plain_fields(scene: Scene, bands: Sequence[float], vanish: tuple[float, float]) -> None:
    """Flat parcels: bands of fields between the given heights, cut by lines that all run to the vanishing point."""
    dice, hues, last = scene.dice, field_hues(scene), None
    vx, vy = vanish
    fields: dict[str, list[str]] = {}
    for top, bottom in pairwise(bands):
        far, near = top - vy, bottom - vy
        cut, right = -vx / far, (scene.width - vx) / far
        while cut < right:
            step = min(dice.between(180, 340) / near, right - cut)
            hue = last = dice.pick([h for h in hues if h != last])
            outline = trace(
                "M", vx + cut * far, top, "h", step * far, "L", vx + (cut + step) * near, bottom, "h", -step * near, "z"
            )
            fields.setdefault(hue, []).append(outline)
            cut += step
    for hue, outlines in fields.items():
        scene.fill(mix(hue, scene.colours["haze"], 0.1), outlines)


def front_field(scene: Scene, ridge: Ridge, crop: str, gap: float = 96, vanish_x: float | None = None) -> None:
    """The field at our feet: "vines" or "plough" in rows that run to the horizon, "wheat" or "sunflowers" along the slope.

    `gap` is the distance between two vine rows at the bottom edge; `vanish_x`, where they all run to.
    """
    if crop in ("vines", "plough"):
        _rows_to_the_horizon(scene, ridge, crop, gap, vanish_x)
    else:
        _rows_along_the_slope(scene, ridge, wheat=crop == "wheat")


def _rows_to_the_horizon(scene: Scene, ridge: Ridge, crop: str, gap: float, vanish_x: float | None) -> None:
    dice, width, low, key = scene.dice, scene.width, min(ridge.y), scene.name("f")
    thrown_x, vy = dice.between(0.15, 0.85) * width, low - dice.between(34, 56)
    vx = thrown_x if vanish_x is None else vanish_x
    if crop == "vines":
        ground, mark, lit = (
            scene.shade_of("earth", "wheat", 0.5),
            scene.shade_of("vine", "deep", 0.25),
            scene.shade_of("vine", "wheat", 0.16),
        )
        row = gap * 0.5
    else:
        ground, mark, lit = (scene.colours["earth"], scene.shade_of("earth", "dark", 0.24), scene.shade_of("earth", "wheat", 0.3))
        gap, row = 84, 84 * 0.36
    turn = dice.pick((-9, 9))
    shrink = (low + 8 - vy) / (HEIGHT - vy)  # how far a row at the bottom edge has closed up by the time it meets the crest
    x, last, rows = vx - gap * math.ceil(vx / shrink / gap), vx + (width - vx) / shrink, ""
    while x < last:
        rows += f"L{x:.0f} 400h{row:.0f}z"  # "z" goes back to the vanishing point, so each row starts there
        x += gap
    scene.add(f'<clipPath id="{key}"><path d="{ridge.line()}V440H0z"/></clipPath><g clip-path="url(#{key})">')
    scene.fill(ground, f"M0 0h{width}v400H0z")
    scene.reusable(mark, f"M{vx:.0f} {vy:.0f}{rows}", "w")
    scene.again("w", f'x="{turn}" fill="{lit}"')
    scene.add("</g>")


def _rows_along_the_slope(scene: Scene, ridge: Ridge, wheat: bool) -> None:
    """Rows that are the crest itself, drawn again lower and larger: no clip is needed."""
    key, c = scene.name("f"), scene.colours
    ground = c["wheat"] if wheat else scene.shade_of("deep", "vine", 0.3)
    pen = f'stroke-linecap="butt" stroke="{scene.shade_of("wheat", "earth", 0.62)}"' if wheat else f'stroke="{c["flower"]}"'
    scene.add(f'<g fill="{ground}"><path id="{key}" d="{ridge.line()}V440H0z"/></g><g fill="none" {pen}>')
    y, size = (6.0, 6.0) if wheat else (3.0, 3.0)
    while y < HEIGHT + 12 - min(ridge.y):
        dash = f"{size * 0.07 + 0.7:.1f} {size * 0.2 + 1.4:.1f}" if wheat else f"0 {size * 1.42:.1f}"
        row = f'<use href="#{key}" y="{y:.0f}" stroke-dasharray="{dash}" stroke-width='
        scene.add(f'{row}"{size:.1f}"/>')
        if size > 9 and not wheat and scene.effort > 0.05:  # the dark heart of the flowers that are near
            scene.add(f'{row}"{size * 0.42:.1f}" stroke="{scene.shade_of("earth", "dark", 0.6)}"/>')
        y, size = (y + size * 1.12 + 1, size * 1.42) if wheat else (y + size * 1.42 + 4, size * 1.46)
    scene.add("</g>")
