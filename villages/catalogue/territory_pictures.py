"""The territory's own pictures: the landscape of a commune, the map of the network. They borrow no ground from anybody."""

from collections.abc import Iterable
from functools import lru_cache

from django.conf import settings
from django.db.models import Subquery
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from villages.drawings.landscape import Relief
from villages.drawings.landscape import landscape as draw_landscape
from villages.drawings.network_map import Commune as Dot
from villages.drawings.network_map import Ground, Label, Mark, Spot, network_map
from villages.models import Commune, Dataset


def landscape_of(commune: Commune, *, width: int) -> str:
    """The commune's landscape as an SVG document, `width` x 400."""
    return _landscape(commune.insee_code, commune.population, commune.latitude, commune.longitude, width)


def banner(*, width: int) -> str:
    """The landscape that opens the home page, as the territory words it: it needs no commune in the database."""
    words = settings.TERRITORY.banner
    return _landscape(words.insee_code, words.population, words.latitude, words.longitude, width, words.light, words.composition)


@lru_cache(maxsize=1024)
def _landscape(
    insee_code: str,
    population: int,
    latitude: float,
    longitude: float,
    width: int,
    light: str | None = None,
    composition: str | None = None,
) -> str:
    territory = settings.TERRITORY
    relief = Relief(
        rivers=territory.rivers,
        vineyard_west_of=territory.vineyard_west_of,
        mountains_seen_from=territory.mountains_seen_from,
    )
    return draw_landscape(
        insee_code,
        population=population,
        latitude=latitude,
        longitude=longitude,
        relief=relief,
        width=width,
        light=light,
        composition=composition,
    )


def territory_map(marks: Iterable[Mark], *, title: str, description: str, **wishes: str | bool) -> SafeString:
    """The network's map with these marks, as an SVG element; `wishes` are those of `network_map.network_map`.

    Costs one small query, and one of all communes after an import. Nothing at all before the communes are there.
    """
    newest = (
        Commune.objects.order_by("-pk")
        .annotate(imported_at=Subquery(Dataset.objects.filter(key="communes").values("imported_at")[:1]))
        .values_list("pk", "imported_at")
        .first()
    )
    ground = _ground(newest, get_language()) if newest else None
    return mark_safe(network_map(ground, marks, title=title, description=description, **wishes)) if ground else SafeString("")


@lru_cache(maxsize=8)
def _ground(_version: tuple, _language: str) -> Ground | None:
    """What lies under the marks, kept until the communes change; None where the chief town is not among them."""
    territory = settings.TERRITORY
    communes = tuple(
        Dot(name=name, latitude=latitude, longitude=longitude, insee_code=insee_code, population=population)
        for insee_code, name, latitude, longitude, population in Commune.objects.order_by("insee_code").values_list(
            "insee_code", "name", "latitude", "longitude", "population"
        )
    )
    if not any(commune.insee_code == territory.chief_town for commune in communes):
        return None
    stations = {place.name: place for place in territory.places if place.on_map}
    metropolis = next(place for place in territory.places if place.name == territory.metropolis)
    return Ground(
        communes=communes,
        chief_town=territory.chief_town,
        metropolis=Spot(metropolis.name, metropolis.latitude, metropolis.longitude),
        railway=tuple(
            Spot(_("Station: %(name)s") % {"name": name}, stations[name].latitude, stations[name].longitude)
            for name in territory.railway
        ),
        labels=tuple(Label(label.insee_code, label.anchor, label.dx, label.dy) for label in territory.map_labels),
    )
