"""The places and their bookings in the admin. Bookings are read here; what is written goes through the services."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Count, Field, Q, QuerySet
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.admin import LooksUpKeys, PlainSearch
from members import journal
from members.access import Act
from members.enums import JournalEvent
from telecentres import wording
from telecentres.booking import cancelling
from telecentres.booking.refusals import CancellationRefused
from telecentres.enums import BookingStatus, Weekday
from telecentres.half_days import crossing_weekday
from telecentres.models import (
    Booking,
    BookingLimits,
    BookingSeries,
    Closure,
    Desk,
    OpeningHours,
    Pass,
    PassEntry,
    PassOffer,
    Rate,
    Telecentre,
    WaitingEntry,
)
from telecentres.passes import ledger
from telecentres.places.services import register_as_place
from villages.admin import NamesPlaces, ReadOnly

RULES = ["notice_minutes", "horizon_days", "cancel_before_hours", "release_after_minutes", "hold_hours"]


class PostalCodeField(forms.CharField):
    """Five digits, written together or in two parts: « 32 600 »."""

    default_validators = [RegexValidator(r"^\d{5}\Z", _("A postal code has five digits, as 32600."))]

    def to_python(self, value: object) -> str:
        return re.sub(r"[\s.]", "", super().to_python(value))


class OpeningHoursFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if (weekday := crossing_weekday(form.instance for form in kept)) is not None:
            sentence = _("On %(weekday)s the afternoon opens before the morning closes.")
            raise ValidationError(sentence % {"weekday": Weekday(weekday).label})


class OpeningHoursInline(admin.TabularInline):
    model = OpeningHours
    formset = OpeningHoursFormSet
    ordering = ["weekday", "-half"]
    extra = 0


class DeskInline(admin.TabularInline):
    """A desk goes out of use; it is not deleted, since its bookings are kept."""

    model = Desk
    fields = ["name", "kind", "note", "seats", "position", "is_active"]
    ordering = ["position", "pk"]
    extra = 0
    can_delete = False


class RateInline(admin.TabularInline):
    model = Rate
    ordering = ["kind", "public", "unit"]
    extra = 0


class ClosureInline(admin.TabularInline):
    """Those to come, to be read: closing concerns people, so it is done where they are listed, on the host's page."""

    model = Closure
    fields = ["period", "desk", "reason"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Telecentre | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Closure | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Closure]:
        return super().get_queryset(request).coming(timezone.now()).select_related("desk")


@admin.register(Telecentre)
class TelecentreAdmin(LooksUpKeys, NamesPlaces, PlainSearch, admin.ModelAdmin):
    list_display = ["name", "commune", "desks", "phone", "is_open"]
    list_filter = ["is_open"]
    list_select_related = ["commune"]
    search_fields = ["name", "commune__sort_name"]
    search_help_text = _("Name or commune")
    ordering = ["commune__sort_name", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["commune"]
    raw_id_fields = ["hosts"]
    inlines = [ClosureInline, OpeningHoursInline, DeskInline, RateInline]
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_open", "commune", "address", "postal_code", "phone", "hosts"]}),
        (_("Its page"), {"fields": ["tagline", "on_the_spot"]}),
        (_("Told the day before, to those who come"), {"fields": ["access_notes"]}),
        (_("Its rules"), {"fields": RULES}),
        (_("Open data"), {"fields": ["siret", "published"]}),
    ]
    readonly_fields = ["published"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Telecentre]:
        return super().get_queryset(request).annotate(desk_count=Count("desks", filter=Q(desks__is_active=True)))

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "postal_code":
            return PostalCodeField(label=capfirst(db_field.verbose_name), widget=AdminTextInputWidget())
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Telecentre | None = None) -> bool:
        return False  # a place that closes keeps its history: it is no longer open

    @admin.display(description=_("in /telecentres.csv"))
    def published(self, telecentre: Telecentre) -> str:
        """Whether the national schema takes it."""
        if not telecentre.siret:
            return _("No: this place is left out, since the national schema asks for a SIRET.")
        if not telecentre.is_open:
            return _("No: this place is left out, since it is not open.")
        return _("Yes, with its hours and its page.")

    @admin.display(description=_("desks and rooms"), ordering="desk_count")
    def desks(self, telecentre: Telecentre) -> int:
        return telecentre.desk_count

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list, change: bool) -> None:
        before = set(form.initial.get("hosts", []))
        super().save_related(request, form, formsets, change)
        after = set(form.cleaned_data.get("hosts", []))
        for host, sign in [*((host, "+") for host in after - before), *((host, "–") for host in before - after)]:
            about = f"{sign} host of {form.instance.slug}"
            journal.note(JournalEvent.ROLE_CHANGED, account=host, by=request.user, about=about, request=request)
        register_as_place(telecentre=form.instance)


@admin.register(BookingLimits)
class BookingLimitsAdmin(admin.ModelAdmin):
    """One row for the network: it is changed, and neither doubled nor deleted."""

    list_display = ["__str__", "bookings_ahead", "room_hours_a_week"]
    fields = ["bookings_ahead", "room_hours_a_week"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not BookingLimits.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: BookingLimits | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: BookingLimits, form: ModelForm, change: bool) -> None:
        obj.pk = 1
        super().save_model(request, obj, form, change)


