"""Members: what they say of themselves, who may see it, and how they are looked for."""

import re
import uuid
from collections.abc import Collection
from functools import partial
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models, transaction
from django.db.models import Case, Func, Q, Value, When
from django.db.models.functions import Greatest, Lower
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.personal_data import AS_THE_ACCOUNT, ROW, Ground, PersonalData
from common.phone import PhoneColumn
from common.search_words import Unaccent, asked_words, beginning, holding, plain_words, resembling
from common.states import HasStates, MovesRows
from members.enums import MemberStatus, Visibility
from members.models.account import User
from villages.models import Commune
from villages.searching.communes import named_by, read_commune


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


def visible_levels(viewer: User | AnonymousUser) -> Collection[Visibility]:
    """What a field's visibility may be for this viewer to see it."""
    return SEEN_BY_MEMBERS if viewer.is_authenticated and viewer.sees_as_member else SEEN_BY_ALL


class MemberQuerySet(MovesRows, models.QuerySet["Member"]):
    def active(self) -> Self:
        return self.filter(status=MemberStatus.ACTIVE)

    def shown_to(self, viewer: User | AnonymousUser) -> Self:
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


class Member(HasStates, models.Model):
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

    states, state_field = MemberStatus, "status"

    objects = MemberQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("members"),
        purpose=_("to let them book, and others find them as far as they agreed"),
        ground=Ground.CONSENT,
        kept=AS_THE_ACCOUNT,
        told=[
            "status",
            "commune",
            "activity",
            "skills",
            "bio",
            "website",
            "phone",
            "photo",
            "joined_on",
            "name_visibility",
            "commune_visibility",
            "bio_visibility",
            "website_visibility",
            "email_visibility",
            "phone_visibility",
            "photo_visibility",
            "visibility_agreed_at",
            "seen_there_since",
            "meets_newcomers_since",
        ],
        erased=ROW,
        facts=["user", "slug", "changed_at"],
    )

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
