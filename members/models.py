"""People: one account each, and the profile of those who are members."""

import datetime as dt
import re
import uuid
from collections.abc import Collection
from functools import partial
from typing import Self

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models, transaction
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Concat, Greatest, Lower
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.email_addresses import AddressColumn
from common.phone import PhoneColumn
from common.search_words import PlainWords, Unaccent, asked_words, beginning, holding, plain_words, resembling
from common.visible import visible
from members.access import ACTS, Act, Standing, asks_second_step
from members.enums import JournalEvent, MemberStatus, Role, Visibility
from villages.models import Commune
from villages.searching.communes import named_by, read_commune

GROUPS = {Role.ADVISER: Standing.ADVISER, Role.LEAD: Standing.LEAD}


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
        return self.filter(is_active=True, groups__name__in=[Role.ADVISER, Role.LEAD]).distinct()

    def leads(self) -> models.QuerySet["User"]:
        return self.filter(is_active=True, groups__name=Role.LEAD)


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
        if act in ACTS[Standing.HOST]:
            return self.keeps_a_place
        if (self.is_staff and act in ACTS[Standing.STAFF]) or (self.is_superuser and act in ACTS[Standing.ADMINISTRATOR]):
            return True
        groups = {role for role, standing in GROUPS.items() if act in ACTS[standing]}
        return bool(groups) and not groups.isdisjoint(self.role_names)

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

    @property
    def is_host(self) -> bool:
        return self.may(Act.KEEP_OWN_PLACE)

    @cached_property
    def is_committee(self) -> bool:
        """Sits on a village's welcome committee."""
        return self.is_active and self.committee_seats.exists()

    @cached_property
    def has_second_step(self) -> bool:
        """Signs in with more than a password: an app's code or a passkey."""
        return self.authenticator_set.filter(type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]).exists()

    @property
    def sees_as_member(self) -> bool:
        """Whom a member addresses by « members »: the members, and the network's own team."""
        return self.is_member or self.may(Act.SEE_AS_MEMBER)


class JoinedWords(Func):
    """`immutable_words` of the second migration: the words of a list in one text, so that a generated column may hold them."""

    function = "immutable_words"
    output_field = models.TextField()


def photo_path(member: "Member", filename: str) -> str:
    """A name nobody can guess, and nothing of the name the file came with."""
    return f"members/{uuid.uuid4()}.jpg"


NAME_LIKE = re.compile(r"[\w’'.-]*[^\W_][\w’'.-]*")
SEEN_BY_ALL = (Visibility.PUBLIC,)
SEEN_BY_MEMBERS = (Visibility.PUBLIC, Visibility.MEMBERS)
SHOWN_FIELDS = ("name", "commune", "bio", "website", "email", "phone", "photo")  # each has its `…_visibility`


def visible_levels(viewer: "User | AnonymousUser") -> Collection[Visibility]:
    """What a field's visibility may be for this viewer to see it."""
    return SEEN_BY_MEMBERS if viewer.is_authenticated and viewer.sees_as_member else SEEN_BY_ALL


