"""A project laid down on the site: a file, an adviser, an acknowledgement, in one transaction."""

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from members.enums import Role
from members.models import User
from projects import notifications
from projects.activity.events import log_event
from projects.activity.to_do import add_tasks_of_stage
from projects.enums import ConsentPurpose, Direction, EventKind, Origin, Stage
from projects.files.lifecycle import open_file
from projects.holders.addresses import confirmed_address_of
from projects.holders.consents import give_consent
from projects.household.answers import Answers
from projects.household.words import household_known_of
from projects.models import Holder, ProjectFile

ONE_AT_A_TIME = 0x50505232  # the key of the advisory lock under which files are dealt out


@transaction.atomic
def lay_down(
    *,
    key: str,
    first_name: str,
    last_name: str,
    email: str,
    title: str,
    phone: str = "",
    summary: str = "",
    lives_in: str = "",
    answers: str = "",
    household: dict[str, Any] | None = None,
    user: User | None = None,
    now: dt.datetime | None = None,
) -> ProjectFile:
    """Open the file of somebody who laid down a project; `key` is the form's, so that two presses make one file. `answers` is
    the query of the questionnaire's: they fill the household, and a note says them.

    Whoever has an account stays the person they are. Anybody else is somebody new, whatever the address they give: that two are
    one person is an adviser's to say.
    """
    now = now or timezone.now()
    with connection.cursor() as cursor:  # the dealing of files, and a double press, one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    if known := ProjectFile.objects.filter(key=key).first():
        return known
    facts = {"first_name": first_name, "last_name": last_name, "email": email, "phone": phone, "lives_in": lives_in}
    holder = Holder.objects.filter(user=user).first() if user else None
    if holder is None:
        holder = Holder.objects.create(user=user, created_at=now, confirmed_email=confirmed_address_of(user, email), **facts)
    told = Answers.read(answers)
    if told:
        household = told.household | (household or {})
    file = open_file(
        holder=holder,
        title=title,
        summary=summary,
        origin=Origin.WEB,
        household=household,
        adviser=adviser_for_new_file(timezone.localdate(now)),
        answers=told.query if told else answers,
        key=key,
        now=now,
    )
    if told:
        log_event(file=file, kind=EventKind.NOTE, direction=Direction.IN, text=told.note, author=user, now=now)
    give_consent(holder=holder, purpose=ConsentPurpose.FILE, now=now)
    add_tasks_of_stage(file=file, now=now)
    notifications.file_received(file, household_known_of(file), at=now)
    return file


def adviser_for_new_file(today: dt.date) -> User | None:
    """The adviser who gets the next file: who has the fewest at work; of equals, who got theirs longest ago. Nobody who is away.

    None where the team is empty or away: the file then waits for the lead, as the rules remind.
    """
    at_work = Q(advised_files__stage__in=Stage.before_settling())
    team = User.objects.filter(is_active=True, groups__name=Role.ADVISER).annotate(
        files=Count("advised_files", filter=at_work, distinct=True), last=Max("advised_files__adviser_since")
    )
    here = [user for user in team if not user.is_absent_on(today)]
    longest_ago = dt.datetime.min.replace(tzinfo=dt.UTC)
    return min(here, key=lambda user: (user.files, user.last or longest_ago, user.pk), default=None)
