"""The places as a table of the French schema « lieux de médiation numérique » 1.0.2: CSV (RFC 4180), `|` between several values.

A place without a SIRET is left out, since the schema asks for one; its page in the admin says so. The words of the file are those
of the schema, in French whatever the reader's language.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from common.csv_files import lines_for_programs
from telecentres.enums import Public
from telecentres.half_days import Opening, local_day
from telecentres.models import Telecentre

COLUMNS = (
    *("id", "pivot", "nom", "commune", "code_postal", "code_insee", "adresse", "complement_adresse", "latitude", "longitude"),
    *("typologie", "telephone", "courriels", "site_web", "horaires", "presentation_resume", "presentation_detail", "source"),
    *("itinerance", "structure_parente", "date_maj", "services", "publics_specifiquement_adresses"),
    *("prise_en_charge_specifique", "frais_a_charge", "dispositif_programmes_nationaux", "formations_labels"),
    *("autres_formations_labels", "modalites_acces", "modalites_accompagnement", "fiche_acces_libre", "prise_rdv"),
)
TELEPHONE = re.compile(r"\+(33|590|594|262|596|269|687|689|508|681)\d{6,9}", re.ASCII)  # those that the schema takes
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def csv_lines(places: Iterable[Telecentre]) -> Iterator[str]:
    """Of those that came `with_week`, with their commune: the lines ask the database nothing."""
    return lines_for_programs(COLUMNS, (list(row_of(place).values()) for place in places if place.siret))


def row_of(place: Telecentre) -> dict[str, object]:
    """By column; None where the portal knows nothing of it."""
    phone = place.phone.as_e164 if place.phone else ""
    with translation.override(settings.LANGUAGE_CODE):
        page = f"{settings.SITE_URL}{place.get_absolute_url()}"
        week = f"{settings.SITE_URL}{reverse('telecentres:week', args=[place.slug])}"
    known = {
        "id": place.slug,
        "pivot": place.siret,
        "nom": in_one_line(place.name),
        "commune": place.commune.name,
        "code_postal": place.postal_code,
        "code_insee": place.commune.insee_code,
        "adresse": in_one_line(place.address),
        "latitude": place.commune.latitude,
        "longitude": place.commune.longitude,
        "typologie": "TIERS_LIEUX",
        "telephone": phone if TELEPHONE.fullmatch(phone) else None,
        "site_web": page,
        "horaires": opening_hours(Opening(place.hours_at_hand())),
        "presentation_resume": in_one_line(place.tagline),
        "source": settings.TERRITORY.network,
        "itinerance": "Fixe",
        "date_maj": local_day(place.changed_at).isoformat(),
        "services": "Accès internet et matériel informatique",
        "frais_a_charge": charge_of(place),
        "modalites_acces": "Se présenter|Téléphoner" if phone else "Se présenter",
        "modalites_accompagnement": "En autonomie",
        "prise_rdv": week,
    }
    return {column: known.get(column) for column in COLUMNS}


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def charge_of(place: Telecentre) -> str | None:
    """For anybody who comes by; None where no price is known."""
    prices = [price for public, _kind, _unit, price in place.rates_at_hand() if public == Public.VISITOR]
    return ("Payant" if any(prices) else "Gratuit") if prices else None


def opening_hours(opening: Opening) -> str | None:
    """As OpenStreetMap writes them: « Mo-Fr 08:30-12:30,13:30-18:30; PH off »; None where they are not known."""
    lines = []
    for first, last, hours in opening.weekly():
        days = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last]}"
        times = ",".join(f"{clock_time(opens)}-{clock_time(closes)}" for opens, closes in hours)
        if times:
            lines.append(f"{days} {times}")
    return "; ".join([*lines, "PH off"]) if lines else None


def clock_time(time: dt.time) -> str:
    return f"{time:%H:%M}"
