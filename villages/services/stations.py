"""Railway stations in (SNCF, « gares de voyageurs »)."""

from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from villages.enums import PlaceKind
from villages.models import Commune, Place
from villages.opendata import Report, WrongFile, read_list
from villages.services.datasets import locked_dataset, tell_dataset
from villages.services.journeys import measure_journeys

SOURCE, LICENCE = "SNCF, gares de voyageurs", "ODbL"
KEYS = ("nom", "position_geographique", "codeinsee")


@transaction.atomic
def import_stations(
    *, path: str | Path, source: str | None = None, licence: str | None = None, edition: str | None = None
) -> Report:
    """Bring in the stations of the territory's department and those that its folder names, and measure the journeys to them.

    A station known by its name is moved to where the file has it. One that the file no longer names stays: trains stop at it
    until a lead takes it away. The same file a second time changes nothing. Raises opendata.WrongFile, and leaves the database
    as it was, for any other file.
    """
    report, name = Report(), Path(path).name
    dataset = locked_dataset("stations", name)
    rows = read_list(path)
    missing = [key for key in KEYS if not any(key in row for row in rows)]
    if missing:
        raise WrongFile(
            _("%(file)s is not the file that is needed: it lacks %(columns)s.") % {"file": name, "columns": ", ".join(missing)}
        )
    named = {place.name for place in settings.TERRITORY.places if place.kind == PlaceKind.STATION}
    known = {place.name: place for place in Place.objects.filter(kind=PlaceKind.STATION, path="")}
    communes = Commune.objects.in_bulk(field_name="insee_code")
    seen, moved = set(), []
    for number, row in enumerate(rows, start=1):
        report.read += 1
        try:
            station = _station_in(row, named, communes)
        except ValueError as reason:
            report.reject(number, str(reason))
            continue
        if station is None or station.name in seen:
            continue
        seen.add(station.name)
        report.kept += 1
        if (was := known.get(station.name)) is None or _facts(was) != _facts(station):
            station.pk = was.pk if was else None
            station.save(force_insert=was is None)
            moved.append(station)
    if not report.kept:
        raise WrongFile(
            _("%(file)s holds no station of the department %(department)s.")
            % {"file": name, "department": settings.TERRITORY.department}
        )
    report.changed = len(moved)
    if moved:
        measure_journeys(places=moved)
    tell_dataset(
        dataset,
        changed=bool(moved),
        file_name=name,
        source=SOURCE if source is None else source,
        licence=LICENCE if licence is None else licence,
        edition=edition or "",
    )
    return report


def _station_in(row: dict, named: set[str], communes: dict[str, Commune]) -> Place | None:
    """The station that an entry describes; None when it is elsewhere. Raises ValueError with the reason to reject it."""
    name, code = str(row.get("nom") or "").strip().replace("'", "’"), str(row.get("codeinsee") or "")
    if not (code.startswith(settings.TERRITORY.department) or name in named):
        return None
    position = row.get("position_geographique") or {}
    try:
        latitude, longitude = float(position["lat"]), float(position["lon"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(_("the station « %(name)s » has no position") % {"name": name[:40]}) from None
    if not 0 < len(name) <= 100 or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(_("the station « %(name)s » has no position") % {"name": name[:40]})
    return Place(
        kind=PlaceKind.STATION, name=name, latitude=latitude, longitude=longitude, commune=communes.get(code), source=SOURCE
    )


def _facts(place: Place) -> tuple:
    return place.latitude, place.longitude, place.commune_id, place.source
