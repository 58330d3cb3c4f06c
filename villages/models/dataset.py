"""Where official facts come from."""

import datetime as dt
import re
from contextlib import suppress

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL


class Dataset(models.Model):
    """Where a set of official facts comes from, as the pages that show them must say."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    source = models.CharField(_("source"), max_length=200)
    licence = models.CharField(_("licence"), max_length=100, blank=True)
    edition = models.CharField(_("edition"), max_length=40, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    imported_at = models.DateTimeField(_("imported at"))

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")

    def __str__(self) -> str:
        return f"{self.key} {self.edition}".strip()

    @property
    def edition_on(self) -> dt.date | None:
        """The last day that the edition speaks of: the date it is named after, or the end of the last year it names.

        None where it names neither: whoever imports may call an edition as they like.
        """
        if day := re.search(r"\b\d{4}-\d\d-\d\d\b", self.edition):
            with suppress(ValueError):  # no such day: its year will do
                return dt.date.fromisoformat(day.group())
        years = re.findall(r"\b(?:19|20)\d\d\b", self.edition)
        return dt.date(int(years[-1]), 12, 31) if years else None
