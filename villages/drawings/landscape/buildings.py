"""What people have built: houses, bell towers, halls, bridges, mills, farms, dovecotes and wine-houses.

Buildings are gathered in a `Masonry`, so that a whole village costs a handful of paths. `x` and `foot` place a building on
the ground; `scale` is 1 for a house of some 15 by 10 units. "Shade" is the side turned away from the sun.
"""

from dataclasses import dataclass, field, fields

from villages.drawings.landscape.ground import Ridge
from villages.drawings.landscape.palette import mix
from villages.drawings.landscape.scene import Dice, Scene, trace

TOWERS = ("square", "wall", "spire", "octagon", "square", "wall", "twin")


@dataclass
class Masonry:
    """Outlines by material, painted in this order: walls, their shade, roofs of two tiles, windows (lines), openings."""

    wall: list[str] = field(default_factory=list)
    shade: list[str] = field(default_factory=list)
    roof: list[str] = field(default_factory=list)
    old_roof: list[str] = field(default_factory=list)
    window: list[str] = field(default_factory=list)
    opening: list[str] = field(default_factory=list)

    def __add__(self, other: "Masonry") -> "Masonry":
        """Both, to be painted together: what is `other`'s lies over what is ours, material by material."""
        return Masonry(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def paint(self, scene: Scene, haze: float = 0.0, soft_shade: float = 0.0) -> None:
        """`haze` fades the whole with distance (0 to 1); `soft_shade` brings the shade nearer to the wall (0 to 1)."""
        c = scene.colours

        def faded(colour: str) -> str:
            return mix(colour, c["haze"], haze) if haze else colour

        scene.fill(faded(c["wall"]), self.wall)
        scene.fill(faded(mix(c["shade"], c["wall"], soft_shade)), self.shade)
        scene.fill(faded(c["roof"]), self.roof)
        scene.fill(faded(c["roof2"]), self.old_roof)
        scene.fill(faded(c["dark"]), self.opening, ' opacity=".75"')
        if scene.effort > 0.6:
            scene.stroke(faded(c["dark"]), self.window, ' stroke-width="2" opacity=".75"')


def gable(x: float, y: float, w: float, rise: float) -> str:
    """A roof seen by its gable, its eaves a little wider than the wall of width w below it."""
    return trace("M", x - 1, y, "l", w / 2 + 1, -rise, w / 2 + 1, rise, "z")


def long_roof(x: float, y: float, w: float, rise: float, hip: float = 2) -> str:
    """A roof seen by its long side; `hip` is how far its ends lean in."""
    return trace("M", x - 1, y, "l", hip, -rise, "h", w + 2 - 2 * hip, "l", hip, rise, "z")


def arch(x: float, y: float, w: float, h: float, places: int = 1) -> str:
    """A round-headed opening standing on y, from x to x + w, h high at its crown."""
    return trace("M", x, y, "v", w / 2 - h, "a", w / 2, w / 2, " 0 0 1", w, 0, "v", h - w / 2, "z", places=places)


def houses(dice: Dice, ridge: Ridge, centre: float, spread: float, count: int, size: float) -> Masonry:
    """A village that follows its crest, higher in its middle; `spread` is half its width."""
    out = Masonry()
    for n in range(count):
        t = (n + dice.between(0.2, 0.8)) / count * 2 - 1
        x = centre + spread * t
        w, h = dice.between(11, 19) * size, dice.between(7, 12) * size * (1.25 - 0.4 * abs(t))
        foot = ridge.at(x + w / 2) + 3
        y, rise = foot - h, dice.between(4, 6.5) * size
        (out.wall if n % 3 else out.shade).append(trace("M", x, foot, "V", y, "h", w, "V", foot + 4, "z"))
        tiles = out.roof if dice.unit() < 0.6 else out.old_roof
        tiles.append((gable if dice.unit() < 0.45 else long_roof)(x, y, w, rise))
        if dice.unit() < 0.6:
            out.window.append(trace("M", x + w * 0.3, y + 3, "v3"))
        if w > 15 * size:
            out.window.append(trace("M", x + w * 0.68, y + 3, "v3"))
    return out


def street(dice: Dice, start: float, end: float, foot: float, size: float) -> Masonry:
    """House against house from x = start to end, as along the square of a bastide: tall fronts under low roofs."""
    out, x, n, fronts = Masonry(), start, 0, trace("M", start, foot)
    while x < end:
        w, h, rise = dice.between(14, 25) * size, dice.between(12, 18) * size, dice.between(4, 6) * size
        y = foot - h
        fronts = trace(fronts, "V", y, "h", w)
        if n % 3 == 2:
            out.shade.append(trace("M", x, foot, "V", y, "h", w, "V", foot, "z"))
        (out.roof if dice.unit() < 0.6 else out.old_roof).append(
            gable(x, y, w, rise) if dice.unit() < 0.25 else long_roof(x, y, w, rise)
        )
        out.window += [trace("M", x + w * at, y + 4 * size, "v", 3.5 * size) for at in ((0.25, 0.65) if w > 17 * size else (0.4,))]
        x, n = x + w, n + 1
    out.wall.append(f"{fronts}V{foot:.0f}z")
    return out


def roofscape(dice: Dice, start: float, end: float, y: float, size: float) -> str:
    """The roofs of the streets behind, as one outline standing on y."""
    out, x = trace("M", start, y), start
    while x < end:
        w, rise, fall = dice.between(10, 20) * size, dice.between(7, 11) * size, dice.between(2, 5) * size
        out = trace(out, "l2", -rise, "h", w, "l3", fall, "V", y - 2)
        x += w + 5
    return trace(out, "V", y, "z")


def church(dice: Dice, x: float, foot: float, scale: float, sun_left: bool, kinds: tuple[str, ...] = TOWERS) -> Masonry:
    """A bell tower of Gascony at x, and its nave on the side of the sun."""
    out, kind = Masonry(), dice.pick(kinds)
    nave = 34 * scale * (1 if sun_left else -1)
    eaves = foot - 15 * scale
    out.wall.append(trace("M", x, foot + 8, "V", eaves, "h", nave, "V", foot + 16, "z"))
    out.old_roof.append(trace("M", x, eaves, "V", eaves - 9 * scale, "h", nave * 0.92, "l", nave * 0.14, 9 * scale, "z"))
    if kind == "wall":
        _gable_belfry(out, x, foot, scale)
    elif kind == "octagon":
        _octagon(out, x, foot, scale, sun_left)
    else:
        rise = {"spire": 1.9, "square": 0.62, "twin": 0.5}[kind]
        for tower_x, tall in ((x, 1.05), (x + nave * 0.9, 0.9)) if kind == "twin" else ((x, 1.0),):
            _square_tower(out, tower_x, foot, scale, tall, rise, sun_left)
    return out


def _gable_belfry(out: Masonry, x: float, foot: float, scale: float) -> None:
    """A clocher-mur: a bare gable with its bells in the open."""
    w, top = 15 * scale, foot - 32.8 * scale
    out.wall.append(trace("M", x - w / 2, foot, "V", top, "l", w / 2, -w * 0.75, w / 2, w * 0.75, "V", foot, "z", places=1))
    out.opening += [arch(x + at * w, top + 9 * scale, w * 0.2, 7.5 * scale) for at in (-0.28, 0.08)]
    out.opening.append(arch(x - w * 0.1, top - 1, w * 0.2, 4.5))


def _octagon(out: Masonry, x: float, foot: float, scale: float, sun_left: bool) -> None:
    """In brick, the way of the plain: storeys that shrink, then a short spire."""
    h, half, y, lit = 14.4 * scale, 9 * scale, foot, -1 if sun_left else 1
    left, right = "", ""
    for _ in range(3):
        left = trace(left, "L" if left else "M", x + lit * half, y, "v", -h)
        right = trace("V", y - h, "H", x - lit * half, "V", y, right)
        out.opening.append(arch(x + lit * half * 0.5 - 2, y - h * 0.28, 4, 8, places=0))
        y, half = y - h, half * 0.8
    out.wall.append(f"{left}{right}z")
    out.shade.append(trace("M", x - lit * half * 0.1, y, right, "H", x - lit * half * 0.1, "z"))
    out.old_roof.append(trace("M", x - half - 1, y + 1, "L", x, y - h * 1.3, "L", x + half + 1, y + 1, "z"))


def _square_tower(out: Masonry, x: float, foot: float, scale: float, tall: float, rise: float, sun_left: bool) -> None:
    """A square tower, its roof `rise` times as high as it is wide."""
    w, top = 15 * scale, foot - 40 * scale * tall
    half = w / 2
    out.wall.append(trace("M", x - half, foot + 3, "V", top, "h", w, "V", foot + 3, "z", places=1))
    out.shade.append(trace("M", x if sun_left else x - half, foot + 3, "V", top, "h", half, "V", foot + 3, "z", places=1))
    out.old_roof.append(trace("M", x - half - 1.5, top, "L", x, top - rise * w, "l", half + 1.5, rise * w, "z", places=1))
    out.opening.append(arch(x - 2, top + 12, 4, 8, places=0))


def market_hall(x: float, foot: float, scale: float) -> tuple[Masonry, str]:
    """The hall of a bastide, centred on x: a great hipped roof, a lantern for the clock and, as lines, the arcade."""
    out, w, h, rise = Masonry(), 58 * scale, 13 * scale, 19 * scale
    left, bay, y = x - w / 2, 58 * scale / 5, foot - 13 * scale
    out.wall.append(trace("M", left, foot, "v", -h, "h", w, "v", h, "z"))
    lantern = 5 * scale
    out.wall.append(trace("M", x - lantern, y - rise + 4, "v", -9 * scale, "h", 2 * lantern, "v", 9 * scale, "z"))
    out.roof.append(trace("M", left - 4, y + 1, "l", w * 0.3, -rise, "h", w * 0.4 + 8, "l", w * 0.3, rise, "z"))
    out.old_roof.append(
        trace("M", x - lantern - 2, y - rise - 8 * scale, "l", lantern + 2, -6 * scale, lantern + 2, 6 * scale, "z")
    )
    arcade = [trace("M", left + bay * (n + 0.5), foot, "v", -h * 0.5) for n in range(5)]
    return out, "".join(arcade)


def bridge(scene: Scene, x: float, water: float, span: float, arches: int) -> None:
    """A stone bridge with a slight hump, centred on x, `span` long, its arches standing in the water, and its reflection."""
    c, half, top = scene.colours, span / 2, water - 34
    bay = (span - 40) / arches
    feet = [x - half + 20 + bay * n for n in range(arches)]
    crowns = [28 - abs(n - (arches - 1) / 2) * 2 for n in range(arches)]
    holes = "".join(arch(left + 5, water, bay - 10, crown, places=0) for left, crown in zip(feet, crowns, strict=True))
    face = trace(
        "M",
        x - half - 26,
        water - 18,
        "Q",
        x - half * 0.5,
        top - 2,
        x,
        top - 4,
        "T",
        x + half + 26,
        water - 18,
        "V",
        water,
        "H",
        x - half - 26,
        "z",
    )
    scene.add(f'<g id="{scene.name("r")}">')
    scene.fill(c["wall"], face + holes, ' fill-rule="evenodd"')
    scene.fill(c["shade"], [trace("M", left - 4, water, "v-16l4-6 4 6v16z") for left in feet[1:]])
    scene.stroke(
        c["shade"],
        trace("M", x - half - 26, water - 14, "Q", x - half * 0.5, top + 2, x, top, "T", x + half + 26, water - 14),
        ' stroke-width="1.5"',
    )
    scene.add("</g>")
    scene.again("r", f'transform="matrix(1 0 0-1 0 {2 * water:.0f})" opacity=".22"')
    scene.stroke(c["dark"], trace("M", x - half, water, "h", span), ' opacity=".35"')


def mill(x: float, foot: float, scale: float, towards: int) -> tuple[Masonry, str]:
    """A water mill centred on x and, as lines, its wheel on the side of the river (`towards`: -1 left, 1 right)."""
    out, w, h, rise = Masonry(), 26 * scale, 24 * scale, 9 * scale
    left, radius = x - 13 * scale, 9 * scale
    out.wall.append(trace("M", left, foot, "v", -h, "h", w, "v", h, "z"))
    out.shade.append(trace("M", x + towards * w / 2, foot, "v", -h, "h", -towards * w * 0.36, "v", h, "z"))
    out.roof.append(long_roof(left - 2, foot - h, w + 4, rise, 5 * scale))
    out.opening += [arch(left + w * at, foot - h * 0.55, 6, h * 0.22, places=0) for at in (0.16, 0.45, 0.74)]
    out.opening.append(arch(x - towards * w * 0.26 - 5, foot, 10, h * 0.42, places=0))
    hub = x + towards * (w / 2 + radius * 0.55)
    wheel = trace(
        "M",
        hub - radius,
        foot - 2,
        "a",
        radius,
        radius,
        " 0 1 1",
        2 * radius,
        0,
        "a",
        radius,
        radius,
        " 0 1 1",
        -2 * radius,
        0,
        "h",
        2 * radius,
    )
    spokes = [
        trace("M", hub - radius * dx, foot - 2 - radius * dy, "l", 2 * radius * dx, 2 * radius * dy)
        for dx, dy in ((0, 1), (0.7, 0.7), (0.7, -0.7))
    ]
    return out, wheel + "".join(spokes)


def farmhouse(x: float, foot: float, scale: float, sun_left: bool) -> Masonry:
    """A Gascon farm centred on x: one low roof over house and byre, a lean-to at the end away from the sun."""
    out, w, h, rise, away = Masonry(), 44 * scale, 12 * scale, 9 * scale, 1 if sun_left else -1
    left, end = x - w / 2, x + away * w / 2
    out.wall.append(trace("M", left, foot, "v", -h, "h", w, "v", h, "z"))
    out.shade.append(trace("M", end, foot, "v", -h * 0.8, "h", away * 13 * scale, "v", h * 0.8, "z"))
    out.old_roof.append(
        trace("M", end - away * 2, foot - h - rise * 0.55, "l", away * 17 * scale, rise * 0.9, "h", -away * 17 * scale, "z")
    )
    out.roof.append(long_roof(left - 2, foot - h, w + 4, rise, 7 * scale))
    out.opening.append(arch(x - away * w * 0.3 - 4 * scale, foot, 16, 9 * scale, places=0))
    out.opening += [
        trace("M", x + away * w * at, foot - h * 0.72, "h", 3 * scale, "v", 4 * scale, "h", -3 * scale, "z")
        for at in (-0.02, 0.16, 0.34)
    ]
    return out


def dovecote(x: float, foot: float, scale: float, sun_left: bool) -> Masonry:
    """A pigeonnier gascon: a square loft raised on pillars out of the reach of rats, a steep roof, a lantern for the birds."""
    out, w, top, pillar = Masonry(), 15 * scale, foot - 31 * scale, 11 * scale
    left, half, away = x - w / 2, w / 2, 1 if sun_left else -1
    out.wall.append(trace("M", left, top, "h", w, "v", 31 * scale - pillar, "h", -w, "z"))
    out.wall += [
        trace("M", left + w * at, foot, "v", -pillar - 2, "h", w * 0.16, "V", foot, "z", places=0) for at in (0, 0.42, 0.84)
    ]
    out.shade.append(trace("M", x, top, "h", away * half, "v", 31 * scale - pillar, "h", -away * half, "z"))
    out.shade.append(trace("M", left - 2, foot - pillar, "h", w + 4, "v", 2 * scale, "h", -w - 4, "z"))
    out.roof.append(
        trace(
            "M",
            left - 3,
            top + 1,
            "Q",
            x - 3,
            top - 8 * scale,
            x,
            top - 15 * scale,
            "Q",
            x + 3,
            top - 8 * scale,
            left + w + 3,
            top + 1,
            "z",
        )
    )
    out.wall.append(trace("M", x - 2 * scale, top - 12 * scale, "v", -5 * scale, "h", 4 * scale, "v", 5 * scale, "z", places=1))
    out.old_roof.append(
        trace("M", x - 3 * scale, top - 16 * scale, "l", 3 * scale, -6 * scale, 3 * scale, 6 * scale, "z", places=1)
    )
    out.opening += [trace("M", x + at * w - 2, top + 8 * scale, "h4v-6h-4z") for at in (-0.26, 0.24)]
    return out


def chai(x: float, foot: float, scale: float, sun_left: bool) -> Masonry:
    """A wine-house centred on x: a long low roof, cart doors, and the master's house at the end of the sun."""
    out, w, h, rise, sun = Masonry(), 84 * scale, 13 * scale, 13 * scale, -1 if sun_left else 1
    left, house, tall = x - w / 2, 26 * scale, 21 * scale
    out.wall.append(trace("M", left, foot, "v", -h, "h", w, "v", h, "z"))
    out.roof.append(long_roof(left - 3, foot - h, w + 6, rise, 9 * scale))
    corner = x + w / 2 - 2 if sun > 0 else x - w / 2 - house + 2
    out.wall.append(trace("M", corner, foot, "v", -tall, "h", house, "v", tall, "z"))
    dim = corner + (0 if sun > 0 else house)
    out.shade.append(trace("M", dim, foot, "v", -tall, "h", sun * 6 * scale, "v", tall, "z"))
    out.shade.append(
        trace("M", left + (0 if sun > 0 else w), foot - h, "h", sun * w * 0.97, "v", 3 * scale, "h", -sun * w * 0.97, "z")
    )
    out.old_roof.append(long_roof(corner - 2, foot - tall, house + 4, 9 * scale, 9 * scale))
    doors = (-0.34, -0.12, 0.1)
    out.opening += [arch(x - sun * w * at - 5 * scale, foot, 14, 10 * scale, places=0) for at in doors]
    out.opening += [
        trace("M", corner + house * at, foot - tall + dy * scale, "h", 3 * scale, "v", 5 * scale, "h", -3 * scale, "z")
        for at in (0.2, 0.66)
        for dy in (4, 12)
    ]
    return out
