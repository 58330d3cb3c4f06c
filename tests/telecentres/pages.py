"""What tests of the pages press and read."""

import datetime as dt
import html
import re

from django.urls import reverse

from outbox.models import Letter
from telecentres.enums import Stretch
from telecentres.half_days import instant
from telecentres.models import Booking, Desk, Telecentre
from tests.factories.telecentres import half_day

TUESDAY, WEDNESDAY = dt.date(2026, 11, 24), dt.date(2026, 11, 25)
NOW = instant(TUESDAY, dt.time(9))
MY_BOOKINGS = reverse("telecentres:my-bookings")
LOGIN = reverse("account_login")
MORNING, AFTERNOON, DAY = Stretch.of_opening_hours()


def week_of(place: Telecentre, day: dt.date | None = None) -> str:
    return reverse("telecentres:week", args=[place.slug]) + (f"?jour={day}" if day else "")


def wish(desk: Desk, day=WEDNESDAY, stretch=MORNING, **other) -> dict:
    period = half_day(desk.telecentre, day, stretch)
    return {
        "desk": desk.pk,
        "start": period.lower.isoformat(),
        "end": period.upper.isoformat(),
        "key": "from one page",
    } | other


def text_of(response) -> str:
    """What a reader sees: no tags, plain spaces."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(body).split())


def unchanged(desk: Desk) -> bool:
    return not Booking.objects.exists() and not Letter.objects.exists()


def said(response) -> list[str]:
    """Without the spaces that French typography makes narrow."""
    return [plain(str(message)) for message in response.context["messages"]]


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


def press(client, name, *args, **data):
    return client.post(reverse(f"telecentres:{name}", args=args), data, follow=True)


def presses(response) -> list[str]:
    return re.findall(r'<button class="slot[^"]*" name="slot" value="([^"]+)"', response.content.decode())
