"""Whoever asks for a page: the place they ask about or keep, who they are as a member, and the way to their bookings."""

from http import HTTPStatus

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from members.access import SecondStepNeeded
from members.enums import MemberStatus
from members.models import Member
from telecentres.half_days import local_day
from telecentres.models import Pass, Telecentre


def open_place(slug: str) -> Telecentre:
    return get_object_or_404(Telecentre.objects.open().select_related("commune"), slug=slug)


def place_of_host(request: HttpRequest, slug: str) -> Telecentre:
    """Raises Http404 for whoever does not look after it, SecondStepNeeded where only their second step is missing."""
    place = open_place(slug)
    if place.is_kept_by(request.user):
        return place
    if place.is_entrusted_to(request.user):
        raise SecondStepNeeded
    raise Http404


def member_of(request: HttpRequest) -> Member | None:
    """The visitor as somebody who may book: a member, or one who thinks of settling and has a trial."""
    if not request.user.is_authenticated:
        return None
    return Member.objects.filter(user=request.user.pk, status__in=MemberStatus.may_book()).first()


def member_with_half_days(request: HttpRequest) -> Member | None:
    """The same, with `half_days_left` on all passes that are valid today."""
    if not request.user.is_authenticated:
        return None
    passes = Pass.objects.filter(member=OuterRef("pk")).valid_on(local_day(timezone.now())).order_by()
    left = passes.values("member").annotate(left=Sum("balance")).values("left")
    members = Member.objects.filter(user=request.user.pk, status__in=MemberStatus.may_book())
    return members.annotate(half_days_left=Coalesce(Subquery(left), 0)).first()


def redirect_to_my_bookings() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("telecentres:my-bookings"), status=HTTPStatus.SEE_OTHER)
