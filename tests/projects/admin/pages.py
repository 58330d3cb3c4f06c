"""What tests of the advisers' pages share: addresses, days, what an answer shows."""

import datetime as dt
import re

from django.utils import timezone

FILES, TASKS, HOLDERS, REMINDERS = (f"/admin/projects/{name}/" for name in ("projectfile", "task", "holder", "reminder"))


def today():
    return timezone.localdate()


def in_days(count):
    return today() + dt.timedelta(days=count)


def texts(response):
    """What the page shows, without its markup, and with plain spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def rows(response):
    return [row.pk for row in response.context["cl"].result_list]


NO_HOUSEHOLD = {"household-TOTAL_FORMS": "0", "household-INITIAL_FORMS": "0"}
HOUSEHOLD = {
    "household-TOTAL_FORMS": "1",
    "household-INITIAL_FORMS": "0",
    "household-0-adults": "2",
    "household-0-children": "1",
    "household-0-level_college": "1",
    "household-0-seeks": "louer",
    "household-0-housing_budget": "650",
}


def correct(file, **facts):
    given = {
        "title": file.title,
        "summary": file.summary,
        "origin": file.origin,
        "convention": file.convention,
        "business_track": file.business_track,
        "settling_track": file.settling_track,
    }
    return given | NO_HOUSEHOLD | facts
