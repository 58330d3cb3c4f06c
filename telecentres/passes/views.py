"""A member's passes, each with its movements."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from telecentres.half_days import local_day
from telecentres.models import Pass, PassEntry, PassOffer


@require_safe
def my_passes(request: HttpRequest) -> HttpResponse:
    """Each pass with all its movements, the last one first."""
    passes = Pass.objects.visible_to(request.user).order_by("-valid_until", "-pk")
    entries = PassEntry.objects.select_related("booking__desk__telecentre").order_by("-at", "-pk")
    return render(
        request,
        "telecentres/my_passes.html",
        {
            "passes": passes.select_related("payment").prefetch_related(Prefetch("entries", entries)),
            "offers": PassOffer.objects.on_sale(),
            "today": local_day(timezone.now()),
        },
    )
