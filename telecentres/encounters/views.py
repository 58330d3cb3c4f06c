"""Newcomers say whether they wish to meet members of their trade."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members.enums import MemberStatus
from members.models import Member
from members.profiles.services import agree_encounters
from telecentres.visitors import redirect_to_my_bookings


@require_POST
def be_introduced(request: HttpRequest) -> HttpResponse:
    """Whoever is on trial says whether they wish to meet members of their trade. Members say it on their own page."""
    newcomer = get_object_or_404(Member, user=request.user, status=MemberStatus.TRIAL)
    agreed = "no" not in request.POST
    agree_encounters(member=newcomer, meets_newcomers=agreed, at=timezone.now())
    messages.success(
        request,
        _("Agreed: you will be introduced to members of your trade.") if agreed else _("You will not be introduced any more."),
    )
    return redirect_to_my_bookings()
