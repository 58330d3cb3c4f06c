import datetime as dt

import factory
from factory.django import DjangoModelFactory

from villages.enums import CommitteeRole, PlaceKind, VillageStatus
from villages.models import CommitteeMember, Commune, Journey, Place, Village


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