class MemberQuerySet(models.QuerySet["Member"]):
    def active(self) -> Self:
        return self.filter(status=MemberStatus.ACTIVE)

    def shown_to(self, viewer: "User | AnonymousUser") -> Self:
        """The directory as this viewer may read it."""
        return self.shown_at(visible_levels(viewer))

    def shown_at(self, levels: Collection[Visibility]) -> Self:
        """Those whose name may be seen by whoever sees `levels`, with `sees_<field>` saying what else may.

        Whatever searches, filters or orders after this asks `sees_<field>` before it looks into a field.
        """
        sees = {f"sees_{field}": Q(**{f"{field}_visibility__in": levels}) for field in SHOWN_FIELDS}
        return self.active().filter(user__is_active=True, name_visibility__in=levels).annotate(**sees)

    def saying(self, words: str, *, nearly: bool = False) -> Self:
        """After `shown_to`: every word stands in what may be seen, accents and capitals aside; or all of them name the commune.

        `nearly` adds those of whom a trade, a skill, a name or a commune that may be seen is spelt almost so. It is for when
        nobody at all was found: a right word must not bring its neighbours along.
        """
        found = self
        for word in asked_words(words):
            text = Unaccent(Lower(Value(word)))
            anywhere = (
                Q(activity_words__contains=text)
                | Q(sees_bio=True, bio_words__contains=text)
                | Q(sees_bio=True, skill_words__contains=text)
            )
            if NAME_LIKE.fullmatch(word):  # of "C++" a name would keep the C, which stands in most of them
                anywhere |= holding("user__sort_name", word) | Q(sees_commune=True) & holding("commune__sort_name", word)
            if nearly:
                anywhere |= resembling("activity_words", word) | resembling("user__sort_name", word)
                anywhere |= Q(sees_bio=True) & resembling("skill_words", word)
                anywhere |= Q(sees_commune=True) & resembling("commune__sort_name", word)
            found = found.filter(anywhere)
        if named := named_by(read_commune(words)):
            return found | self.filter(sees_commune=True, commune__in=named)
        return found

    def nearest_first(self, typed: str) -> Self:
        """After `shown_to`: by how near the nearest of what may be seen and bears a name comes to the words."""
        words, unseen = plain_words(typed), Value(0.0)
        return self.order_by(
            Greatest(
                TrigramWordSimilarity(words, "activity_words"),
                TrigramWordSimilarity(words, "user__sort_name"),
                Case(When(sees_bio=True, then=TrigramWordSimilarity(words, "skill_words")), default=unseen),
                Case(When(sees_commune=True, then=TrigramWordSimilarity(words, "commune__sort_name")), default=unseen),
                output_field=models.FloatField(),
            ).desc(),
            "user__sort_name",
            "pk",
        )

    def introduced(self) -> Self:
        """Those who agreed that members and newcomers of one trade, there on the same day, are told of each other."""
        return self.filter(user__is_active=True, meets_newcomers_since__isnull=False)

    def working_as(self, activity: str, *, nearly: bool = False) -> Self:
        """`nearly` here and below: as in `saying`."""
        works_so = Q(activity_words__contains=Unaccent(Lower(Value(activity))))
        return self.filter(works_so | resembling("activity_words", activity) if nearly else works_so)

    def living_in(self, commune: str, *, nearly: bool = False) -> Self:
        """After `shown_to`: the commune may be seen, and the text names it, or its name begins so."""
        named = [known.key for known in read_commune(commune).communes]
        there = Q(commune__in=named) if named else beginning("commune__sort_name", commune)
        if nearly:
            there |= resembling("commune__sort_name", commune)
        return self.filter(there, sees_commune=True)

    def skilled_in(self, skill: str, *, nearly: bool = False) -> Self:
        """After `shown_to`."""
        is_skilled = Q(skill_words__contains=Unaccent(Lower(Value(skill))))
        return self.filter(is_skilled | resembling("skill_words", skill) if nearly else is_skilled, sees_bio=True)

    def in_french_order(self) -> Self:
        return self.order_by("user__sort_name", "pk")

    def with_person(self) -> Self:
        return self.select_related("user", "commune")


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
    phone = PhoneColumn(_("telephone"), blank=True)
    photo = models.ImageField(_("photo"), upload_to=photo_path, blank=True)
    joined_on = models.DateField(_("member since"))
    name_visibility = models.CharField(_("name and activity"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    commune_visibility = models.CharField(_("commune"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    bio_visibility = models.CharField(_("presentation and skills"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    website_visibility = models.CharField(_("web site"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    email_visibility = models.CharField(_("e-mail"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    phone_visibility = models.CharField(_("telephone"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    photo_visibility = models.CharField(_("photo"), max_length=8, choices=Visibility, default=Visibility.NOBODY)
    visibility_agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    # Of the days in a télécentre: each is a consent with the moment it was given, None where it was not.
    seen_there_since = models.DateTimeField(_("members see my days since"), null=True, blank=True)
    meets_newcomers_since = models.DateTimeField(_("is introduced since"), null=True, blank=True)
    changed_at = models.DateTimeField(_("profile changed at"), default=timezone.now)
    activity_words = models.GeneratedField(
        expression=Unaccent(Lower("activity")),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("words of the activity"),
    )
    bio_words = models.GeneratedField(
        expression=Unaccent(Lower("bio")),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("words of the presentation"),
    )
    skill_words = models.GeneratedField(
        expression=Unaccent(Lower(JoinedWords("skills"))),
        output_field=models.TextField(),
        db_persist=True,
        verbose_name=_("words of the skills"),
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        indexes = [
            models.Index(fields=["status", "name_visibility"], name="member_listed"),
            models.Index(fields=["status"], name="member_introduced", condition=Q(meets_newcomers_since__isnull=False)),
            GinIndex(
                fields=["activity_words", "bio_words", "skill_words"],
                opclasses=["gin_trgm_ops"] * 3,
                name="member_words_trigrams",
            ),
        ]
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
        """Read by hosts and by other members: never the address of one who has not said their name."""
        return self.user.get_full_name() or gettext("A member")

    def get_absolute_url(self) -> str:
        return reverse("members:member", args=[self.slug])


@receiver(post_delete, sender=Member)
def forget_photo(sender: type[Member], instance: Member, **kwargs) -> None:
    """The file goes with its row, however the row went (the account erased, the admin), once that is certain."""
    if instance.photo:
        transaction.on_commit(partial(instance.photo.storage.delete, instance.photo.name))


class JournalEntry(models.Model):
    """One line of the journal. The database refuses to change it, and to delete it within its twelve months.

    No secret, and nothing that strangers typed. An account that is erased leaves its number here and nothing else.
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    what = models.CharField(_("what"), max_length=20, choices=JournalEvent)
    account = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name=_("account concerned")
    )
    by = models.ForeignKey(User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name=_("by"))
    about = models.CharField(_("details"), max_length=200, blank=True)
    network = models.CharField(_("from the network"), max_length=50, blank=True)

    class Meta:
        verbose_name = _("line of the journal")
        verbose_name_plural = _("journal")
        indexes = [models.Index(fields=["at"], name="journal_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_what_display()}"
