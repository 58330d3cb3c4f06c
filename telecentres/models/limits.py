"""How much one member may hold at once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL


class BookingLimits(models.Model):
    """One row, which the lead changes in the admin; where it is missing, what stands here holds."""

    bookings_ahead = models.PositiveSmallIntegerField(
        _("bookings ahead, a member"),
        default=20,
        help_text=_("Desks and rooms together, those kept from the waiting list included. A host may book more for somebody."),
    )
    room_hours_a_week = models.PositiveSmallIntegerField(
        _("hours of rooms a week, a member"), default=6, help_text=_("From Monday to Sunday, in all places together.")
    )

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("limits of booking")
        verbose_name_plural = _("limits of booking")
        constraints = [
            models.CheckConstraint(name="limits_are_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="limits_let_somebody_book",
                condition=Q(bookings_ahead__gte=1),
                violation_error_message=_("A member may have one booking at least."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def now(cls) -> "BookingLimits":
        """Those that hold at this moment."""
        return cls.objects.first() or cls(pk=1)
