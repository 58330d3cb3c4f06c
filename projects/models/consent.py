"""What a person agreed to, word for word, and when."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import Ground, PersonalData
from projects.enums import ConsentPurpose
from projects.models.people import HOLDERS, KEPT_AS_FILE


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class Consent(models.Model):
    """Kept with its words and their version. One stands for each purpose; a withdrawn one stays as a trace."""

    holder = models.ForeignKey("projects.Holder", models.CASCADE, related_name="consents", verbose_name=_("holder"))
    purpose = models.CharField(_("what for"), max_length=8, choices=ConsentPurpose)
    version = models.CharField(_("version of the words"), max_length=20)
    words = models.TextField(_("the words agreed to"))
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to show what they agreed to"),
        ground=Ground.LEGAL_DUTY,
        kept=KEPT_AS_FILE,
        told=["purpose", "version", "words", "given_at", "withdrawn_at"],
        erased=["words"],
        facts=["holder"],
        stays={"version": _("which words they were, of all people alike")},
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(name="consent_once", fields=["holder", "purpose"], condition=Q(withdrawn_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()
