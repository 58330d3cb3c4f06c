"""Project files: the list, the file with its timeline and its tasks, and the pages on which it moves."""

from django.contrib import admin, messages
from django.db.models import Case, Field, IntegerField, QuerySet, Value, When
from django.forms import Media
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from common.admin import KeySelect
from common.siret import SiretInput
from common.typography import day
from projects.activity import events, refusals, to_do
from projects.activity.forms import EventForm, TaskForm
from projects.activity.turn import Turn
from projects.admin import changes
from projects.admin.advisers import AdvisersMay, AdvisersOnly
from projects.admin.brief import BriefPage
from projects.admin.documents import DocumentPages
from projects.admin.figures import FigurePages
from projects.admin.filters import AdviserFilter, LateTaskFilter, StageFilter
from projects.admin.funding import FundingPages
from projects.admin.handing_over import HandOverPages
from projects.admin.introductions import IntroductionPages
from projects.admin.morning import MorningActs
from projects.admin.wording import due_date, short_date
from projects.enums import ClosingReason, IntroductionState, Stage
from projects.files import lifecycle, retention
from projects.files.forms import AssignForm, CloseForm, MoveForm, OpenFileForm
from projects.files.page import introductions_of, tracks_of
from projects.files.timeline import timeline_of
from projects.funding.services import gap_of
from projects.holders import merging
from projects.household.forms import HouseholdForm
from projects.household.words import household_known_of
from projects.models import Change, Household, ProjectFile
from villages.models import Village

CHANGES_SHOWN = 500


class HolderSelect(KeySelect):
    """The stock field that looks people up as one types. Empty, it says what to type; a script gives it its name to be heard."""

    def build_attrs(self, base_attrs: dict, extra_attrs: dict | None = None) -> dict:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-placeholder": _("Name, e-mail or telephone")}

    @property
    def media(self) -> Media:
        return super().media + Media(js=["admin/js/jquery.init.js", "admin/js/autocomplete.js", "js/autocomplete-names.js"])


class HouseholdInline(AdvisersMay, admin.StackedInline):
    model = Household
    form = HouseholdForm
    max_num = 1


