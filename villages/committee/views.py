"""The committee's space: what somebody of a village looks after there. Whoever has no seat in it finds nothing.

Reading never changes anything; each press is a form of its own, and comes back to the village with a word.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.typography import curly, dated
from villages.committee import partnerships, upkeep, village_life
from villages.committee.desk import committee_desk, topic_fact_of
from villages.committee.forms import AbsenceForm, CapacityForm, NoteForm, PageForm, PauseForm, ProjectForm, SpeedForm, TelephoneForm
from villages.enums import FactTopic
from villages.models import CommitteeMember, Village

# The roof joins what this app may not know: called with the reader's seat, it returns context for the village's page, where
# `beside_template` is included before everything else. Without it, or without that template, nothing is shown.
Beside = Callable[[CommitteeMember], dict]

form_page = require_http_methods(["GET", "HEAD", "POST"])


def seat_in(request: HttpRequest, slug: str) -> CommitteeMember:
    """The reader's seat in that village, as the site shows it; anybody else finds nothing."""
    seats = CommitteeMember.objects.filter(user=request.user, village__slug=slug, village__in=Village.objects.public())
    seat = seats.select_related("village__commune").in_order().first()
    if seat is None:
        raise Http404
    return seat


@require_safe
def committee(request: HttpRequest) -> HttpResponse:
    """The villages that one looks after; where there is only one, the way is short."""
    kept = list(Village.objects.kept_by(request.user).with_commune().in_french_order())
    if not kept:
        raise Http404
    if len(kept) == 1:
        return redirect("villages:committee-village", kept[0].slug)
    return render(request, "villages/committee.html", {"villages": kept})


@require_safe
def village(request: HttpRequest, slug: str, *, beside: Beside | None = None) -> HttpResponse:
    return _village(request, seat_in(request, slug), beside)


def _village(request: HttpRequest, seat: CommitteeMember, beside: Beside | None, **forms_back: forms.Form) -> HttpResponse:
    """The village, with a form that came back where it stood."""
    today = timezone.localdate()
    context: dict[str, Any] = {
        "desk": committee_desk(seat, on=today),
        "seat": seat,
        "village": seat.village,
        "commune": seat.village.commune,
        "capacity_form": CapacityForm(initial={"families": seat.village.monthly_capacity}),
        "pause_form": PauseForm(on=today),
    }
    joined = beside(seat) if beside else {}
    return render(request, "villages/committee_village.html", context | forms_back | joined)


