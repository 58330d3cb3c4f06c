"""The questions that people ask of a list of villages, and which villages each answer is true of."""

import datetime as dt

from django.conf import settings
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.rounding import first_beyond
from villages.enums import AmenityKind, HousingAudience, HousingKind
from villages.models import Housing, NearestAmenity, SpeedTest, welcomes
from villages.searching.questions import Answers

GROUPS: list[tuple[str, list[str]]] = [
    (_("My connection"), ["fibre", "mesure"]),
    (_("My home"), ["logement", "loyer"]),
    (_("My family"), ["ecole", "college", "creche", "medecin", "boulangerie"]),
    (_("My journeys"), ["telecentre", "gare", "metropole"]),
    (_("Its size"), ["taille"]),
    (_("Its welcome"), ["accueil"]),
    (_("Its intercommunality"), ["interco"]),
]


def answers_of_the_day(on: dt.date) -> dict[str, Answers]:
    """By question. Intercommunalities are not here: which there are depends on the villages.

    Distances are estimates, shown as whole kilometres: what the page calls 10 km is within 10 km. What nobody knows of a
    village is not true of it.
    """
    city = settings.TERRITORY.metropolis
    return {
        "fibre": {
            "90": (_("Fibre for 9 premises in 10"), Q(commune__connection__fibre_share__gte=0.9)),
            "50": (_("Fibre for one premises in two"), Q(commune__connection__fibre_share__gte=0.5)),
        },
        "mesure": {"oui": (_("Speed measured on the spot"), Q(pk__in=SpeedTest.objects.values("village")))},
        "logement": {
            "louer": (_("Something to rent today"), _has_offers(on, HousingKind.RENT)),
            "acheter": (_("Something to buy today"), _has_offers(on, HousingKind.SALE)),
            "essayer": (_("A place to try first"), _has_offers(on, HousingKind.TRIAL)),
        },
        "loyer": {
            "500": (_("To rent up to 500 €"), _has_offers(on, HousingKind.RENT, price__lte=500)),
            "650": (_("To rent up to 650 €"), _has_offers(on, HousingKind.RENT, price__lte=650)),
            "800": (_("To rent up to 800 €"), _has_offers(on, HousingKind.RENT, price__lte=800)),
        },
        "ecole": {"village": (_("Primary school in the village"), _has(AmenityKind.PRIMARY_SCHOOL, within=0))},
        "college": {"15": (_("Collège within 15 km"), _has(AmenityKind.MIDDLE_SCHOOL, within=15))},
        "creche": {"15": (_("Crèche within 15 km"), _has(AmenityKind.CRECHE, within=15))},
        "medecin": {"village": (_("Doctor in the village"), _has(AmenityKind.DOCTOR, within=0))},
        "boulangerie": {"village": (_("Bakery in the village"), _has(AmenityKind.BAKERY, within=0))},
        "telecentre": {
            "10": (_("Télécentre within 10 km"), Q(telecentre_km__lt=first_beyond(10))),
            "20": (_("Télécentre within 20 km"), Q(telecentre_km__lt=first_beyond(20))),
        },
        "gare": {"20": (_("Station within 20 km"), Q(station_km__lt=first_beyond(20)))},
        "metropole": {
            "60": (format_lazy(_("{city} within 1 h by car"), city=city), Q(metropolis_minutes__lte=60)),
            "75": (format_lazy(_("{city} within 1 h 15 by car"), city=city), Q(metropolis_minutes__lte=75)),
        },
        "taille": {
            "petit": (_("Fewer than 500 inhabitants"), Q(commune__population__lt=500)),
            "moyen": (_("From 500 to 1,500 inhabitants"), Q(commune__population__range=(500, 1500))),
            "grand": (_("More than 1,500 inhabitants"), Q(commune__population__gt=1500)),
        },
        "accueil": {"oui": (_("Welcomes families at present"), welcomes(on))},
    }


def _has(kind: AmenityKind, *, within: int) -> Q:
    """There, or at so many kilometres."""
    near = Q(kilometres__lt=first_beyond(within)) if within else Q(kilometres=0)
    return Q(pk__in=NearestAmenity.objects.filter(near, kind=kind).values("village"))


def _has_offers(on: dt.date, kind: HousingKind, **limits: int) -> Q:
    """Something of that kind that everybody may see, confirmed lately."""
    offered = Housing.objects.offered(on).filter(kind=kind, audience=HousingAudience.PUBLIC, **limits)
    return Q(pk__in=offered.values("village"))
