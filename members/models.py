"""People: one account each, and the profile of those who are members."""

from typing import Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from members.enums import MemberStatus, Role, Visibility
from villages.models import Commune


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **facts) -> "User":
        user = self.model(email=email.strip().lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **facts) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **facts)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """One person, one account, one e-mail address, whatever they are here: holder, member, host, adviser."""

    email = models.EmailField(_("e-mail"), error_messages={"unique": _("Somebody already uses this address.")})
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("account made at"), default=timezone.now)
    absent_from = models.DateField(_("absent from"), null=True, blank=True)
    absent_until = models.DateField(_("absent until"), null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message=_("Somebody already uses this address.")
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email.partition("@")[0]

    @cached_property
    def role_names(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def is_lead(self) -> bool:
        return self.is_active and (self.is_superuser or Role.LEAD in self.role_names)

    @property
    def is_adviser(self) -> bool:
        """May work on project files."""
        return self.is_active and (self.is_lead or Role.ADVISER in self.role_names)

    @property
    def is_member(self) -> bool:
        member = getattr(self, "member", None)
        return member is not None and member.status == MemberStatus.ACTIVE


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> Self:
        return self.filter(status=MemberStatus.ACTIVE)


class Member(models.Model):
    """A solo of the network. Each field says who may see it; the directory lists those whose name may be seen."""

    user = models.OneToOneField(User, models.CASCADE, related_name="member", verbose_name=_("account"))
    slug = models.SlugField(_("address"), max_length=140, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=MemberStatus, default=MemberStatus.ACTIVE)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="members", verbose_name=_("commune"))
    activity = models.CharField(_("activity"), max_length=100)
    skills = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("skills"))
    bio = models.TextField(_("about"), max_length=1500, blank=True)
    website = models.URLField(_("web site"), blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    photo = models.ImageField(_("photo"), upload_to="members/", blank=True)
    joined_on = models.DateField(_("member since"))
    name_visibility = models.CharField(_("name and activity"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    commune_visibility = models.CharField(_("commune"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    bio_visibility = models.CharField(_("presentation and skills"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    website_visibility = models.CharField(_("web site"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    email_visibility = models.CharField(_("e-mail"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    phone_visibility = models.CharField(_("telephone"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    photo_visibility = models.CharField(_("photo"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    visibility_agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        indexes = [models.Index(fields=["status", "name_visibility"], name="member_listed")]
        constraints = [
            models.CheckConstraint(name="member_status_known", condition=Q(status__in=MemberStatus.values)),
            models.CheckConstraint(
                name="member_shown_only_if_agreed",
                condition=Q(visibility_agreed_at__isnull=False)
                | Q(
                    name_visibility=Visibility.NOBODY,
                    commune_visibility=Visibility.NOBODY,
                    bio_visibility=Visibility.NOBODY,
                    website_visibility=Visibility.NOBODY,
                    email_visibility=Visibility.NOBODY,
                    phone_visibility=Visibility.NOBODY,
                    photo_visibility=Visibility.NOBODY,
                ),
                violation_error_message=_("Nothing of a member is shown before they have agreed."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("members:member", args=[self.slug])
