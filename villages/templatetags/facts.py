"""The facts of a village in words, for templates: `villages.facts.wording` words them."""

from decimal import Decimal

from django import template
from django.utils.text import capfirst

from villages.catalogue.entries import ASKED_FOR
from villages.enums import HousingKind, PlaceKind
from villages.facts import wording
from villages.facts.estimates import NOWHERE
from villages.models import Connection, Housing, Journey, NearestAmenity
from villages.models.connection import Share

register = template.Library()

register.filter("fibre", wording.fibre)
register.filter("how_far", wording.how_far)
register.filter("megabits", wording.speed)
register.filter("room", wording.room)


@register.filter
def fibre_rare(share: float) -> str:
    """As a sentence of its own."""
    return capfirst(wording.fibre_rare(share))


@register.filter
def near(found: Journey | NearestAmenity) -> str:
    """« Un télécentre à 7 km : Simorre », « École au village »."""
    if isinstance(found, NearestAmenity):
        return wording.near_amenity(found.kind, found.kilometres, found.commune.name)
    return wording.near_place(PlaceKind(found.place.kind), found.kilometres, found.place.where)


@register.filter
def far(found: Journey | NearestAmenity) -> str:
    """« Le télécentre est à 38 km, Nogaro »: as a sentence of its own."""
    if isinstance(found, NearestAmenity):
        return capfirst(wording.far_amenity(found.kind, found.kilometres, found.commune.name))
    return capfirst(wording.far_place(PlaceKind(found.place.kind), found.kilometres, found.place.where))


@register.filter
def nowhere(kind: str) -> str:
    """Of a kind of amenity that the whole territory has not: as a sentence of its own."""
    return capfirst(wording.far_amenity(kind, NOWHERE))


@register.simple_tag
def no_room() -> str:
    """As a sentence of its own."""
    return capfirst(wording.no_room())


@register.filter
def by_car(minutes: int, city: str) -> str:
    """`village.metropolis_minutes|by_car:metropolis`."""
    return wording.drive(city, minutes)


@register.filter
def far_by_car(minutes: int, city: str) -> str:
    return wording.long_drive(city, minutes)


@register.filter
def price(housing: Housing) -> str:
    """« 620 € par mois », « 214 000 € »."""
    return wording.price(housing.kind, housing.price)


@register.filter
def size(housing: Housing) -> str:
    """« 84 m², 4 pièces dont un bureau, meublé »."""
    return wording.size(housing.surface_m2, housing.rooms, has_workroom=housing.has_workroom, is_furnished=housing.is_furnished)


@register.filter
def asked_for(kind: str) -> str:
    """A kind of homes, as an address asks for it."""
    return ASKED_FOR[HousingKind(kind)]


@register.filter
def price_as(amount: Decimal | float, kind: str) -> str:
    """`cell.measure.detail|price_as:"rent"`."""
    return wording.price(kind, amount)


@register.filter
def part(share: Share, connection: Connection) -> str:
    """Of the premises, by the best that reaches them. The part with fibre is the share that every other page tells."""
    return wording.part(share.technology, share.share, connection.fibre_share)
