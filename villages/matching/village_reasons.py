"""The reasons of one village as pages and advisers read them: with the names of the places that its figures lead to."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse

from villages.enums import PlaceKind
from villages.facts.estimates import NOWHERE
from villages.matching import reasons
from villages.matching.facts_from_rows import amenities_asked
from villages.matching.household import Household
from villages.matching.verdict import Code, Reason
from villages.models import Journey, NearestAmenity, Village

AT_THE_TELECENTRE = {Code.DESK_NEAR, Code.DESK_FAR, Code.DESK_BY_BICYCLE, Code.DESK_OUT_OF_REACH}
AT_THE_STATION = {
    Code.STATION_NEAR,
    Code.STATION_FAR,
    Code.STATION_ON_FOOT,
    Code.STATION_BY_BICYCLE,
    Code.STATION_OUT_OF_REACH,
    Code.JOB_BY_TRAIN,
    Code.CHIEF_TOWN_BY_TRAIN,
}


@dataclass(frozen=True)
class ReasonInWords:
    """One reason in words, whether it rules the village out, and the address of the home that it speaks of, if of one."""

    words: str
    is_limit: bool
    home: str


def places_named(villages: Collection[Village], household: Household) -> dict[tuple[int, str], str]:
    """By village and kind, the names of the places that the household's answers may lead to, in two queries."""
    places = {
        (journey.village_id, journey.place.kind): journey.place.where
        for journey in Journey.objects.nearest_of_each_kind(villages).with_place()
    }
    amenities = NearestAmenity.objects.filter(village__in=villages, kind__in=amenities_asked(household)).with_commune()
    return places | {(nearest.village_id, nearest.kind): nearest.commune.name for nearest in amenities}


def reason_in_words(reason: Reason, village: Village, places: dict[tuple[int, str], str], chief_town: str) -> ReasonInWords:
    """`places` are those of `places_named`."""
    found = reason.found
    target = found.kind
    if found.code in AT_THE_TELECENTRE:
        target = PlaceKind.TELECENTRE
    elif found.code in AT_THE_STATION:
        target = PlaceKind.STATION
    away = found.kilometres not in (None, 0, NOWHERE)
    where = places.get((village.pk, target), "") if away else ""
    return ReasonInWords(
        words=reasons.in_words(found, where=where, chief_town=chief_town),
        is_limit=reason.is_unmet_limit,
        home=reverse("villages:housing", args=[found.home]) if found.home else "",
    )
