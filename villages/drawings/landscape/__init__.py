"""A drawn landscape for every commune: deterministic, at most 4 KB of SVG, no text, presentation attributes only.

Each picture is built as a poster is, from the sky down to the field at our feet, in one of five compositions:

- `castelnau`, a village on the top of its hill;
- `bastide`, a line of roofs on the plain, a hall and a tall tower;
- `river_valley`, a village, its bridge and its poplars beside the water;
- `crests`, crest behind crest and a lone farm with its dovecote;
- `vineyard`, the rows and the wine-house.

Where the commune lies and how many live there make some of them likelier; the code decides. All chance comes from the INSEE
code through a generator of our own (`scene.Dice`), so that a picture never changes with Python's version. What belongs to
the territory (its rivers, its vineyard, its mountains) comes in as a `Relief`.
"""

from villages.drawings.landscape.choice import Relief, composition_of
from villages.drawings.landscape.compositions import COMPOSITIONS
from villages.drawings.landscape.scene import USUAL_WIDTH, Scene

BUDGET = 4096  # bytes, for a picture of the usual width
BANNER_WIDTH = 1440
EFFORTS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)

__all__ = ["BANNER_WIDTH", "BUDGET", "COMPOSITIONS", "USUAL_WIDTH", "Relief", "composition_of", "landscape"]


def landscape(
    insee_code: str,
    *,
    population: int,
    latitude: float,
    longitude: float,
    relief: Relief,
    width: int = USUAL_WIDTH,
    light: str | None = None,
    composition: str | None = None,
) -> str:
    """A `width` x 400 landscape for the commune, as an SVG string. Decoration: it carries no text.

    `latitude` and `longitude` are in degrees. Width, light ("dawn", "noon", "evening" or "autumn") and composition are left
    alone for a village; the banner of a page asks for `BANNER_WIDTH` (and may weigh as much more as it is wider).
    """
    name = composition or composition_of(insee_code, population=population, latitude=latitude, longitude=longitude, relief=relief)
    chosen = COMPOSITIONS[name]
    svg = ""
    for effort in EFFORTS:  # a large village in a rich field may pass the budget: fewer houses, then fewer trees
        scene = Scene(
            insee_code,
            population=population,
            latitude=latitude,
            mountains_seen_from=relief.mountains_seen_from,
            width=width,
            effort=effort,
            light=light,
            lights=chosen.lights,
        )
        chosen.draw(scene)
        svg = scene.svg()
        if len(svg.encode()) <= BUDGET * max(1, width / 1000):
            break
    return svg
