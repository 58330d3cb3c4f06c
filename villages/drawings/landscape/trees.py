"""The trees of the country. Each takes its foot (x, y) and its height, and returns the outline of one tree."""

from villages.drawings.landscape.ground import Ridge
from villages.drawings.landscape.scene import Scene, trace


def cypress(x: float, y: float, h: float) -> str:
    w = h * 0.17
    return trace("M", x, y, "c", w, -h * 0.2, w, -h * 0.6, 0, -h, "c", -w, h * 0.4, -w, h * 0.8, 0, h, "z")


def poplar(x: float, y: float, h: float) -> str:
    """A Lombardy poplar: a plume from the ground up, fullest below its middle."""
    w = h * 0.13
    return trace("M", x, y, "c", w * 1.7, -h * 0.14, w, -h * 0.6, 1, -h, "c", -w, h * 0.36, -w * 1.9, h * 0.84, -1, h, "z")


def oak(x: float, y: float, h: float) -> str:
    """A round field oak on a short trunk, its crown in four lobes."""
    r = h * 0.3
    trunk = trace("M", x - 2, y, "v", -h * 0.4, "h5v", h * 0.4, "z")
    left = trace("M", x - r * 1.3, y - h * 0.3, "c", -r, -r * 0.4, -r * 0.5, -r * 1.4, r * 0.4, -r * 1.3)
    right = trace("c", r * 0.2, -r, r * 1.7, -r, r * 1.9, 0, "c", r, 0, r * 1.2, r, r * 0.4, r * 1.3, "z")
    return trunk + left + right


def pine(x: float, y: float, h: float) -> str:
    """An umbrella pine: a bare leaning trunk and a flat cap."""
    r = h * 0.42
    trunk = trace("M", x, y, "q", 6, -h * 0.4, 2, -h * 0.75, "h4q", 4, h * 0.4, 0, h * 0.75, "z")
    cap = trace(
        "M",
        x - r,
        y - h * 0.72,
        "c",
        0,
        -h * 0.2,
        r * 0.7,
        -h * 0.3,
        r,
        -h * 0.28,
        "s",
        r,
        h * 0.1,
        r,
        h * 0.28,
        "q",
        -r,
        -h * 0.1,
        -2 * r,
        0,
        "z",
    )
    return trunk + cap


def plane_crown(x: float, y: float, h: float) -> str:
    """The crown of a plane tree: broad, a little flat, on three lobes. Its pale trunk is `plane_trunk`."""
    r = h * 0.36
    return trace(
        "M",
        x - r * 0.7,
        y - h * 0.34,
        "c",
        -r * 0.9,
        0,
        -r * 0.7,
        -r * 1.2,
        -r * 0.1,
        -r * 1.1,
        "c",
        r * 0.2,
        -r,
        r * 1.3,
        -r,
        r * 1.5,
        0,
    ) + trace("c", r * 0.8, 0, r * 0.8, r * 1.1, 0, r * 1.1, "z")


def plane_trunk(x: float, y: float, h: float) -> str:
    w = max(1.5, h * 0.055)
    return trace("M", x - w / 2, y, "v", -h * 0.44, "h", w, "v", h * 0.44, "z", places=1)


def hedge(scene: Scene, ridge: Ridge, start: float, end: float, size: float, colour: str, gaps: str, bends: int = 3) -> None:
    """A hedge from x = start to end: the crest again, stroked with round dots `size` wide and unevenly spaced by `gaps`."""
    step = max(6, (end - start) / bends)
    points, x = [], start
    while x <= end + 1:
        points.append(trace(x, ridge.at(scene.inside(x)) - size * 0.25))
        x += step
    scene.stroke(colour, "M" + "L".join(points), f' stroke-width="{size:.0f}" stroke-dasharray="{gaps}"')


def stand(scene: Scene, outlines: list[str], colour: str) -> None:
    """Trees one path each: overlapping outlines that turn opposite ways would cut holes in each other."""
    if outlines:
        scene.add(f'<g fill="{colour}">' + "".join(f'<path d="{d}"/>' for d in outlines) + "</g>")
