"""The journeys of the slow reading, by car and without one, and how the page writes figures."""

from math import floor


class SlowJourneys:
    """A part of `slow_reading.SlowReader`, which notes what is found."""

    def journeys(self) -> None:
        to_chief, to_city = self.journey("city", self.chief_town), self.journey("city", self.metropolis)
        self.drive_to_work(to_chief, to_city)
        days = self.answers.get("jours") or 0
        if days:
            most = 60 if days >= 8 else 75 if days >= 3 else 100
            self.drive(to_city, most, self.metropolis)
        if "chef-lieu" in self.answers.get("trajets", []):
            self.drive(to_chief, 30, self.chief_town)
        if "gare" in self.answers.get("trajets", []):
            self.station(20)

    def drive(self, found: dict | None, most: int, city: str) -> None:
        if found is None:
            self.unknown(f"Le trajet jusqu’à {city}")
        elif found["minutes"] <= most:
            self.met(f"{city} à {duration(found['minutes'])} en voiture")
        else:
            self.failed("trajets", f"{city} est loin : {duration(found['minutes'])} en voiture")

    def drive_to_work(self, to_chief: dict | None, to_city: dict | None) -> None:
        job = self.answers.get("partenaire")
        if job not in ("chef-lieu", "metropole", "cherche"):
            return
        ways = {"chef-lieu": [to_chief], "metropole": [to_city], "cherche": [to_chief, to_city]}[job]
        most = {"chef-lieu": 40, "metropole": 60, "cherche": 45}[job]
        known = [way["minutes"] for way in ways if way]
        if not known or (len(known) < len(ways) and min(known) > most):
            self.unknown("Le trajet jusqu’au travail de votre partenaire")
            return
        time = duration(min(known))
        if min(known) <= most:
            text = "Une ville où chercher du travail, à" if job == "cherche" else "Le travail de votre partenaire à"
            self.met(f"{text} {time} de route")
        elif job == "cherche":
            self.failed("trajets", f"la ville où chercher du travail est à {time} de route")
        else:
            self.failed("trajets", f"le travail de votre partenaire est à {time} de route, chaque jour")

    def station(self, most: int) -> None:
        found = self.journey("station")
        if found is None:
            if self.was_measured:
                self.failed("trajets", "nous n’y connaissons pas de gare")
            else:
                self.unknown("À quelle distance est une gare")
        elif found["kilometres"] == 0:
            self.met("Une gare au village")
        elif shown(found["kilometres"]) <= most:
            self.met(f"Une gare à {km(found['kilometres'])} : {found['commune']}")
        else:
            self.failed("trajets", f"la gare est à {km(found['kilometres'])}, {found['commune']}")

    def journeys_without_car(self) -> None:
        chief, station = self.journey("city", self.chief_town), self.journey("station")
        job, often = self.answers.get("partenaire"), self.answers.get("trajets", [])
        rides = station is not None and shown(station["kilometres"]) <= 8
        if job in ("chef-lieu", "cherche", "metropole"):
            work = "e travail de votre partenaire"
            self.reach(chief if job != "metropole" else "far", rides, station, f"L{work}", f"au travail{work[9:]}", f"l{work}")
        if "chef-lieu" in often:
            self.reach(chief, rides, station, self.chief_town, f"à {self.chief_town}", self.chief_town)
        far = station is None and self.was_measured
        away = None if station is None else station["kilometres"]
        takes_the_train = bool(self.answers.get("jours")) or "gare" in often
        if far:
            self.failed("trajets", "sans voiture, nous n’y connaissons pas de gare", is_limit=takes_the_train)
        elif station is None:
            self.unknown("À quelle distance est une gare")
        elif away == 0:
            self.met("Une gare au village")
        elif rides:
            how = "à pied" if shown(away) <= 2 else "à vélo"
            self.met(f"Une gare {how}, à {km(away)} : {station['commune']}")
        else:
            self.failed("trajets", f"sans voiture, la gare est à {km(away)}, {station['commune']}", is_limit=takes_the_train)

    def reach(self, city: dict | str | None, rides: bool, station: dict | None, name: str, to: str, inside: str) -> None:
        """`name` opens a sentence, `to` follows « jusqu’ », `inside` stands within a sentence."""
        verb = "est hors de portée"
        if isinstance(city, dict) and shown(city["kilometres"]) <= 8:
            self.met(f"{name} à vélo, à {km(city['kilometres'])}")
        elif rides:
            near = "toute proche" if station["kilometres"] == 0 else f"à {km(station['kilometres'])} : {station['commune']}"
            self.unknown(f"Le train jusqu’{to}, depuis une gare {near}")
        elif city is None or (station is None and not self.was_measured):
            is_town = name == self.chief_town
            self.unknown(f"Comment rejoindre {name} sans voiture" if is_town else f"Comment rejoindre sans voiture {inside}")
        elif city == "far":
            self.failed("trajets", f"sans voiture, {inside} {verb} : aucune gare n’est proche", is_limit=True)
        else:
            text = f"sans voiture, {inside} {verb} : à {km(city['kilometres'])}, et aucune gare n’est proche"
            self.failed("trajets", text, is_limit=True)


# ---- As the page writes ------------------------------------------------------------------------------------------------


def shown(away: float) -> int:
    return max(floor(away + 0.5), 1)


def km(away: float) -> str:
    return f"{shown(away)} km"


def thousands(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def euros(amount) -> str:
    whole = int(amount)
    cents = round((float(amount) - whole) * 100)
    return f"{thousands(whole)},{cents:02} €" if cents else f"{thousands(whole)} €"


def duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{rest} min" if not hours else f"{hours} h {rest:02}" if rest else f"{hours} h"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def missing(label: str, found: dict | str) -> str:
    if found == "nowhere":
        return f"{label} : introuvable aux alentours"
    return f"{label} : pas avant {km(found['kilometres'])}, {found['commune']}"
