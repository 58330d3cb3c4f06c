"""What the matching found, in words: plain text, which pages and letters show as it is.

What is met begins with a capital; what fails goes on from « does not suit because… »; what nobody knows is named.
"""

from collections.abc import Callable

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.typography import curly, duration, euros, inhabitants, kilometres, number, percent
from villages.enums import AmenityKind, HousingKind, PlaceKind
from villages.facts import wording
from villages.facts.estimates import NOWHERE
from villages.matching.household import PartnerJob
from villages.matching.verdict import Code, Finding


def in_words(found: Finding, *, where: str = "", chief_town: str = "") -> str:
    """`where`: the name of the place that its distance leads to, `chief_town`: that of the city; empty where it is not known."""
    return WORDING_OF[found.code](found, where, chief_town)


Wording = Callable[[Finding, str, str], str]


def fixed(text: Callable[[], str]) -> Wording:
    """Words a finding with a sentence that holds no figures."""
    return lambda found, where, chief_town: text()


def from_figures(text: Callable[[Finding], str]) -> Wording:
    """Words a finding from its figures alone, with a sentence that names no place."""
    return lambda found, where, chief_town: text(found)


def by_kind(found: Finding, rent: str, sale: str, trial: str) -> str:
    return {HousingKind.RENT: rent, HousingKind.SALE: sale}.get(HousingKind(found.kind), trial)


def distance_and_place(found: Finding, where: str) -> dict[str, str]:
    away = "" if found.kilometres in (None, NOWHERE) else kilometres(found.kilometres)
    return {"distance": away, "place": curly(where)}


# ---- The line ----------------------------------------------------------------------------------------------------------


def home_line_fibre(found: Finding) -> str:
    return by_kind(
        found,
        _("Fibre is connected in the home to rent"),
        _("Fibre is connected in the home for sale"),
        _("Fibre is connected in the home to try"),
    )


def home_line_near(found: Finding) -> str:
    return by_kind(
        found,
        _("Fibre can be ordered for the home to rent"),
        _("Fibre can be ordered for the home for sale"),
        _("Fibre can be ordered for the home to try"),
    )


def home_line_none(found: Finding) -> str:
    return by_kind(
        found,
        _("the home to rent has no fibre"),
        _("the home for sale has no fibre"),
        _("the home to try has no fibre"),
    )


def home_line_other(found: Finding) -> str:
    return by_kind(
        found,
        _("What line reaches the home to rent: it has no fibre"),
        _("What line reaches the home for sale: it has no fibre"),
        _("What line reaches the home to try: it has no fibre"),
    )


def home_line_unknown(found: Finding) -> str:
    if found.percent is None:
        return by_kind(
            found,
            _("What line reaches the home to rent"),
            _("What line reaches the home for sale"),
            _("What line reaches the home to try"),
        )
    return by_kind(
        found,
        _("What line reaches the home to rent: %(share)s of the premises have a good one"),
        _("What line reaches the home for sale: %(share)s of the premises have a good one"),
        _("What line reaches the home to try: %(share)s of the premises have a good one"),
    ) % {"share": percent(found.percent / 100)}


def line_good(found: Finding) -> str:
    return _("A good line or a good 4G for %(percent)s of the premises") % {"percent": percent(found.percent / 100)}


def line_poor(found: Finding) -> str:
    return _("only %(percent)s of the premises have a good line") % {"percent": percent(found.percent / 100)}


# ---- Without a car -----------------------------------------------------------------------------------------------------


def desk_by_bicycle(found: Finding, where: str, _chief_town: str) -> str:
    text = _("A télécentre by bicycle, %(distance)s away: %(place)s") if where else _("A télécentre by bicycle, %(distance)s away")
    return text % distance_and_place(found, where)


def station_by_foot(found: Finding, where: str, _chief_town: str) -> str:
    if not found.kilometres:
        return wording.near_place(PlaceKind.STATION, 0)
    text = _("A station on foot, %(distance)s away: %(place)s") if where else _("A station on foot, %(distance)s away")
    return text % distance_and_place(found, where)


def station_by_bicycle(found: Finding, where: str, _chief_town: str) -> str:
    text = _("A station by bicycle, %(distance)s away: %(place)s") if where else _("A station by bicycle, %(distance)s away")
    return text % distance_and_place(found, where)


def without_car(kind: PlaceKind) -> Wording:
    return lambda found, where, _chief_town: _("without a car, %(far)s") % {"far": wording.far_place(kind, found.kilometres, where)}


