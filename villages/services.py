"""What changes the villages: official communes in, places and journeys, partnerships opened, paused and ended."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.urls import translate_url
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from villages.enums import CommitteeRole, PlaceKind, VillageStatus
from villages.models import CommitteeMember, Commune, Dataset, Place, Village
from villages.opendata import Report, Row, WrongFile, open_table

COMMUNES_AT_ONCE = 1000
POPULATION = re.compile(r"population_(\d{4})")
COMMUNE_FACTS = ("name", "postal_codes", "population", "population_year", "latitude", "longitude", "intercommunality")

EARTH_KM = 6371.0088
DETOUR = 1.25
FIRST_KM, FIRST_KMH, BEYOND_KMH = 10, 50, 65


class VillageRefused(Exception):
    """The message is written for the person who asked and may be shown as it stands."""


# ---- Communes --------------------------------------------------------------------------------------------------------


@transaction.atomic
def import_communes(
    *,
    path: str | Path,
    source: str | None = None,
    licence: str | None = None,
    edition: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Bring in the communes of the territory's department from a table with one row each.

    Columns: insee_code, name, postal_codes (separated by |), population_<year>, latitude, longitude (degrees WGS 84, decimal
    point or comma), intercommunality. The same file a second time changes nothing. Raises opendata.WrongFile, and leaves the
    database as it was, for a file that cannot be that table. A commune that the file does not name stays as it is.
    `source`, `licence` and `edition` are the territory's own unless given. `progress` is told the share read, from 0 to 1.
    """
    territory, report, moved = settings.TERRITORY, Report(), []
    dataset = _locked_dataset("communes", Path(path).name)
    with open_table(path) as table:
        population = next((column for column in table.columns if POPULATION.fullmatch(column)), "population_<année>")
        table.require("insee_code", "name", "postal_codes", population, "latitude", "longitude", "intercommunality")
        year, seen, batch = int(POPULATION.fullmatch(population)[1]), {}, []
        for row in table.rows():
            report.read += 1
            try:
                commune = _commune_in(row, population, year, territory.department, seen)
            except ValueError as reason:
                report.reject(row.line, str(reason))
                continue
            if commune:
                batch.append(commune)
            if len(batch) == COMMUNES_AT_ONCE:
                moved += _keep_communes(batch, report)
                batch = []
            if progress and report.read % 500 == 0:
                progress(table.done())
        moved += _keep_communes(batch, report)
    if not report.kept:
        raise WrongFile(
            _("%(file)s holds no commune of the department %(department)s.")
            % {"file": Path(path).name, "department": territory.department}
        )
    _tell_dataset(
        dataset,
        changed=bool(report.changed),
        file_name=Path(path).name,
        source=territory.communes_source if source is None else source,
        licence=territory.communes_licence if licence is None else licence,
        edition=territory.communes_edition if edition is None else edition,
    )
    if moved:
        measure_journeys(villages=Village.objects.filter(commune__in=moved))
    return report


def _commune_in(row: Row, population: str, year: int, department: str, seen: dict[str, int]) -> Commune | None:
    """The commune that a row describes; None when it is elsewhere. Raises ValueError with the reason to reject it."""
    if row.cells is None:
        raise ValueError(_("not as many cells as columns"))
    code = row.cells["insee_code"].upper()
    if not re.fullmatch(r"[0-9A-Z]{5}", code):
        raise ValueError(_("« %(code)s » is not an INSEE code of five signs") % {"code": code[:20]})
    if not code.startswith(department):
        return None
    if code in seen:
        raise ValueError(_("%(code)s was already read on line %(line)s") % {"code": code, "line": seen[code]})
    commune = Commune(
        insee_code=code,
        name=row.cells["name"],
        postal_codes=[postal_code.strip() for postal_code in row.cells["postal_codes"].split("|")],
        population=_number(row.cells[population], int, population),
        population_year=year,
        latitude=_number(row.cells["latitude"], float, "latitude"),
        longitude=_number(row.cells["longitude"], float, "longitude"),
        intercommunality=row.cells["intercommunality"],
    )
    if not 0 < len(commune.name) <= 100 or "\0" in commune.name:
        raise ValueError(_("the name is missing or too long"))
    if not all(re.fullmatch(r"\d{5}", postal_code) for postal_code in commune.postal_codes):
        raise ValueError(_("a postal code has not five digits"))
    if not 0 <= commune.population < 2**31:
        raise ValueError(_("« %(column)s » is out of bounds") % {"column": population})
    if not (-90 <= commune.latitude <= 90 and -180 <= commune.longitude <= 180):
        raise ValueError(_("the coordinates are not on Earth"))
    if len(commune.intercommunality) > 120 or "\0" in commune.intercommunality:
        raise ValueError(_("the intercommunality is too long"))
    seen[code] = row.line
    return commune


