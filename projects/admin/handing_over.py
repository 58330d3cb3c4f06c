"""The files of an adviser who leaves, handed over by the lead."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from members.access import Act
from members.models import User
from projects.activity import refusals
from projects.files import handing_over
from projects.files.forms import HandOverForm
from projects.models import ProjectFile


class HandOverPages:
    def hand_over_urls(self) -> list:
        form = require_http_methods(["GET", "HEAD", "POST"])
        return [path("transmettre/", self.admin_site.admin_view(form(self.hand_over)), name="projects_hand_over")]

    def hand_over(self, request: HttpRequest) -> HttpResponse:
        """`de` in the address names whose files; without it, the team and how many each follows."""
        if not request.user.may(Act.LEAD_FILES):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Hand files over")}
        following = ProjectFile.objects.open().filter(adviser__isnull=False).values("adviser")
        team = User.objects.filter(pk__in=following).order_by("sort_name", "pk")
        if not request.GET.get("de", "").isdecimal():
            return TemplateResponse(request, "admin/projects/hand_over.html", context | {"team": team})
        leaving = get_object_or_404(team, pk=request.GET["de"])
        form = HandOverForm(request.POST if request.method == "POST" else None, leaving=leaving)
        if form.is_valid():
            try:
                done = handing_over.hand_over(**form.cleaned_data, by=request.user, now=timezone.now())
            except refusals.Refused as refusal:
                form.refuse(refusal)
            else:
                said = ngettext("%(n)d file is with %(to)s now.", "%(n)d files are with %(to)s now.", done)
                self.message_user(request, said % {"n": done, "to": form.cleaned_data["to"]}, messages.SUCCESS)
                return redirect(f"{reverse('admin:projects_hand_over')}")
        context |= {"form": form, "leaving": leaving}
        return TemplateResponse(request, "admin/projects/hand_over.html", context, status=422 if form.errors else 200)
