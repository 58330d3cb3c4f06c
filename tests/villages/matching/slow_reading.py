"""The matching once more, slowly and apart from it: rows of the database in plain SQL, loops, and the sentences of the page.

It imports nothing of the matching. Its rules are those that the site tells: a limit is judged on the home that is offered and
fits, on the commune's figures where none does; who has no car walks 2 km and rides 8.
"""

import datetime as dt
from dataclasses import dataclass, field
from math import floor

from django.db import connection

from tests.villages.matching.slow_journeys import SlowJourneys, capital, euros, km, missing, shown, thousands
from villages.enums import AmenityKind

KIND_OF = {"louer": "rent", "acheter": "sale", "essayer": "trial"}
HOME = {"rent": "logement à louer", "sale": "logement à vendre", "trial": "logement passerelle"}
SCHOOLS = {
    "creche": ("creche", 10, True),
    "maternelle": ("nursery-school", 5, True),
    "elementaire": ("primary-school", 5, True),
    "college": ("middle-school", 15, False),
    "lycee": ("high-school", 25, False),
}
LINES = ["none", "unknown", "near", "fibre"]


@dataclass
class Reading:
    """What the page should say of one village: each sentence against it with whether it is a limit."""

    met: set[str] = field(default_factory=set)
    failed: set[tuple[str, bool]] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    @property
    def is_ruled_out(self) -> bool:
        return any(is_limit for _text, is_limit in self.failed)


def rows(query: str, *values) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read(answers: dict, *, on: dt.date, metropolis: str, chief_town: str) -> dict[str, Reading]:
    """By name of the commune, all the villages that are shown."""
    everything = Tables(on)
    return {
        village["name"]: SlowReader(village, answers, everything, metropolis, chief_town).read()
        for village in rows("""
            SELECT v.*, c.name, c.population FROM villages_village v JOIN villages_commune c ON c.id = v.commune_id
            WHERE v.status IN ('partner', 'paused')
        """)
    }


class Tables:
    def __init__(self, on: dt.date) -> None:
        self.on = on
        self.connections = rows("SELECT * FROM villages_connection")
        self.speeds = rows("SELECT * FROM villages_speedtest ORDER BY measured_on, id")
        self.nearest = rows("""
            SELECT n.*, c.name AS commune FROM villages_nearestamenity n JOIN villages_commune c ON c.id = n.commune_id
        """)
        self.journeys = rows("""
            SELECT j.*, p.kind, p.name, coalesce(c.name, p.name) AS commune
            FROM villages_journey j JOIN villages_place p ON p.id = j.place_id LEFT JOIN villages_commune c ON c.id = p.commune_id
            ORDER BY j.kilometres, j.id
        """)
        self.homes = rows(
            """
            SELECT h.* FROM villages_housing h JOIN villages_village v ON v.id = h.village_id
            WHERE v.status IN ('partner', 'paused') AND h.withdrawn_on IS NULL AND h.confirmed_on > %s AND h.audience = 'public'
            """,
            on - dt.timedelta(days=60),
        )
        self.rents = rows("SELECT * FROM villages_communerent WHERE kind = 'house'")
        self.sales = rows("SELECT * FROM villages_communesales WHERE kind = 'house'")


