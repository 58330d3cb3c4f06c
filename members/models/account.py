"""Accounts: one a person, whatever they are here, and what their roles open."""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.email_addresses import AddressColumn
from common.personal_data import NOT_YET_BOUNDED, ROW, Ground, PersonalData
from common.search_words import PlainWords
from common.visible import visible
from members.access import ACTS, AccessRole, Act, asks_second_step, roles_with
from members.enums import JournalEvent, MemberStatus
from members.models.journal import JournalEntry


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **facts) -> "User":
        user = self.model(email=visible(email).strip().lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts) -> "User":
        """By the command of that name: nobody is signed in, and the journal says so."""
        user = self.create_user(email, password, is_staff=True, is_superuser=True, **facts)
        JournalEntry.objects.using(self._db).create(what=JournalEvent.ACCOUNT_MADE, account=user, about="administrator")
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)

    def advisers(self) -> models.QuerySet["User"]:
        """The team that follows project files, its leads included: whom lists offer and letters address.

        An administrator may do as much (`is_adviser`) without being of the team.
        """
        return self.filter(is_active=True, groups__name__in=roles_with(Act.WORK_ON_FILES)).distinct()


class User(AbstractBaseUser, PermissionsMixin):
    """One person, one account, one e-mail address, whatever they are here: holder, member, host, adviser."""

    email = AddressColumn(_("e-mail"), error_messages={"unique": _("Somebody already uses this address.")})
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("account made at"), default=timezone.now)
    absent_from = models.DateField(_("absent from"), null=True, blank=True)
    absent_until = models.DateField(_("absent until"), null=True, blank=True)
    sort_name = models.GeneratedField(
        expression=PlainWords(Concat("last_name", Value(" "), "first_name")),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("sort name"),
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    personal_data = PersonalData(
        of=_("everybody with an account"),
        purpose=_("to let them sign in, and to write to them"),
        ground=Ground.CONTRACT,
        kept=NOT_YET_BOUNDED,
        told=["email", "first_name", "last_name", "date_joined", "last_login", "absent_from", "absent_until", "groups"],
        erased=ROW,
        facts=["password", "is_staff", "is_active", "is_superuser", "user_permissions"],
    )

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [models.Index(fields=["sort_name"], name="user_sort_name")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message=_("Somebody already uses this address.")
            ),
            models.CheckConstraint(
                name="user_absence_in_order",
                condition=Q(absent_from__isnull=True, absent_until__isnull=True) | Q(absent_from__lte=F("absent_until")),
                violation_error_message=_("The absence ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email.partition("@")[0]

    def is_absent_on(self, day: dt.date) -> bool:
        """Both days of an absence count. One without an end, or without a start, is open on that side."""
        if self.absent_from is None and self.absent_until is None:
            return False
        return (self.absent_from or day) <= day <= (self.absent_until or day)

    @cached_property
    def role_names(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    def may(self, act: Act | str) -> bool:
        """An active account whose role opens `act`, with the second step where the settings ask for it: the one predicate.

        Whatever the number of rows it is asked about, it costs a query for the roles and one for the second step.
        """
        return self.owns(act) and self.is_protected_for(act)

    def owns(self, act: Act | str) -> bool:
        """A role of this active account opens `act`, were the second step in place. Of KEEP_OWN_PLACE: some place, not any."""
        act = Act(act)
        if not self.is_active:
            return False
        if act in ACTS[AccessRole.HOST]:
            return self.keeps_a_place
        if (self.is_staff and act in ACTS[AccessRole.STAFF]) or (self.is_superuser and act in ACTS[AccessRole.ADMINISTRATOR]):
            return True
        return any(role in self.role_names for role in roles_with(act))

    def is_protected_for(self, act: Act | str) -> bool:
        """Active, and with the second step that `act` asks for."""
        return self.is_active and (not asks_second_step(Act(act)) or self.has_second_step)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """What Django's own pages ask: a right of a group is a right of the team."""
        return super().has_perm(perm, obj) and self.is_protected_for(Act.ENTER_ADMIN)

    def has_module_perms(self, app_label: str) -> bool:
        return super().has_module_perms(app_label) and self.is_protected_for(Act.ENTER_ADMIN)

    @property
    def awaits_second_step(self) -> bool:
        """Has a role that stays shut until the account is protected."""
        return any(self.owns(act) and not self.is_protected_for(act) for act in Act)

    @property
    def is_lead(self) -> bool:
        return self.may(Act.LEAD_FILES)

    @property
    def is_adviser(self) -> bool:
        """May work on project files, now."""
        return self.may(Act.WORK_ON_FILES)

    @property
    def is_of_the_team(self) -> bool:
        """Files may be entrusted to them, whether or not their account is protected yet."""
        return self.owns(Act.WORK_ON_FILES)

    @property
    def is_member(self) -> bool:
        member = getattr(self, "member", None)
        return self.is_active and member is not None and member.status == MemberStatus.ACTIVE

    @cached_property
    def keeps_a_place(self) -> bool:
        """Is named among the hosts of a télécentre: that app adds the relation from above."""
        return self.hosted_telecentres.exists()

    @cached_property
    def has_second_step(self) -> bool:
        """Signs in with more than a password: an app's code or a passkey."""
        return self.authenticator_set.filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]).exists()

    @property
    def sees_as_member(self) -> bool:
        """Whom a member addresses by « members »: the members, and the network's own team."""
        return self.is_member or self.may(Act.SEE_AS_MEMBER)