def _number(text: str, kind: type, column: str) -> float:
    try:
        return kind(text.replace(",", ".").replace("\u202f", "").replace("\u00a0", "").replace(" ", ""))
    except ValueError:
        raise ValueError(_("« %(column)s » is not a number: « %(text)s »") % {"column": column, "text": text[:20]}) from None


def _keep_communes(batch: Sequence[Commune], report: Report) -> list[Commune]:
    """Write what is new or different in one batch. Returns the communes that moved, whose journeys must be measured again."""
    known = Commune.objects.in_bulk([commune.insee_code for commune in batch], field_name="insee_code")
    new, changed, moved = [], [], []
    for commune in batch:
        was = known.get(commune.insee_code)
        if was is None:
            new.append(commune)
        elif any(getattr(was, fact) != getattr(commune, fact) for fact in COMMUNE_FACTS):
            commune.pk = was.pk
            changed.append(commune)
            if (was.latitude, was.longitude) != (commune.latitude, commune.longitude):
                moved.append(commune)
    Commune.objects.bulk_create(new)
    Commune.objects.bulk_update(changed, COMMUNE_FACTS)
    report.kept += len(batch)
    report.changed += len(new) + len(changed)
    return moved


def _locked_dataset(key: str, file_name: str) -> Dataset:
    """The row that says where the facts come from, held until the end: one import of a kind at a time."""
    Dataset.objects.get_or_create(key=key, defaults={"file_name": file_name, "imported_at": timezone.now()})
    return Dataset.objects.select_for_update(no_key=True).get(key=key)


def _tell_dataset(dataset: Dataset, *, changed: bool, **facts: str) -> None:
    """Note where the facts come from and when; an import that brought nothing new leaves the row alone."""
    if changed or any(getattr(dataset, name) != fact for name, fact in facts.items() if name != "file_name"):
        for name, fact in facts.items():
            setattr(dataset, name, fact)
        dataset.imported_at = timezone.now()
        dataset.save()


# ---- Places and journeys ---------------------------------------------------------------------------------------------


@transaction.atomic
def register_place(
    *,
    kind: PlaceKind | str,
    name: str,
    latitude: float,
    longitude: float,
    commune: Commune | None = None,
    path: str = "",
    source: str = "",
) -> Place:
    """Make a place of reference known, or bring it up to date, and measure the journeys to it from every village.

    A place with a page on this site is recognised by `path` (its `get_absolute_url()` in the active language), so that it may
    be renamed; any other by kind and name. In `commune`, the village itself, the journey counts nothing.
    """
    path = translate_url(path, settings.LANGUAGE_CODE) if path else ""
    facts = {"latitude": latitude, "longitude": longitude, "commune": commune, "source": source}
    if path:
        place, _created = Place.objects.update_or_create(path=path, defaults=facts | {"kind": kind, "name": name})
    else:
        place, _created = Place.objects.update_or_create(kind=kind, name=name, path="", defaults=facts)
    measure_journeys(places=[place])
    return place


@transaction.atomic
def register_territory_places() -> list[Place]:
    """Make the territory's own places of reference known: its cities, stations and airports."""
    return [
        register_place(kind=place.kind, name=place.name, latitude=place.latitude, longitude=place.longitude)
        for place in settings.TERRITORY.places
    ]