def food_on_foot(found: Finding, where: str, _chief_town: str) -> str:
    if not found.kilometres:
        return _("Food on foot, in the village")
    text = _("Food on foot, %(distance)s away: %(place)s") if where else _("Food on foot, %(distance)s away")
    return text % distance_and_place(found, where)


def food_by_bicycle(found: Finding, where: str, _chief_town: str) -> str:
    text = _("Food by bicycle, %(distance)s away: %(place)s") if where else _("Food by bicycle, %(distance)s away")
    return text % distance_and_place(found, where)


def food_out_of_reach(found: Finding, where: str, _chief_town: str) -> str:
    if found.kilometres == NOWHERE:
        return _("without a car, there is no food shop")
    text = _("without a car, food is %(distance)s away: %(place)s") if where else _("without a car, food is %(distance)s away")
    return text % distance_and_place(found, where)


def school_not_on_foot(found: Finding, where: str, _chief_town: str) -> str:
    return _("%(far)s, and somebody is at home without a car") % {"far": wording.far_amenity(found.kind, found.kilometres, where)}


def by_train(found: Finding, where: str, _chief_town: str) -> str:
    """To the partner's work: when trains leave is not known here."""
    text = _("The train to your partner's work, from a station %(distance)s away: %(place)s")
    if not found.kilometres or not where:
        return _("The train to your partner's work, from a station nearby")
    return text % distance_and_place(found, where)


def job_out_of_reach(found: Finding, _where: str, _chief_town: str) -> str:
    if found.kilometres == NOWHERE:
        return _("without a car, your partner's work is out of reach: there is no station nearby")
    return _("without a car, your partner's work is out of reach: %(distance)s away, and no station nearby") % distance_and_place(
        found, ""
    )


def chief_town_by_bicycle(found: Finding, _where: str, chief_town: str) -> str:
    if not found.kilometres:
        return wording.drive(chief_town, 0)
    return _("%(city)s by bicycle, %(distance)s away") % {"city": curly(chief_town), **distance_and_place(found, "")}


def chief_town_by_train(found: Finding, where: str, chief_town: str) -> str:
    said = {"city": curly(chief_town), **distance_and_place(found, where)}
    if not found.kilometres or not where:
        return _("The train to %(city)s, from a station nearby") % said
    return _("The train to %(city)s, from a station %(distance)s away: %(place)s") % said


def chief_town_out_of_reach(found: Finding, _where: str, chief_town: str) -> str:
    said = {"city": curly(chief_town), **distance_and_place(found, "")}
    return _("without a car, %(city)s is out of reach: %(distance)s away, and no station nearby") % said


# ---- The home ----------------------------------------------------------------------------------------------------------


def home_fits(found: Finding) -> str:
    return by_kind(
        found,
        _("A home to rent: %(size)s, %(price)s"),
        _("A home for sale: %(size)s, %(price)s"),
        _("A home to try: %(size)s, %(price)s"),
    ) % {"size": wording.size(found.surface_m2, found.rooms), "price": wording.price(found.kind, found.price)}


def home_small(found: Finding) -> str:
    return ngettext(
        "the home within your reach has %(counter)s room only, for %(price)s",
        "the home within your reach has %(counter)s rooms only, for %(price)s",
        found.rooms,
    ) % {"counter": found.rooms, "price": wording.price(found.kind, found.price)}


def home_over_budget(found: Finding) -> str:
    return by_kind(
        found,
        _("the home to rent costs %(price)s, which is %(excess)s more than your budget"),
        _("the home for sale costs %(price)s, which is %(excess)s more than your budget"),
        _("the home to try costs %(price)s, which is %(excess)s more than your budget"),
    ) % {"price": wording.price(found.kind, found.price), "excess": euros(found.excess)}


def home_none(found: Finding) -> str:
    return by_kind(
        found,
        _("nothing is to rent there today"),
        _("nothing is for sale there today"),
        _("no home to try is free there today"),
    )


def home_unknown(found: Finding) -> str:
    return by_kind(found, _("What is to rent there"), _("What is for sale there"), _("Whether a home to try is free"))


def surface_and_price(found: Finding) -> dict[str, str]:
    return {"surface": number(found.surface_m2), "price": euros(found.price)}