class SlowReader(SlowJourneys):
    def __init__(self, village: dict, answers: dict, tables: Tables, metropolis: str, chief_town: str) -> None:
        self.village, self.answers, self.tables = village, answers, tables
        self.metropolis, self.chief_town = metropolis, chief_town
        self.reading = Reading()
        self.no_car = answers.get("voitures") == "0"
        leaves = answers.get("partenaire") in ("chef-lieu", "metropole", "cherche")
        self.walks = self.no_car or (answers.get("voitures") == "1" and leaves)
        self.kind = KIND_OF.get(answers["logement"])
        self.budget, self.rooms = answers.get("budget"), answers.get("pieces")
        self.home = self.home_in_question()

    def read(self) -> Reading:
        self.line()
        self.desk()
        self.children()
        self.services()
        self.homes()
        if self.no_car:
            self.journeys_without_car()
        else:
            self.journeys()
        self.size_and_welcome()
        return self.reading

    # ---- What is noted -----------------------------------------------------------------------------------------------

    def met(self, text: str) -> None:
        self.reading.met.add(text)

    def unknown(self, text: str) -> None:
        self.reading.unknown.add(text)

    def failed(self, topic: str, text: str, *, is_limit: bool = False, never: bool = False) -> None:
        indispensable = topic in self.answers.get("indispensable", [])
        self.reading.failed.add((text, (is_limit or indispensable) and not never))

    # ---- The rows ----------------------------------------------------------------------------------------------------

    def home_in_question(self) -> dict | None:
        best = None
        for home in self.tables.homes:
            if home["village_id"] != self.village["id"] or home["kind"] != self.kind:
                continue
            if (self.budget and home["price"] > self.budget) or home["rooms"] < (self.rooms or 1):
                continue
            line = LINES.index(home["connection"]) if self.answers["connexion"] != "rarement" else 0
            worth = (line, -home["price"], home["surface_m2"], -home["id"])
            if best is None or worth > best[0]:
                best = (worth, home)
        return best[1] if best else None

    def journey(self, kind: str, name: str | None = None) -> dict | None:
        for row in self.tables.journeys:
            if row["village_id"] == self.village["id"] and row["kind"] == kind and name in (None, row["name"]):
                return row
        return None

    @property
    def was_measured(self) -> bool:
        return any(row["village_id"] == self.village["id"] for row in self.tables.journeys)

    def amenity(self, kind: str) -> dict | str | None:
        """Its row; None where nobody counted; « nowhere »."""
        of_village = [row for row in self.tables.nearest if row["village_id"] == self.village["id"]]
        if not of_village:
            return None
        return next((row for row in of_village if row["kind"] == kind), "nowhere")

    # ---- The questions -----------------------------------------------------------------------------------------------

    def line(self) -> None:
        need = self.answers["connexion"]
        if need == "rarement":
            return
        counts = next((row for row in self.tables.connections if row["commune_id"] == self.village["commune_id"]), None)
        share = {}
        for name, column in (("fibre", "can_fibre"), ("wire", "speed_30"), ("air", "can_4g")):
            known = counts and counts[column] is not None and counts["premises"]
            share[name] = floor(min(counts[column] / counts["premises"], 1) * 100 + 1e-9) if known else None
        line = self.home["connection"] if self.home else None
        name = HOME[self.kind] if self.kind else ""
        if line == "fibre":
            self.met(f"La fibre est raccordée au {name}")
        elif line == "near":
            self.met(f"La fibre peut être commandée pour le {name}")
        elif need == "toujours":
            self.fibre_all_day(line, name, share["fibre"])
        else:
            self.line_at_times(line, name, share)
        self.speed(50 if need == "toujours" else 10)

    def fibre_all_day(self, line: str | None, name: str, share: int | None) -> None:
        if line == "none":
            self.failed("connexion", f"le {name} n’a pas la fibre")
        elif share is not None and share >= 90:
            self.met(f"La fibre pour {share} % des locaux")
        elif line == "unknown":
            counted = "" if share is None else f" : {share} % des locaux en ont une bonne"
            self.unknown(f"Quelle ligne atteint le {name}{counted}")
        elif share is None:
            self.unknown("Combien de locaux peuvent avoir la fibre")
        else:
            self.failed("connexion", f"{share} % des locaux seulement peuvent avoir la fibre")

    def line_at_times(self, line: str | None, name: str, share: dict) -> None:
        counted = [share["air"]] if line == "none" else list(share.values())
        best = max((each for each in counted if each is not None), default=0)
        if best >= 75:
            self.met(f"Une bonne ligne ou une bonne 4G pour {best} % des locaux")
        elif line == "none":
            self.unknown(f"Quelle ligne atteint le {name} : il n’a pas la fibre")
        elif line == "unknown":
            told = "" if None in counted else f" : {best} % des locaux en ont une bonne"
            self.unknown(f"Quelle ligne atteint le {name}{told}")
        elif None in counted:
            self.unknown("Ce que valent les lignes")
        else:
            self.failed("connexion", f"{best} % des locaux seulement ont une bonne ligne")

    def speed(self, least: int) -> None:
        measured = [row for row in self.tables.speeds if row["village_id"] == self.village["id"]]
        if not measured:
            self.unknown("Le débit : personne ne l’a encore mesuré")
            return
        down = measured[-1]["down_mbps"]
        said = f"{int(down)} Mb/s" if down == int(down) else f"{down:.1f} Mb/s".replace(".", ",")
        if down >= least:
            self.met(f"{said} mesurés sur place")
        elif self.home:
            self.unknown(f"Le débit de ce logement : ailleurs au village, on a mesuré {said}")
        else:
            self.failed("connexion", f"on n’y a mesuré que {said}")

    def desk(self) -> None:
        most = {"souvent": 10, "parfois": 20}.get(self.answers.get("bureau", ""))
        if most is None:
            return
        found = self.journey("telecentre")
        without = "sans voiture, " if self.no_car else ""
        if found is None:
            if self.was_measured:
                self.failed("bureau", f"{without}il n’y a pas de télécentre aux alentours")
            else:
                self.unknown("À quelle distance est un télécentre")
            return
        away, place = found["kilometres"], found["commune"]
        if away == 0:
            self.met("Un télécentre au village")
        elif self.no_car and 2 < shown(away) <= 8:
            self.met(f"Un télécentre à vélo, à {km(away)} : {place}")
        elif shown(away) <= (8 if self.no_car else most):
            self.met(f"Un télécentre à {km(away)} : {place}")
        else:
            self.failed("bureau", f"{without}le télécentre est à {km(away)}, {place}")

    def children(self) -> None:
        for answer, (kind, most, walked) in SCHOOLS.items():
            if not self.answers.get(answer):
                continue
            found, label = self.amenity(kind), str(AmenityKind(kind).label)
            on_foot = self.walks and walked
            if found is None:
                self.unknown(f"{capital(label)} : à quelle distance")
                continue
            away = None if found == "nowhere" else found["kilometres"]
            if away == 0:
                self.met(f"{capital(label)} au village")
            elif away is not None and shown(away) <= (2 if on_foot else most):
                self.met(f"{capital(label)} à {km(away)} : {found['commune']}")
            else:
                far = missing(label, found)
                if on_foot:
                    self.failed("enfants", f"{far}, et quelqu’un reste sans voiture dans la journée", is_limit=True)
                else:
                    self.failed("enfants", far)

    def services(self) -> None:
        for kind in self.answers.get("services", []):
            found, label = self.amenity(kind), str(AmenityKind(kind).label)
            if found is None:
                self.unknown(f"{capital(label)} : à quelle distance")
            elif found != "nowhere" and found["kilometres"] == 0:
                self.met(f"{capital(label)} au village")
            else:
                self.failed("services", missing(label, found))
        if self.walks:
            self.food()

    def food(self) -> None:
        shops = [self.amenity(kind) for kind in ("grocery", "supermarket")]
        if None in shops:
            self.unknown("Où faire ses courses sans voiture")
            return
        near = min((shop for shop in shops if shop != "nowhere"), key=lambda shop: (shop["kilometres"], shop["kind"]), default=None)
        if near is None:
            self.failed("services", "sans voiture, il n’y a pas où faire ses courses")
            return
        away, place = near["kilometres"], near["commune"]
        if away == 0:
            self.met("De quoi manger à pied, au village")
        elif shown(away) <= 2:
            self.met(f"De quoi manger à pied, à {km(away)} : {place}")
        elif shown(away) <= 8:
            self.met(f"De quoi manger à vélo, à {km(away)} : {place}")
        else:
            self.failed("services", f"sans voiture, les courses sont à {km(away)}, {place}")

    def homes(self) -> None:
        if self.kind is None:
            return
        offered = [home for home in self.tables.homes if home["village_id"] == self.village["id"] and home["kind"] == self.kind]
        if not self.tables.homes:
            what = {"rent": "Ce qui est à louer", "sale": "Ce qui est à vendre", "trial": "S’il y a un logement passerelle"}
            self.unknown(what[self.kind])
        elif self.home:
            rooms = self.home["rooms"]
            size = f"{self.home['surface_m2']} m², {rooms} {'pièce' if rooms == 1 else 'pièces'}"
            self.met(f"Un {HOME[self.kind]} : {size}, {self.price(self.home['price'])}")
        elif not offered:
            text = {
                "rent": "rien n’y est à louer aujourd’hui",
                "sale": "rien n’y est à vendre aujourd’hui",
                "trial": "aucun logement passerelle n’y est libre aujourd’hui",
            }[self.kind]
            self.failed("logement", text, is_limit=bool(self.budget))
        else:
            self.nearest_home(offered)
        if self.budget and self.rooms and self.kind in ("rent", "sale"):
            self.usual_price()

    def nearest_home(self, offered: list[dict]) -> None:
        """None of them fits: the least wrong is spoken of. One within the budget is less wrong than any that is not."""

        def wrong(home: dict) -> tuple:
            over = self.budget and home["price"] > self.budget
            quality = round(10 * self.budget / home["price"]) if over else 10 + round(15 * home["rooms"] / (self.rooms or 1))
            return quality, -home["price"], home["surface_m2"], -home["id"]

        home = max(offered, key=wrong)
        if self.budget and home["price"] > self.budget:
            excess = euros(home["price"] - self.budget)
            text = f"le {HOME[self.kind]} coûte {self.price(home['price'])}, soit {excess} de plus que votre budget"
            self.failed("logement", text, is_limit=True)
        else:
            rooms = "qu’une pièce" if home["rooms"] == 1 else f"que {home['rooms']} pièces"
            self.failed("logement", f"le logement à votre portée n’a {rooms}, pour {self.price(home['price'])}")

    def usual_price(self) -> None:
        rent = self.kind == "rent"
        table, column, step = (self.tables.rents, "euros_per_m2", 10) if rent else (self.tables.sales, "median_per_m2", 1000)
        row = next((row for row in table if row["commune_id"] == self.village["commune_id"] and row[column] is not None), None)
        if row is None:
            self.unknown("Les loyers habituels" if rent else "Les prix habituels : trop peu de ventes")
            return
        surface = 20 * self.rooms
        usual = floor(float(row[column]) * surface / step + 0.5) * step
        what = f"loyer habituel pour {surface} m²" if rent else f"prix habituel de {surface} m²"
        price = f"{euros(usual)} par mois" if rent else euros(usual)
        if usual <= self.budget:
            self.met(f"{capital(what)} : environ {price}")
        elif self.home:
            text = f"ailleurs au village, le {what} est au-dessus de votre budget : environ {price}"
            self.failed("logement", text, never=True)
        else:
            self.failed("logement", f"le {what} est au-dessus de votre budget : environ {price}")

    def price(self, amount) -> str:
        return euros(amount) if self.kind == "sale" else f"{euros(amount)} par mois"

    def size_and_welcome(self) -> None:
        people, wanted = self.village["population"], self.answers.get("taille")
        if wanted in ("petit", "moyen", "grand"):
            is_so = {"petit": people < 500, "moyen": 500 <= people <= 1500, "grand": people > 1500}[wanted]
            said = f"{thousands(people)} habitants"
            if is_so:
                self.met(f"La taille souhaitée : {said}")
            else:
                self.failed("taille", f"il compte {said}")
        until = self.village["paused_until"]
        if self.village["status"] == "paused" and not (until and until < self.tables.on):
            self.failed("accueil", "le comité a suspendu son accueil")
        elif self.village["monthly_capacity"] == 0:
            self.failed("accueil", "le village n’a pas de place pour une famille en ce moment")
        else:
            number = self.village["monthly_capacity"]
            self.met(f"Le village peut accueillir {'une famille' if number == 1 else f'{number} familles'} par mois")
