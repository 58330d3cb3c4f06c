"""Home, "mon espace", health, and what stands of one app on a page of another: the only place that joins apps."""

import datetime as dt
import sys
from hashlib import sha256
from http import HTTPStatus
from operator import attrgetter

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import views as sitemap_views
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import conditional_page, require_http_methods, require_POST, require_safe
from django.views.defaults import server_error as django_server_error

from members.access import Act, SecondStepNeeded, require_or_404
from members.models import Member, User
from projects import links
from projects.enums import IntroductionState, Stage
from projects.household import services
from projects.household.answers import Answers
from projects.introductions.coming import visits_of
from projects.introductions.sharing import FamilyLabel
from projects.models import Introduction, ProjectFile
from projects.reminders.morning import AdviserDesk, families
from sohosolo import health, kept_forms, safety, trials
from sohosolo.database import is_away
from sohosolo.forms import TrialForm
from sohosolo.sitemaps import SITEMAPS
from telecentres.availability.network import next_morning, with_free_desks
from telecentres.availability.place_now import next_days_free
from telecentres.booking.coming import coming_bookings
from telecentres.enums import Stretch
from telecentres.models import Telecentre
from villages.catalogue import territory_pictures
from villages.drawings.network_map import Mark
from villages.enums import PlaceKind
from villages.matching import addresses
from villages.matching.forms import MatchingForm
from villages.models import CommitteeMember, Commune, Journey, Village

NEWCOMERS_SINCE = dt.timedelta(days=91)
BOOKINGS_SHOWN = 20
RETRY_AFTER = 30  # seconds, told to whoever comes while the database is away


