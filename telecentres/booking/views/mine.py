"""A member's own page: what they have booked, wait for and have paid ahead; and the word that they are there."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from members.enums import MemberStatus
from telecentres.booking import arriving
from telecentres.booking.coming import coming_bookings
from telecentres.half_days import local_day
from telecentres.models import Booking, BookingSeries, Pass, WaitingEntry
from telecentres.visitors import member_of, redirect_to_my_bookings

BOOKINGS_A_PAGE = 20


@require_safe
def my_bookings(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    bookings = Booking.objects.visible_to(request.user).with_place()
    page = Paginator(bookings.past(now), BOOKINGS_A_PAGE).get_page(request.GET.get("page"))
    entries = WaitingEntry.objects.visible_to(request.user).waiting().filter(period__endswith__gt=now)
    passes = Pass.objects.visible_to(request.user)
    series = BookingSeries.objects.visible_to(request.user).filter(ended_at=None, last__gte=local_day(now))
    member = member_of(request)
    return render(
        request,
        "telecentres/my_bookings.html",
        {
            "coming": coming_bookings(request.user, now),
            "page": page,
            "waiting": entries.with_position().select_related("telecentre__commune").order_by("period", "pk"),
            "series": series.select_related("telecentre__commune", "desk").order_by("first", "pk"),
            "passes": passes.valid_on(local_day(now)).with_something_left().order_by("valid_until", "pk"),
            "is_member": member is not None,
            "newcomer": member if member and member.status == MemberStatus.TRIAL else None,
        },
    )


@require_POST
def check_in_by_member(request: HttpRequest, pk: int) -> HttpResponse:
    """The member says that they are there."""
    booking = get_object_or_404(Booking.objects.visible_to(request.user).with_place(), pk=pk)
    try:
        arriving.check_in(booking=booking)
    except arriving.CheckInRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Welcome: %(desk)s is yours.") % {"desk": booking.desk})
    return redirect_to_my_bookings()
