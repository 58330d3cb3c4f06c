"""Calendars that other programs read."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import AS_THE_ACCOUNT, ROW, Ground, PersonalData
from members.models import Member


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def in_use(self) -> Self:
        return self.filter(revoked_at=None)

    def visible_to(self, user) -> Self:
        return self.filter(made_by=user)


class CalendarFeed(models.Model):
    """The address of one member's bookings, or of one place's for its host, known by the hash of its secret alone."""

    member = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("member"))
    telecentre = models.ForeignKey(
        "telecentres.Telecentre", models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("télécentre")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("members and hosts"),
        purpose=_("to show bookings in their own calendar"),
        ground=Ground.CONTRACT,
        kept=AS_THE_ACCOUNT,
        told=["made_at", "revoked_at"],
        erased=ROW,
        facts=["member", "telecentre", "token_hash", "made_by"],
    )

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                name="feed_of_a_member_or_a_place",
                condition=Q(member__isnull=False, telecentre=None) | Q(member=None, telecentre__isnull=False),
            ),
            models.UniqueConstraint(
                name="feed_once_a_member", fields=["member"], condition=Q(revoked_at=None, member__isnull=False)
            ),
            models.UniqueConstraint(
                name="feed_once_a_host_and_place",
                fields=["telecentre", "made_by"],
                condition=Q(revoked_at=None, telecentre__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.member or self.telecentre)
