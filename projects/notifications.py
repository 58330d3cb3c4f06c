"""The letters about project files: which template, to whom, once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.rate_limits import may_be_written_to
from members.models import User
from outbox.keys import LetterRule, day_of
from outbox.models import Letter
from outbox.services import Attachment, Signature, compose_rendered, post_rendered
from projects import first_contact, links
from projects.enums import ReminderRule
from projects.models import ConsentRequest, Introduction, ProjectFile, Shared, Task
from villages.models import CommitteeMember

ADDRESS_TEMPLATE = "projects/email/confirm_address"
LINES_AT_MOST = 20  # of one kind in a letter: the desk shows the rest

DIGEST = LetterRule("digest", separator=":", user=int, day=dt.date)
TASK_DUE = LetterRule("task_due", separator=":", task=int, due_on=dt.date, step=str)
NUDGE = LetterRule("projects.nudge", reader=str, day=dt.date)
RECEIVED = LetterRule("projects.received", file=int)
CONSENT_ASKED = LetterRule("projects.consent_asked", request=int)
INTRODUCED = LetterRule("projects.introductions", village=int, day=dt.date)
ACCEPTED = LetterRule("projects.accepted", introduction=int)
ADDRESS_ASKED = LetterRule("projects.address_asked", separator="|", key=str)  # in place of the letter of that key
VISIT = LetterRule("projects.visit", introduction=int, at=dt.datetime, planned_at=dt.datetime, reader=str)


@dataclass
class Contents:
    """What a letter has to say to its reader on its day. Empty, it is no letter."""

    reader: User
    day: dt.date
    tasks: dict[int, Task] = field(default_factory=dict)
    files: dict[int, ProjectFile] = field(default_factory=dict)
    put_off: dict[int, Task] = field(default_factory=dict)
    piles: dict[User, int] = field(default_factory=dict)
    ruled: dict[str, dict[int, Any]] = field(default_factory=dict)  # by rule: rules.Line

    def __bool__(self) -> bool:
        return bool(self.tasks or self.files or self.put_off or self.piles or any(self.ruled.values()))

    @property
    def matters(self) -> list[tuple[str, list[Any]]]:
        """What the other rules say, each under its name."""
        return [(str(ReminderRule(rule).label).capitalize(), list(lines.values())) for rule, lines in self.ruled.items() if lines]

    @property
    def sections(self) -> list[tuple[str, list[Task]]]:
        """The tasks by when they are due, those that have waited longest first; only sections that hold any."""
        in_order = sorted(self.tasks.values(), key=lambda task: (task.due_on, task.pk))
        sections = [
            (_("Late tasks"), [task for task in in_order if task.due_on < self.day]),
            (_("Due today"), [task for task in in_order if task.due_on == self.day]),
            (_("Due soon"), [task for task in in_order if task.due_on > self.day]),
        ]
        return [(title, tasks) for title, tasks in sections if tasks]


def digest(*, key: str, contents: Contents) -> Letter:
    """Composed: nobody owes it yet. So are the next two."""
    return _composed(key, "projects/email/digest", contents)


def task_due(*, key: str, contents: Contents) -> Letter:
    return _composed(key, "projects/email/task_due", contents)


def _composed(key: str, template: str, contents: Contents) -> Letter:
    context = {
        "says": contents,
        "tasks": list(contents.tasks.values()),
        "files": sorted(contents.files.values(), key=lambda file: (file.opened_on, file.pk)),
        "put_off": sorted(contents.put_off.values(), key=lambda task: (-task.postponed, task.pk)),
        "lines": LINES_AT_MOST,
    }
    return compose_rendered(key=key, to=contents.reader.email, template=template, context=context)


# ---- Reminders to people outside of the team ----------------------------------------------------------------------------


def nudge(*, key: str, nudges: Sequence[Any], at: dt.datetime) -> Letter:
    """One letter with all that one person is reminded of that day; `nudges` are rules.Nudge of one reader, never none."""
    first = nudges[0]
    if not first.confirmed:
        return compose_rendered(key=key, to=first.to, template=ADDRESS_TEMPLATE, send_after=at, **_address_asked(first.file))
    return compose_rendered(
        key=key,
        to=first.to,
        template="projects/email/nudge",
        context={"nudges": nudges, "first_name": first.name},
        signed_by=_signature(first.file) if first.file else None,
        send_after=at,
    )


# ---- Introductions -----------------------------------------------------------------------------------------------------


def file_received(file: ProjectFile, lines: Sequence[Shared], *, at: dt.datetime) -> Letter | None:
    """The reference, what was written and answered (`lines`), who calls by when, and the link to the holder's own page."""
    facts = {"lines": lines, "link": links.file_link(file), "called_by": first_contact.still_to_come(file, at)}
    return _to_holder(RECEIVED.key(file=file.pk), "projects/email/received", file, at, **facts)


def receipt_of(file: ProjectFile) -> str:
    """What was owed when the file was laid down: see `_owed`."""
    return _owed(RECEIVED.key(file=file.pk))


def question_of(request: ConsentRequest) -> str:
    """What was owed when the agreement was asked for: see `_owed`."""
    return _owed(CONSENT_ASKED.key(request=request.pk))


def _owed(key: str) -> str:
    """The letter "itself", one that asks to "confirm" the address first, or nothing: for want of an address or of its budget."""
    owed = set(Letter.objects.filter(key__in=[key, ADDRESS_ASKED.key(key=key)]).values_list("key", flat=True))
    if key in owed:
        return "itself"
    return "confirm" if owed else ""


