"""A file on one page, for whoever takes it over."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.files.page import introductions_of, tracks_of
from projects.files.timeline import timeline_of
from projects.funding.services import gap_of
from projects.household.words import household_known_of

LINES = 6  # of what was said last


class BriefPage:
    def brief_page(self) -> list:
        return [("fiche", "brief", self.brief)]

    def brief(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who, where it stands, who holds the ball, what is due, what was said last: one sheet of paper."""
        file, now = self.object_or_404(request, pk), timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "opts": file._meta,
            "file": file,
            "title": _("%(holder)s, on one page") % {"holder": file.holder},
            "tracks": tracks_of(file),
            "household": household_known_of(file),
            "tasks": list(file.tasks.to_do().select_related("assignee").order_by("due_on", "pk")),
            "introductions": introductions_of(file, now=now),
            "gap": gap_of(file),
            "lines": list(file.funding_lines.order_by("committee_on", "pk")),
            "awaited": list(file.documents.awaited()),
            "said": [line for line in timeline_of(file).lines if line.is_by_a_person][:LINES],
            "today": timezone.localdate(now),
        }
        return TemplateResponse(request, "admin/projects/brief.html", context)
