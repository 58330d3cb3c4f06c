"""People in the admin: administrators keep accounts and roles, leads keep memberships, advisers look."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from allauth.usersessions.admin import UserSessionAdmin
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.admin import LooksUpKeys, PlainSearch
from members import journal, membership
from members.access import Act
from members.accounts import links, second_step
from members.accounts.services import make_account
from members.accounts.sessions import end_sessions
from members.enums import JournalEvent, MemberStatus, Role
from members.models import SHOWN_FIELDS, JournalEntry, Member, Payment, User
from villages.admin import NamesPlaces, ReadOnly

ROLE_FIELDS = ["groups", "is_staff", "is_superuser"]


class NewAccountForm(forms.ModelForm):
    roles = forms.MultipleChoiceField(
        label=_("roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A role opens the admin. Members, hosts and committees need none: their own pages say what they are."),
    )

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "roles"]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class RoleFilter(admin.RelatedFieldListFilter):
    """By role, under the names that the list itself shows."""

    def field_choices(self, field, request, model_admin):
        return [(pk, role_name(name)) for pk, name in super().field_choices(field, request, model_admin)]


def role_name(group: str) -> str:
    return str(Role(group).label) if group in Role else group


@admin.register(User)
class UserAdmin(PlainSearch, admin.ModelAdmin):
    """No password passes here: a new account is invited by letter and chooses its own, or signs in by a mailed code."""

    list_display = ["__str__", "email", "role_names_of", "is_staff", "is_active", "date_joined"]
    list_filter = [("groups", RoleFilter), "is_staff", "is_active"]
    search_fields = ["sort_name", "email"]
    search_help_text = _("Name or e-mail address")
    ordering = ["sort_name", "pk"]
    list_per_page = 50
    show_full_result_count = False
    filter_horizontal = ["groups"]
    add_fieldsets = [(None, {"fields": ["email", "first_name", "last_name", "roles"]})]
    fieldsets = [
        (None, {"fields": ["email", "first_name", "last_name", "is_active"]}),
        (_("Absence"), {"fields": ["absent_from", "absent_until"]}),
        (_("Roles"), {"fields": ["groups", "is_staff", "is_superuser"]}),
        (_("Sign-in"), {"fields": ["second_step", "last_login", "date_joined"]}),
    ]
    actions = ["invite", "take_second_step_off"]
    # Whoever signs in with an address shows that it is theirs: they change it themselves, with a code.
    readonly_fields = ["email", "second_step", "last_login", "date_joined"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list:
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return self.readonly_fields if obj else []

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> type[forms.ModelForm]:
        if obj is None:
            kwargs["form"] = NewAccountForm
        return super().get_form(request, obj, change=change, **kwargs)

    @admin.display(description=_("roles"))
    def role_names_of(self, user: User) -> str:
        return ", ".join(sorted(role_name(group.name) for group in user.groups.all()))

    @admin.display(description=_("second step"), boolean=True)
    def second_step(self, user: User) -> bool:
        return user.has_second_step

    @admin.action(description=_("Write an invitation to choose a password"), permissions=["change"])
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """To those who have not signed in yet: others have a code by e-mail."""
        waiting = list(queryset.filter(is_active=True, last_login=None))
        for user in waiting:
            links.invite(user, by=request.user)
        said = ngettext("%d invitation is on its way.", "%d invitations are on their way.", len(waiting)) % len(waiting)
        self.message_user(request, said, messages.SUCCESS if waiting else messages.WARNING)

    @admin.action(description=_("Take the second step off"), permissions=["change"])
    def take_second_step_off(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """For somebody who lost their telephone, or whose secret can no longer be read; asked for once more."""
        if queryset.filter(pk=request.user.pk).exists():
            self.message_user(request, _("Your own second step is given up on its own page, under “My account”."), messages.WARNING)
            return None
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "action": "take_second_step_off",
                "rows": queryset,
                "title": _("Take the second step off"),
                "button": _("Take it off: they are written to, and set it up anew"),
            }
            return TemplateResponse(request, "admin/confirm.html", context)
        now, done = timezone.now(), 0
        for user in queryset:
            if second_step.take_second_step_off(user=user, at=now, request=request):
                self.log_change(request, user, _("The second step was taken off."))
                done += 1
        if done:
            said = ngettext("The second step of %d account is off.", "The second step of %d accounts is off.", done) % done
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, _("There was no second step to take off."), messages.WARNING)
        return None

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.order_by("name")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            if "is_active" in form.changed_data:
                what = JournalEvent.ACCOUNT_OPENED if obj.is_active else JournalEvent.ACCOUNT_CLOSED
                journal.note(what, account=obj, by=request.user, request=request)
            if not obj.is_active:
                end_sessions(obj)
            return
        made = make_account(
            email=obj.email,
            first_name=obj.first_name,
            last_name=obj.last_name,
            roles=[Role(role) for role in form.cleaned_data["roles"]],
        )
        obj.pk = made.pk
        obj.refresh_from_db()
        journal.note(JournalEvent.ACCOUNT_MADE, account=obj, by=request.user, about=rights_of(obj), request=request)
        links.invite(obj, by=request.user)
        self.message_user(request, _("An invitation is on its way to %(email)s.") % {"email": obj.email}, messages.SUCCESS)

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        before = rights_of(form.instance, **{name: form.initial.get(name) for name in ROLE_FIELDS}) if change else ""
        super().save_related(request, form, formsets, change)
        after = rights_of(form.instance)
        if change and before != after:
            about = f"{before or '–'} → {after or '–'}"
            journal.note(JournalEvent.ROLE_CHANGED, account=form.instance, by=request.user, about=about, request=request)


def rights_of(user: User, *, groups: Iterable[Group] | None = None, is_staff=None, is_superuser=None) -> str:
    """The roles of an account as the journal names them: those given, or those it has."""
    names = sorted(group.name for group in (user.groups.all() if groups is None else groups))
    names += ["may enter the admin"] if (user.is_staff if is_staff is None else is_staff) else []
    names += ["administrator"] if (user.is_superuser if is_superuser is None else is_superuser) else []
    return ", ".join(names)


class NewMemberForm(forms.ModelForm):
    def clean_user(self) -> User:
        user = self.cleaned_data["user"]
        if Member.objects.filter(user=user).exists():
            raise forms.ValidationError(_("This person is already a member."))
        return user


class MemberForm(forms.ModelForm):
    """Of a member's statuses, those that may follow the one they have."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        may = {self.instance.stands_at, *self.instance.stands_at.next_states}
        if "status" in self.fields:  # not for those who may look only
            self.fields["status"].choices = [(status.value, status.label) for status in MemberStatus if status in may]


