"""Connection, rents and sales: invented, in files of the official shapes, and brought in like the real ones.

Their source says that they are examples, so that no page can show them as facts.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from sohosolo.demo.chance import Dice
from sohosolo.demo.villages import Welcome
from sohosolo.demo.world import World, kilometres
from sohosolo.territories import ReferencePlace
from villages.models import Commune, SpeedTest
from villages.opendata.connection import import_connections
from villages.opendata.prices import import_rents, import_sales

EXAMPLE = "Exemple de démonstration, à la forme du fichier {name}"
PREMISES_PER_HEAD = 0.62  # homes and businesses
SLOW_COMMUNES = 0.15  # where the fibre is still being laid
RENT_NEAR, RENT_FAR, RENT_FALLS_OVER_KM = 9.6, 6.4, 90  # euros a m², beside the metropolis and far from it
HOUSES_SOLD_PER_HEAD = 1 / 320  # over the years of the file, so that a small village has too few for a median
YEARS_OF_SALES = 3
MEASURED = 0.45  # villages where somebody measured
WHERE = ("médiathèque", "mairie", "salle des fêtes", "école", "café de la place")

TECHNO = "code_insee nom_com code_dep code_reg nbr type elig_ftth elig_coax elig_cu elig_thdr elig_4gf elig_hdr elig_sat date"
BEST = (
    "code_insee nom_com code_dep code_reg nbr type nbr_elig_8 elig_ftth elig_coax elig_cu_30 elig_thdr elig_cu_8 elig_4gf"
    " elig_hdr elig_sat date"
)
RENTS = "id_zone INSEE_C LIBGEO EPCI DEP REG loypredm2 lwr.IPm2 upr.IPm2 TYPPRED nbobs_com nbobs_mail R2_adj"
SALES = (
    "id_mutation date_mutation numero_disposition nature_mutation valeur_fonciere adresse_numero code_commune nom_commune"
    " code_departement lot1_numero type_local surface_reelle_bati nombre_pieces_principales surface_terrain"
)


def tell_connection_and_prices(world: World, welcomes: dict[str, Welcome]) -> None:
    world.tell("connection and prices", 0)
    dice = world.dice("prices")
    communes = list(world.communes.values())
    metropolis = next(place for place in settings.TERRITORY.places if place.name == settings.TERRITORY.metropolis)
    quarter = dt.date(world.today.year, 3, 31)
    if quarter > world.today - dt.timedelta(days=60):
        quarter = dt.date(world.today.year - 1, 9, 30)
    connections = [connection_of(dice, commune, quarter.isoformat()) for commune in communes]
    with TemporaryDirectory() as folder:
        for name, columns, rows in (
            ("commune_techno.csv", TECHNO, [techno for techno, _best in connections]),
            ("commune_meilleure_techno_thd.csv", BEST, [best for _techno, best in connections]),
        ):
            path = write_table(Path(folder) / name, columns, rows)
            import_connections(path=path, source=EXAMPLE.format(name=name), licence="")
        for name, factor in (("pred-mai-exemple.csv", 1.0), ("pred-app-exemple.csv", 1.18)):
            rows = [rent_of(dice, commune, metropolis, factor) for commune in communes]
            path = write_table(Path(folder) / name, RENTS, rows)
            import_rents(path=path, source=EXAMPLE.format(name="carte des loyers"), licence="", edition=str(quarter.year))
        sold = [row for commune in communes for row in sales_of(dice, commune, metropolis, world.today.year)]
        path = write_table(Path(folder) / "dvf-exemple.csv", SALES, sold, delimiter=",")
        import_sales(paths=[path], source=EXAMPLE.format(name="geo-DVF"), licence="")
    measure_speeds(world, dice, welcomes)


def write_table(path: Path, columns: str, rows: Iterable[Sequence[object]], delimiter: str = ";") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(columns.split())
        writer.writerows(rows)
    return path


def connection_of(dice: Dice, commune: Commune, day: str) -> tuple[list, list]:
    """The row of the technologies, and that of the best of them."""
    premises = max(round(commune.population * PREMISES_PER_HEAD * dice.uniform(0.9, 1.2)), 8)
    share = dice.uniform(0.35, 0.75) if dice.likely(SLOW_COMMUNES) else dice.uniform(0.82, 0.995)
    fibre = round(premises * share)
    left = premises - fibre
    copper_30, fixed_4g, copper_8 = round(left * 0.2), round(left * 0.35), round(left * 0.25)
    slow = left - copper_30 - fixed_4g - copper_8
    place = [commune.insee_code, commune.name, commune.insee_code[:2], "", premises, "all"]
    techno = [*place, fibre, 0, round(premises * 0.92), 0, round(premises * 0.7), 0, premises, day]
    best = [*place, premises - slow, fibre, 0, copper_30, 0, copper_8, fixed_4g, 0, 0, day]
    return techno, best


def rent_of(dice: Dice, commune: Commune, metropolis: ReferencePlace, factor: float) -> list:
    rent = (usual_rent(commune, metropolis) + dice.uniform(-0.3, 0.3)) * factor
    offers = round(commune.population / 60 * dice.uniform(0.5, 1.5))
    area = "commune" if offers >= 30 else "maille"
    prices = [f"{price:.4f}".replace(".", ",") for price in (rent, rent * 0.74, rent * 1.35)]
    return ["", commune.insee_code, commune.name, "", commune.insee_code[:2], "", *prices, area, offers, max(offers, 300), "0,6"]


def usual_rent(commune: Commune, metropolis: ReferencePlace) -> float:
    nearness = max(0.0, 1 - kilometres(commune, metropolis) / RENT_FALLS_OVER_KM)
    return RENT_FAR + (RENT_NEAR - RENT_FAR) * nearness


def sales_of(dice: Dice, commune: Commune, metropolis: ReferencePlace, year: int) -> list[list]:
    """Houses of the last full years; one in three is told on two rows, as real ones are."""
    rows = []
    for number in range(round(commune.population * HOUSES_SOLD_PER_HEAD * dice.uniform(0.6, 1.4))):
        sold_in, surface = year - dice.randint(1, YEARS_OF_SALES), dice.randint(70, 180)
        price = round(surface * usual_rent(commune, metropolis) * dice.uniform(140, 230), -3)
        day = f"{sold_in}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"
        mutation = f"{sold_in}-{commune.insee_code}{number}"
        house = [mutation, day, "1", "Vente", price, number + 1, commune.insee_code, commune.name, commune.insee_code[:2], ""]
        rows.append([*house, "Maison", surface, dice.randint(3, 7), dice.randint(200, 2000)])
        if dice.likely(1 / 3):
            rows.append([*house, "Dépendance", "", 0, ""])
    return rows


def measure_speeds(world: World, dice: Dice, welcomes: dict[str, Welcome]) -> None:
    """In some villages somebody of the committee measured, this year or the last."""
    SpeedTest.objects.bulk_create(
        SpeedTest(
            village=welcome.village,
            where=dice.choice(WHERE),
            measured_on=world.today - dt.timedelta(days=dice.randint(10, 500)),
            down_mbps=dice.randint(90, 620),
            up_mbps=dice.randint(40, 400),
            measured_by=welcome.lead,
        )
        for welcome in welcomes.values()
        if dice.likely(MEASURED)
    )
