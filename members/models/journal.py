"""The journal: lines that nobody changes."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import Ground, PersonalData
from common.triggers import Trigger
from members.enums import JournalEvent


class JournalEntry(models.Model):
    """One line of the journal. The database refuses to change it, and to delete it within its twelve months.

    No secret, and nothing that strangers typed. An account that is erased leaves its number here and nothing else.
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    what = models.CharField(_("what"), max_length=20, choices=JournalEvent)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
        verbose_name=_("account concerned"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name=_("by")
    )
    about = models.CharField(_("details"), max_length=200, blank=True)
    network = models.CharField(_("from the network"), max_length=50, blank=True)

    personal_data = PersonalData(
        of=_("everybody with an account"),
        purpose=_("to find out what happened to an account"),
        ground=Ground.INTEREST,
        kept=_("twelve months"),
        told=["at", "what", "about", "network"],
        erased=[],
        facts=["account", "by"],
        stays={
            "about": _("the journal is not rewritten: it goes after twelve months"),
            "network": _("the journal is not rewritten: it goes after twelve months"),
        },
    )

    class Meta:
        verbose_name = _("line of the journal")
        verbose_name_plural = _("journal")
        indexes = [models.Index(fields=["at"], name="journal_at")]
        triggers = [
            Trigger(
                name="journal_is_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=(
                    "IF TG_OP = 'DELETE' AND OLD.at < CURRENT_TIMESTAMP - interval '12 months' THEN RETURN OLD; END IF; "
                    "RAISE EXCEPTION 'the journal is append-only for twelve months' "
                    "USING ERRCODE = 'integrity_constraint_violation';"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_what_display()}"
