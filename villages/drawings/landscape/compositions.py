"""The five ways of looking at a commune. Each draws one whole picture on the scene it is given."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from villages.drawings.landscape.buildings import (
    bridge,
    chai,
    church,
    dovecote,
    farmhouse,
    houses,
    market_hall,
    mill,
    roofscape,
    street,
)
from villages.drawings.landscape.ground import (
    Ridge,
    field_hues,
    front_field,
    hill_fields,
    plain_fields,
    rolling,
    slope_fields,
    tilted,
)
from villages.drawings.landscape.palette import mix
from villages.drawings.landscape.scene import ANY_LIGHT, HEIGHT, Scene, trace
from villages.drawings.landscape.sky import far_relief, mist, sky
from villages.drawings.landscape.trees import cypress, hedge, oak, pine, plane_crown, plane_trunk, poplar, stand

HEDGES = ("0 13 0 10 0 15 0 84", "0 11 0 150 0 14 0 11 0 37", "0 12 0 12 0 9 0 210", "0 118 0 10 0 13")


def crops(scene: Scene) -> tuple[str, ...]:
    return ("vines", "vines", "plough") if scene.light == "autumn" else ("vines", "vines", "sunflowers", "sunflowers", "wheat")


def village_size(scene: Scene) -> int:
    """How many houses stand for the population: 4 for a hamlet, 14 for a town."""
    return round(max(4, min(14, 1.7 * math.log(max(scene.population, 20)) - 2)) * (0.35 + 0.65 * scene.effort))


def castelnau(scene: Scene) -> None:
    """A village on the top of its hill, a road that climbs to it, a hedge, the field at our feet, a tree to the side."""
    dice, width, centre = scene.dice, scene.width, scene.focus
    sky(scene)
    far_relief(scene)
    hill, summit, long_crest = _butte(scene)
    count = village_size(scene)
    size = 1.36 if scene.population < 3000 else 1.22
    spread = (20 + count * 6.2) * (1.25 if long_crest else 1)
    front = houses(dice, hill, centre, spread, count, size)
    back = houses(dice, hill.lowered(-8), centre, spread * 0.6, max(2, round(count / 3 * scene.effort)), size)
    back.shade, back.old_roof = back.wall + back.shade, back.roof + back.old_roof
    back.wall, back.roof, back.window = [], [], []
    church_x = centre + dice.between(-0.3, 0.22) * spread
    tower = church(dice, church_x, hill.at(church_x), dice.between(1.25, 1.5), scene.sun_left)
    if scene.effort >= 0.1:
        gaps = dice.pick(("0 8 0 6 0 10 0 34", "0 7 0 52 0 9 0 6 0 21", "0 9 0 19"))
        start, end = max(4, centre - spread - 100), min(width - 4, centre + spread + 100)
        hedge(scene, hill.lowered(3), start, end, 10, scene.shade_of("deep", "haze", 0.2), gaps, 7)
    cypresses = []
    for side in (-1, 1):
        for n in range(dice.pick((0, 1, 2, 2)) if scene.effort > 0.3 else int(scene.effort > 0)):
            x = centre + side * (spread + 6 + n * dice.between(8, 13))
            cypresses.append(cypress(x, hill.at(x) + 6, dice.between(24, 42)))
    scene.fill(scene.shade_of("deep", "dark", 0.5), cypresses)
    back.paint(scene)
    tower.paint(scene)
    front.paint(scene, soft_shade=0.4)
    hill_fields(scene, hill, round(summit - 24))
    mist(scene, "vp", ' opacity=".5"')

    tilt = dice.pick((-1, 1))
    slope = tilted(scene, 282, tilt * 10, round(4 * scene.stretch), 7)
    scene.fill(scene.shade_of("green", "deep", dice.between(0.2, 0.5)), slope.ground())
    if scene.effort >= 0.2:
        hedge(scene, slope, 6, width - 6, dice.between(12, 17), scene.shade_of("deep", "dark", 0.3), dice.pick(HEDGES))
    crop = dice.pick(crops(scene))
    near = tilted(scene, 326, -tilt * 9, round(3 * scene.stretch), 6)
    front_field(scene, near, crop)
    _framing_trees(scene, near)


def _butte(scene: Scene) -> tuple[Ridge, float, bool]:
    """The hill of the village: a butte, a long crest, or the shoulder of a rise. Never the same on both sides.

    Returns it with the height of its summit, and whether it is a long crest.
    """
    dice, width = scene.dice, scene.width
    shape = dice.pick(("butte", "crest", "shoulder", "butte"))
    summit, base = dice.between(158, 178), dice.between(250, 266)
    steep, soft = dice.between(95, 135) * (1.5 if shape == "crest" else 1), dice.between(190, 300)
    power = {"butte": 1.7, "crest": 3.2, "shoulder": 1.8}[shape]
    flip, waves, heights = dice.pick((-1, 1)), round(7 * scene.stretch), []
    for i in range(waves + 1):
        dx = (i * width / waves - scene.focus) * flip
        y = base - (base - summit) * math.exp(-((abs(dx) / (steep if dx < 0 else soft)) ** power))
        if shape == "shoulder" and dx > 130:
            y -= min(58, (dx - 130) * 0.34)
        heights.append(y + dice.between(-5, 5))
    return Ridge(heights, width), summit, shape == "crest"


def _framing_trees(scene: Scene, ground: Ridge) -> None:
    """Up to three great trees at one edge of the picture, to give the eye a step."""
    dice = scene.dice
    side, turn = dice.pick(((0.06, 1), (0.1, 1), (0.91, -1), (0.95, -1)))
    x, trees, shrink = side * scene.width, [], 1.0
    for tree in dice.pick(
        ((), (oak,), (pine,), (cypress,), (cypress, cypress), (cypress, cypress, cypress), (pine, cypress), (oak, cypress))
    ):
        if scene.effort < 0.5 and trees:
            break
        trees.append(tree(x, ground.at(x) + 10, dice.between(92, 132) * shrink * (0.8 if tree is oak else 1)))
        x, shrink = x + turn * dice.between(20, 38), shrink * dice.between(0.55, 0.8)
    stand(scene, trees, scene.colours["dark"])


def bastide(scene: Scene) -> None:
    """A new town of the Middle Ages on its plain: a long line of roofs, a hall, a tall tower, planes along the road."""
    dice, centre, effort = scene.dice, scene.focus, scene.effort
    sky(scene, clouds=1, cloud_size=1.2)
    far_relief(scene, scene.horizon + 14, 0)
    foot, side = 248, dice.pick((-1, 1))
    reach = min(190, 66 + 13 * math.log(max(scene.population, 100))) * (0.6 + 0.4 * effort)
    left, right = centre - reach * dice.between(0.85, 1.05), centre + reach * dice.between(0.85, 1.05)
    scene.fill(
        scene.shade_of("green", "haze", 0.22),
        trace("M0", foot - 6, "Q", scene.width / 2, foot - 14, scene.width, foot - 7, "V", HEIGHT, "H0z"),
    )
    edge_of_town = Ridge([foot - 2, foot - 6, foot - 2], scene.width)
    hedge(
        scene,
        edge_of_town,
        max(8, left - 90),
        min(scene.width - 8, right + 90),
        16,
        scene.shade_of("deep", "haze", 0.3),
        "0 11 0 13 0 9 0 26",
        4,
    )
    tower = church(
        dice,
        centre + side * reach * 0.3,
        foot - 8,
        dice.between(1.7, 1.95),
        scene.sun_left,
        ("octagon", "octagon", "octagon", "square", "spire"),
    )
    tower.paint(scene)
    if effort > 0.05:
        scene.fill(scene.shade_of("roof2", "haze", 0.16), roofscape(dice, left + reach * 0.2, right - reach * 0.3, foot - 12, 1.2))
    street(dice, left, right, foot, 1.15).paint(scene, soft_shade=0.4)
    hall, arcade = market_hall(centre - side * reach * dice.between(0.2, 0.4), foot + 2, 1.2)
    hall.paint(scene)
    scene.stroke(scene.shade_of("dark", "shade", 0.3), arcade, ' stroke-width="9"')

    eye = (centre + side * reach * dice.between(0.1, 0.4), 214)  # where the fields and the road run to
    plain_fields(scene, (foot + 1, 262, 288, 346) if effort > 0.15 else (foot + 1, 272, 346), eye)
    near = tilted(scene, 340, dice.pick((-5, 5)), round(3 * scene.stretch), 3)
    front_field(scene, near, dice.pick(crops(scene)), vanish_x=eye[0])
    _plane_avenue(scene, eye, foot, -1 if eye[0] > scene.width / 2 else 1)


def _plane_avenue(scene: Scene, eye: tuple[float, float], start: float, side: int) -> None:
    """A pale road from the town to the edge of the picture, and plane trees along it, larger as they come near."""
    x, y = eye
    slant = side * scene.dice.between(1.7, 2.2)

    def at(depth: float, off: float = 0.0) -> float:
        """The x of the road where it passes height `depth`; `off` is a sideways step, 1 being the road's half width."""
        return x + (slant + off * 0.2) * (depth - y)

    road = trace("M", at(start, -1), start, "L", at(HEIGHT, -1), HEIGHT, "H", at(HEIGHT, 1), "L", at(start, 1), start, "z")
    scene.fill(scene.colours["path"], road)
    feet = [y + (start - y + 3) * 1.4**n for n in range(5 if scene.effort > 0.05 else 4)]
    trees = [(at(foot, 1.7 * side), foot, (foot - 208) * 0.72) for foot in feet]
    scene.fill(scene.shade_of("path", "shade", 0.6), [plane_trunk(*tree) for tree in trees])
    scene.fill(scene.shade_of("deep", "dark", 0.25), [plane_crown(*tree) for tree in trees])