@transaction.atomic
def forget_place(*, place: Place) -> None:
    """Take a place away, with the journeys to it: a télécentre that closed is nobody's nearest."""
    place.delete()
    _summarise(None)


@transaction.atomic
def measure_journeys(*, villages: Iterable[Village] | None = None, places: Iterable[Place] | None = None) -> int:
    """Measure from these villages to these places (all, when not given). Returns how many journeys are new or different.

    An estimate, computed where the rows are: the great-circle distance (haversine) times 1.25, the order of magnitude that
    studies of rural road networks find between the straight line and the road; then 50 km/h over the first ten kilometres,
    for the village streets and lanes at both ends, and 65 km/h beyond, on roads limited to 80. No router was asked, and
    neither relief, rivers nor traffic are known: single journeys can be wrong by a quarter, so pages must say "estimated".
    From a village to a place in its own commune it is nothing at all, whatever the coordinates say.
    """
    village_ids = None if villages is None else [village.pk for village in villages]
    place_ids = None if places is None else [place.pk for place in places]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO villages_journey (village_id, place_id, kilometres, minutes)
            SELECT village_id, place_id, round(road::numeric, 1),
                   ceil(60 * (least(road, %(first_km)s) / %(first_kmh)s + greatest(road - %(first_km)s, 0) / %(beyond_kmh)s))
            FROM (
                SELECT here.village_id, there.place_id,
                       CASE WHEN here.commune_id = there.commune_id THEN 0 ELSE
                       %(detour)s * 2 * %(earth)s * asin(least(1, sqrt((
                           1 - cos(there.north - here.north)
                           + cos(here.north) * cos(there.north) * (1 - cos(there.east - here.east))
                       ) / 2))) END AS road
                FROM (
                    SELECT village.id AS village_id, commune.id AS commune_id,
                           radians(round(commune.latitude::numeric, 6)) AS north,
                           radians(round(commune.longitude::numeric, 6)) AS east
                    FROM villages_village village
                    JOIN villages_commune commune ON commune.id = village.commune_id
                    WHERE %(villages)s::bigint[] IS NULL OR village.id = ANY(%(villages)s)
                ) AS here
                CROSS JOIN (
                    SELECT id AS place_id, commune_id,
                           radians(round(latitude::numeric, 6)) AS north, radians(round(longitude::numeric, 6)) AS east
                    FROM villages_place
                    WHERE %(places)s::bigint[] IS NULL OR id = ANY(%(places)s)
                ) AS there
            ) AS measured
            ON CONFLICT (village_id, place_id) DO UPDATE
            SET kilometres = excluded.kilometres, minutes = excluded.minutes
            WHERE (villages_journey.kilometres, villages_journey.minutes) IS DISTINCT FROM (excluded.kilometres, excluded.minutes)
            """,
            {
                "first_km": FIRST_KM,
                "first_kmh": FIRST_KMH,
                "beyond_kmh": BEYOND_KMH,
                "detour": DETOUR,
                "earth": EARTH_KM,
                "villages": village_ids,
                "places": place_ids,
            },
        )
        changed = cursor.rowcount
    _summarise(village_ids)
    return changed


def _summarise(village_ids: Sequence[int] | None) -> None:
    """Repeat on each village's own row what its journeys say of the nearest places."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE villages_village village
            SET telecentre_km = nearest.telecentre_km, station_km = nearest.station_km,
                metropolis_minutes = nearest.metropolis_minutes
            FROM (
                SELECT village.id,
                       min(journey.kilometres) FILTER (WHERE place.kind = %(telecentre)s) AS telecentre_km,
                       min(journey.kilometres) FILTER (WHERE place.kind = %(station)s) AS station_km,
                       min(journey.minutes) FILTER (WHERE place.kind = %(city)s AND place.name = %(metropolis)s)
                       AS metropolis_minutes
                FROM villages_village village
                LEFT JOIN villages_journey journey ON journey.village_id = village.id
                LEFT JOIN villages_place place ON place.id = journey.place_id
                WHERE %(villages)s::bigint[] IS NULL OR village.id = ANY(%(villages)s)
                GROUP BY village.id
            ) AS nearest
            WHERE nearest.id = village.id
            AND (village.telecentre_km, village.station_km, village.metropolis_minutes)
                IS DISTINCT FROM (nearest.telecentre_km, nearest.station_km, nearest.metropolis_minutes)
            """,
            {
                "telecentre": PlaceKind.TELECENTRE,
                "station": PlaceKind.STATION,
                "city": PlaceKind.CITY,
                "metropolis": settings.TERRITORY.metropolis,
                "villages": village_ids,
            },
        )


# ---- Partnerships ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Somebody of the committee that `open_village` sets up."""

    name: str
    role: CommitteeRole | str = CommitteeRole.VOLUNTEER
    about: str = ""
    email: str = ""
    user_id: int | None = None


