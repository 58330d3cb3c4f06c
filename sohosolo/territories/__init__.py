"""The territories the portal can serve: one folder each, chosen by the setting TERRITORY. Nothing else knows the Gers.

A folder holds `territory.toml` (names, places of reference, map, relief, texts), `communes.csv`, `former_communes.csv` (may be
missing), `directories.toml` and `demo/`.
Apps read what they need from `settings.TERRITORY`; this module knows no app and no Django.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class ReferencePlace:
    """A place that people measure their journeys to. `kind` is a value of villages.enums.PlaceKind; degrees WGS 84.

    `insee_code` is that of its commune, where the territory holds it: from there, the place is in the village itself.
    """

    kind: str
    name: str
    latitude: float
    longitude: float
    insee_code: str = ""
    on_map: bool = False


@dataclass(frozen=True)
class MapLabel:
    """A name kept on the map: the commune it stands beside, its anchor, and its offset in units of the map."""

    insee_code: str
    anchor: str
    dx: float
    dy: float


@dataclass(frozen=True)
class Banner:
    """The landscape that opens the home page: whose it is, and how it is drawn (villages.drawings.landscape knows the words)."""

    insee_code: str
    population: int
    latitude: float
    longitude: float
    composition: str
    light: str


@dataclass(frozen=True)
class LegalFacts:
    """What the law asks a site to say of those behind it (LCEN, article 1-1). Empty where nobody has said it yet."""

    publisher_address: str = ""
    publisher_number: str = ""  # SIREN
    director: str = ""  # who answers for what is published
    email: str = ""
    host: str = ""  # whose machines keep the site
    host_address: str = ""
    host_telephone: str = ""

    @property
    def gaps(self) -> list[str]:
        return [field.name for field in fields(self) if not getattr(self, field.name)]


@dataclass(frozen=True)
class FormerCommune:
    """A commune that is part of another now, or a code that was replaced. The name is empty where only the code changed."""

    code: str
    name: str
    present_code: str


@dataclass(frozen=True)
class Territory:
    slug: str
    name: str  # "Gers"
    of_name: str  # "du Gers", as French says it
    in_name: str  # "dans le Gers"
    department: str  # "32": the communes that importers keep
    country: str  # ISO 3166, for public holidays and telephone numbers
    time_zone: str
    network: str  # "SOHO SOLO"
    operator: str  # who runs the network
    sender: str  # the address letters come from
    telephone: str
    telephone_hours: str
    partners: tuple[str, ...]
    chief_town: str  # INSEE code
    metropolis: str  # the name of the reference place that people commute to
    places: tuple[ReferencePlace, ...]
    railway: tuple[str, ...]  # names of the stations in `places`, from the chief town to the metropolis
    map_labels: tuple[MapLabel, ...]
    rivers: tuple[tuple[tuple[float, float], ...], ...]  # courses, as (latitude, longitude)
    vineyard_west_of: float | None  # a longitude; None where nobody grows vines
    mountains_seen_from: float | None  # the latitude from which, going south, they show on the horizon
    banner: Banner
    communes_source: str
    communes_licence: str
    communes_edition: str
    legal: LegalFacts = field(repr=False, default=LegalFacts())
    words: Mapping[str, Mapping[str, str]] = field(repr=False, default_factory=dict)  # by language: those of the fields that change
    former_communes: tuple[FormerCommune, ...] = field(repr=False, default=())
    folder: Path = field(repr=False, default=FOLDER)

    def spoken(self, language: str) -> "Territory":
        """The same territory with its words in `language`, as far as its folder gives them: « dans le Gers », "in the Gers"."""
        return replace(self, **self.words.get(language, {}))

    @cached_property
    def present_codes(self) -> Mapping[str, str]:
        """By the code of an absorbed commune: that of today's commune which it is part of."""
        leads_to = {former.code: former.present_code for former in self.former_communes}
        present = {}
        for code in leads_to:
            passed = {code}
            while (after := leads_to[code]) in leads_to and after not in passed:  # absorbed in its turn; no circle is endless
                passed.add(after)
                leads_to[code] = leads_to[after]
            present[code] = leads_to[code]
        return present

    def present_code(self, code: str) -> str:
        """The INSEE code of today's commune for a code of any year."""
        return self.present_codes.get(code, code)

    @property
    def communes_file(self) -> Path:
        return self.folder / "communes.csv"

    @property
    def directories_file(self) -> Path:
        """The funding schemes and the usual tasks that a team begins with."""
        return self.folder / "directories.toml"

    @property
    def demo_folder(self) -> Path:
        return self.folder / "demo"


def former_communes_in(folder: Path) -> tuple[FormerCommune, ...]:
    """The table of absorbed communes: `former_code,former_name,code,name,kind`. None where the territory has no such table."""
    path = folder / "former_communes.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(FormerCommune(row["former_code"], row["former_name"], row["code"]) for row in csv.DictReader(file))


def load(slug: str) -> Territory:
    """Read a territory's folder. Raises FileNotFoundError for an unknown slug, naming those that exist."""
    folder = FOLDER / slug
    if not slug.isidentifier() or not (folder / "territory.toml").exists():
        known = ", ".join(sorted(path.parent.name for path in FOLDER.glob("*/territory.toml")))
        raise FileNotFoundError(f"No territory is called {slug!r}: TERRITORY is one of {known}.")
    with (folder / "territory.toml").open("rb") as file:
        facts = tomllib.load(file)
    return Territory(
        slug=slug,
        folder=folder,
        former_communes=former_communes_in(folder),
        banner=Banner(**facts.pop("banner")),
        legal=LegalFacts(**facts.pop("legal", {})),
        places=tuple(ReferencePlace(**place) for place in facts.pop("places")),
        map_labels=tuple(MapLabel(**label) for label in facts.pop("map_labels")),
        rivers=tuple(tuple(map(tuple, river["course"])) for river in facts.pop("rivers", [])),
        railway=tuple(facts.pop("railway", ())),
        partners=tuple(facts.pop("partners", ())),
        **facts,
    )