@admin.register(Member)
class MemberAdmin(LooksUpKeys, NamesPlaces, PlainSearch, admin.ModelAdmin):
    """What may be seen of a member, and their photo, are theirs to choose: shown here, changed by nobody else."""

    place_first = False

    list_display = ["user", "activity", "commune", "status", "joined_on", "name_visibility"]
    list_filter = ["status", "name_visibility", "joined_on"]
    list_select_related = ["user", "commune"]
    search_fields = ["user__sort_name", "user__email", "commune__sort_name", "activity_words"]
    search_help_text = _("Name, e-mail address, commune or activity")
    ordering = ["user__sort_name", "pk"]
    list_per_page = 50
    show_full_result_count = False
    autocomplete_fields = ["user", "commune"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    consent = [*(f"{field}_visibility" for field in SHOWN_FIELDS), "visibility_agreed_at"]
    fieldsets = [
        (None, {"fields": ["user", "status", "joined_on", "slug"]}),
        (_("Profile"), {"fields": ["activity", "commune", "skills", "bio", "website", "phone", "has_photo", "changed_at"]}),
        (_("What the member agreed to show"), {"fields": consent}),
    ]
    add_fieldsets = [(None, {"fields": ["user", "commune", "activity", "joined_on", "skills", "bio", "website", "phone"]})]

    def get_fieldsets(self, request: HttpRequest, obj: Member | None = None) -> list:
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Member | None = None) -> list[str]:
        return ["user", "slug", "has_photo", "changed_at", *self.consent] if obj else []

    def get_form(
        self, request: HttpRequest, obj: Member | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        kwargs["form"] = NewMemberForm if obj is None else MemberForm
        return super().get_form(request, obj, change=change, **kwargs)

    @admin.display(description=_("photo"), boolean=True)
    def has_photo(self, member: Member) -> bool:
        return bool(member.photo)

    def save_model(self, request: HttpRequest, obj: Member, form: forms.ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        facts = {name: form.cleaned_data[name] for name in self.add_fieldsets[0][1]["fields"]}
        made = membership.make_member(**facts)
        obj.pk = made.pk
        obj.refresh_from_db()


admin.site.unregister(UserSession)


@admin.register(UserSession)
class OpenSessionAdmin(PlainSearch, UserSessionAdmin):
    """The library looks people up by a name to sign in with, which ours have not."""

    search_fields = ["user__sort_name", "user__email", "ip"]
    search_help_text = _("Name, e-mail address or network address")


SPOKEN = {  # words of the journal's details that a reader knows under another name
    "password": _("password"),
    "code": _("mailed code"),
    "totp": _("code of an app"),
    "webauthn": _("passkey"),
    "recovery_codes": _("spare code"),
    "link": _("link"),
    "may enter the admin": _("may enter the admin"),
    "administrator": _("administrator"),
}


class WhenFilter(admin.DateFieldListFilter):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("when")


@admin.register(Payment)
class PaymentAdmin(PlainSearch, ReadOnly, admin.ModelAdmin):
    """What anybody owes or paid: read by whoever looks after payments, written where the thing is sold."""

    list_display = ["what", "amount", "payer", "status", "means", "owed_since", "ended_on", "ended_by"]
    list_filter = ["status", "means", ("ended_on", WhenFilter)]
    list_select_related = ["payer", "ended_by"]
    search_fields = ["what", "payer__sort_name", "payer__email"]
    search_help_text = _("Name or e-mail address, or for what")
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).visible_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Payment | None = None) -> bool:
        return request.user.is_authenticated and request.user.may(Act.LOOK_AFTER_PAYMENTS)


@admin.register(JournalEntry)
class JournalAdmin(PlainSearch, ReadOnly, admin.ModelAdmin):
    """Read by administrators, written by what happens alone."""

    list_display = ["when", "what", "account", "by", "details", "network"]
    list_filter = ["what", ("at", WhenFilter)]
    fields = ["when", "what", "account", "by", "details", "network"]
    readonly_fields = ["when", "details"]
    list_select_related = ["account", "by"]
    search_fields = ["account__sort_name", "account__email", "by__sort_name", "by__email", "about"]
    search_help_text = _("Name or e-mail address of an account, or reference of a file")
    ordering = ["-at", "-pk"]
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: JournalEntry | None = None) -> bool:
        return request.user.is_authenticated and request.user.may(Act.READ_JOURNAL)

    @admin.display(description=_("when"), ordering="at")
    def when(self, entry: JournalEntry) -> dt.datetime:
        return entry.at

    @admin.display(description=_("details"))
    def details(self, entry: JournalEntry) -> str:
        return ", ".join(str(SPOKEN.get(word, word)) for word in entry.about.split(", "))
