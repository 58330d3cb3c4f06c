"""Small directories that the team keeps: the tasks that come by themselves; and what was taken out of the portal, to read only."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.admin.advisers import AdvisersOnly, works_on_files
from projects.models import Export, TaskTemplate


@admin.register(TaskTemplate)
class TaskTemplateAdmin(AdvisersOnly):
    add_words = _("Add a task that comes by itself")
    list_display = ["title", "stage", "working_days", "is_active"]
    list_filter = ["stage", "is_active"]

    def get_queryset(self, request: HttpRequest):
        return TaskTemplate.objects.all() if works_on_files(request.user) else TaskTemplate.objects.none()


@admin.register(Export)
class ExportAdmin(AdvisersOnly):
    list_display = ["at", "what", "asked", "rows", "by"]
    list_select_related = ["by"]
    ordering = ["-at", "-pk"]
    fields = readonly_fields = ["at", "what", "asked", "rows", "by"]

    def get_queryset(self, request: HttpRequest):
        return Export.objects.all() if works_on_files(request.user) else Export.objects.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
