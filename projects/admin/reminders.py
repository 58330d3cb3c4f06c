"""What was told to whom, to read only: so that « nobody reminded me » has an answer."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from projects.admin.advisers import AdvisersOnly
from projects.models import Reminder


@admin.register(Reminder)
class ReminderAdmin(AdvisersOnly):
    list_display = ["told_at", "rule", "about", "recipient"]
    fields = ["rule", "about", "occurrence", "recipient", "told_at", "letter_key"]
    readonly_fields = ["about"]
    list_filter = ["rule"]
    list_select_related = ["recipient"]
    ordering = ["-told_at", "-pk"]
    search_fields = ["=target"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Reminder | None = None) -> bool:
        return False

    @admin.display(description=_("what it is about"))
    def about(self, reminder: Reminder) -> str:
        """A link to it, without asking the database what it is called."""
        kind, _colon, pk = reminder.target.partition(":")
        match kind:
            case "task":
                address, words = reverse("admin:projects_task_change", args=[pk]), _("task %(number)s")
            case "file":
                address, words = reverse("admin:projects_projectfile_change", args=[pk]), _("file %(number)s")
            case "user":
                address = reverse("admin:projects_task_changelist") + f"?assignee={pk}&when=late"
                words = _("a colleague’s late tasks")
            case _rule:
                return f"{reminder.get_rule_display()} {pk}"
        return format_html('<a href="{}">{}</a>', address, words % {"number": pk})
