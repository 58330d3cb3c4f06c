"""Who may: advisers and leads, and nobody else; and the page on which one act is done."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from common.admin import PlainSearch
from members.access import Act
from projects.activity.forms import ActForm
from projects.activity.refusals import Refused
from projects.models import ProjectFile


class AdvisersMay:
    """Advisers work on all of it. Nothing is deleted: a file is closed, and anonymised when its time has come."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return works_on_files(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return works_on_files(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return works_on_files(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return works_on_files(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AdvisersOnly(AdvisersMay, PlainSearch, admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False
    add_words = ""  # what the button says that leads to a new row

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        words = {"title": capfirst(self.opts.verbose_name_plural), "add_words": self.add_words}
        return super().changelist_view(request, (extra_context or {}) | words)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        return super().add_view(request, form_url, (extra_context or {}) | {"title": self.add_words})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        return super().change_view(
            request, object_id, form_url, {"title": capfirst(self.opts.verbose_name)} | (extra_context or {})
        )

    def object_or_404(self, request: HttpRequest, pk: int) -> Any:
        """The row to act on: 404 where this user sees none, 403 where they work on none at all."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def act_page(
        self,
        request: HttpRequest,
        file: ProjectFile,
        form: ActForm,
        *,
        title: str,
        button: str,
        act: Callable[[dict[str, Any]], str],
    ) -> HttpResponse:
        """A page with one form. `act` is given the clean values and answers what to say afterwards, or raises Refused."""
        if request.method == "POST" and form.is_valid():
            try:
                said = act(form.cleaned_data)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                self.message_user(request, said, messages.SUCCESS)
                return redirect(file.get_admin_url())
        return self.show_act(request, file, form, title=title, button=button)

    def show_act(self, request: HttpRequest, file: ProjectFile, form: ActForm, **facts: Any) -> HttpResponse:
        """The page of an act. `facts`: title, button; turn, where the holder's own page will tell something."""
        context = {**self.admin_site.each_context(request), "opts": file._meta, "file": file, "form": form, **facts}
        return TemplateResponse(request, "admin/projects/act.html", context)


def works_on_files(user) -> bool:
    """A visitor may nothing."""
    return user.is_authenticated and user.may(Act.WORK_ON_FILES)
