"""Up to four villages side by side."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.validators import slug_re
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import conditional_page, require_safe

from villages.catalogue.comparison import ComparedFact, Measure, Unit, compare
from villages.enums import AmenityKind, DwellingKind, HousingKind, PlaceKind
from villages.facts.estimates import NOWHERE
from villages.models import CommuneRent, Housing, Journey, NearestAmenity, SpeedTest, Village
from villages.searching.communes import Called, village_called

MOST = 4
MOST_READ = 20  # of an address that names more, those first named
FAMILY = [
    AmenityKind.PRIMARY_SCHOOL,
    AmenityKind.MIDDLE_SCHOOL,
    AmenityKind.CRECHE,
    AmenityKind.DOCTOR,
    AmenityKind.PHARMACY,
    AmenityKind.BAKERY,
]


@dataclass(frozen=True)
class ComparedVillage:
    village: Village
    removal: str  # the address of the comparison without it


@dataclass(frozen=True)
class ComparisonRow:
    title: str | Promise
    line: ComparedFact


@login_not_required
@require_safe
@conditional_page
def compare_villages(request: HttpRequest) -> HttpResponse:
    """The villages of the address, in its order. What is too much or unknown is said and left out."""
    slugs = list(dict.fromkeys(request.GET.getlist("v")))
    known = (
        Village.objects.public()
        .select_related("commune__connection")
        .in_bulk([slug for slug in slugs if slug_re.fullmatch(slug)][:MOST_READ], field_name="slug")
    )
    chosen = [known[slug] for slug in slugs if slug in known][:MOST]
    wanted = request.GET.get("ajouter", "").strip()[:100]
    called = village_called(wanted) if wanted and len(chosen) < MOST else Called()

    def with_one_more(village: Village) -> str:
        return comparison_address(dict.fromkeys([*(chosen_village.slug for chosen_village in chosen), village.slug]), request.GET)

    if called.village:
        return redirect(with_one_more(called.village))
    today = timezone.localdate()
    groups = comparison_groups(chosen, on=today) if len(chosen) > 1 else []
    only_differences = request.GET.get("differences") == "oui"
    rows = [row for _title, its_rows in groups for row in its_rows]
    context = {
        "columns": [
            ComparedVillage(village, comparison_address([other.slug for other in chosen if other != village], request.GET))
            for village in chosen
        ],
        "groups": [(title, [row for row in its_rows if not (only_differences and row.line.is_same)]) for title, its_rows in groups],
        "differing": sum(not row.line.is_same for row in rows),
        "compared": len(rows),
        "only_differences": only_differences,
        "full": len(chosen) == MOST,
        "wanted": wanted,
        "refused": called.refused,
        "not_partner": called.not_partner and called.not_partner.leading(with_one_more),
        "left_out": len(slugs) - len(chosen),
        "too_many": len([slug for slug in slugs if slug in known]) > MOST,
    }
    return render(request, "villages/compare.html", context)


def comparison_address(slugs: Sequence[str], asked: Mapping[str, str]) -> str:
    said = [("v", slug) for slug in slugs]
    if asked.get("differences") == "oui":
        said.append(("differences", "oui"))
    return f"{reverse('villages:compare')}?{urlencode(said)}"


def comparison_groups(villages: Sequence[Village], *, on: dt.date) -> list[tuple[str | Promise, list[ComparisonRow]]]:
    """What is compared, in the groups that people think in. Five queries, however many villages."""
    measured = {test.village_id: test for test in SpeedTest.objects.filter(village__in=villages).order_by("measured_on", "pk")}
    offers = _cheapest_offers(villages, on)
    rents = dict(
        CommuneRent.objects.filter(commune__village__in=villages, kind=DwellingKind.HOUSE).values_list("commune", "euros_per_m2")
    )
    nearest = {(row.village_id, row.kind): row for row in NearestAmenity.objects.filter(village__in=villages).with_commune()}
    counted = {village for village, _kind in nearest}
    journeys = {
        (journey.village_id, journey.place.kind): journey for journey in Journey.objects.nearest_of_each_kind(villages).with_place()
    }

    names = [str(village) for village in villages]

    def row(
        title: str | Promise, key: str, unit: Unit, measures: Sequence[Measure], *, more_is_better: bool = False
    ) -> ComparisonRow:
        return ComparisonRow(title, compare(key, unit, measures, more_is_better=more_is_better, names=names))

    def fibre(village: Village) -> Measure:
        connection = getattr(village.commune, "connection", None)
        return Measure(connection.fibre_share if connection else None)

    def speed(village: Village) -> Measure:
        test = measured.get(village.pk)
        return Measure(float(test.down_mbps), where=test.where) if test else Measure(None)

    def offer(kind: HousingKind) -> list[Measure]:
        return [Measure(*offers.get((village.pk, kind), (0,))) for village in villages]

    def amenity(kind: AmenityKind) -> list[Measure]:
        found = [nearest.get((village.pk, kind)) for village in villages]
        return [
            Measure(amenity.kilometres, where=amenity.commune.name)
            if amenity
            else Measure(NOWHERE if village.pk in counted else None)
            for village, amenity in zip(villages, found, strict=True)
        ]

    def journey(kind: PlaceKind) -> list[Measure]:
        found = [journeys.get((village.pk, kind)) for village in villages]
        return [Measure(journey.kilometres, where=journey.place.where) if journey else Measure(NOWHERE) for journey in found]

    rent_of = [float(rents[village.commune_id]) if village.commune_id in rents else None for village in villages]
    return [
        (
            gettext_lazy("The connection"),
            [
                row(
                    _("Fibre, share of the premises"),
                    "fibre",
                    Unit.SHARE,
                    [fibre(village) for village in villages],
                    more_is_better=True,
                ),
                row(_("Speed measured"), "speed", Unit.MEGABITS, [speed(village) for village in villages], more_is_better=True),
            ],
        ),
        (
            gettext_lazy("The home"),
            [
                row(_("To rent today"), "rent", Unit.COUNT, offer(HousingKind.RENT), more_is_better=True),
                row(_("To try first"), "trial", Unit.COUNT, offer(HousingKind.TRIAL), more_is_better=True),
                row(_("For sale today"), "sale", Unit.COUNT, offer(HousingKind.SALE), more_is_better=True),
                row(_("Usual rent of a house, a m²"), "usual-rent", Unit.EUROS, [Measure(rent) for rent in rent_of]),
            ],
        ),
        (
            gettext_lazy("The family"),
            [row(kind.label.capitalize(), "amenity", Unit.KILOMETRES, amenity(kind)) for kind in FAMILY],
        ),
        (
            gettext_lazy("The journeys"),
            [
                row(_("Télécentre"), "place", Unit.KILOMETRES, journey(PlaceKind.TELECENTRE)),
                row(_("Station"), "place", Unit.KILOMETRES, journey(PlaceKind.STATION)),
                row(_("The city, by car"), "city", Unit.MINUTES, [Measure(village.metropolis_minutes) for village in villages]),
            ],
        ),
        (
            gettext_lazy("The welcome"),
            [
                row(
                    _("Families it can welcome a month"),
                    "capacity",
                    Unit.COUNT,
                    [Measure(village.monthly_capacity if village.welcomes(on) else 0) for village in villages],
                    more_is_better=True,
                ),
            ],
        ),
    ]


def _cheapest_offers(villages: Sequence[Village], on: dt.date) -> dict[tuple[int, str], tuple[int, str, float]]:
    """By village and kind: how many, nothing beside it, and the price of the cheapest."""
    found = Housing.objects.offered(on).visible_to_candidates(qualified=False).filter(village__in=villages)
    rows = found.values_list("village", "kind").annotate(Count("pk"), Min("price")).order_by()
    return {(village, kind): (count, "", float(lowest)) for village, kind, count, lowest in rows}
