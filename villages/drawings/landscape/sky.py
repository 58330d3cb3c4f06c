"""What is far: the sky, its sun and clouds, the mountains, the first hazy hills."""

import math

from villages.drawings.landscape.ground import rolling
from villages.drawings.landscape.palette import mix
from villages.drawings.landscape.scene import HEIGHT, USUAL_WIDTH, Scene


def sky(scene: Scene, clouds: int = 0, cloud_size: float = 1.0) -> None:
    """Sky, sun and clouds. `clouds` are added to those of the light; `cloud_size` multiplies their width."""
    c, key = scene.colours, scene.name
    scene.add(
        f'<defs><linearGradient id="{key("s")}" x2="0" y2="1"><stop stop-color="{c["zenith"]}"/>'
        f'<stop offset=".32" stop-color="{c["sky"]}"/><stop offset=".52" stop-color="{c["glow"]}"/></linearGradient>'
        f'<linearGradient id="{key("m")}" x2="0" y2="1"><stop offset=".1" stop-color="{c["glow"]}" stop-opacity="0"/>'
        f'<stop offset=".5" stop-color="{c["glow"]}" stop-opacity=".6"/></linearGradient></defs>'
    )
    scene.fill(f"url(#{key('s')})", f"M0 0h{scene.width}v{HEIGHT}H0z")
    _sun(scene)
    _clouds(scene, clouds, cloud_size)


def _sun(scene: Scene) -> None:
    if scene.light == "noon":
        return
    y, radius = {"dawn": (scene.horizon - 44, 20), "evening": (scene.horizon - 34, 27), "autumn": (84, 19)}[scene.light]
    centre = f'cx="{scene.sun_x:.0f}" cy="{y + round(scene.dice.between(-8, 8))}"'
    halo = f'<circle {centre} r="{radius * 2.4:.0f}" opacity=".25"/>'
    scene.add(f'<g fill="{scene.colours["sun"]}">{halo}<circle {centre} r="{radius}"/></g>')


def _clouds(scene: Scene, more: int, size: float) -> None:
    """Long flat loaves, few of them."""
    dice, outlines = scene.dice, []
    for _ in range((1 if scene.light == "dawn" else 2) + (scene.width > USUAL_WIDTH) + more):
        x, y, w = dice.between(0, 0.85) * scene.width, dice.between(34, 122), dice.between(60, 150) * size
        h = w * dice.between(0.1, 0.17) * (1.35 if scene.light == "noon" else 0.7)
        outlines.append(
            f"M{x:.0f} {y:.0f}c{w * 0.08:.0f}-{h * 0.9:.0f} {w * 0.26:.0f}-{h * 0.5:.0f} {w * 0.32:.0f}-{h * 0.6:.0f}"
            f"s{w * 0.34:.0f}-{h:.0f} {w * 0.42:.0f} 0 {w * 0.26:.0f} 0 {w * 0.26:.0f} {h * 0.6:.0f}z"
        )
    if scene.effort < 0.15:
        del outlines[1:]
    scene.fill(mix(scene.colours["sun"], scene.colours["glow"], 0.2), outlines, ' opacity=".7"')


def far_relief(scene: Scene, horizon: float | None = None, depth: float = 24) -> None:
    """The mountains where they show, then hazy hills: one line, and `depth` lower a second veiled by mist (none if 0)."""
    horizon = scene.horizon if horizon is None else horizon
    _mountains(scene, horizon)
    far = rolling(scene, horizon, 9, round(2 * scene.stretch))
    near = rolling(scene, horizon + depth, depth * 0.62, round(4 * scene.stretch))
    scene.fill(scene.shade_of("deep", "haze", 0.74), far.ground())
    if depth:
        scene.reusable(scene.shade_of("green", "haze", 0.5), near.ground(), "b")
        mist(scene, "b")


def mist(scene: Scene, piece: str, extra: str = "") -> None:
    """The glow of the horizon laid over the foot of a reusable piece, named by its suffix."""
    scene.again(piece, f'fill="url(#{scene.name("m")})"{extra}')


def _mountains(scene: Scene, horizon: float) -> None:
    """A long blue massif with snow on its lit faces: always from nearby, on clear days only from further north."""
    if scene.mountains_seen_from is None:
        return
    nearer = scene.mountains_seen_from - scene.latitude  # degrees towards them
    if scene.dice.unit() >= (1 if nearer > 0.39 else 0.7 if nearer > 0.23 else 0.22):
        return
    near = max(0.15, min(1.0, nearer / 0.5))
    dice, width, glow = scene.dice, scene.width, scene.colours["glow"]
    base, height = horizon + 14, 34 + 46 * near
    lead, x = dice.between(0.1, 0.9) * width, -50.0  # one summit leads and the others fall away
    massif, snow = [f"M-50 {base}"], []
    while x < width + 20:
        run = dice.between(64, 118)
        peak_x = x + run * dice.between(0.36, 0.6)
        fall = math.exp(-(((peak_x - lead) / (0.6 * width)) ** 2))
        rise = height * (0.34 + 0.66 * fall) * dice.between(0.66, 1)
        massif.append(f"L{peak_x:.0f} {base - rise:.0f} {x + run:.0f} {base - rise * dice.between(0.4, 0.6):.0f}")
        if rise > 22:
            w, h = run * 0.22, rise * 0.5
            snow.append(
                f"M{peak_x:.0f} {base - rise:.0f}l-{w:.0f} {h:.0f} {w * 0.7:.0f}-{h * 0.3:.0f} {w * 0.6:.0f} {h * 0.4:.0f}z"
            )
        x += run
    scene.fill(mix(scene.colours["peak"], glow, 0.62 - 0.4 * near), [*massif, f"V{base}z"])
    scene.fill(mix(scene.colours["snow"], glow, 0.45 - 0.35 * near), snow)
