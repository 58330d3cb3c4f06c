"""Every letter of the site about rows of which nothing optional is known, in both languages: no fault, and no “None”."""

import datetime as dt

import pytest
from django.utils import timezone

from outbox import services as outbox
from projects import notifications as projects
from projects.enums import ReminderRule
from projects.household.words import household_known_of
from projects.introductions.visit_calendar import visit_event
from projects.models import ConsentRequest, Introduction, ProjectFile, Task
from projects.reminders.rules.base import DigestLine, Nudge
from telecentres import notifications as telecentres
from telecentres.calendars.icalendar import attachment_of
from telecentres.hosting.closing import alternatives_after_closure
from telecentres.models import Booking, BookingSeries, Closure, Desk, Pass
from telecentres.series.services import Occurrence
from tests.bare.rows import bare
from tests.bare.test_every_page import nones
from tests.factories.members import UserFactory
from tests.letters.test_every_letter import CASES
from villages.alerts import letters as villages
from villages.housing import letters
from villages.models import CommitteeMember, Housing, SavedSearch

pytestmark = pytest.mark.django_db


@pytest.fixture
def composed(monkeypatch) -> dict[str, list[str]]:
    """By template, what its letters said that no row knew."""
    said: dict[str, list[str]] = {}
    compose = outbox.compose_rendered

    def in_both(*, template, language="fr", **facts):
        for tongue in ("fr", "en"):
            letter = compose(template=template, language=tongue, **facts)
            said.setdefault(template, []).extend(nones(f"{letter.subject}\n{letter.text}\n{letter.html}\n{letter.attachments}"))
        return compose(template=template, language=language, **facts)

    monkeypatch.setattr(outbox, "compose_rendered", in_both)
    monkeypatch.setattr(projects, "compose_rendered", in_both)
    return said


def about_files(now: dt.datetime) -> None:
    """Nobody follows the file, and its holder gave an address alone."""
    file = bare(ProjectFile)
    file.holder.email = "nadia@example.org"
    projects.file_received(file, household_known_of(file), at=now)  # their address is not confirmed yet
    file.holder.confirmed_email = file.holder.email
    file.holder.save()
    introduction = bare(Introduction, file=file, state="accepted")
    seat = bare(CommitteeMember, village=introduction.village, email="helene@example.org")
    projects.file_received(file, household_known_of(file), at=now)
    projects.consent_asked(bare(ConsentRequest, file=file), [introduction], at=now)
    projects.introductions_sent([introduction], seat, at=now)
    projects.introduction_accepted(introduction, at=now)
    introduction.visit_at = now + dt.timedelta(days=3)
    projects.visit_planned(introduction, visit_event(introduction, planned_at=now), reader=seat, at=now)
    reader, task = UserFactory(first_name="", last_name=""), bare(Task, file=file)
    says = projects.Contents(reader, timezone.localdate(now), {task.pk: task}, {file.pk: file}, {task.pk: task}, {reader: 30})
    says.ruled = {rule: {file.pk: DigestLine(file.pk, lambda: "x")} for rule in ReminderRule}
    projects.digest(key="digest:1:2026-11-23", contents=says)
    projects.task_due(key="task_due:1:2026-11-23:due", contents=says)
    nudge = Nudge(ReminderRule.NEWS_ASKED, 1, "3", "nadia@example.org", "", "x", "x", "/", "x", file)
    projects.nudge(key="projects.nudge:a.2026-11-23", nudges=[nudge], at=now)


def about_desks(now: dt.datetime) -> None:
    """No host is known, no telephone, no note; the first booking is a passer-by's."""
    member = bare(Pass).member
    for booking in (bare(Booking, guest_email="passante@example.org"), bare(Booking, member=member)):
        closure = bare(Closure)
        telecentres.booking_confirmed(booking, event=attachment_of(booking), at=now)
        telecentres.booking_cancelled(booking, at=now)
        telecentres.booking_reminder(booking, at=now)
        telecentres.booking_moved(booking, event=attachment_of(booking), at=now)
        telecentres.booking_reseated(booking, closure=closure, at=now)
        telecentres.booking_closed_out(booking, closure=closure, alternatives=alternatives_after_closure(booking, now), at=now)
        telecentres.place_held(booking, at=now)
        telecentres.held_place_closed(booking, closure=closure, at=now)
    telecentres.newcomer_introduced(booking, [member], at=now)
    telecentres.trial_granted(bare(Pass), at=now)
    series = bare(BookingSeries)
    days = [Occurrence(timezone.localdate(now), None, bare(Booking, desk=bare(Desk, telecentre=series.telecentre)), None)]
    telecentres.series_booked(series, days, at=now)
    telecentres.series_days_refused(series, days, at=now)
    telecentres.series_called_off(series, [booking], at=now)
    telecentres.series_moved(series, [booking], at=now)


def about_villages(now: dt.datetime) -> None:
    search, home = bare(SavedSearch), bare(Housing)
    seat = bare(CommitteeMember, village=home.village, email="helene@example.org")
    villages.search_asked(search, token="t", words=[], at=now)
    news = {"news": [home.village], "count": 1, "list_url": "/villages/"}
    villages.search_news(search, token="t", due_at=now, words=[], at=now, **news)
    search.of = SavedSearch.Of.HOUSING
    villages.search_news(search, token="t", due_at=now + dt.timedelta(days=1), words=[], at=now, **news | {"news": [home]})
    letters.housing_to_confirm(village=home.village, housings=[home], reader=seat, on=timezone.localdate(now), send_after=now)


def test_no_letter_prints_what_is_not_known(composed):
    for write in (about_files, about_desks, about_villages):
        write(timezone.now())
    accounts = ("account/", "mfa/", "members/")  # about an account and its address, which are there
    assert set(composed) == {case.template for case in CASES if not case.template.startswith(accounts)}
    assert {template: said for template, said in composed.items() if said} == {}