class When(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("coming", _("coming")), ("past", _("past and called off"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        chosen: dict[str | None, Callable] = {"coming": queryset.upcoming, "past": queryset.past}
        choose = chosen.get(self.value())
        return choose(timezone.now()) if choose else queryset


@admin.register(Booking)
class BookingAdmin(PlainSearch, admin.ModelAdmin):
    list_display = ["when", "place", "desk", "who", "status", "price", "units", "created_at"]
    list_filter = [When, "status", "desk__kind", "desk__telecentre"]
    list_select_related = ["desk__telecentre", "member__user"]
    search_fields = ["member__user__sort_name", "member__user__email", "guest"]
    search_help_text = _("Member's name or e-mail")
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["call_off"]

    @admin.display(description=_("who"), ordering="member__user__sort_name")
    def who(self, booking: Booking) -> str:
        return booking.who

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Booking | None = None) -> list[str]:
        return [field.name for field in Booking._meta.fields]

    @admin.display(description=_("when"), ordering="period")
    def when(self, booking: Booking) -> str:
        return wording.booked_time(booking)

    @admin.display(description=_("place"), ordering="desk__telecentre__name")
    def place(self, booking: Booking) -> str:
        return booking.desk.telecentre.name

    @admin.action(description=_("Call the selected bookings off"), permissions=["change"])
    def call_off(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        done = 0
        for booking in queryset:
            was_off = booking.status == BookingStatus.CANCELLED
            try:
                cancelling.cancel_booking(booking=booking, by=request.user)
            except CancellationRefused as refusal:
                self.message_user(request, f"{booking}: {refusal}", messages.WARNING)
            else:
                done += not was_off
        if done:
            sentence = ngettext("%(count)s booking is called off.", "%(count)s bookings are called off.", done)
            self.message_user(request, sentence % {"count": done}, messages.SUCCESS)


@admin.register(PassOffer)
class PassOfferAdmin(admin.ModelAdmin):
    """What is on sale in every place. A pass that was sold stays as it was sold."""

    list_display = ["half_days", "price", "valid_days", "is_sold"]
    ordering = ["half_days", "pk"]


class PassEntryInline(ReadOnly, admin.TabularInline):
    model = PassEntry
    fields = ["at", "units", "reason", "booking", "by", "note"]
    ordering = ["-at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PassEntry]:
        return super().get_queryset(request).select_related("booking__desk", "by")


@admin.register(Pass)
class PassAdmin(ReadOnly, PlainSearch, admin.ModelAdmin):
    """Each with its ledger. What is wrong is put right by a line more, never by changing one."""

    list_display = ["member", "kind", "balance", "half_days", "price", "how_paid", "valid_until", "sold_at"]
    list_filter = ["kind", "sold_at"]
    list_select_related = ["member__user", "sold_at", "payment"]
    readonly_fields = ["how_paid"]
    search_fields = ["member__user__sort_name", "member__user__email"]
    search_help_text = _("Member's name or e-mail")
    ordering = ["-pk"]
    inlines = [PassEntryInline]
    actions = ["give_one", "take_one"]

    @admin.display(description=_("paid"))
    def how_paid(self, pass_: Pass) -> str:
        """A dash where nothing was to be paid, or where it is not known: of no answer the page of a pass would print « None »."""
        return pass_.payment.how if pass_.payment else self.get_empty_value_display()

    @admin.action(description=_("Put right: one half-day more"), permissions=["correct"])
    def give_one(self, request: HttpRequest, queryset: QuerySet[Pass]) -> None:
        self.correct(request, queryset, +1)

    @admin.action(description=_("Put right: one half-day less"), permissions=["correct"])
    def take_one(self, request: HttpRequest, queryset: QuerySet[Pass]) -> None:
        self.correct(request, queryset, -1)

    def has_correct_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may(Act.CORRECT_PASSES)

    def correct(self, request: HttpRequest, queryset: QuerySet[Pass], units: int) -> None:
        for pass_ in queryset.select_related("member__user"):
            try:
                ledger.correct_pass(of=pass_, units=units, note=_("put right in the admin"), by=request.user)
            except ledger.LedgerRefused as refusal:
                self.message_user(request, f"{pass_.member}: {refusal}", messages.WARNING)
            else:
                self.message_user(request, f"{pass_.member}: {units:+d}", messages.SUCCESS)


@admin.register(WaitingEntry)
class WaitingEntryAdmin(ReadOnly, admin.ModelAdmin):
    """Who waits for what."""

    list_display = ["when", "telecentre", "kind", "member", "status", "joined_at"]
    list_filter = ["status", "telecentre"]
    list_select_related = ["telecentre", "member__user"]
    ordering = ["-pk"]

    @admin.display(description=_("when"), ordering="period")
    def when(self, entry: WaitingEntry) -> str:
        return wording.booked_time(entry)


@admin.register(BookingSeries)
class BookingSeriesAdmin(ReadOnly, admin.ModelAdmin):
    """Who has the same place every week."""

    list_display = ["telecentre", "member", "desk", "stretch", "first", "last", "handled_until", "ended_at"]
    list_filter = ["telecentre"]
    list_select_related = ["telecentre", "member__user", "desk"]
    ordering = ["-pk"]
