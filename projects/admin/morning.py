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

from common.working_days import working_days_after
from projects.activity import refusals, to_do
from projects.models import Task
from projects.reminders.morning import CardKind, aside, end_of_fact
from projects.reminders.morning.ends import MODELS

CARD = re.compile(rf"(?P<kind>{'|'.join(CardKind)}):(?P<pk>\d{{1,18}})(:[\w:-]{{1,40}})?")
SIX_DAYS = dt.timedelta(days=6)  # and the working day that follows


class MorningActs:
    def morning_urls(self) -> list:
        return [path("matinee/", self.admin_site.admin_view(require_POST(self.act)), name="projects_morning_act")]

    def act(self, request: HttpRequest) -> HttpResponse:
        """`card` and what to do with it: `done`, `tomorrow`, `week`. Back to the morning, where the next card is.

        A fact is done on its own page, where a press on `done` leads: it is never hidden while it stands.
        """
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
        named = CARD.fullmatch(card)
        if named is None:
            raise Http404
        kind, pk = CardKind(named["kind"]), int(named["pk"])
        if kind == CardKind.TASK:
            self.act_on_task(request, pk, until, now)
        elif until is None and not kind.is_told:
            return self.lead_to_its_end(request, kind, pk)
        else:
            aside.put_aside(card=card, by=request.user, until=until, now=now)
            self.message_user(request, _("Put off.") if until else _("Seen."), messages.SUCCESS)
        team = "?equipe=oui" if "team" in request.POST else ""
        basket = request.POST.get("basket", "")
        return redirect(f"{reverse('admin:index')}{team}#{basket if re.fullmatch('[a-z-]{1,20}', basket) else 'matinee'}")

    def lead_to_its_end(self, request: HttpRequest, kind: CardKind, pk: int) -> HttpResponse:
        row = MODELS[kind].objects.filter(pk=pk).first()
        if row is None:
            raise Http404
        said = _("This card goes once it is done. Write it down here.")
        self.message_user(request, said, messages.INFO)
        return redirect(end_of_fact(kind, row).url)

    def act_on_task(self, request: HttpRequest, pk: int, until: dt.date | None, now: dt.datetime) -> None:
        task = Task.objects.visible_to(request.user).filter(pk=pk).first()
        if task is None:
            raise Http404
        if until is None:
            to_do.finish_task(task=task, by=request.user, now=now)
            self.message_user(request, _("“%(task)s” is done.") % {"task": task.title}, messages.SUCCESS)
            return
        try:
            to_do.postpone_task(task=task, to=until, by=request.user, now=now)
        except refusals.TaskRefused as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
        else:
            self.message_user(request, _("“%(task)s” is put off.") % {"task": task.title}, messages.SUCCESS)