def river_valley(scene: Scene) -> None:
    """A village at the head of its bridge, the river coming towards us, poplars on the other bank, a mill or a boat."""
    dice, c, width, effort = scene.dice, scene.colours, scene.width, scene.effort
    side = dice.pick((-1, 1))  # 1: the village is on the left
    middle = width / 2 if scene.stretch == 1 else scene.focus
    centre = middle + side * dice.between(45, 85)

    def x_at(dx: float) -> float:
        return centre + side * dx

    sky(scene)
    far_relief(scene, scene.horizon + 4, 0)
    waves = round(4 * scene.stretch)
    far_side, near_side = (
        Ridge(
            [
                base - rise * min(1.0, max(0.0, (side * (i * width / waves - centre) * sign + 40) / 330)) + dice.between(-3, 3)
                for i in range(waves + 1)
            ],
            width,
        )
        for base, rise, sign in ((244, 56, 1), (246, 66, -1))
    )
    scene.fill(scene.shade_of("green", "haze", 0.34), far_side.ground())
    scene.reusable(scene.shade_of("green", "haze", 0.2), near_side.ground(), "v")
    if effort > 0.65:
        low, high = sorted((x_at(-80), x_at(-320)))
        slope_fields(scene, near_side, low, high, 262, side * 26, 0.2)
    mist(scene, "v", ' opacity=".6"')
    if effort > 0.15:
        hedge(scene, near_side, 6, width - 6, 9, scene.shade_of("deep", "haze", 0.3), dice.pick(HEDGES), 5)
    _riverside_village(scene, x_at)
    _meadows(scene, x_at)
    _river(scene, x_at)
    arches = dice.pick((3, 3, 5))
    bridge(scene, x_at(0), 296, 232 if arches == 3 else 268, arches)
    _poplars(scene, x_at)
    if dice.unit() < 0.65:
        building, wheel = mill(x_at(190), 336, 1.8, -side)
        if effort > 0.25:
            scene.fill(c["wall"], building.wall, ' opacity=".2" transform="matrix(1 0 0-1 0 672)"')
        building.paint(scene)
        scene.stroke(c["dark"], wheel, ' stroke-width="2.5"')
    else:
        x = x_at(dice.between(-60, 50))
        scene.fill(c["dark"], trace("M", x - 34, 344, "q34 9 68 0l-8 12q-26 5-52 0z"))
    edge = 0 if side > 0 else width  # the bank at our feet
    scene.fill(c["dark"], trace("M", edge, 346, "C", x_at(-330), 340, x_at(-230), 362, x_at(-180), 400, "H", edge, "z"))


