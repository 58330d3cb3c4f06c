"""The questionnaire « Quel village pour vous ? » and its answer. Both live in their address: nothing is kept, no cookie is set."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe
from django.views.decorators.vary import vary_on_cookie

from villages.favourites import keeping
from villages.matching.addresses import chief_town, compare_address, results_address
from villages.matching.facts_from_rows import village_facts_for
from villages.matching.forms import MatchingForm
from villages.matching.ranking import rank
from villages.matching.verdict import Verdict
from villages.matching.village_reasons import ReasonInWords, places_named, reason_in_words
from villages.models import Village

MATCHES_A_PAGE = 8
COMPARED = 3  # side by side, when one goes there from here
PAGE, ASIDE = "page", "ecartes"  # what the address of the results holds beside the answers


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
    verdicts = rank(household, village_facts_for(household, on=today))
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


def matches_of(page: Iterable[Verdict], form: MatchingForm) -> list[MatchedVillage]:
    """The lines of one page, in three queries: the villages, and the names of the places that its figures lead to."""
    verdicts = list(page)
    found = Village.objects.filter(slug__in=[verdict.facts.key for verdict in verdicts]).with_commune().defer("description")
    villages = {village.slug: village for village in found}
    places = places_named(villages.values(), form.household)
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
