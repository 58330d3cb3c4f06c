"""The presses of the morning: done, put off, for a task or for a card that is none."""

import datetime as dt
import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from projects import services
from projects.models import Task
from projects.working_days import working_days_after

CARD = re.compile(r"(first|news|answer|nothing|pause|silent|money|paper):\d+(:[\w:-]{1,40})?")
SIX_DAYS = dt.timedelta(days=6)  # and the working day that follows


class MorningActs:
    def morning_urls(self) -> list:
        return [path("matinee/", self.admin_site.admin_view(require_POST(self.act)), name="projects_morning_act")]

    def act(self, request: HttpRequest) -> HttpResponse:
        """`card` and what to do with it: `done`, `tomorrow`, `week`. Back to the morning, where the next card is."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        card, what, now = request.POST.get("card", ""), request.POST.get("act", ""), timezone.now()
        today = timezone.localdate(now)
        until = {
            "tomorrow": working_days_after(today, 1),
            "week": working_days_after(today + SIX_DAYS, 1),
        }.get(what)
        if until is None and what != "done":
            raise Http404
        kind, _colon, pk = card.partition(":")
        if kind == "task" and pk.isdecimal():
            self.act_on_task(request, int(pk), until, now)
        elif CARD.fullmatch(card):
            services.put_aside(card=card, by=request.user, until=until, now=now)
            self.message_user(request, _("Put aside.") if until else _("Done."), messages.SUCCESS)
        else:
            raise Http404
        team = "?equipe=oui" if "team" in request.POST else ""
        basket = request.POST.get("basket", "")
        return redirect(f"{reverse('admin:index')}{team}#{basket if re.fullmatch('[a-z-]{1,20}', basket) else 'matinee'}")

    def act_on_task(self, request: HttpRequest, pk: int, until: dt.date | None, now: dt.datetime) -> None:
        task = Task.objects.visible_to(request.user).filter(pk=pk).first()
        if task is None:
            raise Http404
        if until is None:
            services.finish_task(task=task, by=request.user, now=now)
            self.message_user(request, _("“%(task)s” is done.") % {"task": task.title}, messages.SUCCESS)
            return
        try:
            services.postpone_task(task=task, to=until, by=request.user, now=now)
        except services.TaskRefused as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
        else:
            self.message_user(request, _("“%(task)s” is put off.") % {"task": task.title}, messages.SUCCESS)
