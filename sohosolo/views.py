"""Home, "mon espace", health: the only place that joins apps."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.csrf import csrf_failure as django_csrf_failure
from django.views.decorators.http import require_safe

from sohosolo import health
from telecentres.models import Telecentre
from villages.models import Village


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(
        request, "home.html", {"villages": Village.objects.public().count(), "telecentres": Telecentre.objects.open().count()}
    )


@require_safe
def my_space(request: HttpRequest) -> HttpResponse:
    return render(request, "my_space.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return django_csrf_failure(request, reason, template_name="403_csrf.html")


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers: nothing else is asked of it."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the portal can do its work, 503 with a sentence a fault when it cannot."""
    faults = {name: fault for name, fault in health.check_all(timezone.now()).items() if fault}
    return JsonResponse({"ready": not faults, "faults": faults}, status=503 if faults else 200)
