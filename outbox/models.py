"""The letters we owe, and the pulse of the clock that sends them."""

import datetime as dt
from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOTHING_PERSONAL, Ground, PersonalData
from common.states import HasStates, MovesRows
from outbox.enums import LetterState

IN_VAIN_TOLD_FOR = dt.timedelta(days=14)


class LetterQuerySet(MovesRows, models.QuerySet["Letter"]):
    def due(self, now: dt.datetime) -> Self:
        return self.filter(state=LetterState.TO_SEND, send_after__lte=now)

    def claimed(self) -> Self:
        return self.filter(state=LetterState.SENDING)

    def unsent(self) -> Self:
        return self.filter(state__in=LetterState.unsent())

    def holding_a_stale_secret(self, now: dt.datetime) -> Self:
        """Letters that did not leave, whose code or link is worth nothing any more but still stands in the row."""
        return self.filter(confidential=True, state__in=LetterState.left_to_a_person(), useless_after__lte=now).exclude(
            text="", html=""
        )

    def in_vain(self, now: dt.datetime) -> Self:
        """Left to a person of late: given up, or perhaps arrived. One that was sent again is no more than what came of that."""
        again = Letter.objects.filter(key=models.OuterRef("key"), again__gt=models.OuterRef("again"))
        left = self.filter(state__in=LetterState.left_to_a_person(), created_at__gt=now - IN_VAIN_TOLD_FOR)
        return left.exclude(models.Exists(again))

    def put_off_for_want_of_a_server(self) -> Self:
        return self.filter(state=LetterState.TO_SEND, no_server=True)

    def oldest_unsent_age(self, now: dt.datetime) -> float | None:
        """Seconds that the letter waiting longest has been due; None when no letter waits.

        A letter pausing because no mail server answered counts from its first attempt. One that pauses for a reason of its
        own, such as a full mailbox, does not count: nothing is wrong with the portal.
        """
        due = self.unsent().filter(send_after__lte=now).aggregate(since=models.Min("send_after"))["since"]
        shut_out = self.put_off_for_want_of_a_server().aggregate(since=models.Min("first_attempt_at"))["since"]
        waiting = [since for since in (due, shut_out) if since]
        return (now - min(waiting)).total_seconds() if waiting else None


class Letter(HasStates, models.Model):
    """One e-mail we owe somebody. `key` names the fact it announces, so that a fact is announced once.

    A letter that a person sends again is a row of its own with the same key and the next number in `again`:
    the first one stays as the trace of what happened to it.
    """

    key = models.CharField(_("key"), max_length=200)
    again = models.PositiveSmallIntegerField(_("sent again"), default=0)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    attachments = models.JSONField(_("attachments"), default=list, blank=True)  # each of name, type and text
    confidential = models.BooleanField(_("confidential"), default=False)  # holds a code or a link that signs in
    message_id = models.CharField(_("Message-ID"), max_length=250)
    state = models.CharField(_("state"), max_length=10, choices=LetterState, default=LetterState.TO_SEND)
    send_after = models.DateTimeField(_("send after"), default=timezone.now)  # moved on by each pause between attempts
    useless_after = models.DateTimeField(_("useless after"), null=True, blank=True)  # a code's life, a booking's start
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    claimed_by = models.PositiveIntegerField(_("claimed by"), null=True, blank=True)  # the token of a deliverer: see delivery.py
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    unanswered = models.PositiveSmallIntegerField(_("attempts without an answer"), default=0)
    no_server = models.BooleanField(_("no mail server answered"), default=False)  # at the last attempt
    first_attempt_at = models.DateTimeField(_("first attempt at"), null=True, blank=True)
    last_fault = models.CharField(_("last fault"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    states = LetterState

    objects = LetterQuerySet.as_manager()

    personal_data = PersonalData(
        of=_("everybody we write to"),
        purpose=_("to send it once, and to know what became of it"),
        ground=Ground.CONTRACT,
        kept=_("its words and its address for twelve months"),
        told=["to", "subject", "text", "html", "state", "send_after", "sent_at", "created_at"],
        erased=["to", "subject", "text", "html", "headers", "attachments", "key", "last_fault"],
        facts=[
            "key",
            "again",
            "language",
            "headers",
            "attachments",
            "confidential",
            "message_id",
            "useless_after",
            "claimed_at",
            "claimed_by",
            "attempts",
            "unanswered",
            "no_server",
            "first_attempt_at",
            "last_fault",
        ],
    )

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(fields=["send_after"], name="letter_due", condition=Q(state=LetterState.TO_SEND)),
            models.Index(fields=["claimed_at"], name="letter_claimed", condition=Q(state=LetterState.SENDING)),
            models.Index(
                fields=["useless_after"],
                name="letter_stale_secret",
                condition=Q(confidential=True, state__in=LetterState.left_to_a_person()),
            ),
            models.Index(
                fields=["first_attempt_at"], name="letter_no_server", condition=Q(state=LetterState.TO_SEND, no_server=True)
            ),
            models.Index(fields=["-created_at"], name="letter_recent"),
            models.Index(fields=["created_at"], name="letter_to_forget", condition=~Q(to="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key", "again"], name="letter_once_per_fact"),
            models.CheckConstraint(name="letter_state_known", condition=Q(state__in=LetterState.values)),
            models.CheckConstraint(
                name="letter_sent_has_its_hour",
                condition=Q(state=LetterState.SENT, sent_at__isnull=False) | ~Q(state=LetterState.SENT),
            ),
            models.CheckConstraint(
                name="letter_sending_is_claimed",
                condition=Q(state=LetterState.SENDING, claimed_at__isnull=False, claimed_by__isnull=False)
                | ~Q(state=LetterState.SENDING),
            ),
            models.CheckConstraint(
                name="letter_gone_keeps_no_secret",
                condition=Q(confidential=False) | ~Q(state__in=LetterState.done_with()) | Q(text="", html=""),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.key

    def is_useless(self, now: dt.datetime) -> bool:
        """It would come too late."""
        return self.useless_after is not None and self.useless_after <= now


class PulseQuerySet(models.QuerySet["Pulse"]):
    def record(self, *, name: str, at: dt.datetime) -> None:
        """The task `name` has run at `at`."""
        self.bulk_create([Pulse(name=name, at=at)], update_conflicts=True, unique_fields=["name"], update_fields=["at"])

    def expect(self, names: Iterable[str]) -> None:
        """These tasks stand in the schedule. Those known already stay as they are."""
        self.bulk_create([Pulse(name=name) for name in sorted(names)], ignore_conflicts=True)


class Pulse(models.Model):
    """When each scheduled task last ran: one row a task, written and read by outbox.pulses."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    at = models.DateTimeField(_("at"), null=True, blank=True)  # none: not yet
    expected_since = models.DateTimeField(_("expected since"), default=timezone.now)

    objects = PulseQuerySet.as_manager()

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")

    def __str__(self) -> str:
        return self.name
