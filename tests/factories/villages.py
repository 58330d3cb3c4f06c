import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from villages.alerts.services import token_of
from villages.enums import (
    AlertRhythm,
    AmenityKind,
    CommitteeRole,
    FactTopic,
    HousingKind,
    PlaceKind,
    ProjectStage,
    VillageStatus,
)
from villages.models import (
    CommitteeMember,
    Commune,
    Connection,
    FactCheck,
    Housing,
    Journey,
    NearestAmenity,
    Place,
    SavedSearch,
    SpeedTest,
    TerritoryProject,
    Village,
    hash_of,
)


class CommuneFactory(DjangoModelFactory):
    class Meta:
        model = Commune

    insee_code = factory.Sequence(lambda n: f"{10000 + n:05d}")
    name = factory.Sequence(lambda n: f"Commune {n}")
    postal_codes = factory.LazyFunction(lambda: ["32100"])
    population = 900
    population_year = 2023
    latitude = 43.7
    longitude = 0.5
    intercommunality = "CC des Coteaux"


class VillageFactory(DjangoModelFactory):
    """A partner village nobody has written about yet."""

    class Meta:
        model = Village

    class Params:
        paused = factory.Trait(status=VillageStatus.PAUSED, paused_until=dt.date(2099, 1, 1))
        former = factory.Trait(status=VillageStatus.FORMER)

    commune = factory.SubFactory(CommuneFactory)
    slug = factory.LazyAttribute(lambda village: f"village-{village.commune.insee_code}")


class CommitteeMemberFactory(DjangoModelFactory):
    class Meta:
        model = CommitteeMember

    class Params:
        lead = factory.Trait(role=CommitteeRole.LEAD)

    village = factory.SubFactory(VillageFactory)
    name = factory.Sequence(lambda n: f"Hélène Daubas {n}")


class PlaceFactory(DjangoModelFactory):
    """A railway station; `telecentre` and `city` are the other kinds that pages ask for."""

    class Meta:
        model = Place

    class Params:
        telecentre = factory.Trait(kind=PlaceKind.TELECENTRE)
        city = factory.Trait(kind=PlaceKind.CITY)

    kind = PlaceKind.STATION
    name = factory.Sequence(lambda n: f"Place {n}")
    latitude = 43.7
    longitude = 0.5


class JourneyFactory(DjangoModelFactory):
    class Meta:
        model = Journey

    village = factory.SubFactory(VillageFactory)
    place = factory.SubFactory(PlaceFactory)
    kilometres = 12.0
    minutes = 15


class ConnectionFactory(DjangoModelFactory):
    """Nine premises in ten can have fibre."""

    class Meta:
        model = Connection

    commune = factory.SubFactory(CommuneFactory)
    premises = 500
    technologies_on = dt.date(2026, 3, 31)
    can_fibre = 450


class NearestAmenityFactory(DjangoModelFactory):
    """A primary school in the village itself."""

    class Meta:
        model = NearestAmenity

    village = factory.SubFactory(VillageFactory)
    kind = AmenityKind.PRIMARY_SCHOOL
    commune = factory.SelfAttribute("village.commune")
    kilometres = 0.0
    minutes = 0


class HousingFactory(DjangoModelFactory):
    """A house to rent for everybody, confirmed today."""

    class Meta:
        model = Housing

    class Params:
        sale = factory.Trait(kind=HousingKind.SALE, price=180_000)
        trial = factory.Trait(kind=HousingKind.TRIAL, price=380, most_months=6)

    village = factory.SubFactory(VillageFactory)
    kind = HousingKind.RENT
    title = factory.Sequence(lambda n: f"Maison de bourg {n}")
    price = 620
    surface_m2 = 84
    rooms = 4
    added_on = factory.LazyFunction(timezone.localdate)
    confirmed_on = factory.LazyFunction(timezone.localdate)
    confirmed_by = "Hélène Daubas"


class TerritoryProjectFactory(DjangoModelFactory):
    class Meta:
        model = TerritoryProject

    village = factory.SubFactory(VillageFactory)
    title = "La halle rénovée"
    stage = ProjectStage.UNDER_WAY
    confirmed_on = factory.LazyFunction(timezone.localdate)
    confirmed_by = "Hélène Daubas"


class SavedSearchFactory(DjangoModelFactory):
    """Every new village, once a day; asked for, and confirmed where `confirmed`: it is then due at once."""

    class Meta:
        model = SavedSearch
        skip_postgeneration_save = True

    class Params:
        confirmed = factory.Trait(
            confirmed_at=factory.LazyFunction(timezone.now),
            next_at=factory.LazyFunction(timezone.now),
        )

    email = factory.Sequence(lambda n: f"camille{n}@example.org")
    of = SavedSearch.Of.VILLAGES
    query = ""
    rhythm = AlertRhythm.DAILY
    language = "fr"
    token_hash = factory.Sequence(lambda n: f"{n:064d}")

    @factory.post_generation
    def known_by_its_token(self, create, extracted, **kwargs):
        self.token_hash = hash_of(token_of(self))
        self.save(update_fields=["token_hash"])


class FactCheckFactory(DjangoModelFactory):
    class Meta:
        model = FactCheck

    village = factory.SubFactory(VillageFactory)
    topic = FactTopic.CONNECTION
    checked_on = factory.LazyFunction(timezone.localdate)
    checked_by = "Hélène Daubas"


class SpeedTestFactory(DjangoModelFactory):
    class Meta:
        model = SpeedTest

    village = factory.SubFactory(VillageFactory)
    where = factory.Sequence(lambda n: f"La médiathèque {n}")
    measured_on = factory.LazyFunction(timezone.localdate)
    down_mbps = 412
    up_mbps = 305
    measured_by = "Hélène Daubas"
