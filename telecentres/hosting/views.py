"""The day of a place, for whoever keeps it: arrivals, people on the telephone, closing. Nobody else has these pages."""

import datetime as dt
import secrets
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.typography import euros
from members.enums import MeansOfPayment
from members.models import User
from telecentres import wording
from telecentres.availability.board import DeskState
from telecentres.availability.day import DayPlan
from telecentres.booking import arriving, cancelling
from telecentres.booking.refusals import BookingRefused, CancellationRefused
from telecentres.booking.services import book_any_desk, book_desk
from telecentres.booking.views.week import asked_day
from telecentres.enums import Stretch
from telecentres.half_days import Opening, local_day
from telecentres.hosting import closing
from telecentres.hosting.callers import described_apart, members_called, says_too_little
from telecentres.hosting.forms import CallerForm, ClosingForm, PlanFormSet, RoomFormSet, SaleForm
from telecentres.models import Booking, Closure, Desk, OpeningHours, Telecentre
from telecentres.passes import ledger
from telecentres.visitors import place_of_host


@require_safe
def day(request: HttpRequest, slug: str) -> HttpResponse:
    place = place_of_host(request, slug)
    asked, _unknown = asked_day(request, None, local_day(timezone.now()))
    return show_day(request, place, asked)


def show_day(
    request: HttpRequest,
    place: Telecentre,
    shown: dt.date,
    *,
    form: CallerForm | None = None,
    sale: SaleForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    now = timezone.now()
    plan = DayPlan(place, shown, now=now)
    usual = {"day": shown, "key": secrets.token_urlsafe(16)}
    return render(
        request,
        "telecentres/day.html",
        {
            "telecentre": place,
            "plan": plan,
            "form": form or CallerForm(None, desks=plan.desks, initial=usual),
            "sale": sale or SaleForm(initial={"key": secrets.token_urlsafe(16)}, auto_id="sale_%s"),
            "previous": shown - dt.timedelta(days=1),
            "next": shown + dt.timedelta(days=1),
            "closures": Closure.objects.coming(now).filter(telecentre=place).select_related("desk"),
            "now": now,
        },
        status=status,
    )


@require_safe
def wall(request: HttpRequest, slug: str) -> HttpResponse:
    """Today on a screen on the wall, read from afar and renewed by itself: first names alone, since anybody passes."""
    place = place_of_host(request, slug)
    now = timezone.now()
    response = render(
        request, "telecentres/wall.html", {"telecentre": place, "plan": DayPlan(place, local_day(now), now=now), "now": now}
    )
    response["Refresh"] = "60"  # nobody stands there to press, and nobody is interrupted
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Where each desk and each room stands on the drawn plan, the drawing above the figures."""
    place = place_of_host(request, slug)
    desks = Desk.objects.filter(telecentre=place, is_active=True).in_order()
    forms = PlanFormSet(request.POST or None, queryset=desks)
    rooms = RoomFormSet(request.POST or None, instance=place, prefix="room")
    if all([forms.is_valid(), rooms.is_valid()]):
        with transaction.atomic():
            forms.save()
            rooms.save()
        messages.success(request, _("The plan is drawn anew."))
        return HttpResponseRedirect(reverse("telecentres:plan", args=[place.slug]), status=HTTPStatus.SEE_OTHER)
    return render(
        request,
        "telecentres/plan.html",
        {
            "telecentre": place,
            "forms": forms,
            "rooms": rooms,
            "states": [(desk, DeskState.FREE) for desk in desks.all()],
            "areas": place.plan_areas.all(),
        },
        status=HTTPStatus.UNPROCESSABLE_ENTITY if forms.is_bound else HTTPStatus.OK,
    )


def redirect_to_day(place: Telecentre, shown: dt.date) -> HttpResponseRedirect:
    address = reverse("telecentres:day", args=[place.slug])
    return HttpResponseRedirect(f"{address}?jour={shown.isoformat()}", status=HTTPStatus.SEE_OTHER)


@require_POST
def check_in_by_host(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    place = place_of_host(request, slug)
    booking = get_object_or_404(Booking.objects.filter(desk__telecentre=place), pk=pk)
    try:
        booking = arriving.check_in(booking=booking)
    except arriving.CheckInRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(who)s is there: %(desk)s.") % {"who": booking.who, "desk": booking.desk})
    return redirect_to_day(place, local_day(booking.starts_at))


@require_POST
def call_off(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    place = place_of_host(request, slug)
    booking = get_object_or_404(Booking.objects.with_place().filter(desk__telecentre=place), pk=pk)
    try:
        booking = cancelling.cancel_booking(booking=booking, by=request.user)
    except CancellationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = {"desk": booking.desk, "who": booking.who, "when": wording.booked_time(booking)}
        messages.success(request, _("Called off: %(desk)s, %(who)s, %(when)s.") % said)
    return redirect_to_day(place, local_day(booking.starts_at))


@require_POST
def book_for(request: HttpRequest, slug: str) -> HttpResponse:
    """In a member's name, or for a passer-by."""
    place = place_of_host(request, slug)
    desks = list(Desk.objects.filter(telecentre=place, is_active=True).in_order())
    form = CallerForm(request.POST, desks=desks, initial={})
    now = timezone.now()
    if not form.is_valid():
        shown = form.cleaned_data.get("day") or local_day(now)
        return show_day(request, place, shown, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    facts = form.cleaned_data
    slot = Opening(OpeningHours.objects.filter(telecentre=place)).slot(facts["day"], Stretch(facts["stretch"]))
    who = person_called(facts["who"], form, place=place, by=request.user)
    if slot is None:
        form.add_error("stretch", _("The place is closed then."))
    if who is None or slot is None:
        return show_day(request, place, facts["day"], form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wish = {"period": slot.period, "key": facts["key"], "booked_by": request.user, "note": facts["note"], "on_the_spot": True}
    try:
        if desk := form.chosen_desk:
            desk.telecentre = place
            booking = book_desk(desk=desk, now=now, **wish, **who)
        else:
            booking = book_any_desk(telecentre=place, now=now, **wish, **who)
    except BookingRefused as refusal:
        form.add_error("desk", str(refusal))
        return show_day(request, place, facts["day"], form=form, status=HTTPStatus.CONFLICT)
    said = {"desk": booking.desk, "who": booking.who, "when": wording.booked_time(booking)}
    messages.success(request, _("Booked: %(desk)s, %(who)s, %(when)s.") % said)
    return redirect_to_day(place, facts["day"])


def person_called(who: str, form: Form, *, place: Telecentre, by: User) -> dict | None:
    """Whom it is for: one member, or a passer-by; None when the name says too little, as the form then says."""
    if says_too_little(who):
        form.add_error("who", _("Write three letters of the name at least, or the e-mail address."))
        return None
    members = members_called(who, place=place)
    if len(members) > 1:
        sentence = _("Several members are called so. Ask for the e-mail address of the one and write it here: %(names)s")
        form.add_error("who", sentence % {"names": described_apart(members, by)})
        return None
    if members:
        return {"member": members[0]}
    if "@" in who:
        try:
            validate_email(who)
        except ValidationError as error:
            form.add_error("who", error)
            return None
    return {"member": None, "guest": who, "guest_email": who if "@" in who else ""}


@require_POST
def sell(request: HttpRequest, slug: str) -> HttpResponse:
    """A pass, to a member who pays it here."""
    place = place_of_host(request, slug)
    form, today = SaleForm(request.POST, auto_id="sale_%s"), local_day(timezone.now())
    who = person_called(form.cleaned_data["who"], form, place=place, by=request.user) if form.is_valid() else None
    if not form.is_valid():
        return show_day(request, place, today, sale=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    facts = form.cleaned_data
    paid = {"means": MeansOfPayment(facts["means"]), "by": request.user}
    try:
        sold = ledger.sell_pass(offer=facts["offer"], member=who["member"], key=facts["key"], sold_at=place, **paid)
    except ledger.LedgerRefused as refusal:
        form.add_error("who", str(refusal))
        return show_day(request, place, today, sale=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    sentence, details = _("The pass is sold: %(who)s, %(pass)s."), {"who": who["member"], "pass": sold}
    if sold.payment:
        sentence = _("The pass is sold: %(who)s, %(pass)s; %(price)s, %(how)s.")
        details |= {"price": euros(sold.payment.amount), "how": sold.payment.how}
    messages.success(request, sentence % details)
    return redirect_to_day(place, today)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked for, then looked at: who is concerned and where each goes. Only the second press closes."""
    place = place_of_host(request, slug)
    desks = list(Desk.objects.filter(telecentre=place, is_active=True).in_order())
    now = timezone.now()
    form = ClosingForm(request.POST or None, telecentre=place, desks=desks, initial={"first": local_day(now)})
    affected, refusal = None, None
    if form.is_valid():
        wish = {"telecentre": place, "desk": form.chosen_desk, "period": form.period, "now": now}
        if "close" in request.POST:
            try:
                closure = closing.close_days(reason=form.cleaned_data["reason"], **wish)
            except closing.ClosureRefused as error:
                refusal = error
            else:
                messages.success(request, _("Closed: %(when)s.") % {"when": wording.stretch_of_time(closure.period)})
                return redirect_to_day(place, form.cleaned_data["first"])
        else:
            affected = closing.affected_bookings(**wish)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and not form.is_valid() else HTTPStatus.OK
    return render(
        request,
        "telecentres/close.html",
        {"telecentre": place, "form": form, "affected": affected, "refusal": refusal},
        status=HTTPStatus.CONFLICT if refusal else status,
    )


@require_POST
def reopen(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    place = place_of_host(request, slug)
    closure = get_object_or_404(Closure, telecentre=place, pk=pk)
    closing.reopen(closure=closure)
    messages.success(request, _("Open again: %(when)s.") % {"when": wording.stretch_of_time(closure.period)})
    return redirect_to_day(place, local_day(closure.period.lower))
