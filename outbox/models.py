"""The letters we owe, and the pulse of the clock that sends them."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outbox.enums import LetterState


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, now: dt.datetime) -> Self:
        return self.filter(state=LetterState.TO_SEND, send_after__lte=now)

    def unsent(self) -> Self:
        return self.filter(state__in=[LetterState.TO_SEND, LetterState.SENDING])


class Letter(models.Model):
    """One e-mail we owe somebody. `key` names the fact it announces, so that a fact is announced once."""

    key = models.CharField(_("key"), max_length=200, unique=True)
    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="fr")
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    confidential = models.BooleanField(_("confidential"), default=False)  # holds a code or a link that signs in
    message_id = models.CharField(_("Message-ID"), max_length=250)
    state = models.CharField(_("state"), max_length=10, choices=LetterState, default=LetterState.TO_SEND)
    send_after = models.DateTimeField(_("send after"), default=timezone.now)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    first_attempt_at = models.DateTimeField(_("first attempt at"), null=True, blank=True)
    last_fault = models.CharField(_("last fault"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(fields=["send_after"], name="letter_due", condition=Q(state=LetterState.TO_SEND)),
            models.Index(fields=["claimed_at"], name="letter_claimed", condition=Q(state=LetterState.SENDING)),
            models.Index(fields=["-created_at"], name="letter_recent"),
        ]
        constraints = [
            models.CheckConstraint(name="letter_state_known", condition=Q(state__in=LetterState.values)),
            models.CheckConstraint(
                name="letter_sent_has_its_hour",
                condition=Q(state=LetterState.SENT, sent_at__isnull=False) | ~Q(state=LetterState.SENT),
            ),
            models.CheckConstraint(
                name="letter_sending_is_claimed",
                condition=Q(state=LetterState.SENDING, claimed_at__isnull=False) | ~Q(state=LetterState.SENDING),
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Pulse(models.Model):
    """When each ticking task last ran: one row a task, read by /readyz."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")

    def __str__(self) -> str:
        return self.name
