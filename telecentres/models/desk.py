"""Desks, offices and rooms."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL
from telecentres.enums import DeskKind


class DeskQuerySet(models.QuerySet["Desk"]):
    def bookable(self) -> Self:
        return self.filter(is_active=True, telecentre__is_open=True)

    def in_order(self) -> Self:
        return self.order_by("position", "pk")


class Desk(models.Model):
    """A shared desk, a closed office or a meeting room: what one booking takes."""

    telecentre = models.ForeignKey("telecentres.Telecentre", models.CASCADE, related_name="desks", verbose_name=_("télécentre"))
    kind = models.CharField(_("kind"), max_length=6, choices=DeskKind, default=DeskKind.DESK)
    name = models.CharField(_("name"), max_length=60)
    note = models.CharField(_("what is special about it"), max_length=120, blank=True)
    seats = models.PositiveSmallIntegerField(_("seats"), default=1)
    position = models.PositiveSmallIntegerField(_("order in the list"), default=0)
    is_active = models.BooleanField(_("can be booked"), default=True)
    plan_x = models.PositiveSmallIntegerField(_("on the plan, from the left"), null=True, blank=True)  # hundredths of the room
    plan_y = models.PositiveSmallIntegerField(_("on the plan, from the top"), null=True, blank=True)

    objects = DeskQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        constraints = [
            models.UniqueConstraint(name="desk_name_once_a_place", fields=["telecentre", "name"]),
            models.CheckConstraint(name="desk_kind_known", condition=Q(kind__in=DeskKind.values)),
            models.CheckConstraint(name="desk_seats_at_least_one", condition=Q(seats__gte=1)),
            models.CheckConstraint(
                name="desk_on_the_plan_or_not",
                condition=Q(plan_x=None, plan_y=None)
                | Q(plan_x__isnull=False, plan_y__isnull=False, plan_x__range=(0, 100), plan_y__range=(0, 100)),
                violation_error_message=_("On the plan a desk has both figures, from 0 to 100, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
