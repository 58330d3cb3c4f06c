"""When a household wishes to arrive: on a day, in a month, or in words that are no date."""

import datetime as dt
from typing import Any, NamedTuple

from django.utils.formats import date_format

from common.typography import dated
from projects.enums import Grain
from projects.models import Household


class Wish(NamedTuple):
    """As exact as it was said, and no more: `on` is the first day of what `grain` names; `words`, if any, stand for it."""

    on: dt.date | None = None
    grain: Grain | str = ""
    words: str = ""

    @classmethod
    def in_month(cls, day: dt.date) -> "Wish":
        return cls(day.replace(day=1), Grain.MONTH)

    @classmethod
    def of(cls, household: Household) -> "Wish":
        return cls(household.wished_on, household.wished_grain, household.wished_words)

    def __str__(self) -> str:
        """« septembre 2027 », « 1er mars 2027 », « dès que possible »; nothing for what is unknown."""
        if self.words or self.on is None:
            return self.words
        return dated(self.on) if self.grain == Grain.DAY else date_format(self.on, "F Y")

    def fields(self) -> dict[str, Any]:
        """Those of a Household."""
        return {"wished_on": self.on, "wished_grain": self.grain, "wished_words": self.words}