def _riverside_village(scene: Scene, x_at: Callable[[float], float]) -> None:
    """The village at the head of the bridge and, over the feet of its houses, the floor of the valley."""
    dice, count = scene.dice, max(5, round(village_size(scene) * 0.8))
    spread = 40 + count * 8
    bank = Ridge([250, 257, 260] if x_at(1) > x_at(0) else [260, 257, 250], scene.width)
    middle = x_at(-136 - spread)
    tower_x = middle + dice.between(-0.35, 0.35) * spread
    if scene.effort > 0.45:
        behind = houses(dice, bank.lowered(-12), middle, spread * 0.75, max(3, count // 2), 1.5)
        behind.window.clear()
        behind.paint(scene, haze=0.12)
    church(dice, tower_x, bank.at(tower_x) - 4, dice.between(1.55, 1.8), scene.sun_left).paint(scene)
    houses(dice, bank, middle, spread, count, 1.6).paint(scene, soft_shade=0.4)
    scene.fill(scene.shade_of("green", "deep", 0.15), bank.lowered(1).ground())


def _meadows(scene: Scene, x_at: Callable[[float], float]) -> None:
    """Fields on the floor of the valley, two beyond the river and one on the side of the village."""
    hues = field_hues(scene)[:3]
    far_edge, near_edge = (scene.width, 0) if x_at(1) > x_at(0) else (0, scene.width)
    scene.fill(scene.dice.pick(hues), trace("M", x_at(120), 266, "L", far_edge, 262, "V", 278, "L", x_at(136), 288, "z"))
    scene.fill(scene.dice.pick(hues), trace("M", x_at(170), 296, "L", far_edge, 284, "V", 336, "L", x_at(214), 318, "z"))
    scene.fill(
        scene.dice.pick(hues),
        trace("M", x_at(-186), 284, "L", near_edge, 276, "V", 316, "Q", x_at(-250), 314, x_at(-210), 306, "z"),
    )


def _river(scene: Scene, x_at: Callable[[float], float]) -> None:
    """The water, winding from between the slopes to the whole foot of the picture; the sky lies on it."""
    c = scene.colours
    left = trace(
        "M",
        x_at(46),
        258,
        "C",
        x_at(-40),
        260,
        x_at(-80),
        268,
        x_at(-118),
        292,
        "C",
        x_at(-150),
        316,
        x_at(-230),
        340,
        x_at(-270),
        400,
    )
    right = trace(
        "H", x_at(240), "C", x_at(220), 350, x_at(132), 318, x_at(118), 292, "C", x_at(100), 270, x_at(30), 266, x_at(54), 258, "z"
    )
    scene.add(f'<linearGradient id="{scene.name("q")}" x2="0" y2="1"><stop stop-color="{mix(c["glow"], c["sky"], 0.4)}"/>')
    scene.add(f'<stop offset="1" stop-color="{mix(c["zenith"], c["dark"], 0.25)}"/></linearGradient>')
    scene.fill(f"url(#{scene.name('q')})", left + right)


def _poplars(scene: Scene, x_at: Callable[[float], float]) -> None:
    """A row of poplars along the bank, taller as it comes near."""
    feet = [262 + 58 * (n / 5) ** 1.5 for n in range(6 if scene.effort > 0.2 else 4)]
    trees = [poplar(x_at(150 + (foot - 262) * 2.6), foot, (foot - 216) * 1.6 * scene.dice.between(0.9, 1.05)) for foot in feet]
    scene.fill(scene.shade_of("deep", "dark", 0.35), trees)


def crests(scene: Scene) -> None:
    """Crest behind crest under a big sky, two or three hamlets small upon them, and one farm with its dovecote near us."""
    dice, c, width, effort = scene.dice, scene.colours, scene.width, scene.effort
    sky(scene, clouds=1, cloud_size=1.5)
    far_relief(scene, scene.horizon + 28, 0)
    side = dice.pick((-1, 1))  # of the farm; the nearest hamlet lies on the other
    hamlets = dice.pick(((0, 2), (1, 2), (0, 1), (0, 2), (0, 1, 2)))
    for depth, (top, fall, haze, size) in enumerate(((234, 26, 0.42, 0.66), (252, 34, 0.24, 0.9), (274, 48, 0.08, 1.2))):
        lean = side if depth == 1 else -side
        summit_x = width * (0.5 + lean * dice.between(*((0.06, 0.14), (0.03, 0.11), (0.22, 0.34))[depth]))
        crest = _long_crest(scene, top, fall, summit_x, lean)
        if depth in hamlets[: 3 if effort > 0.1 else 2]:
            _hamlet(scene, crest, summit_x, size, haze)
        scene.fill(mix(scene.shade_of("green", "deep", 0.1 * depth), c["haze"], haze), crest.ground())
        if effort > (1.0, 0.75, 0.15)[depth]:
            reach = 90 * depth
            slope_fields(scene, crest, max(0, summit_x - reach), min(width, summit_x + reach), top + fall + 22, lean * -30, haze)
        if effort > (1.0, 0.55, 0.35)[depth]:
            hedge(scene, crest, 6, width - 6, 4 + 3 * depth, scene.shade_of("deep", "haze", haze), dice.pick(HEDGES), 5)
    near = tilted(scene, 338, side * 10, round(3 * scene.stretch), 4)
    farm_x = width / 2 + side * dice.between(100, 150)
    foot = near.at(farm_x) + 5
    tree = dice.pick((oak, oak, cypress))
    stand(scene, [tree(farm_x + side * 114, foot, 92)], c["dark"])
    home = farmhouse(farm_x, foot, 2.1, scene.sun_left) + dovecote(farm_x + side * 80, foot + 1, 2.1, scene.sun_left)
    home.paint(scene)
    front_field(scene, near, dice.pick(crops(scene)))


def _long_crest(scene: Scene, top: float, fall: float, summit_x: float, side: int) -> Ridge:
    """A serre of Gascony seen sideways: one summit, a slope that falls away slowly on one side and faster on the other."""
    waves = round(5 * scene.stretch)
    heights = []
    for i in range(waves + 1):
        dx = (i * scene.width / waves - summit_x) * side
        heights.append(top + fall * (1 - math.exp(-((dx / (170 if dx > 0 else 300)) ** 2))) + scene.dice.between(-2, 2))
    return Ridge(heights, scene.width)


def _hamlet(scene: Scene, crest: Ridge, x: float, size: float, haze: float) -> None:
    """A few roofs and a tower, far away."""
    dice = scene.dice
    tower = church(dice, x, crest.at(x), size, scene.sun_left, ("wall", "square", "spire"))
    roofs = houses(dice, crest, x + dice.between(-8, 8) * size, 30 * size, 3 + (scene.effort > 0.6), size)
    roofs.window.clear()
    (tower + roofs).paint(scene, haze, soft_shade=0.2)


def vineyard(scene: Scene) -> None:
    """A vineyard at the end of the day: rows that run to the eye, a long chai under an umbrella pine, a low sun."""
    dice, c, width, effort = scene.dice, scene.colours, scene.width, scene.effort
    sky(scene)
    far_relief(scene, scene.horizon + 4, 22)
    away = 1 if scene.sun_left else -1
    centre = width / 2 + away * dice.between(60, 120)
    village_x = width / 2 - away * dice.between(120, 220)
    hills = rolling(scene, 240, 8, round(5 * scene.stretch))
    _hamlet(scene, hills, village_x, 1.0, 0.2)
    scene.reusable(scene.shade_of("green", "haze", 0.28), hills.ground(), "h")
    if effort > 0.2:
        slope_fields(scene, hills, 0, width, 300, away * 40, 0.24)
    mist(scene, "h", ' opacity=".5"')
    rise = rolling(scene, 272, 7, round(4 * scene.stretch))
    foot = rise.at(centre) + 4
    if effort > 0.1:
        hedge(scene, rise, 6, width - 6, 12, scene.shade_of("deep", "haze", 0.1), dice.pick(HEDGES), 6)
    sunward, other = centre - away * 118, centre + away * 92
    if dice.unit() < 0.4:
        sunward, other = other, sunward
    cypresses = [cypress(other + 13 * n, foot, tall) for n, tall in enumerate(dice.pick(((70, 52), (58, 74, 50), (66,))))]
    stand(scene, [pine(sunward, foot, dice.between(96, 118)), *cypresses], c["dark"])
    chai(centre, foot, 1.55, scene.sun_left).paint(scene)
    scene.fill(scene.shade_of("green", "wheat", 0.25), rise.ground())
    near = tilted(scene, 300, dice.pick((-6, 6)), round(3 * scene.stretch), 4)
    front_field(scene, near, "vines", gap=dice.between(92, 124), vanish_x=width / 2 - away * dice.between(20, 150))


@dataclass(frozen=True)
class Composition:
    """How a picture is drawn, and the lights it may be seen in (repeated to be likelier)."""

    draw: Callable[[Scene], None]
    lights: tuple[str, ...] = ANY_LIGHT


COMPOSITIONS = {
    "castelnau": Composition(castelnau),
    "bastide": Composition(bastide),
    "river_valley": Composition(river_valley),
    "crests": Composition(crests),
    "vineyard": Composition(vineyard, ("dawn", "evening", "evening", "evening", "autumn")),
}
