"""The team's figures and the funders' report."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from projects.figures import exports
from projects.figures.drawings import answers_drawn, quarters_drawn, survival_drawn
from projects.figures.forms import ReportForm
from projects.figures.report import Report
from projects.figures.table_rows import MOST_ROWS, rows_behind
from projects.figures.workbook import workbook_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FigurePages:
    def figure_urls(self) -> list:
        return [
            path("chiffres/", self.admin_site.admin_view(require_safe(self.figures)), name="projects_figures"),
            path("chiffres.xlsx", self.admin_site.admin_view(require_safe(self.figures_xlsx)), name="projects_figures_xlsx"),
        ]

    def asked_for(self, request: HttpRequest) -> ReportForm:
        if not self.has_view_permission(request):
            raise PermissionDenied
        data = request.GET.copy()
        for name, value in ReportForm.usual().items():
            data.setdefault(name, value)
        return ReportForm(data)

    def figures(self, request: HttpRequest) -> HttpResponse:
        """`lignes` in the address names the figure, or the line of a table, whose rows are shown."""
        form = self.asked_for(request)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Report to the funders"), "form": form}
        if form.is_valid():
            report = Report(form.asked)
            query = form.data.copy()
            query.pop("lignes", None)
            context |= {
                "report": report,
                "shown": rows_behind(report, request.GET.get("lignes", "")),
                "most_rows": MOST_ROWS,
                "query": query.urlencode(),
                "quarters_drawn": quarters_drawn(report.quarters),
                "survival_drawn": survival_drawn(report.survival),
                "answers_drawn": answers_drawn(report.answers),
                "sent": sum(answer.number for answer in report.answers),
            }
        status = 200 if form.is_valid() else 422
        return TemplateResponse(request, "admin/projects/figures.html", context, status=status)

    def figures_xlsx(self, request: HttpRequest) -> HttpResponse:
        """The same as a spreadsheet. Who took it out, and when, is kept."""
        form = self.asked_for(request)
        if not form.is_valid():
            return self.figures(request)
        book, rows = workbook_of(Report(form.asked))
        exports.note_export(what="funder_report", asked=str(form.asked), rows=rows, by=request.user, now=timezone.now())
        response = HttpResponse(book, content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="rapport-{form.asked.first}-{form.asked.last}.xlsx"'
        response["Cache-Control"] = "private, no-store"
        return response
