"""The questionnaire « Quel village pour vous ? » and its answer. Both live in their address: nothing is kept, no cookie is set."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_cookie

from villages.enums import PlaceKind
from villages.facts.estimates import NOWHERE
from villages.favourites import keeping
from villages.matching import reasons
from villages.matching.candidates import amenities_asked, candidates_for, chief_town_name
from villages.matching.forms import MatchingForm
from villages.matching.ranking import rank
from villages.matching.verdict import Code, Reason, Verdict
from villages.models import Journey, NearestAmenity, Village

MATCHES_A_PAGE = 8
COMPARED = 3  # side by side, when one goes there from here
PAGE, ASIDE = "page", "ecartes"  # what the address of the results holds beside the answers
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


@dataclass(frozen=True)
class MatchedVillage:
    """A village of the answer, with its place in it."""

    place: int
    village: Village
    strength: str
    met: list[ReasonInWords]
    failed: list[ReasonInWords]
    unknown: list[ReasonInWords]
    asks: str  # what the address of the form says, where one asks to be put in touch with it

    @property
    def limits(self) -> int:
        """How many of the household's limits it fails."""
        return sum(line.is_limit for line in self.failed)


Beside = Callable[[HttpRequest, MatchingForm], dict]


@login_not_required
@require_safe
@conditional_page
def find(request: HttpRequest) -> HttpResponse:
    """The questionnaire, empty or with the answers of its address."""
    return render(request, "villages/find.html", {"form": MatchingForm.filled_in(request.GET, chief_town=chief_town())})


@login_not_required
@require_safe
@vary_on_cookie
@conditional_page
def matches(request: HttpRequest, *, beside: Beside | None = None) -> HttpResponse:
    """The villages for the answers of the address; the questionnaire again where an answer is missing or wrong.

    The same answers have one address: any other way to write them leads there. `beside` lets the roof join what this app may not
    know: called with the form, it returns context; `beside_template` in it is included under what one can do with the answers.
    """
    answers = request.GET.copy()
    view = {name: answers.pop(name)[-1] for name in (PAGE, ASIDE) if name in answers}
    if not answers:
        return redirect("villages:find")
    form = MatchingForm(answers, chief_town=chief_town())
    if not form.is_valid():
        return render(request, "villages/find.html", {"form": form})
    if not form.left_out and answers.urlencode() != form.address():
        return redirect(results_address(form, **view))

    today, household = timezone.localdate(), form.household
    verdicts = rank(household, candidates_for(household, on=today))
    number = sum(not verdict.setbacks for verdict in verdicts)
    fitting, aside = verdicts[:number], verdicts[number:]
    shows_aside = bool(aside) and (ASIDE in view or not fitting)
    page = Paginator(aside if shows_aside else fitting, MATCHES_A_PAGE).get_page(view.get(PAGE))
    context = {
        "form": form,
        "household": household,
        "total": len(verdicts),
        "fitting": len(fitting),
        "aside": len(aside),
        "shows_aside": shows_aside,
        "setbacks": Counter(setback for verdict in aside for setback in verdict.setbacks).most_common(),
        "criteria": len(verdicts[0].reasons) if verdicts else 0,
        "page": page,
        "matches": matches_of(page, form),
        "kept": keeping.kept_slugs(request),
        "here": request.get_full_path(),
        "chief_town": form.chief_town,
        "answers_url": f"{reverse('villages:find')}?{form.address()}",
        "fitting_url": results_address(form),
        "aside_url": results_address(form, **{ASIDE: "oui"}),
        "compare_url": compare_address([verdict.facts.key for verdict in fitting[:COMPARED]]),
    }
    return render(request, "villages/matches.html", context | (beside(request, form) if beside else {}))


def chief_town() -> str:
    return chief_town_name().values_list("name", flat=True).first() or ""


def results_address(form: MatchingForm, **view: str) -> str:
    """Of the results of these answers."""
    return f"{reverse('villages:matches')}?{form.address()}{'&' if view else ''}{urlencode(view)}"


def compare_address(slugs: Iterable[str]) -> str:
    """Of the page that sets villages side by side."""
    return f"{reverse('villages:compare')}?{urlencode([('v', slug) for slug in slugs])}"


def matches_of(page: Iterable[Verdict], form: MatchingForm) -> list[MatchedVillage]:
    """The lines of one page, in three queries: the villages, and the names of the places that its figures lead to."""
    verdicts, household = list(page), form.household
    found = Village.objects.filter(slug__in=[verdict.facts.key for verdict in verdicts]).with_commune().defer("description")
    villages = {village.slug: village for village in found}
    places = {
        (journey.village_id, journey.place.kind): journey.place.where
        for journey in Journey.objects.nearest_of_each_kind(villages.values()).with_place()
    }
    amenities = NearestAmenity.objects.filter(village__in=villages.values(), kind__in=amenities_asked(household)).with_commune()
    places |= {(nearest.village_id, nearest.kind): nearest.commune.name for nearest in amenities}
    start = page.start_index() if verdicts else 0
    return [
        MatchedVillage(
            place=place,
            village=villages[verdict.facts.key],
            strength=verdict.strength.value,
            **{
                name: [
                    reason_in_words(reason, villages[verdict.facts.key], places, form.chief_town)
                    for reason in getattr(verdict, name)
                ]
                for name in ("met", "failed", "unknown")
            },
            asks=urlencode({"village": verdict.facts.key, "reponses": form.address()}),
        )
        for place, verdict in enumerate(verdicts, start=start)
    ]


def reason_in_words(reason: Reason, village: Village, places: dict[tuple[int, str], str], chief_town: str) -> ReasonInWords:
    """`places`: the names of those that its figures may lead to, by village and kind."""
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


def answers_of(query: str) -> MatchingForm:
    """The form of answers that come as the query of an address."""
    return MatchingForm(QueryDict(query), chief_town=chief_town())
