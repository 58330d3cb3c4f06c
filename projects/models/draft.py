"""What somebody began to write and did not send yet."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal_data import ROW, Ground, PersonalData

DRAFT_KEPT_FOR = dt.timedelta(days=30)  # since something was last typed


class DraftQuerySet(models.QuerySet["Draft"]):
    def too_old(self, now: dt.datetime) -> Self:
        return self.filter(kept_at__lte=now - DRAFT_KEPT_FOR)

    def kept(self, now: dt.datetime) -> Self:
        return self.filter(kept_at__gt=now - DRAFT_KEPT_FOR)


class Draft(models.Model):
    """A project begun and not laid down. Its key stands in the session of the browser it was typed in, and nowhere else."""

    key = models.CharField(max_length=43, unique=True, editable=False)
    facts = models.JSONField(_("what was typed"), default=dict)
    kept_at = models.DateTimeField(_("kept at"), db_index=True)

    objects = DraftQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("visitors who began to write a project"),
        purpose=_("to give back what was typed"),
        ground=Ground.CONSENT,
        kept=_("thirty days"),
        told=["facts", "kept_at"],
        erased=ROW,
        facts=["key"],
    )

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return str(self.pk)
