"""What is to be booked, as a page sends it."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Self

from django import forms
from django.utils.translation import gettext_lazy as _

from telecentres.availability.board import ANY
from telecentres.availability.forms import STALE_PAGE, Moments
from telecentres.booking.refusals import BookingRefused
from telecentres.enums import RefusalReason, Stretch
from telecentres.half_days import Opening
from telecentres.models import Desk, OpeningHours, Telecentre
from telecentres.wording import local_time

LONGEST_ANSWER = 100  # of what comes back to the page: enough to see what was typed
PRESS = re.compile(r"(?P<desk>\w+) (?P<day>\d{4}-\d{2}-\d{2}) (?P<stretch>morning|afternoon|day)", re.ASCII)
FIELD_OF = {  # what is wrong with the wish itself; everything else is a refusal with a page of its own
    RefusalReason.PAST: "start",
    RefusalReason.NOTICE: "start",
    RefusalReason.HORIZON: "start",
    RefusalReason.NOT_A_HALF_DAY: "start",
    RefusalReason.NOT_THESE_HOURS: "start",
    RefusalReason.KEY_REUSED: "key",
}


class BookingForm(Moments):
    desk = forms.ChoiceField(
        label=_("Desk"),
        error_messages={
            "required": _("Choose a desk, or any desk."),
            "invalid_choice": _("This place has no such desk. Choose one of the list."),
        },
    )
    field_order = ("desk", "start", "end", "key")
    key = forms.CharField(
        max_length=64, widget=forms.HiddenInput, error_messages={"required": STALE_PAGE, "max_length": STALE_PAGE}
    )

    def __init__(self, data: Mapping[str, str], *, desks: Iterable[Desk]) -> None:
        super().__init__(data)
        self.desks = {str(desk.pk): desk for desk in desks}
        self.fields["desk"].choices = [(ANY, _("Any desk")), *((pk, desk.name) for pk, desk in self.desks.items())]

    @classmethod
    def read(cls, data: Mapping[str, str], *, telecentre: Telecentre) -> Self:
        """From `desk`, `start`, `end` and `key`, or from the one field `slot` that a press in the week sends with `key`."""
        answers = {name: data.get(name, "")[: LONGEST_ANSWER + 1] for name in ("desk", "start", "end", "key")}
        if pressed := PRESS.fullmatch(data.get("slot", "")[:LONGEST_ANSWER]):
            opening = Opening(OpeningHours.objects.filter(telecentre=telecentre))
            answers |= moments_of(pressed, opening) | {"desk": pressed["desk"]}
        return cls(answers, desks=Desk.objects.filter(telecentre=telecentre, is_active=True).in_order())

    @property
    def chosen_desk(self) -> Desk | None:
        """None for any desk."""
        return self.desks.get(self.cleaned_data["desk"])

    @property
    def request_key(self) -> str:
        """One page may book several things: its key and what was pressed name the request together."""
        facts = [self.cleaned_data[name] for name in ("key", "desk", "start", "end")]
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def add_refusal(self, refusal: BookingRefused) -> bool:
        """Put the refusal beside the field that it is about. False, and nothing is added, when it is about none of the fields."""
        if field := FIELD_OF.get(refusal.reason):
            self.add_error(field, str(refusal))
        return field is not None


def moments_of(pressed: re.Match, opening: Opening) -> dict[str, str]:
    """Start and end of what was pressed; the day alone where the place does not open then, for the service to refuse."""
    try:
        slot = opening.slot(dt.date.fromisoformat(pressed["day"]), Stretch(pressed["stretch"]))
    except ValueError:  # 31 February
        slot = None
    if slot is None:
        return {"start": f"{pressed['day']}T00:00", "end": f"{pressed['day']}T23:59"}
    return {name: local_time(at).isoformat(timespec="minutes") for name, at in (("start", slot.starts_at), ("end", slot.ends_at))}