def _redirect_to_village(request: HttpRequest, slug: str, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("villages:committee-village", slug)


def _do_and_redirect(request: HttpRequest, slug: str, act: Callable[[], object], said: str) -> HttpResponse:
    """One press: it is done and said, or refused with a sentence; either way back to the village."""
    try:
        act()
    except partnerships.VillageRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("villages:committee-village", slug)
    return _redirect_to_village(request, slug, said)


# ---- The words of the page ---------------------------------------------------------------------------------------------


@form_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    seat = seat_in(request, slug)
    kept, meanwhile = seat.village, False
    form = PageForm(request.POST or None, initial={"tagline": kept.tagline, "description": kept.description})
    if form.is_valid():
        try:
            upkeep.write_page(
                village=kept, **form.cleaned_data, by=seat.name, on=timezone.localdate(), seen=request.POST.get("seen", "")
            )
        except partnerships.VillageRefused as refusal:
            meanwhile = isinstance(refusal, upkeep.ChangedMeanwhile)
            form.add_error(None, _not_lost(refusal) if meanwhile else str(refusal))
            kept.refresh_from_db(fields=["tagline", "description"])
        else:
            return _redirect_to_village(request, slug, _("The page says what you wrote."))
    context = {"village": kept, "commune": kept.commune, "form": form, "seen": upkeep.page_version(kept), "meanwhile": meanwhile}
    return render(request, "villages/committee_page.html", context)


def _not_lost(refusal: partnerships.VillageRefused) -> str:
    return _("%(what)s Nothing is lost: what you wrote is below, what stands there now is beside it. Save again to keep yours.") % {
        "what": refusal
    }


@require_POST
def page_confirm(request: HttpRequest, slug: str) -> HttpResponse:
    seat = seat_in(request, slug)
    return _do_and_redirect(
        request,
        slug,
        lambda: upkeep.confirm_page(village=seat.village, by=seat.name, on=timezone.localdate()),
        _("The page is read again, as of today."),
    )


# ---- The facts ---------------------------------------------------------------------------------------------------------


def _topic(name: str) -> FactTopic:
    try:
        return FactTopic(name)
    except ValueError as unknown:
        raise Http404 from unknown


@form_page
def fact(request: HttpRequest, slug: str, topic: str) -> HttpResponse:
    """A fact, true with a word to add."""
    seat, about = seat_in(request, slug), _topic(topic)
    line = topic_fact_of(seat, about, on=timezone.localdate())
    form = NoteForm(request.POST or None, initial={"note": line.note})
    if form.is_valid():
        try:
            upkeep.check_fact(
                village=seat.village, topic=about, by=seat.name, on=timezone.localdate(), note=form.cleaned_data["note"]
            )
        except partnerships.VillageRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _redirect_to_village(request, slug, _checked_message(about))
    context = {"village": seat.village, "commune": seat.village.commune, "form": form, "line": line}
    return render(request, "villages/committee_fact.html", context)


@require_POST
def fact_confirm(request: HttpRequest, slug: str, topic: str) -> HttpResponse:
    seat, about = seat_in(request, slug), _topic(topic)
    return _do_and_redirect(
        request,
        slug,
        lambda: upkeep.check_fact(village=seat.village, topic=about, by=seat.name, on=timezone.localdate()),
        _checked_message(about),
    )


def _checked_message(about: FactTopic) -> str:
    return _("Noted: %(topic)s, still true today.") % {"topic": about.label}


# ---- Projects ----------------------------------------------------------------------------------------------------------


@form_page
def project_add(request: HttpRequest, slug: str) -> HttpResponse:
    seat = seat_in(request, slug)
    form = ProjectForm(request.POST or None)
    if form.is_valid():
        try:
            added = village_life.add_project(village=seat.village, **form.cleaned_data, by=seat.name, on=timezone.localdate())
        except partnerships.VillageRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _redirect_to_village(request, slug, _("“%(title)s” is on the page.") % {"title": added})
    return render(
        request, "villages/committee_project.html", {"village": seat.village, "commune": seat.village.commune, "form": form}
    )


@form_page
def project(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    seat = seat_in(request, slug)
    kept, meanwhile = get_object_or_404(seat.village.projects.all(), pk=pk), False
    form = ProjectForm(request.POST or None, initial=ProjectForm.present(kept))
    if form.is_valid():
        try:
            village_life.change_project(
                project=kept, **form.cleaned_data, by=seat.name, on=timezone.localdate(), seen=request.POST.get("seen", "")
            )
        except partnerships.VillageRefused as refusal:
            meanwhile = isinstance(refusal, upkeep.ChangedMeanwhile)
            form.add_error(None, _not_lost(refusal) if meanwhile else str(refusal))
            kept = seat.village.projects.filter(pk=pk).first() or kept
        else:
            return _redirect_to_village(
                request, slug, _("“%(title)s” says what you wrote.") % {"title": form.cleaned_data["title"]}
            )
    context = {
        "village": seat.village,
        "commune": seat.village.commune,
        "form": form,
        "project": kept,
        "seen": village_life.project_version(kept),
        "meanwhile": meanwhile,
    }
    return render(request, "villages/committee_project.html", context)


@require_POST
def project_confirm(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    seat = seat_in(request, slug)
    kept = get_object_or_404(seat.village.projects.all(), pk=pk)
    return _do_and_redirect(
        request,
        slug,
        lambda: village_life.confirm_project(project=kept, by=seat.name, on=timezone.localdate()),
        _("Noted: “%(title)s” stands as the page tells it.") % {"title": kept},
    )


@form_page
def project_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    seat = seat_in(request, slug)
    kept = get_object_or_404(seat.village.projects.all(), pk=pk)
    if request.method == "POST":
        return _do_and_redirect(
            request, slug, lambda: village_life.remove_project(project=kept), _("“%(title)s” is off the page.") % {"title": kept}
        )
    return _asked_once(request, seat, what=kept.title, why=_("If it is finished, you may say so instead: people like to read it."))


# ---- Speeds measured -----------------------------------------------------------------------------------------------------


@form_page
def speed_add(request: HttpRequest, slug: str) -> HttpResponse:
    seat, today = seat_in(request, slug), timezone.localdate()
    form = SpeedForm(request.POST or None, on=today)
    if form.is_valid():
        try:
            village_life.add_speed_test(village=seat.village, **form.cleaned_data, by=seat.name, on=today)
        except partnerships.VillageRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _redirect_to_village(request, slug, _("The measure is on the page."))
    return render(
        request, "villages/committee_speed.html", {"village": seat.village, "commune": seat.village.commune, "form": form}
    )


@form_page
def speed_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    seat = seat_in(request, slug)
    kept = get_object_or_404(seat.village.speed_tests.all(), pk=pk)
    if request.method == "POST":
        return _do_and_redirect(
            request, slug, lambda: village_life.remove_speed_test(speed_test=kept), _("The measure is off the page.")
        )
    return _asked_once(request, seat, what=f"{kept.where}, {dated(kept.measured_on)}")


def _asked_once(request: HttpRequest, seat: CommitteeMember, *, what: str, why: str = "") -> HttpResponse:
    context = {"village": seat.village, "commune": seat.village.commune, "what": what, "why": why}
    return render(request, "villages/committee_remove.html", context)


# ---- The welcome: absences, telephone, capacity, pause ---------------------------------------------------------------------


@form_page
def absence(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Anybody of the committee may say that one of them is away: whoever is ill does not write it."""
    seat = seat_in(request, slug)
    person, today = get_object_or_404(seat.village.committee.all(), pk=pk), timezone.localdate()
    present = {"first": person.absent_from or today, "last": person.absent_until}
    form = AbsenceForm(request.POST or None, initial=present, on=today)
    if form.is_valid():
        person.village = seat.village
        try:
            upkeep.set_absence(member=person, **form.cleaned_data, on=today)
        except partnerships.VillageRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {"who": person.name, "day": dated(form.cleaned_data["last"])}
            return _redirect_to_village(request, slug, _("%(who)s is away until %(day)s.") % words)
    context = {
        "village": seat.village,
        "commune": seat.village.commune,
        "form": form,
        "person": person,
        "is_oneself": person.pk == seat.pk,
    }
    return render(request, "villages/committee_absence.html", context)


@require_POST
def absence_end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    seat = seat_in(request, slug)
    person = get_object_or_404(seat.village.committee.all(), pk=pk)
    return _do_and_redirect(
        request, slug, lambda: upkeep.clear_absence(member=person), _("%(who)s is there again.") % {"who": person.name}
    )


@form_page
def telephone(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own, nobody else's: whoever has no account tells the network."""
    seat = seat_in(request, slug)
    form = TelephoneForm(request.POST or None, initial={"phone": seat.phone, "agreed": bool(seat.phone)})
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            upkeep.set_telephone(member=seat, phone=phone, agreed_on=timezone.localdate() if phone else None)
        except partnerships.VillageRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _redirect_to_village(
                request, slug, _("The advisers may call you.") if phone else _("Nobody has your number here any more.")
            )
    context = {"village": seat.village, "commune": seat.village.commune, "form": form, "seat": seat}
    return render(request, "villages/committee_telephone.html", context)


@require_POST
def capacity(request: HttpRequest, slug: str, *, beside: Beside | None = None) -> HttpResponse:
    seat = seat_in(request, slug)
    form = CapacityForm(request.POST)
    if form.is_valid():
        try:
            upkeep.set_capacity(village=seat.village, families=form.cleaned_data["families"])
        except partnerships.VillageRefused as refusal:
            form.add_error("families", str(refusal))
        else:
            return _redirect_to_village(request, slug, _("The page says how many families you can welcome."))
    return _village(request, seat, beside, capacity_form=form)


@require_POST
def pause(request: HttpRequest, slug: str, *, beside: Beside | None = None) -> HttpResponse:
    seat = seat_in(request, slug)
    form = PauseForm(request.POST, on=timezone.localdate())
    if form.is_valid():
        try:
            upkeep.pause_welcome(village=seat.village, until=form.cleaned_data["until"])
        except partnerships.VillageRefused as refusal:
            form.add_error("until", str(refusal))
        else:
            return _redirect_to_village(request, slug, _("The welcome is paused: no family is sent to you, and the page says so."))
    return _village(request, seat, beside, pause_form=form)


@require_POST
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    seat = seat_in(request, slug)
    return _do_and_redirect(
        request,
        slug,
        lambda: upkeep.resume_welcome(village=seat.village),
        _("%(village)s welcomes again.") % {"village": curly(seat.village.commune.name)},
    )