def consent_asked(request: ConsentRequest, introductions: Sequence[Introduction], *, at: dt.datetime) -> Letter | None:
    """To the holder: the very lines that would be shared, and the link under which they say yes or no."""
    return _to_holder(
        CONSENT_ASKED.key(request=request.pk),
        "projects/email/consent_asked",
        request.file,
        at,
        request=request,
        lines=request.lines,
        introductions=introductions,
        link=links.consent_link(request),
    )


def introductions_sent(introductions: Sequence[Introduction], reader: CommitteeMember, *, at: dt.datetime) -> Letter:
    """One letter to a village for all that it is asked that day."""
    village = introductions[0].village
    return post_rendered(
        key=INTRODUCED.key(village=village.pk, day=day_of(at)),
        to=reader.email,
        template="projects/email/introductions",
        context={
            "village": village,
            "first_name": reader.name,
            "asked": [
                (
                    introduction,
                    [line for line in introduction.request.lines if not line.after_yes],
                    links.answer_link(introduction, reader),
                )
                for introduction in introductions
            ],
        },
        send_after=at,
    )


def introduction_accepted(introduction: Introduction, *, at: dt.datetime) -> Letter | None:
    """To the holder: who awaits them, and the link that says they have spoken."""
    if not introduction.file.holder.email:
        return None
    return _to_holder(
        ACCEPTED.key(introduction=introduction.pk),
        "projects/email/accepted",
        introduction.file,
        at,
        introduction=introduction,
        village=introduction.village,
        committee=[person for person in introduction.village.committee.in_order() if person.email][:2],
        link=links.contact_link(introduction),
    )


def visit_planned(introduction: Introduction, event: bytes, *, reader: CommitteeMember | None, at: dt.datetime) -> None:
    """To the holder and to the village, each with the same `event` for their calendar. Planned anew at `at`, both are told anew."""
    fact = {"introduction": introduction.pk, "at": introduction.visit_at, "planned_at": at}
    calendar = Attachment("visite.ics", "text/calendar", event.decode())
    facts = {"introduction": introduction, "village": introduction.village, "holder": introduction.file.holder}
    if introduction.file.holder.email:
        _to_holder(
            VISIT.key(**fact, reader="holder"),
            "projects/email/visit",
            introduction.file,
            at,
            post_options={"useless_after": introduction.visit_at, "attachments": [calendar]},
            **facts,
        )
    if reader:
        post_rendered(
            key=VISIT.key(**fact, reader="village"),
            to=reader.email,
            template="projects/email/visit",
            context={**facts, "file": introduction.file, "first_name": reader.name},
            send_after=at,
            useless_after=introduction.visit_at,
            attachments=[calendar],
        )


# ---- What was written about a file ---------------------------------------------------------------------------------------


def letters_about(file: ProjectFile) -> QuerySet[Letter]:
    """Those that its line of time tells: to its holder, reminders of it to a village, and to both those about a visit.

    What a village is first asked is told there by the introduction's own steps.
    """
    introductions = list(file.introductions.values_list("pk", flat=True))
    keys = [
        RECEIVED.key(file=file.pk),
        *(CONSENT_ASKED.key(request=pk) for pk in file.consent_requests.values_list("pk", flat=True)),
        *(ACCEPTED.key(introduction=pk) for pk in introductions),
        *file.reminders.values_list("letter_key", flat=True),
    ]
    keys += [ADDRESS_ASKED.key(key=key) for key in keys]
    found = Q(key__in=keys)
    for beginning in (VISIT.beginning(introduction=pk) for pk in introductions):
        found |= Q(key__startswith=beginning) | Q(key__startswith=f"{ADDRESS_ASKED}:{beginning}")
    return Letter.objects.filter(found).defer("text", "html", "headers", "attachments")


def letters_that_asked(file: ProjectFile) -> QuerySet[Letter]:
    """Those that asked villages about it; the same letter may have asked about other families."""
    sent = file.introductions.filter(sent_at__isnull=False).values_list("village", "sent_at")
    return Letter.objects.filter(key__in=[INTRODUCED.key(village=village, day=day_of(at)) for village, at in sent])


def _to_holder(
    key: str, template: str, file: ProjectFile, at: dt.datetime, *, post_options: dict[str, Any] | None = None, **facts
) -> Letter | None:
    """Where the address is not confirmed, a letter in its place that asks for that and says nothing of the file; none beyond
    the budget of the address."""
    holder = file.holder
    if not holder.address_is_confirmed:
        if not may_be_written_to(holder.email):
            return None
        return post_rendered(
            key=ADDRESS_ASKED.key(key=key), to=holder.email, template=ADDRESS_TEMPLATE, send_after=at, **_address_asked(file)
        )
    context = {"file": file, "first_name": holder.first_name, **facts}
    options = {"signed_by": _signature(file), "send_after": at} | (post_options or {})
    return post_rendered(key=key, to=holder.email, template=template, context=context, **options)


def _address_asked(file: ProjectFile) -> dict[str, Any]:
    """Our words and a link: what a stranger typed is not passed on."""
    return {"context": {"reference": file.reference, "link": links.address_link(file)}, "signed_by": _signature(file)}


def _signature(file: ProjectFile) -> Signature | None:
    """Whoever follows the file signs, and is answered; the network where nobody does, or where they have left."""
    adviser = file.adviser
    return Signature(adviser.get_full_name(), adviser.email) if adviser and adviser.is_active else None
