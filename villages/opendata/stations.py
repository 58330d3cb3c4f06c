"""Railway stations in (SNCF, « gares de voyageurs »)."""

import re
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from common.commune_names import plain_name
from villages.distances.journeys import measure_journeys
from villages.enums import PlaceKind
from villages.models import Commune, Place
from villages.opendata.datasets import locked_dataset, tell_dataset
from villages.opendata.reader import ImportReport, WrongFile, read_list

SOURCE, LICENCE = "SNCF, gares de voyageurs", "ODbL"
UIC_CODE = re.compile(r"\b\d{7,8}\b")
KEYS = ("nom", "position_geographique", "codeinsee")
SAME_SPOT = 0.005  # degrees: a station without codes that stands so near is the same, however it is spelt


@transaction.atomic
def import_stations(
    *, path: str | Path, source: str | None = None, licence: str | None = None, edition: str | None = None
) -> ImportReport:
    """Bring in the stations of the territory's department and those that its folder names, and measure the journeys to them.

    A station that is known (`KnownStations.of`) is moved to where the file has it, and called as the file does, unless it is one of
    the territory's own names, which its map knows. One that the file no longer names stays: trains stop at it until a lead
    takes it away. The same file a second time changes nothing. Raises reader.WrongFile, and leaves the database as it was,
    for any other file.
    """
    report, name = ImportReport(), Path(path).name
    dataset = locked_dataset("stations", name)
    rows = read_list(path)
    missing = [key for key in KEYS if not any(key in row for row in rows)]
    if missing:
        raise WrongFile(
            _("%(file)s is not the file that is needed: it lacks %(columns)s.") % {"file": name, "columns": ", ".join(missing)}
        )
    known, communes = KnownStations(), Commune.objects.in_bulk(field_name="insee_code")
    seen, named, changed = set(), set(), []
    for number, row in enumerate(rows, start=1):
        report.read += 1
        try:
            station = _station_in(row, known, communes)
        except ValueError as reason:
            report.reject(number, str(reason))
            continue
        if station is None or station.name in seen:
            continue
        seen.add(station.name)
        was = known.of(station)
        station.name = known.name_for(station, was)
        if station.name in named:
            continue
        named.add(station.name)
        report.kept += 1
        if was is not None:
            known.places.remove(was)
        if was is None or _facts(was) != _facts(station):
            station.pk = was.pk if was else None
            changed.append(station)
    if not report.kept:
        raise WrongFile(
            _("%(file)s holds no station of the department %(department)s.")
            % {"file": name, "department": settings.TERRITORY.department}
        )
    moved = _keep_stations(changed)
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


class KnownStations:
    """The stations that are here and that no row has named yet, and the names that the territory's folder gives its own."""

    def __init__(self) -> None:
        self.places = list(Place.objects.filter(kind=PlaceKind.STATION, path="").order_by("pk"))
        self.own = {plain_name(place.name): place.name for place in settings.TERRITORY.places if place.kind == PlaceKind.STATION}

    def of(self, station: Place) -> Place | None:
        """The same station: by one of its codes; one without codes, by its name in any spelling, or by where it stands."""
        if same := next((place for place in self.places if set(place.uic_codes) & set(station.uic_codes)), None):
            return same
        without = [place for place in self.places if not (place.uic_codes and station.uic_codes)]
        spelt = plain_name(station.name)
        if same := next((place for place in without if plain_name(place.name) == spelt), None):
            return same
        return next((place for place in without if _are_one_spot(place, station)), None)

    def names(self, station: Place) -> bool:
        """Whether the territory's folder, or a code that is known, says that a station elsewhere belongs to it."""
        return plain_name(station.name) in self.own or any(set(place.uic_codes) & set(station.uic_codes) for place in self.places)

    def name_for(self, station: Place, was: Place | None) -> str:
        if was and was.name in self.own.values():
            return was.name
        return self.own.get(plain_name(station.name), station.name)


def _are_one_spot(station: Place, other: Place) -> bool:
    return max(abs(station.latitude - other.latitude), abs(station.longitude - other.longitude)) < SAME_SPOT


def _station_in(row: dict, known: KnownStations, communes: dict[str, Commune]) -> Place | None:
    """The station that an entry describes; None when it is elsewhere. Raises ValueError with the reason to reject it."""
    code = settings.TERRITORY.present_code(str(row.get("codeinsee") or ""))
    station = Place(
        kind=PlaceKind.STATION,
        name=str(row.get("nom") or "").strip().replace("'", "’"),
        commune=communes.get(code),
        source=SOURCE,
        uic_codes=sorted(set(UIC_CODE.findall(str(row.get("codes_uic") or "")))),
    )
    if not (code.startswith(settings.TERRITORY.department) or known.names(station)):
        return None
    position = row.get("position_geographique") or {}
    try:
        station.latitude, station.longitude = float(position["lat"]), float(position["lon"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(_("the station « %(name)s » has no position") % {"name": station.name[:40]}) from None
    if not 0 < len(station.name) <= 100 or not (-90 <= station.latitude <= 90 and -180 <= station.longitude <= 180):
        raise ValueError(_("the station « %(name)s » has no position") % {"name": station.name[:40]})
    return station


def _facts(place: Place) -> tuple:
    return place.name, place.latitude, place.longitude, place.commune_id, place.source, place.uic_codes


def _keep_stations(stations: list[Place]) -> list[Place]:
    """Write them; names may have changed places. A name that a station which the file lacks bears stays that one's."""
    known = [station.pk for station in stations if station.pk]
    others = Place.objects.filter(kind=PlaceKind.STATION, path="").exclude(pk__in=known)
    held = set(others.values_list("name", flat=True))
    kept = [station for station in stations if station.name not in held]
    renamed = Place.objects.filter(pk__in=[station.pk for station in kept if station.pk])
    renamed.update(name=Concat(Value("~"), Cast("pk", CharField())))
    for station in kept:
        station.save(force_insert=station.pk is None)
    return kept
