"""The villages in the admin: for lead advisers. What changes what the site shows goes through the services."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.admin import LooksUpKeys, PlainSearch
from common.days import DayField
from villages.committee import partnerships
from villages.distances import journeys
from villages.housing import services
from villages.models import (
    CommitteeMember,
    Commune,
    Dataset,
    FactCheck,
    Housing,
    Place,
    SavedSearch,
    SpeedTest,
    TerritoryProject,
    Village,
)
from villages.searching.communes import named_by, read_commune


def may(request: HttpRequest, act: str) -> bool:
    """What the members app says of whoever is signed in. A visitor may nothing here."""
    return request.user.is_authenticated and request.user.may(act)


class LeadsOnly:
    """Leads work here; other staff may not come in."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request, "look_after_villages")

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)


class ReadOnly:
    """What imports brought, or services wrote, is read here and not written by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class NamesPlaces:
    """For a list of what stands in a commune (`commune_of` leads to it): it is found by every writing of the commune's name.

    What stands there comes first, unless `place_first` is false: a list of people is one of people's names, too.
    """

    commune_of = "commune"
    place_first = True

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        found, has_doubles = super().get_search_results(request, queryset, search_term)
        if not search_term or not (named := named_by(read_commune(search_term))):
            return found, has_doubles
        there = Q(**{f"{self.commune_of}__in": named})
        both = queryset.filter(there | Q(pk__in=found.order_by().values("pk")))
        if self.place_first:
            both = both.order_by(Case(When(there, then=Value(0)), default=Value(1)), *queryset.query.order_by)
        return both, has_doubles


class AllStaffLook:
    """Advisers too, whatever their group may do elsewhere."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return may(request, "enter_admin")


@admin.register(Commune)
class CommuneAdmin(AllStaffLook, ReadOnly, NamesPlaces, PlainSearch, admin.ModelAdmin):
    """The other pages of the admin ask for one."""

    commune_of = "pk"

    list_display = ["name", "insee_code", "codes", "population", "intercommunality"]
    list_filter = ["intercommunality"]
    search_fields = ["sort_name", "insee_code", "postal_codes"]
    search_help_text = _("Name, INSEE code or postal code")
    ordering = ["sort_name", "pk"]
    show_full_result_count = False
    fields = ["name", "insee_code", "postal_codes", "population", "population_year", "latitude", "longitude", "intercommunality"]

    @admin.display(description=_("postal codes"))
    def codes(self, commune: Commune) -> str:
        return ", ".join(commune.postal_codes)


class SeatForm(forms.ModelForm):
    """Somebody of a committee. Their telephone stands with the day on which they agreed to it."""

    class Meta:
        model = CommitteeMember
        fields = ["name", "role", "about", "email", "phone", "phone_agreed_on", "absent_from", "absent_until", "user"]
        field_classes = dict.fromkeys(("phone_agreed_on", "absent_from", "absent_until"), DayField)

    def clean(self) -> dict:
        facts = super().clean()
        if self.errors.keys() & {"phone", "phone_agreed_on"}:
            return facts
        phone, agreed_on = facts.get("phone"), facts.get("phone_agreed_on")
        if phone and not agreed_on:
            self.add_error("phone_agreed_on", _("Say on which day they agreed to be telephoned."))
        elif agreed_on and not phone:
            self.add_error("phone", _("To which number did they agree? Or take the day away."))
        elif agreed_on and agreed_on > timezone.localdate():
            self.add_error("phone_agreed_on", _("This day is still to come: say when they agreed."))
        return facts


class CommitteeInline(LeadsOnly, admin.TabularInline):
    model = CommitteeMember
    form = SeatForm
    fields = SeatForm.Meta.fields
    raw_id_fields = ["user"]
    extra = 0


class ProjectInline(LeadsOnly, admin.StackedInline):
    model = TerritoryProject
    fields = [("title", "stage", "year"), "text", "link", ("confirmed_on", "confirmed_by")]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    extra = 0


class FactCheckInline(LeadsOnly, admin.TabularInline):
    model = FactCheck
    fields = ["topic", "checked_on", "checked_by", "note"]
    extra = 0


class SpeedTestInline(LeadsOnly, admin.TabularInline):
    model = SpeedTest
    fields = ["where", "measured_on", "down_mbps", "up_mbps", "measured_by"]
    extra = 0