def prices_within(found: Finding) -> str:
    if found.kind == HousingKind.RENT:
        return _("Usual rent for %(surface)s m²: about %(price)s a month") % surface_and_price(found)
    return _("Usual price of %(surface)s m²: about %(price)s") % surface_and_price(found)


def prices_over(found: Finding) -> str:
    if found.kind == HousingKind.RENT:
        return _("the usual rent for %(surface)s m² is above your budget: about %(price)s a month") % surface_and_price(found)
    return _("the usual price of %(surface)s m² is above your budget: about %(price)s") % surface_and_price(found)


def prices_over_elsewhere(found: Finding) -> str:
    if found.kind == HousingKind.RENT:
        text = _("elsewhere in the village, the usual rent for %(surface)s m² is above your budget: about %(price)s a month")
    else:
        text = _("elsewhere in the village, the usual price of %(surface)s m² is above your budget: about %(price)s")
    return text % surface_and_price(found)


def prices_unknown(found: Finding) -> str:
    return _("The usual rents") if found.kind == HousingKind.RENT else _("The usual prices: too few sales")


# ---- The drives --------------------------------------------------------------------------------------------------------


def to_metropolis(text: Callable[[str, float], str]) -> Wording:
    return from_figures(lambda found: text(settings.TERRITORY.metropolis, found.minutes))


def job_near(found: Finding) -> str:
    if not found.minutes:
        return _("Your partner's work in the village")
    said = {"time": duration(found.minutes)}
    if found.job == PartnerJob.LOOKING:
        return _("A city to look for work in, %(time)s by car") % said
    return _("Your partner's work is %(time)s away by car") % said


def job_far(found: Finding) -> str:
    said = {"time": duration(found.minutes)}
    if found.job == PartnerJob.LOOKING:
        return _("the nearest city to look for work in is %(time)s away") % said
    return _("your partner's work is %(time)s away, every day") % said


def job_by_bicycle(found: Finding) -> str:
    if not found.kilometres:
        return _("Your partner's work in the village")
    return _("Your partner's work by bicycle, %(distance)s away") % distance_and_place(found, "")


def amenity_unknown(found: Finding) -> str:
    return _("%(kind)s: how far") % {"kind": capfirst(AmenityKind(found.kind).label)}


