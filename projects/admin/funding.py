"""The funding plan of a file, and the directory of schemes."""

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.admin import changes
from projects.admin.advisers import AdvisersMay, AdvisersOnly
from projects.funding.forms import LineForm, NeedFormSet, SchemeForm
from projects.funding.services import save_line
from projects.models import FundingLine, ProjectFile, Scheme, SchemeStep


class FundingPages:
    """The pages of a file about its money."""

    def funding_pages(self) -> list:
        return [
            ("besoins", "needs", self.needs),
            ("financement", "add_line", self.add_line),
            ("financement/<int:line_pk>", "line", self.line),
        ]

    def needs(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)
        forms = NeedFormSet(request.POST or None, instance=file)
        if forms.is_valid():
            with transaction.atomic():
                forms.save()
            self.message_user(request, _("The needs are written down."), messages.SUCCESS)
            return redirect(f"{file.get_admin_url()}#financement")
        context = {
            **self.admin_site.each_context(request),
            "opts": file._meta,
            "file": file,
            "forms": forms,
            "title": _("What the project needs"),
        }
        return TemplateResponse(request, "admin/projects/needs.html", context, status=422 if request.method == "POST" else 200)

    def add_line(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)
        return self.line_page(request, file, FundingLine(file=file), title=_("Ask for money"))

    def line(self, request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)
        line = file.funding_lines.filter(pk=line_pk).first()
        if line is None:
            raise Http404
        line.file = file
        return self.line_page(request, file, line, title=_("A source of money"))

    def line_page(self, request: HttpRequest, file: ProjectFile, line: FundingLine, *, title: str) -> HttpResponse:
        form = LineForm(request.POST or None, instance=line)

        def act(_values):
            save_line(line=form.instance, by=request.user, now=timezone.now())
            changes.note_form(form, files=[file], by=request.user)
            return _("The plan is up to date, and its tasks with it.")

        return self.act_page(request, file, form, title=title, button=_("Save"), act=act)


class SchemeStepInline(AdvisersMay, admin.TabularInline):
    model = SchemeStep
    extra = 1

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return self.has_change_permission(request)


@admin.register(Scheme)
class SchemeAdmin(AdvisersOnly):
    add_words = _("Add a scheme")
    list_display = ["name", "funder", "kind", "most", "checked_on", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "funder"]
    form = SchemeForm
    inlines = [SchemeStepInline]

    def get_queryset(self, request: HttpRequest):
        return Scheme.objects.all() if self.has_view_permission(request) else Scheme.objects.none()
