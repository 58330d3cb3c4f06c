"""That something changed which the lists show."""

import pgtrigger
from django.db import models
from django.db.models import Count, Max
from django.db.models.functions import Now

from common.personal_data import NOTHING_PERSONAL
from common.triggers import Trigger

# In `Meta.triggers` of each table that the lists show: once a statement, a note that they no longer show what the table says.
NOTE_CHANGE = Trigger(
    name="note_change",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="INSERT INTO villages_change (at) VALUES (clock_timestamp()); RETURN NULL;",
)


class Change(models.Model):
    """One row for each statement that changed what the lists show, written by the trigger above, never by hand.

    Rows and not a counter: nobody waits for anybody's lock, and a transaction that commits late still adds a row that was
    not there. What was read of the table before can therefore be known again by `fingerprint()`.
    """

    at = models.DateTimeField(db_default=Now())

    personal_data = NOTHING_PERSONAL

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}"

    @classmethod
    def fingerprint(cls) -> tuple:
        """Differs whenever a change was committed, in one small query."""
        seen = cls.objects.aggregate(count=Count("pk"), last=Max("pk"), at=Max("at"))
        return seen["count"], seen["last"], seen["at"]