@admin.register(Village)
class VillageAdmin(LooksUpKeys, LeadsOnly, NamesPlaces, PlainSearch, admin.ModelAdmin):
    list_display = ["commune", "status", "paused_until", "monthly_capacity", "committee_size", "reviewed_on"]
    list_filter = ["status", "commune__intercommunality"]
    list_select_related = ["commune"]
    search_fields = ["commune__sort_name", "commune__insee_code"]
    search_help_text = _("Name or INSEE code")
    ordering = ["commune__sort_name", "pk"]
    show_full_result_count = False
    autocomplete_fields = ["commune"]
    inlines = [CommitteeInline, ProjectInline, FactCheckInline, SpeedTestInline]
    actions = ["pause", "resume", "end_partnership"]
    fieldsets = [
        (None, {"fields": ["commune", "status", "paused_until", "monthly_capacity", "partner_since"]}),
        (_("Its page"), {"fields": ["tagline", "description", "reviewed_on", "reviewed_by"]}),
        (_("Measured"), {"fields": ["telecentre_km", "station_km", "metropolis_minutes"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Village]:
        return super().get_queryset(request).annotate(committee_size=Count("committee"))

    def get_readonly_fields(self, request: HttpRequest, obj: Village | None = None) -> list[str]:
        measured = ["telecentre_km", "station_km", "metropolis_minutes"]
        if obj is None:
            return ["status", "paused_until", *measured]
        paused = obj.status == "paused"
        return ["commune", "status", *([] if paused else ["paused_until"]), *measured]

    def has_delete_permission(self, request: HttpRequest, obj: Village | None = None) -> bool:
        return False  # a village that leaves keeps its history: end_partnership

    @admin.display(description=_("committee"), ordering="committee_size")
    def committee_size(self, village: Village) -> int:
        return village.committee_size

    def save_model(self, request: HttpRequest, obj: Village, form, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        words = ["tagline", "description", "partner_since", "monthly_capacity", "reviewed_on", "reviewed_by"]
        opened = partnerships.open_village(commune=obj.commune, **{name: getattr(obj, name) for name in words})
        obj.pk = opened.pk
        obj.refresh_from_db()

    @admin.action(description=_("Pause their welcome"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Village]) -> None:
        self._each(request, queryset, partnerships.pause_village, _("Paused."))

    @admin.action(description=_("End the pause, or bring them back"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Village]) -> None:
        self._each(request, queryset, partnerships.resume_village, _("Resumed."))

    @admin.action(description=_("End the partnership: take their pages off the site"), permissions=["change"])
    def end_partnership(self, request: HttpRequest, queryset: QuerySet[Village]) -> None:
        self._each(request, queryset, partnerships.end_partnership, _("Partnership ended."))

    def _each(self, request: HttpRequest, queryset: QuerySet[Village], act: Callable[..., Village], told: str) -> None:
        done = 0
        for village in queryset:
            try:
                self.log_change(request, act(village=village), told)
            except partnerships.VillageRefused as refusal:
                self.message_user(request, str(refusal), messages.WARNING)
            else:
                done += 1
        if done:
            text = ngettext("%(count)d village changed.", "%(count)d villages changed.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)


@admin.register(Housing)
class HousingAdmin(AllStaffLook, ReadOnly, NamesPlaces, PlainSearch, admin.ModelAdmin):
    """Staff are asked about homes on the telephone; the committees keep them, in their own space."""

    commune_of = "village__commune"

    list_display = ["title", "commune", "kind", "price", "surface_m2", "audience", "confirmed_on", "is_offered", "withdrawn_on"]
    list_filter = ["kind", "audience", ("withdrawn_on", admin.EmptyFieldListFilter), "village__commune__intercommunality"]
    list_select_related = ["village__commune"]
    search_fields = ["village__commune__sort_name", "title"]
    search_help_text = _("Name of the village, or words of the title")
    ordering = ["-confirmed_on", "-pk"]
    date_hierarchy = "confirmed_on"
    show_full_result_count = False
    actions = ["withdraw"]

    @admin.display(description=_("village"), ordering="village__commune__sort_name")
    def commune(self, housing: Housing) -> str:
        return housing.village.commune.name

    @admin.display(description=_("on the lists"), boolean=True)
    def is_offered(self, housing: Housing) -> bool:
        return housing.is_offered(timezone.localdate())

    @admin.action(description=_("Take them off the lists: let, sold or no longer offered"), permissions=["view"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Housing]) -> None:
        offered = list(queryset.filter(withdrawn_on=None))
        for housing in offered:
            self.log_change(request, services.withdraw_housing(housing=housing, on=timezone.localdate()), _("Withdrawn."))
        text = ngettext("%(count)d home taken off the lists.", "%(count)d homes taken off the lists.", len(offered))
        self.message_user(request, text % {"count": len(offered)}, messages.SUCCESS)


@admin.register(Place)
class PlaceAdmin(LooksUpKeys, LeadsOnly, PlainSearch, admin.ModelAdmin):
    """Those with a page of their own (`path`) are registered and kept by the app that shows it."""

    list_display = ["name", "kind", "commune", "latitude", "longitude"]
    list_filter = ["kind"]
    list_select_related = ["commune"]
    search_fields = ["name"]
    ordering = ["kind", "name", "pk"]
    autocomplete_fields = ["commune"]
    fields = ["kind", "name", "latitude", "longitude", "commune", "source"]

    def has_change_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.path)

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.path)

    def get_actions(self, request: HttpRequest) -> dict:
        return {}  # deleting in bulk would also take those that another app keeps

    def save_model(self, request: HttpRequest, obj: Place, form, change: bool) -> None:
        super().save_model(request, obj, form, change)
        journeys.measure_journeys(places=[obj])

    def delete_model(self, request: HttpRequest, obj: Place) -> None:
        journeys.forget_place(place=obj)


@admin.register(Dataset)
class DatasetAdmin(ReadOnly, admin.ModelAdmin):
    """Which official files the facts come from, and when they were taken in."""

    list_display = ["key", "source", "edition", "licence", "file_name", "imported_at"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Dataset | None = None) -> bool:
        return may(request, "look_after_villages")


@admin.register(SavedSearch)
class SavedSearchAdmin(ReadOnly, LeadsOnly, admin.ModelAdmin):
    """How much the alerts are used. Whose they are stands on their own page alone; the links of their letters change them."""

    list_display = ["of", "search", "rhythm", "language", "asked_at", "confirmed_at", "next_at"]
    list_filter = ["of", "rhythm", "language"]
    search_fields = ["=email"]
    search_help_text = _("The whole e-mail address")
    ordering = ["-asked_at", "-pk"]
    show_full_result_count = False
    fields = ["email", "of", "search", "rhythm", "language", "asked_at", "confirmed_at", "next_at", "told"]
    readonly_fields = ["search", "told"]

    @admin.display(description=_("search"), ordering="query")
    def search(self, search: SavedSearch) -> str:
        return search.query or _("everything")

    @admin.display(description=_("known to its owner"))
    def told(self, search: SavedSearch) -> int:
        return len(search.seen)
