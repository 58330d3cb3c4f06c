"""Introductions from the desk: villages chosen, the consent asked for, answers by word of mouth, visits, outcomes."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.activity import refusals
from projects.admin.advisers import AdvisersOnly
from projects.enums import IntroductionState, Via
from projects.introductions import choosing, sharing
from projects.introductions.forms import ChooseForm, OralAnswerForm, OralConsentForm, OutcomeForm, VisitForm
from projects.introductions.services import (
    answer_consent,
    answer_introduction,
    ask_consent,
    confirm_contact,
    move_introduction,
    plan_visit,
)
from projects.introductions.villages_on_offer import not_partner, villages_on_offer
from projects.models import AT_ONCE, Introduction
from projects.notifications import question_of
from villages.admin import NamesPlaces

FORM = require_http_methods(["GET", "HEAD", "POST"])


class IntroductionPages:
    """The pages of a file about its villages."""

    def introduction_pages(self) -> list:
        return [
            ("villages", "choose", self.choose),
            ("accord", "consent", self.consent),
            ("accord/oral", "oral_consent", self.oral_consent),
        ]

    def choose(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The villages, with what speaks for and against each, how they answer, and what they have to do; one to three ticked."""
        file, now = self.object_or_404(request, pk), timezone.now()
        name = request.GET.get("nom", "").strip()
        on_offer = villages_on_offer(file, now=now, name=name)
        form = ChooseForm(request.POST if request.method == "POST" else None, villages=[offered.village for offered in on_offer])
        if form.is_valid():
            reasons = {offered.village.pk: offered.met for offered in on_offer}
            chosen = {village: reasons[village.pk] for village in form.cleaned_data["villages"]}
            try:
                choosing.choose_villages(file=file, reasons=chosen, by=request.user, beyond=form.cleaned_data["beyond"], now=now)
            except refusals.Refused as refusal:
                form.refuse(refusal)
            else:
                return redirect("admin:projects_projectfile_consent", file.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": file._meta,
            "file": file,
            "form": form,
            "on_offer": on_offer,
            "name": name,
            "not_partner": not_partner(name) if name and not on_offer else None,
            "ticked": [str(value) for value in request.POST.getlist("villages")],
            "room": AT_ONCE - file.introductions.live().count(),
            "title": _("Choose villages"),
        }
        return TemplateResponse(request, "admin/projects/choose_villages.html", context, status=422 if form.errors else 200)

    def consent(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Exactly what would be shared, with whom; a press asks the holder."""
        file = self.object_or_404(request, pk)
        drafts = list(file.introductions.filter(state=IntroductionState.DRAFT).select_related("village__commune").order_by("pk"))
        refusal = None
        if request.method == "POST":
            try:
                asked = ask_consent(file=file, by=request.user, now=timezone.now())
            except refusals.Refused as error:
                refusal = error
            else:
                said = {
                    "itself": _("The holder is asked by letter. Nothing leaves before they agree."),
                    "confirm": _("A letter asks the holder to confirm their address; only then it asks for the agreement."),
                    "": _("No letter leaves: ask the holder by word of mouth, and note what they say."),
                }
                self.message_user(request, said[question_of(asked)], messages.SUCCESS)
                return redirect(file.get_admin_url())
        context = {
            **self.admin_site.each_context(request),
            "opts": file._meta,
            "file": file,
            "drafts": drafts,
            "lines": sharing.snapshot_of(file),
            "words": sharing.words_of_sharing(),
            "refusal": refusal,
            "title": _("What would be shared"),
        }
        return TemplateResponse(request, "admin/projects/ask_consent.html", context, status=409 if refusal else 200)

    def oral_consent(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)
        asked = file.consent_requests.filter(answered_at=None).order_by("-pk")
        waiting = get_object_or_404(asked, introductions__state=IntroductionState.AWAITING_CONSENT) if asked.exists() else None
        if waiting is None:
            return redirect(file.get_admin_url())
        asked_villages = waiting.introductions.select_related("village__commune").order_by("pk")
        villages = [introduction.village for introduction in asked_villages]
        form = OralConsentForm(request.POST or None, villages=villages)

        def act(values):
            agreed_to = [village.pk for village in values["villages"]]
            answer_consent(request=waiting, agreed_to=agreed_to, via=Via.ORAL, by=request.user, now=timezone.now())
            return _("The holder’s answer is written down.")

        title = _("What the holder said")
        return self.act_page(request, file, form, title=title, button=_("Write it down"), act=act)


@admin.register(Introduction)
class IntroductionAdmin(NamesPlaces, AdvisersOnly):
    """The list of all of them, and the pages on which one goes on."""

    commune_of = "village__commune"

    list_display = ["village", "whose", "state", "sent_at", "answered_at", "answered_by"]
    list_filter = ["state"]
    list_select_related = ["village__commune", "file__holder"]
    search_fields = ["village__commune__sort_name", "file__reference"]
    ordering = ["-state_since", "-pk"]
    fields = [
        "village",
        "whose",
        "state",
        "state_since",
        "sent_at",
        "reader_name",
        "answered_at",
        "answered_by",
        "answer",
        "later_on",
        "visit_at",
        "beyond_capacity",
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Introduction | None = None) -> list[str]:
        return self.fields

    @admin.display(description=_("project file"), ordering="file__reference")
    def whose(self, introduction: Introduction) -> str:
        return format_html(
            '<a href="{}">{}</a> {}', introduction.file.get_admin_url(), introduction.file.reference, introduction.file.holder
        )

    def get_urls(self):
        own = [
            ("reponse", "answer", FORM(self.answer)),
            ("visite", "visit", FORM(self.visit)),
            ("suite", "outcome", FORM(self.outcome)),
            ("contact", "contact", require_POST(self.contact)),
        ]
        return [
            path(f"<int:pk>/{word}/", self.admin_site.admin_view(view), name=f"projects_introduction_{name}")
            for word, name, view in own
        ] + super().get_urls()

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        introduction = self.object_or_404(request, pk)

        def act(values):
            answer_introduction(introduction=introduction, via=Via.ORAL, by=request.user, now=timezone.now(), **values)
            return _("The answer of %(village)s is written down.") % {"village": introduction.village}

        title = _("What %(village)s said") % {"village": introduction.village}
        form = OralAnswerForm(request.POST or None)
        return self.act_page(request, introduction.file, form, title=title, button=_("Write it down"), act=act)

    def visit(self, request: HttpRequest, pk: int) -> HttpResponse:
        introduction = self.object_or_404(request, pk)

        def act(values):
            plan_visit(introduction=introduction, by=request.user, now=timezone.now(), **values)
            return _("The visit is told to both, with an event for their calendars.")

        title = _("Plan the visit of %(village)s") % {"village": introduction.village}
        return self.act_page(request, introduction.file, VisitForm(request.POST or None), title=title, button=_("Plan it"), act=act)

    def outcome(self, request: HttpRequest, pk: int) -> HttpResponse:
        introduction = self.object_or_404(request, pk)

        def act(values):
            moved = move_introduction(introduction=introduction, by=request.user, now=timezone.now(), **values)
            return f"{moved.village} : {moved.get_state_display()}"

        form = OutcomeForm(request.POST or None, state=IntroductionState(introduction.state))
        title = _("What became of %(village)s") % {"village": introduction.village}
        return self.act_page(request, introduction.file, form, title=title, button=_("Write it down"), act=act)

    def contact(self, request: HttpRequest, pk: int) -> HttpResponse:
        introduction = self.object_or_404(request, pk)
        try:
            confirm_contact(introduction=introduction, via=Via.ORAL, by=request.user, now=timezone.now())
        except refusals.Refused as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
        else:
            self.message_user(request, _("Written down: they have spoken."), messages.SUCCESS)
        return redirect(f"{reverse('admin:projects_projectfile_change', args=[introduction.file_id])}#mises-en-relation")
