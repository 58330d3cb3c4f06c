"""Letters in the admin: to read, to find, to send again. Nothing is written or deleted by hand."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.admin import PlainSearch
from outbox import services
from outbox.models import Letter


@admin.register(Letter)
class LetterAdmin(PlainSearch, admin.ModelAdmin):
    list_display = ["subject", "to", "state", "created_at", "sent_at", "attempts", "last_fault"]
    list_filter = ["state", "created_at", "confidential"]
    search_fields = ["to", "subject"]
    search_help_text = _("Recipient or subject")
    ordering = ["-created_at", "-pk"]
    list_per_page = 50
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["subject", "to", "language", "body"]}),
        (_("What happened"), {"fields": ["state", "last_fault", "attempts", "unanswered", "sendings"]}),
        (_("When"), {"fields": ["created_at", "send_after", "first_attempt_at", "sent_at", "useless_after"]}),
        (_("For the postmaster"), {"fields": ["message_id", "key"]}),
    ]
    readonly_fields = ["body", "sendings"]
    actions = ["send_again"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_read_letters(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return may_read_letters(request.user)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return may_read_letters(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        return super().get_queryset(request).defer("text", "html", "headers")

    @admin.display(description=_("text"))
    def body(self, letter: Letter) -> str:
        if letter.confidential:
            return _("This letter holds a code or a link that signs in: its text is for its recipient alone.")
        return linebreaksbr(letter.text)

    @admin.display(description=_("every sending of this letter"))
    def sendings(self, letter: Letter) -> str:
        rows = Letter.objects.filter(key=letter.key).order_by("again").only("pk", "state", "created_at")
        return format_html_join(
            " · ",
            '<a href="../../{}/change/">{}</a>',
            ((row.pk, f"{row.get_state_display()}, {day_of_letter(row)}") for row in rows),
        )

    @admin.action(description=_("Send again"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Letter]) -> None:
        sent = 0
        for letter in queryset:
            try:
                again = services.send_again(letter=letter)
            except services.NotSentAgain as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
            else:
                self.log_addition(request, again, "Sent again.")
                sent += 1
        if sent:
            told = ngettext("%(count)d letter will be sent again.", "%(count)d letters will be sent again.", sent)
            self.message_user(request, told % {"count": sent}, messages.SUCCESS)


def may_read_letters(user) -> bool:
    """Lead advisers and administrators: letters name people and what they do. A visitor may nothing."""
    return user.is_authenticated and user.may("read_letters")


def day_of_letter(letter: Letter) -> str:
    return date_format(timezone.localtime(letter.created_at), "SHORT_DATETIME_FORMAT")