@admin.register(ProjectFile)
class ProjectFileAdmin(
    IntroductionPages, FundingPages, DocumentPages, BriefPage, MorningActs, FigurePages, HandOverPages, AdvisersOnly
):
    add_words = _("Open a file")
    list_display = ["reference", "person", "stage_tag", "adviser", "settling_track", "next_task", "last_contact"]
    list_display_links = ["reference"]
    list_filter = [StageFilter, AdviserFilter, LateTaskFilter, "settling_track", "origin"]
    search_fields = ["reference"]  # read by get_search_results, which forgives accents
    search_help_text = _("Reference, name, e-mail, telephone or project")
    autocomplete_fields = ["holder"]
    fieldsets = [
        (None, {"fields": ["title", "summary", ("business_track", "settling_track"), ("origin", "convention"), "who"]}),
        (_("What came of it"), {"fields": [("settled_in", "registered_on"), ("siret", "jobs")]}),
    ]
    readonly_fields = ["who"]
    inlines = [HouseholdInline]
    actions = ["take_selected", "close_selected"]
    change_form_template = "admin/projects/projectfile/change_form.html"
    object_history_template = "admin/projects/projectfile/history.html"

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **options):
        if db_field.name == "siret":
            options |= {"form_class": SiretInput, "max_length": None}
        return super().formfield_for_dbfield(db_field, request, **options)

    # ---- The list ------------------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProjectFile]:
        return super().get_queryset(request).with_people().with_next_task()

    def get_ordering(self, request: HttpRequest):
        """One's own files first, then the team's; the newest first."""
        mine = When(adviser=request.user.pk, stage__in=Stage.open(), then=Value(0))
        return [Case(mine, default=Value(1), output_field=IntegerField()), "-opened_on", "-pk"]

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[ProjectFile], search_term: str):
        return queryset.matching(search_term), False

    @admin.display(description=_("holder"), ordering="holder__last_name")
    def person(self, file: ProjectFile) -> str:
        return format_html("{}<small>{}</small>", file.holder, file.title)

    @admin.display(description=_("stage"), ordering="stage")
    def stage_tag(self, file: ProjectFile) -> str:
        return format_html('<span class="tag">{}</span>', file.get_stage_display())

    @admin.display(description=_("next task"), ordering="next_task_on")
    def next_task(self, file: ProjectFile) -> str:
        if file.next_task_on is None:
            return "–"
        return format_html('{}<span class="next-task">{}</span>', due_date(file.next_task_on), file.next_task_title)

    @admin.display(description=_("last contact"))
    def last_contact(self, file: ProjectFile) -> str:
        return short_date(file.last_contact_at)

    # ---- Several at once -----------------------------------------------------------------------------------------------

    @admin.action(description=_("Take: I follow these files"), permissions=["change"])
    def take_selected(self, request: HttpRequest, queryset: QuerySet[ProjectFile]) -> None:
        me = request.user
        self.each(
            request,
            queryset,
            lambda file: lifecycle.assign_adviser(
                file=file, adviser=me, by=me, deputy=None if file.deputy == me else file.deputy, now=timezone.now()
            ),
            said=lambda done: ngettext("%d file is yours now.", "%d files are yours now.", done) % done,
        )

    @admin.action(description=_("Close as “no news”"), permissions=["change"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet[ProjectFile]) -> HttpResponse | None:
        form = CloseForm(request.POST if "confirmed" in request.POST else None)
        if form.is_bound and form.is_valid():
            self.each(
                request,
                queryset,
                lambda file: lifecycle.move_file(
                    file=file,
                    to=Stage.CLOSED,
                    by=request.user,
                    closing_reason=ClosingReason.NO_NEWS,
                    now=timezone.now(),
                    **form.cleaned_data,
                ),
                said=lambda done: ngettext("%d file is closed.", "%d files are closed.", done) % done,
            )
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "action": "close_selected",
            "rows": queryset,
            "form": form,
            "title": _("Close as “no news”"),
            "button": _("Close these files"),
        }
        return TemplateResponse(request, "admin/confirm.html", context)

    def each(self, request: HttpRequest, files: QuerySet[ProjectFile], act, *, said) -> None:
        """Do it to each file by itself: what is refused is said, the others are done."""
        done = 0
        for file in files:
            try:
                act(file)
            except refusals.Refused as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
            else:
                done += 1
        if done:
            self.message_user(request, said(done), messages.SUCCESS)

    # ---- One file ------------------------------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: ProjectFile | None = None, change: bool = False, **kwargs):
        return super().get_form(request, obj, change, **(kwargs if change else kwargs | {"form": OpenFileForm}))

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "holder":
            kwargs["widget"] = HolderSelect(db_field, self.admin_site)
        elif db_field.name == "settled_in":
            kwargs["queryset"] = Village.objects.with_commune().in_french_order()  # each is called by its commune's name
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: ProjectFile | None = None):
        if obj is None:
            return [(None, {"fields": ["holder", "title", "summary", ("origin", "convention"), "mine"]})]
        return super().get_fieldsets(request, obj)

    @admin.display(description=_("holder"))
    def who(self, file: ProjectFile) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:projects_holder_change", args=[file.holder_id]), file.holder)

    def save_model(self, request: HttpRequest, obj: ProjectFile, form, change: bool) -> None:
        if change:
            changes.note_form(form, files=[obj], by=request.user)
            obj.save(update_fields=form.changed_data)  # never the stage or the adviser, which may be moving meanwhile
            return
        facts = {name: form.cleaned_data[name] for name in ("holder", "title", "summary", "origin", "convention")}
        adviser = request.user if form.cleaned_data["mine"] else None
        obj.pk = lifecycle.open_file(**facts, adviser=adviser, now=timezone.now()).pk
        obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form, formset, change: bool) -> None:
        if change:
            for row_form in formset.forms:
                if row_form.has_changed():
                    changes.note_form(row_form, files=[form.instance], by=request.user)
        super().save_formset(request, form, formset, change)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        rows = Change.objects.filter(file=object_id if object_id.isdecimal() else None).select_related("by").order_by("-at", "-pk")
        return super().history_view(request, object_id, (extra_context or {}) | {"changes": rows[:CHANGES_SHOWN]})

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None):
        file = self.get_object(request, object_id)
        if file is not None:
            extra_context = (extra_context or {}) | self.desk_context(request, file)
        return super().change_view(request, object_id, form_url, extra_context)

    def desk_context(self, request: HttpRequest, file: ProjectFile) -> dict:
        """What stands above the form: who, the timeline, what is to be done, and how to write it down at once."""
        return {
            "title": f"{file.holder}, {file.title}",
            "subtitle": None,
            "show_save_and_add_another": False,
            "desk": {
                "file": file,
                "today": timezone.localdate(),
                "timeline": timeline_of(file, whole=request.GET.get("fil") == "tout"),
                "tasks": list(file.tasks.to_do().select_related("assignee").order_by("due_on", "pk")),
                "same": merging.possible_duplicates(file.holder)[:5],
                "household": household_known_of(file),
                "tracks": tracks_of(file),
                "introductions": introductions_of(file, now=timezone.now()),
                "waits_for_consent": file.introductions.filter(state=IntroductionState.AWAITING_CONSENT).exists(),
                "needs": list(file.needs.order_by("pk")),
                "lines": list(file.funding_lines.select_related("scheme").order_by("committee_on", "pk")),
                "gap": gap_of(file),
                "documents": list(file.documents.order_by("received_at", "pk")),
                "follow_ups": list(file.follow_ups.order_by("months")) if file.settled_on else [],
                "event_form": EventForm(auto_id="event_%s"),
                "task_form": TaskForm(file=file, by=request.user, auto_id="task_%s"),
            },
        }

    # ---- Pages of one act ------------------------------------------------------------------------------------------------

    def get_urls(self):
        own = [
            ("etape", "move", self.move),
            ("confier", "assign", self.assign),
            ("noter", "note", self.note),
            ("echeance", "add_task", self.add_task),
            *self.introduction_pages(),
            *self.funding_pages(),
            *self.document_pages(),
            *self.brief_page(),
        ]
        pages = [
            path(
                f"<int:pk>/{word}/",
                self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(view)),
                name=f"projects_projectfile_{name}",
            )
            for word, name, view in own
        ]
        return [*self.morning_urls(), *self.figure_urls(), *self.hand_over_urls(), *pages, *super().get_urls()]

    def move(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)

        def act(values):
            if values["to"] == Stage.ANONYMISED:
                moved = retention.erase_at_request(file=file, by=request.user, now=timezone.now())
            else:
                moved = lifecycle.move_file(file=file, by=request.user, now=timezone.now(), **values)
            return _("File %(reference)s is now at the stage “%(stage)s”.") % {
                "reference": moved.reference,
                "stage": moved.get_stage_display(),
            }

        form = MoveForm(request.POST or None, file=file, by=request.user)
        return self.act_page(request, file, form, title=_("Change the stage"), button=_("Change the stage"), act=act)

    def assign(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)

        def act(values):
            entrusted = lifecycle.assign_adviser(file=file, by=request.user, now=timezone.now(), **values)
            self.log_change(request, entrusted, _("Entrusted to %(adviser)s.") % {"adviser": entrusted.adviser})
            return _("File %(reference)s is followed by %(adviser)s.") % {
                "reference": entrusted.reference,
                "adviser": entrusted.adviser,
            }

        form = AssignForm(request.POST or None, file=file, by=request.user)
        return self.act_page(request, file, form, title=_("Entrust the file"), button=_("Entrust"), act=act)

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)
        what = request.GET.get("quoi", "")
        form = EventForm(request.POST or None, initial={"what": what} if what in EventForm.WHAT else {})
        title = _("Note what was said")

        def act(_values):
            events.log_event(file=file, author=request.user, now=timezone.now(), **form.event())
            return _("It is noted on the timeline.")

        if form.is_valid() and (word := form.unseen_word()):
            turn = Turn.after(file, to=form.cleaned_data["ball"], word=word, now=timezone.now())
            return self.show_act(request, file, form.shown(), title=title, button=_("Write it down, and show them this"), turn=turn)
        return self.act_page(request, file, form, title=title, button=_("Write it down"), act=act)

    def add_task(self, request: HttpRequest, pk: int) -> HttpResponse:
        file = self.object_or_404(request, pk)

        def act(values):
            task = to_do.add_task(file=file, by=request.user, now=timezone.now(), **values)
            return _("“%(task)s” is due on %(day)s.") % {"task": task.title, "day": day(task.due_on)}

        form = TaskForm(request.POST or None, file=file, by=request.user)
        return self.act_page(request, file, form, title=_("Add a task"), button=_("Add the task"), act=act)
