"""All that is known of one village besides its journeys and its committee, each fact with where it comes from."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from villages.enums import AmenityKind, FactTopic, ProjectStage
from villages.housing.display import Home
from villages.models import (
    CommuneRent,
    CommuneSales,
    Connection,
    Dataset,
    FactCheck,
    Housing,
    NearestAmenity,
    SpeedTest,
    TerritoryProject,
    Village,
)

# What the table of services shows, in the order of a week: the sign beside each.
SERVICES = {
    AmenityKind.BAKERY: "bread",
    AmenityKind.GROCERY: "shop",
    AmenityKind.SUPERMARKET: "shop",
    AmenityKind.DOCTOR: "doctor",
    AmenityKind.PHARMACY: "pharmacy",
    AmenityKind.NURSERY_SCHOOL: "school",
    AmenityKind.PRIMARY_SCHOOL: "school",
    AmenityKind.MIDDLE_SCHOOL: "school",
    AmenityKind.HIGH_SCHOOL: "school",
    AmenityKind.CRECHE: "people",
    AmenityKind.POST: "mail",
    AmenityKind.FUEL: "car",
    AmenityKind.LIBRARY: "list",
    AmenityKind.CINEMA: "room",
}
HOMES_SHOWN, TESTS_SHOWN = 4, 3


@dataclass(frozen=True)
class Service:
    """A line of the table: the nearest of a kind, or none in the whole territory."""

    kind: AmenityKind
    icon: str
    nearest: NearestAmenity | None


@dataclass(frozen=True)
class VillagePageFacts:
    connection: Connection | None
    speed_tests: Sequence[SpeedTest]
    nearest: Mapping[str, NearestAmenity]  # by kind; empty where nobody counted
    homes: Sequence[Home]  # those that everybody may see, the cheapest to rent first
    rents: Sequence[CommuneRent]
    sales: Sequence[CommuneSales]
    projects: Sequence[TerritoryProject]
    checks: Mapping[str, FactCheck] = field(default_factory=dict)  # by topic
    datasets: Mapping[str, Dataset] = field(default_factory=dict)  # by key

    @property
    def services(self) -> list[Service]:
        """Empty where nobody counted."""
        return [Service(kind, icon, self.nearest.get(kind)) for kind, icon in SERVICES.items()] if self.nearest else []

    @property
    def under_way(self) -> list[TerritoryProject]:
        return [project for project in self.projects if project.stage != ProjectStage.DONE]

    @property
    def done(self) -> list[TerritoryProject]:
        return [project for project in self.projects if project.stage == ProjectStage.DONE]

    @property
    def homes_shown(self) -> Sequence[Home]:
        return self.homes[:HOMES_SHOWN]

    @property
    def connection_dataset(self) -> Dataset | None:
        """Of the shares that the bar shows, or of the fibre alone."""
        key = "arcep-best" if self.connection and self.connection.best_on else "arcep-technologies"
        return self.datasets.get(key)

    @property
    def rents_dataset(self) -> Dataset | None:
        return next((self.datasets.get(f"rents-{rent.kind}") for rent in self.rents), None)

    @property
    def sales_dataset(self) -> Dataset | None:
        return self.datasets.get("sales")

    @property
    def amenities_dataset(self) -> Dataset | None:
        return self.datasets.get("bpe")

    @property
    def connection_check(self) -> FactCheck | None:
        return self.checks.get(FactTopic.CONNECTION)

    @property
    def welcome_check(self) -> FactCheck | None:
        return self.checks.get(FactTopic.WELCOME)

    @property
    def service_checks(self) -> list[FactCheck]:
        topics = (FactTopic.SHOPS, FactTopic.CHILDREN, FactTopic.HEALTH)
        return [self.checks[topic] for topic in topics if topic in self.checks]


def village_page_facts(village: Village, *, on: dt.date) -> VillagePageFacts:
    """Nine queries, however much is known. `village` is loaded with its commune."""
    commune = village.commune
    offered = Housing.objects.offered(on).visible_to_candidates(qualified=False).filter(village=village)
    return VillagePageFacts(
        connection=Connection.objects.filter(commune=commune).first(),
        speed_tests=list(village.speed_tests.order_by("-measured_on", "-pk")[:TESTS_SHOWN]),
        nearest={row.kind: row for row in village.nearest_amenities.with_commune()},
        homes=[Home.of(housing, on) for housing in offered.with_village().with_photos().order_by("kind", "price", "pk")],
        rents=list(commune.rents.order_by("-kind")),
        sales=list(commune.sales.order_by("-kind")),
        projects=list(village.projects.order_by("year", "pk")),
        checks={check.topic: check for check in village.checks.all()},
        datasets={dataset.key: dataset for dataset in Dataset.objects.all()},
    )
