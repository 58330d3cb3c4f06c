"""Tasks across all files: one's own first, the late ones said to be late."""

from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from common.typography import day
from projects.activity import refusals, to_do
from projects.activity.forms import PostponeForm, TaskChangeForm, team_and_concerned
from projects.admin.advisers import AdvisersOnly
from projects.admin.filters import AssigneeFilter, WhenFilter
from projects.admin.wording import due_date
from projects.models import Task


@admin.register(Task)
class TaskAdmin(AdvisersOnly):
    form = TaskChangeForm
    list_display = ["title", "due", "whose_file", "assignee", "times_postponed"]
    list_filter = [WhenFilter, AssigneeFilter]
    search_fields = ["title"]  # read by get_search_results
    search_help_text = _("Task, file, name, e-mail or telephone")
    fields = ["title", "assignee", "due", "whose_file", "times_postponed", "done_at", "done_by"]
    readonly_fields = ["due", "whose_file", "times_postponed", "done_at", "done_by"]
    actions = ["finish_selected", "postpone_selected"]
    change_form_template = "admin/projects/task/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a task is added on its file

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        return super().get_queryset(request).with_file()

    def get_ordering(self, request: HttpRequest):
        mine = When(assignee=request.user.pk, then=Value(0))
        return [Case(mine, default=Value(1), output_field=IntegerField()), "due_on", "pk"]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Task], search_term: str):
        return queryset.matching(search_term), False

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "assignee":
            kwargs["queryset"] = team_and_concerned(request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Task, form, change: bool) -> None:
        obj.save(update_fields=form.changed_data)  # and nothing that somebody else is changing meanwhile

    @admin.display(description=_("due on"), ordering="due_on")
    def due(self, task: Task) -> str:
        return due_date(task.due_on, done=task.done_at is not None)

    @admin.display(description=_("project file"), ordering="file__reference")
    def whose_file(self, task: Task) -> str:
        return format_html('<a href="{}">{}</a> {}', task.file.get_admin_url(), task.file.reference, task.file.holder)

    @admin.display(description=_("put off"), ordering="postponed")
    def times_postponed(self, task: Task) -> str:
        return ngettext("%d time", "%d times", task.postponed) % task.postponed if task.postponed else "–"

    # ---- Several at once ---------------------------------------------------------------------------------------------

    @admin.action(description=_("Mark as done"), permissions=["change"])
    def finish_selected(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        now, done = timezone.now(), 0
        for task in queryset:
            to_do.finish_task(task=task, by=request.user, now=now)
            done += 1
        said = ngettext("%d task is done.", "%d tasks are done.", done) % done
        self.message_user(request, said, messages.SUCCESS)

    @admin.action(description=_("Put off to another day"), permissions=["change"])
    def postpone_selected(self, request: HttpRequest, queryset: QuerySet[Task]) -> HttpResponse | None:
        form = PostponeForm(request.POST if "confirmed" in request.POST else None)
        if form.is_bound and form.is_valid():
            now, put_off = timezone.now(), 0
            for task in queryset:
                try:
                    to_do.postpone_task(task=task, to=form.cleaned_data["to"], by=request.user, now=now)
                except refusals.TaskRefused as refusal:
                    self.message_user(request, f"{task.title} : {refusal}", messages.WARNING)
                else:
                    put_off += 1
            if put_off:
                said = ngettext("%d task has its new day.", "%d tasks have their new day.", put_off) % put_off
                self.message_user(request, said, messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "action": "postpone_selected",
            "rows": queryset,
            "form": form,
            "title": _("Put off to another day"),
            "button": _("Put off"),
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    # ---- One -----------------------------------------------------------------------------------------------------------

    def get_urls(self):
        own = [
            path("<int:pk>/fait/", self.admin_site.admin_view(require_POST(self.finish)), name="projects_task_finish"),
            path(
                "<int:pk>/reporter/",
                self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.postpone)),
                name="projects_task_postpone",
            ),
        ]
        return own + super().get_urls()

    def finish(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self.object_or_404(request, pk)
        to_do.finish_task(task=task, by=request.user, now=timezone.now())
        self.message_user(request, _("“%(task)s” is done.") % {"task": task.title}, messages.SUCCESS)
        return redirect(task.file.get_admin_url())

    def postpone(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self.object_or_404(request, pk)

        def act(values):
            moved = to_do.postpone_task(task=task, by=request.user, now=timezone.now(), **values)
            return _("“%(task)s” is now due on %(day)s.") % {"task": moved.title, "day": day(moved.due_on)}

        title = _("Put off “%(task)s”") % {"task": task.title}
        return self.act_page(request, task.file, PostponeForm(request.POST or None), title=title, button=_("Put off"), act=act)