# ---- Home ------------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@conditional_page
def home(request: HttpRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    villages = list(Village.objects.public().with_commune().defer("description").in_french_order())
    desks_day = next_morning(now)
    desks = list(Telecentre.objects.open().select_related("commune").in_french_order())
    if desks_day:
        with_free_desks(desks, desks_day, Stretch.MORNING, now=now)
    members = Member.objects.active()
    context = {
        "figures": {
            "communes": Commune.objects.count(),
            "villages": len(villages),
            "welcoming": sum(village.welcomes(today) for village in villages),
            "telecentres": len(desks),
            "free_desks": sum(getattr(place, "free", None) or 0 for place in desks),
            "members": members.count(),
            "newcomers": members.filter(joined_on__gt=today - NEWCOMERS_SINCE).count(),
        },
        "now": now,
        "desks": desks,
        "desks_day": desks_day,
        "villages": villages,
        "season": of_the_season(villages, today),
        "network_map": network_map(villages, desks),
    }
    return render(request, "home.html", context)


def of_the_season(villages: list[Village], today: dt.date) -> list[Village]:
    """Three villages, others each month and the same all month long, with their way to a télécentre."""

    def throw(village: Village) -> bytes:
        return sha256(f"{today:%Y-%m} {village.commune.insee_code}".encode()).digest()

    season = sorted((village for village in villages if village.tagline), key=throw)[:3]
    journeys = Journey.objects.filter(place__kind=PlaceKind.TELECENTRE).nearest_of_each_kind(season).with_place()
    nearest = {journey.village_id: journey for journey in journeys}
    for village in season:
        village.telecentre_journey = nearest.get(village.pk)
    return season


def network_map(villages: list[Village], telecentres: list[Telecentre]) -> str:
    """The whole network on the territory's ground; a village that has a télécentre shows the télécentre."""
    houses = {place.commune.insee_code for place in telecentres}
    marks = [
        Mark(village.commune.insee_code, village.commune.name) for village in villages if village.commune.insee_code not in houses
    ]
    marks += [Mark(place.commune.insee_code, place.name, kind="telecentre") for place in telecentres]
    return territory_pictures.territory_map(
        marks,
        title=_("The network on the map"),
        description=_("The communes as fine dots, the welcoming villages and the télécentres. The lists beside it say the same."),
    )


# ---- A village, with the desks beside it -------------------------------------------------------------------------------


def desks_beside(village: Village, journey: Journey | None) -> dict:
    """The free desks of the nearest télécentre."""
    telecentre = journey and Telecentre.objects.open().filter(commune=journey.place.commune_id).first()
    if not telecentre:
        return {}
    return {
        "beside_template": "villages/_desks_beside.html",
        "place": telecentre,
        "mornings": [(day, halves[0].free) for day, halves in next_days_free(telecentre, now=timezone.now())],
    }


# ---- The matching, with the project files beside it --------------------------------------------------------------------


def files_beside(request: HttpRequest, form: MatchingForm) -> dict:
    """The open files of whoever is signed in, to which the answers can be joined."""
    files = list(own_files(request.user).with_answers(form.address())) if request.user.is_authenticated else []
    return {"beside_template": "villages/_files_beside.html", "files": files} if files else {}


@require_POST
def join_answers(request: HttpRequest) -> HttpResponse:
    """Carry the answers into an open file of one's own. Anybody else's file is not there."""
    file = get_object_or_404(own_files(request.user), reference=request.POST.get("file", ""))
    form = addresses.answers_of(request.POST.get("answers", ""))
    if not form.is_valid():
        messages.error(request, _("These answers are not complete: nothing was joined. Look at them again."))
        return redirect(f"{reverse('villages:find')}?{form.data.urlencode()}")
    services.join_answers(file=file, answers=Answers.read(form.address()), by=request.user, now=timezone.now())
    messages.success(
        request, _("Your answers are in your file %(reference)s: your adviser sees them there.") % {"reference": file.reference}
    )
    return redirect(addresses.results_address(form))


def seats_of(user: User) -> QuerySet[CommitteeMember]:
    return CommitteeMember.objects.filter(user=user, village__in=Village.objects.public())


def own_files(user: User) -> QuerySet[ProjectFile]:
    return ProjectFile.objects.filter(holder__user=user).open().order_by("opened_at", "pk")


# ---- A committee's page, with the families that it is asked about ---------------------------------------------------------


def introductions_beside(seat: CommitteeMember) -> dict:
    """Those that await an answer, each under the reader's own link, and those that the village has said yes to."""
    here = Introduction.objects.filter(village=seat.village_id).with_people()
    asked = [
        (introduction, FamilyLabel.of(introduction.request), links.answer_link(introduction, seat))
        for introduction in here.silent().order_by("sent_at", "pk")
    ]
    met = [
        (introduction, FamilyLabel.of(introduction.request), links.answer_link(introduction, seat))
        for introduction in here.filter(state__in=IntroductionState.welcomed()).order_by("-state_since", "-pk")
    ]
    if not asked and not met:
        return {}
    return {"beside_template": "villages/_introductions.html", "asked": asked, "met": met}


# ---- Housing, and who may see leads ----------------------------------------------------------------------------------


def is_qualified(request: HttpRequest, *, insist: bool = False) -> bool:
    """Whether somebody signed in may see the dwellings kept for candidates whom an adviser knows: they are one, or of the team.

    With `insist`, raises SecondStepNeeded for one of the team whose account is not protected yet.
    """
    user = request.user
    if user.may(Act.SEE_RESERVED_HOMES):
        return True
    if insist and user.owns(Act.SEE_RESERVED_HOMES):
        raise SecondStepNeeded
    return ProjectFile.objects.filter(holder__user=user, stage__in=Stage.qualified()).exists()


# ---- For search engines ------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """All may be read that stands in the sitemap; spaces of one's own ask for a sign-in anyway."""
    return HttpResponse(f"User-agent: *\nAllow: /\n\nSitemap: {settings.SITE_URL}{reverse('sitemap')}\n", content_type="text/plain")


@login_not_required
@require_safe
@conditional_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Where each part stands: a part is cut before it is too long."""
    return sitemap_views.index(request, SITEMAPS, sitemap_url_name="sitemap-section")


@login_not_required
@require_safe
@conditional_page
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    return sitemap_views.sitemap(request, SITEMAPS, section=section)


# ---- Mon espace --------------------------------------------------------------------------------------------------------


@require_safe
def my_space(request: HttpRequest) -> HttpResponse:
    """What is coming for this person, in time order, and what else is theirs here, whatever they are to the network."""
    now, user = timezone.now(), request.user
    context = {
        "now": now,
        "coming": sorted([*coming_bookings(user, now, at_most=BOOKINGS_SHOWN), *visits_of(user, now)], key=attrgetter("at")),
        "member": Member.objects.active().filter(user=user).select_related("commune").first(),
        "own_files": own_files(user).select_related("adviser"),
        "hosted": user.hosted_telecentres.select_related("commune").in_french_order(),
        "seats": seats_of(user).select_related("village__commune").order_by("village__commune__sort_name", "pk"),
        "desk": desk_counts(user, now) if user.may(Act.WORK_ON_FILES) else None,
        "awaits_second_step": user.awaits_second_step,
    }
    return render(request, "my_space.html", context)


def desk_counts(user, now: dt.datetime) -> dict[str, int]:
    """What waits for an adviser this morning, counted as the desk counts it: also what they do for those who are away."""
    desk = AdviserDesk(user, now=now)
    return {
        "late": families.late_tasks(desk, most=1).total,
        "today": families.tasks_of_today(desk, most=1).total,
        "files": ProjectFile.objects.open().filter(adviser=user).count(),
        "unassigned": ProjectFile.objects.without_adviser().count(),
    }


# ---- Try before settling -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def grant_trial_page(request: HttpRequest, reference: str) -> HttpResponse:
    """Half-days for the holder of a file. GET asks how many, POST grants them."""
    require_or_404(request.user, Act.WORK_ON_FILES)
    file = get_object_or_404(ProjectFile.objects.visible_to(request.user).select_related("holder__user"), reference=reference)
    form = TrialForm(request.POST or None)
    if form.is_valid():
        try:
            trial = trials.grant_trial_to_holder(file=file, half_days=form.cleaned_data["half_days"], by=request.user)
        except trials.TrialRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(holder)s has a trial: %(trial)s.") % {"holder": file.holder, "trial": trial})
            return redirect("admin:projects_projectfile_change", file.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "grant_trial.html", {"file": file, "form": form}, status=status)


# ---- Health and refusals -----------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers: nothing else is asked of it."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the portal can do its work, 503 with a sentence a fault when it cannot; notices want a person's eye and no alarm.

    Strangers hear whether it is ready, not what is wrong.
    """
    now = timezone.now()
    faults = {name: fault for name, fault in health.check_all(now).items() if fault}
    notices = {name: notice for name, notice in health.tell_all(now).items() if notice}
    details = {"faults": faults, "notices": notices} if safety.is_of_the_house(request) else {}
    response = JsonResponse({"ready": not faults} | details, status=503 if faults else 200)
    response["Cache-Control"] = "no-store"
    return response


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What was typed comes back with a fresh token, where the browser says that one of our own pages sent it."""
    kept = kept_forms.KeptForm.of(request) if kept_forms.came_from_our_own_page(request) else None
    return render(request, "403_csrf.html", {"kept": kept}, status=HTTPStatus.FORBIDDEN)


@never_cache
@require_safe
def take_up_again(request: HttpRequest) -> HttpResponse:
    """After the sign-in: what was sent when the session had ended, to be looked at and sent again."""
    return render(request, "take_up_again.html", {"kept": kept_forms.kept_form_of(request.session)})


def server_error(request: HttpRequest) -> HttpResponse:
    """503 with a page and the time to come back while the database is away, in the middle of a request too; 500 for all else."""
    if not is_away(sys.exc_info()[1]):
        return django_server_error(request)
    with override(get_language_from_request(request, check_path=True)):
        page = render_to_string("503.html")
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
