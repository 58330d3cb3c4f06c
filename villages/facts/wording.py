"""Each fact of a village in words: the one place that words it, for the list, the results, its page, the comparison, the
committee's desk and the letters. Plain text, in the active language.

What speaks for a village begins with a capital, what speaks against it goes on from « does not suit because… »: it has none.
`km` is a distance by road: 0 in the village itself, `NOWHERE` where there is none in the territory.
"""

from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.rounding import whole_percent
from common.typography import curly, duration, euros, kilometres, nearest_percent, number, percent
from villages.enums import AmenityKind, HousingKind, PlaceKind
from villages.facts.estimates import NOWHERE

# ---- Figures -----------------------------------------------------------------------------------------------------------


def how_far(km: float) -> str:
    """« au village », « 4 km », « aucun alentour »: for the cell of a table."""
    if km == NOWHERE:
        return _("none around")
    return kilometres(km) if km else _("in the village")


def speed(megabits: float | Decimal) -> str:
    """As it was measured, to a tenth: 412 → « 412 Mb/s », 49.6 → « 49,6 Mb/s »."""
    return f"{number(megabits, 1)} Mb/s"


def price(kind: str, amount: Decimal | int) -> str:
    """« 620 € par mois »; « 214 000 € » for what is sold."""
    if kind == HousingKind.SALE:
        return euros(amount)
    return _("%(price)s a month") % {"price": euros(amount)}


def size(surface_m2: int, rooms: int, *, has_workroom: bool = False, is_furnished: bool = False) -> str:
    """« 84 m², 4 pièces dont un bureau, meublé »."""
    said = {"surface": number(surface_m2), "counter": rooms}
    text = ngettext("%(surface)s m², %(counter)s room", "%(surface)s m², %(counter)s rooms", rooms) % said
    if has_workroom:
        text += " " + _("with one to work in")
    return _("%(size)s, furnished") % {"size": text} if is_furnished else text


# ---- The line ----------------------------------------------------------------------------------------------------------


def fibre(share: float) -> str:
    return _("Fibre for %(share)s of the premises") % {"share": percent(share)}


def fibre_rare(share: float) -> str:
    return _("only %(share)s of the premises can have fibre") % {"share": percent(share)}


def part(technology: str, share: float, fibre_share: float | None) -> str:
    """A part of the premises among others: « 4 % », « < 1 % ». That of fibre is what `fibre` tells, where both were counted."""
    told = fibre_share if technology == "fibre" and fibre_share and whole_percent(fibre_share) else None
    return nearest_percent(share) if told is None else percent(told)


# ---- Places ------------------------------------------------------------------------------------------------------------


def near_place(kind: PlaceKind, km: float, place: str = "") -> str:
    """A télécentre or a station that is near. `place`: the name of the commune where it stands, where it is known."""
    said = {"distance": kilometres(km), "place": curly(place)}
    if kind == PlaceKind.TELECENTRE:
        if not km:
            return _("A télécentre in the village")
        return (_("A télécentre %(distance)s away: %(place)s") if place else _("A télécentre %(distance)s away")) % said
    if not km:
        return _("A station in the village")
    return (_("A station %(distance)s away: %(place)s") if place else _("A station %(distance)s away")) % said


def far_place(kind: PlaceKind, km: float, place: str = "") -> str:
    """A télécentre or a station that is far, or that is not there at all."""
    if km == NOWHERE:
        return _("there is no télécentre nearby") if kind == PlaceKind.TELECENTRE else _("there is no station that we know of")
    said = {"distance": kilometres(km), "place": curly(place)}
    if kind == PlaceKind.TELECENTRE:
        return (_("the télécentre is %(distance)s away: %(place)s") if place else _("the télécentre is %(distance)s away")) % said
    return (_("the station is %(distance)s away: %(place)s") if place else _("the station is %(distance)s away")) % said


def near_amenity(kind: AmenityKind | str, km: float, place: str = "") -> str:
    said = {"kind": capfirst(AmenityKind(kind).label)}
    if not km:
        return _("%(kind)s in the village") % said
    said |= {"distance": kilometres(km), "place": curly(place)}
    return (_("%(kind)s %(distance)s away: %(place)s") if place else _("%(kind)s %(distance)s away")) % said


def far_amenity(kind: AmenityKind | str, km: float, place: str = "") -> str:
    said = {"kind": AmenityKind(kind).label}
    if km == NOWHERE:
        return _("%(kind)s: none is known around") % said
    said |= {"distance": kilometres(km), "place": curly(place)}
    return (_("%(kind)s only %(distance)s away: %(place)s") if place else _("%(kind)s only %(distance)s away")) % said


def drive(city: str, minutes: float) -> str:
    if not minutes:
        return _("In %(city)s itself") % {"city": curly(city)}
    return _("%(city)s in %(time)s by car") % {"city": curly(city), "time": duration(minutes)}


def long_drive(city: str, minutes: float) -> str:
    return _("%(city)s is far: %(time)s by car") % {"city": curly(city), "time": duration(minutes)}


# ---- Homes and the welcome ---------------------------------------------------------------------------------------------


def offers(kind: str, count: int, lowest: Decimal | float) -> str:
    """How many homes of a kind are offered, and the least dear: « 2 à louer, dès 540 € par mois »."""
    said = {"counter": count, "price": price(kind, lowest)}
    if kind == HousingKind.RENT:
        text = ngettext("%(counter)s to rent, %(price)s", "%(counter)s to rent, from %(price)s", count)
    elif kind == HousingKind.SALE:
        text = ngettext("%(counter)s for sale, %(price)s", "%(counter)s for sale, from %(price)s", count)
    else:
        text = ngettext("%(counter)s to try, %(price)s", "%(counter)s to try, from %(price)s", count)
    return text % said


def room(families: int) -> str:
    return ngettext(
        "The village can welcome a family a month", "The village can welcome %(counter)s families a month", families
    ) % {"counter": families}


def no_room() -> str:
    return _("the village has no room for a family at present")
