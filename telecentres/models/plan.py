"""What stands on a place's drawn plan beside its desks."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL


class PlanArea(models.Model):
    """A room with walls of its own, or a corner: kitchen, entrance, meeting room. In hundredths of the whole floor."""

    telecentre = models.ForeignKey(
        "telecentres.Telecentre", models.CASCADE, related_name="plan_areas", verbose_name=_("télécentre")
    )
    name = models.CharField(_("name"), max_length=30)
    x = models.PositiveSmallIntegerField(_("from the left"))
    y = models.PositiveSmallIntegerField(_("from the top"))
    wide = models.PositiveSmallIntegerField(_("width"))
    deep = models.PositiveSmallIntegerField(_("depth"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("room of the plan")
        verbose_name_plural = _("rooms of the plan")
        constraints = [
            models.CheckConstraint(
                name="plan_area_inside",
                condition=Q(wide__gte=5, deep__gte=5, x__lte=100 - F("wide"), y__lte=100 - F("deep")),
                violation_error_message=_("The room is at least 5 by 5, and does not go beyond 100 to the right or below."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