@transaction.atomic
def open_village(
    *,
    commune: Commune,
    tagline: str = "",
    description: str = "",
    partner_since: dt.date | None = None,
    monthly_capacity: int = 1,
    committee: Iterable[Seat] = (),
    reviewed_on: dt.date | None = None,
    reviewed_by: str = "",
) -> Village:
    """Make a commune a partner village, with its committee, and measure its journeys.

    A village that left comes back at the address it had, with the words and the committee given now. Raises VillageRefused
    when the commune is a partner already.
    """
    commune = Commune.objects.select_for_update(of=("self",), no_key=True).get(pk=commune.pk)
    village = Village.objects.select_for_update(of=("self",), no_key=True).filter(commune=commune).first()
    if village and village.status != VillageStatus.FORMER:
        raise VillageRefused(_("%(commune)s is a village of the network already.") % {"commune": commune})
    village = village or Village(commune=commune, slug=_free_slug(commune))
    village.status, village.paused_until = VillageStatus.PARTNER, None
    village.tagline, village.description = tagline, description
    village.partner_since, village.monthly_capacity = partner_since, monthly_capacity
    village.reviewed_on, village.reviewed_by = reviewed_on, reviewed_by
    village.save()
    village.committee.all().delete()
    CommitteeMember.objects.bulk_create(
        CommitteeMember(village=village, name=seat.name, role=seat.role, about=seat.about, email=seat.email, user_id=seat.user_id)
        for seat in committee
    )
    measure_journeys(villages=[village])
    village.refresh_from_db()
    return village


def _free_slug(commune: Commune) -> str:
    """Its name; with its INSEE code where another village has that name. « L’Œuf » is l-oeuf."""
    slug = slugify(re.sub("['’]", "-", commune.name).translate({ord("œ"): "oe", ord("Œ"): "Oe", ord("æ"): "ae", ord("Æ"): "Ae"}))
    return f"{slug}-{commune.insee_code.lower()}" if Village.objects.filter(slug=slug).exists() or not slug else slug


@transaction.atomic
def pause_village(*, village: Village, until: dt.date | None = None) -> Village:
    """Stop sending families to a village, until the end of a day when one is given. Its page stays and says so."""
    village = _locked(village)
    if village.status == VillageStatus.FORMER:
        raise VillageRefused(_("%(village)s is no longer in the network.") % {"village": village})
    if until and until < timezone.localdate():
        raise VillageRefused(_("The last day of a pause cannot be over."))
    village.status, village.paused_until = VillageStatus.PAUSED, until
    village.save(update_fields=["status", "paused_until", "updated_at"])
    return village


@transaction.atomic
def resume_village(*, village: Village) -> Village:
    """End a pause, or bring back a village that left, with the page and the committee it had."""
    village = _locked(village)
    village.status, village.paused_until = VillageStatus.PARTNER, None
    village.save(update_fields=["status", "paused_until", "updated_at"])
    return village


@transaction.atomic
def end_partnership(*, village: Village) -> Village:
    """Take a village off the site. What was written about it is kept, for the day it comes back."""
    village = _locked(village)
    village.status, village.paused_until = VillageStatus.FORMER, None
    village.save(update_fields=["status", "paused_until", "updated_at"])
    return village


def _locked(village: Village) -> Village:
    return Village.objects.select_for_update(of=("self",), no_key=True).select_related("commune").get(pk=village.pk)