WORDING_OF: dict[Code, Wording] = {
    Code.FIBRE_WIDE: from_figures(lambda found: wording.fibre(found.percent / 100)),
    Code.FIBRE_RARE: from_figures(lambda found: wording.fibre_rare(found.percent / 100)),
    Code.FIBRE_UNKNOWN: fixed(lambda: _("How many premises can have fibre")),
    Code.LINE_GOOD: from_figures(line_good),
    Code.LINE_POOR: from_figures(line_poor),
    Code.LINE_UNKNOWN: fixed(lambda: _("What the lines are worth")),
    Code.HOME_LINE_FIBRE: from_figures(home_line_fibre),
    Code.HOME_LINE_NEAR: from_figures(home_line_near),
    Code.HOME_LINE_NONE: from_figures(home_line_none),
    Code.HOME_LINE_OTHER: from_figures(home_line_other),
    Code.HOME_LINE_UNKNOWN: from_figures(home_line_unknown),
    Code.SPEED_GOOD: from_figures(lambda found: _("%(speed)s measured") % {"speed": wording.speed(found.speed)}),
    Code.SPEED_LOW: from_figures(lambda found: _("only %(speed)s were measured there") % {"speed": wording.speed(found.speed)}),
    Code.SPEED_ELSEWHERE: from_figures(
        lambda found: (
            _("The speed of this home: elsewhere in the village, %(speed)s were measured") % {"speed": wording.speed(found.speed)}
        )
    ),
    Code.SPEED_UNKNOWN: fixed(lambda: _("The speed: nobody has measured it yet")),
    Code.DESK_NEAR: lambda found, where, _town: wording.near_place(PlaceKind.TELECENTRE, found.kilometres, where),
    Code.DESK_FAR: lambda found, where, _town: wording.far_place(PlaceKind.TELECENTRE, found.kilometres, where),
    Code.DESK_UNKNOWN: fixed(lambda: _("How far a télécentre is")),
    Code.DESK_BY_BICYCLE: desk_by_bicycle,
    Code.DESK_OUT_OF_REACH: without_car(PlaceKind.TELECENTRE),
    Code.SCHOOL_NEAR: lambda found, where, _town: wording.near_amenity(found.kind, found.kilometres, where),
    Code.SCHOOL_FAR: lambda found, where, _town: wording.far_amenity(found.kind, found.kilometres, where),
    Code.SCHOOL_NOT_ON_FOOT: school_not_on_foot,
    Code.SCHOOL_UNKNOWN: from_figures(amenity_unknown),
    Code.SERVICE_HERE: lambda found, where, _town: wording.near_amenity(found.kind, found.kilometres, where),
    Code.SERVICE_AWAY: lambda found, where, _town: wording.far_amenity(found.kind, found.kilometres, where),
    Code.SERVICE_UNKNOWN: from_figures(amenity_unknown),
    Code.FOOD_ON_FOOT: food_on_foot,
    Code.FOOD_BY_BICYCLE: food_by_bicycle,
    Code.FOOD_OUT_OF_REACH: food_out_of_reach,
    Code.FOOD_UNKNOWN: fixed(lambda: _("Where one buys food without a car")),
    Code.HOME_FITS: from_figures(home_fits),
    Code.HOME_SMALL: from_figures(home_small),
    Code.HOME_OVER_BUDGET: from_figures(home_over_budget),
    Code.HOME_NONE: from_figures(home_none),
    Code.HOME_UNKNOWN: from_figures(home_unknown),
    Code.PRICES_WITHIN: from_figures(prices_within),
    Code.PRICES_OVER: from_figures(prices_over),
    Code.PRICES_OVER_ELSEWHERE: from_figures(prices_over_elsewhere),
    Code.PRICES_UNKNOWN: from_figures(prices_unknown),
    Code.METROPOLIS_NEAR: to_metropolis(wording.drive),
    Code.METROPOLIS_FAR: to_metropolis(wording.long_drive),
    Code.METROPOLIS_UNKNOWN: fixed(lambda: _("The drive to %(city)s") % {"city": settings.TERRITORY.metropolis}),
    Code.CHIEF_TOWN_NEAR: lambda found, _where, town: wording.drive(town, found.minutes),
    Code.CHIEF_TOWN_FAR: lambda found, _where, town: wording.long_drive(town, found.minutes),
    Code.CHIEF_TOWN_UNKNOWN: lambda _found, _where, town: _("The drive to %(city)s") % {"city": curly(town)},
    Code.CHIEF_TOWN_BY_BICYCLE: chief_town_by_bicycle,
    Code.CHIEF_TOWN_BY_TRAIN: chief_town_by_train,
    Code.CHIEF_TOWN_OUT_OF_REACH: chief_town_out_of_reach,
    Code.CHIEF_TOWN_REACH_UNKNOWN: lambda _found, _where, town: _("How to reach %(city)s without a car") % {"city": curly(town)},
    Code.STATION_NEAR: lambda found, where, _town: wording.near_place(PlaceKind.STATION, found.kilometres, where),
    Code.STATION_FAR: lambda found, where, _town: wording.far_place(PlaceKind.STATION, found.kilometres, where),
    Code.STATION_UNKNOWN: fixed(lambda: _("How far a station is")),
    Code.STATION_ON_FOOT: station_by_foot,
    Code.STATION_BY_BICYCLE: station_by_bicycle,
    Code.STATION_OUT_OF_REACH: without_car(PlaceKind.STATION),
    Code.JOB_NEAR: from_figures(job_near),
    Code.JOB_FAR: from_figures(job_far),
    Code.JOB_UNKNOWN: fixed(lambda: _("The drive to your partner's work")),
    Code.JOB_BY_BICYCLE: from_figures(job_by_bicycle),
    Code.JOB_BY_TRAIN: by_train,
    Code.JOB_OUT_OF_REACH: job_out_of_reach,
    Code.JOB_REACH_UNKNOWN: fixed(lambda: _("How to reach your partner's work without a car")),
    Code.SIZE_RIGHT: from_figures(lambda found: _("The size that is wished: %(people)s") % {"people": inhabitants(found.number)}),
    Code.SIZE_OTHER: from_figures(lambda found: _("it has %(people)s") % {"people": inhabitants(found.number)}),
    Code.SIZE_UNKNOWN: fixed(lambda: _("How many people live there")),
    Code.WELCOME_OPEN: from_figures(lambda found: wording.room(found.number)),
    Code.WELCOME_FULL: fixed(wording.no_room),
    Code.WELCOME_PAUSED: fixed(lambda: _("the committee pauses its welcome")),
    Code.WELCOME_UNKNOWN: fixed(lambda: _("Whether the committee has room")),
}
