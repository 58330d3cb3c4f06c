"""What was told to whom, to read only: so that « nobody reminded me » has an answer."""

from django.contrib import admin
from django.http import HttpRequest

from projects.admin.advisers import AdvisersOnly
from projects.models import Reminder


@admin.register(Reminder)
class ReminderAdmin(AdvisersOnly):
    list_display = ["told_at", "rule", "target", "occurrence", "recipient"]
    list_filter = ["rule"]
    list_select_related = ["recipient"]
    ordering = ["-told_at", "-pk"]
    search_fields = ["=target"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return False
