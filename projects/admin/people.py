"""Project holders: who they are and how to reach them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.activity import refusals
from projects.admin import changes
from projects.admin.advisers import AdvisersOnly
from projects.holders import merging
from projects.holders.forms import HolderForm
from projects.models import Holder

FORM = require_http_methods(["GET", "HEAD", "POST"])


@admin.register(Holder)
class HolderAdmin(AdvisersOnly):
    form = HolderForm
    add_words = _("Add a project holder")
    list_display = ["last_name", "first_name", "email", "phone", "lives_in"]
    list_display_links = ["last_name", "first_name"]
    ordering = ["last_name", "first_name", "pk"]
    search_fields = ["words"]  # read by get_search_results, which forgives accents
    search_help_text = _("Name, e-mail or telephone")

    change_form_template = "admin/projects/holder/change_form.html"

    def save_model(self, request: HttpRequest, obj: Holder, form, change: bool) -> None:
        if change:
            changes.note_form(form, files=obj.files.all(), by=request.user)
        super().save_model(request, obj, form, change)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Holder]:
        return super().get_queryset(request).current()

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None):
        holder = self.get_object(request, object_id)
        if holder is not None:
            merges = holder.merges.select_related("absorbed", "by").order_by("at", "pk")
            extra_context = (extra_context or {}) | {"same": merging.possible_duplicates(holder), "merges": merges}
        return super().change_view(request, object_id, form_url, extra_context)

    def response_add(self, request: HttpRequest, obj: Holder, post_url_continue: str | None = None) -> HttpResponse:
        """Somebody like them is known already: said at once, on the page where the two can be made one."""
        if merging.possible_duplicates(obj).exists() and "_popup" not in request.POST:
            self.message_user(request, _("Somebody like this is known already: see below."), messages.WARNING)
            return redirect("admin:projects_holder_change", obj.pk)
        return super().response_add(request, obj, post_url_continue)

    def get_urls(self):
        own = [
            path("<int:pk>/fusionner/<int:other_pk>/", self.admin_site.admin_view(FORM(self.merge)), name="projects_holder_merge"),
            path(
                "<int:pk>/separer/<int:merge_pk>/", self.admin_site.admin_view(require_POST(self.part)), name="projects_holder_part"
            ),
        ]
        return own + super().get_urls()

    def merge(self, request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
        """Both side by side; a press makes them one."""
        kept, other = self.object_or_404(request, pk), self.object_or_404(request, other_pk)
        refusal = None
        if request.method == "POST":
            try:
                merging.merge_holders(kept=kept, absorbed=other, by=request.user, now=timezone.now())
            except refusals.Refused as error:
                refusal = error
            else:
                self.message_user(request, _("They are one now. It can be undone below."), messages.SUCCESS)
                return redirect("admin:projects_holder_change", kept.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("One person or two?"),
            "people": [(one, one.files.order_by("opened_at", "pk")) for one in (kept, other)],
            "kept": kept,
            "other": other,
            "refusal": refusal,
        }
        return TemplateResponse(request, "admin/projects/holder/merge.html", context, status=409 if refusal else 200)

    def part(self, request: HttpRequest, pk: int, merge_pk: int) -> HttpResponse:
        merge = self.object_or_404(request, pk).merges.filter(pk=merge_pk).first()
        if merge is None:
            raise Http404
        parted = merging.undo_merge(merge=merge)
        self.message_user(request, _("%(holder)s has a record of their own again.") % {"holder": parted}, messages.SUCCESS)
        return redirect("admin:projects_holder_change", pk)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Holder], search_term: str):
        return queryset.matching(search_term), False
