"""Shops, schools and doctors: invented from the size of each commune, in a file of the official shape, and brought in like it.

Their source says that they are examples, so that no page can show them as facts.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sohosolo.demo.chance import Dice
from sohosolo.demo.prices import EXAMPLE, write_table
from sohosolo.demo.world import World
from villages.models import Commune
from villages.opendata import amenities

NAME = "BPE-exemple.csv"
COLUMNS = "AN CODPOS DEPCOM DEP LIBCOM TYPEQU CAPACITE"
# From how many inhabitants on a commune is sure to have one, and for how many more it has another; below, it may.
SIZES = {
    "A504": (500, 900),
    "B207": (700, 1800),
    "B202": (600, 3000),
    "B105": (1900, 4000),
    "B204": (1100, 2500),
    "B325": (1300, 5000),
    "A501": (650, 900),
    "B316": (1500, 4000),
    "B326": (900, 2500),
    "A203": (1600, 3500),
    "A206": (1700, 9000),
    "A208": (450, 9000),
    "A128": (1800, 9000),
    "D502": (1500, 4000),
    "C108": (420, 1600),
    "C107": (2600, 4000),
    "C109": (2600, 4000),
    "D505": (1000, 4000),
    "C201": (1900, 7000),
    "C301": (5500, 15000),
    "D265": (850, 1100),
    "D113": (1500, 6000),
    "D281": (600, 700),
    "D277": (1700, 1700),
    "D278": (2600, 5000),
    "D279": (1200, 1300),
    "D307": (1150, 2600),
    "D106": (9000, 30000),
    "D107": (15000, 30000),
    "F307": (800, 6000),
    "F303": (2400, 8000),
    "F305": (2800, 9000),
    "F101": (2200, 9000),
}
CHANCE_FROM = 0.45  # of the sure size: under it there is none


def tell_equipment(world: World) -> None:
    world.tell("equipment", 0)
    dice, year = world.dice("equipment"), world.today.year - 1
    rows = [
        [year, commune.postal_codes[0], commune.insee_code, commune.insee_code[:2], commune.name, code, "_Z"]
        for commune in world.communes.values()
        for code in equipment_of(dice, commune)
    ]
    with TemporaryDirectory() as folder:
        path = write_table(Path(folder) / NAME, COLUMNS, rows)
        amenities.import_amenities(path=path, source=EXAMPLE.format(name="INSEE BPE"), licence="")


def equipment_of(dice: Dice, commune: Commune) -> Iterator[str]:
    """One code for each thing that stands there. The size of a commune decides, and chance near the limit."""
    for code, (sure_from, another_each) in SIZES.items():
        share = commune.population / sure_from
        if share >= 1:
            yield from [code] * (1 + (commune.population - sure_from) // another_each)
        elif dice.likely(max(share - CHANCE_FROM, 0)):
            yield code
