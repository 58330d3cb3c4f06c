"""A candidate introduced to villages: what is shared, who agreed to it and when, what the village answered."""

import datetime as dt
from typing import NamedTuple, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.personal_data import Ground, PersonalData
from common.states import HasStates
from common.triggers import Trigger
from members.access import Act
from projects.enums import IntroductionState, Stage, Via
from projects.models.people import HOLDERS, KEPT_AS_FILE
from villages.models import CommitteeMember, Village

AT_ONCE = 3  # villages that a file may be with at the same time


class Shared(NamedTuple):
    """One line of what a village would learn. `after_yes`: it reads the line once it has accepted, not before."""

    label: str
    value: str
    after_yes: bool = False


CONSENT_IS_KEPT = f"""
    IF OLD.answered_at IS NOT NULL OR (NEW.snapshot, NEW.words, NEW.version, NEW.fingerprint, NEW.file_id)
        IS DISTINCT FROM (OLD.snapshot, OLD.words, OLD.version, OLD.fingerprint, OLD.file_id) THEN
        IF NEW.snapshot = '[]'::jsonb AND NEW.words = ''
            AND EXISTS (SELECT FROM projects_projectfile WHERE id = OLD.file_id AND stage = '{Stage.ANONYMISED}') THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a consent is kept as it was asked and answered' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
"""


class ConsentRequest(models.Model):
    """What would be shared of a file, word for word, and the holder's answer to it.

    `snapshot` is a list of `[label, value]` in the order shown; `fingerprint` is the SHA-256 of it and of the consent's own words.
    Once answered it is proof: the database refuses any change but that of a file made anonymous, which leaves no words.
    """

    file = models.ForeignKey(
        "projects.ProjectFile", models.CASCADE, related_name="consent_requests", verbose_name=_("project file")
    )
    snapshot = models.JSONField(_("what would be shared"))
    words = models.TextField(_("the words agreed to"))
    version = models.CharField(_("version of the words"), max_length=20)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    nonce = models.CharField(max_length=32, unique=True, editable=False)  # in the link: another one kills it
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    agreed = models.BooleanField(_("agreed"), null=True, blank=True)
    via = models.CharField(_("how"), max_length=6, choices=Via, blank=True)

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to show what a village may learn of them, and that they agreed"),
        ground=Ground.LEGAL_DUTY,
        kept=KEPT_AS_FILE,
        told=["snapshot", "words", "version", "asked_at", "answered_at", "agreed", "via"],
        erased=["snapshot", "words"],
        facts=["file", "fingerprint", "nonce", "asked_by"],
        stays={"version": _("which words they were, of all people alike")},
    )

    class Meta:
        verbose_name = _("consent to an introduction")
        verbose_name_plural = _("consents to introductions")
        indexes = [models.Index(fields=["asked_at"], name="consent_pending", condition=Q(answered_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                name="consent_answered_or_not",
                condition=Q(answered_at__isnull=True, agreed__isnull=True, via="")
                | Q(answered_at__isnull=False, agreed__isnull=False) & ~Q(via=""),
            )
        ]
        triggers = [
            Trigger(name="answered_consent_is_kept", when=pgtrigger.Before, operation=pgtrigger.Update, func=CONSENT_IS_KEPT)
        ]

    def __str__(self) -> str:
        return f"{self.file_id}, {timezone.localtime(self.asked_at):%d/%m/%Y}"

    @property
    def lines(self) -> list[Shared]:
        return [Shared(*line) for line in self.snapshot]


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def visible_to(self, user) -> Self:
        return self if user.may(Act.WORK_ON_FILES) else self.none()

    def live(self) -> Self:
        return self.filter(state__in=IntroductionState.live())

    def asked(self) -> Self:
        return self.filter(state__in=IntroductionState.asked())

    def silent(self) -> Self:
        """Sent, and nothing heard since."""
        return self.filter(state=IntroductionState.SENT)

    def without_choice(self) -> Self:
        """Of families that have not chosen a village."""
        chosen = Introduction.objects.filter(file=OuterRef("file"), state=IntroductionState.CHOSEN)
        return self.filter(~Exists(chosen))

    def with_people(self) -> Self:
        return self.select_related("village__commune", "file__holder", "file__adviser", "request")

    def with_committee(self) -> Self:
        """Those who welcome in each village, in the committee's order, in one query for all."""
        return self.prefetch_related(Prefetch("village__committee", CommitteeMember.objects.in_order()))


class Introduction(HasStates, models.Model):
    """One file and one village. Its state moves through `introductions.services.move_introduction` only.

    While it is live it holds one of the file's three places (`slot`): a constraint, so that no two presses make it four.
    """

    file = models.ForeignKey("projects.ProjectFile", models.CASCADE, related_name="introductions", verbose_name=_("project file"))
    village = models.ForeignKey(Village, models.PROTECT, related_name="introductions", verbose_name=_("village"))
    request = models.ForeignKey(
        ConsentRequest, models.PROTECT, null=True, blank=True, related_name="introductions", verbose_name=_("consent")
    )
    state = models.CharField(_("state"), max_length=16, choices=IntroductionState, default=IntroductionState.DRAFT)
    state_since = models.DateTimeField(_("so since"), default=timezone.now)
    slot = models.PositiveSmallIntegerField(_("place"), null=True, blank=True)
    reasons = models.JSONField(_("what speaks for it"), default=list, blank=True)  # sentences, as the matching said them
    beyond_capacity = models.CharField(  # in an adviser's words, where the village had all the families of its month
        _("why beyond what it can welcome"), max_length=200, blank=True
    )
    created_at = models.DateTimeField(_("entered at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    reader_name = models.CharField(_("sent to"), max_length=120, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=120, blank=True)
    answer = models.CharField(_("what they said"), max_length=500, blank=True)
    later_on = models.DateField(_("not before"), null=True, blank=True)
    visit_at = models.DateTimeField(_("visit planned for"), null=True, blank=True)

    states = IntroductionState

    objects = IntroductionQuerySet.as_manager()

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to introduce them to villages"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=[
            "village",
            "state",
            "state_since",
            "reasons",
            "beyond_capacity",
            "created_at",
            "sent_at",
            "reader_name",
            "answered_at",
            "answered_by",
            "answer",
            "later_on",
            "visit_at",
        ],
        erased=["reasons", "beyond_capacity", "reader_name", "answered_by", "answer"],
        facts=["file", "request", "slot", "created_by"],
    )

    class Meta:
        verbose_name = _("introduction")
        verbose_name_plural = _("introductions")
        indexes = [
            models.Index(fields=["village", "state"], name="introduction_of_village"),
            models.Index(fields=["state", "sent_at"], name="introduction_asked"),
        ]
        constraints = [
            models.CheckConstraint(name="introduction_state_known", condition=Q(state__in=IntroductionState.values)),
            models.CheckConstraint(
                name="introduction_live_holds_a_place",
                condition=Q(state__in=IntroductionState.live(), slot__isnull=False, slot__gte=1, slot__lte=AT_ONCE)
                | (~Q(state__in=IntroductionState.live()) & Q(slot__isnull=True)),
            ),
            models.UniqueConstraint(name="introduction_place_once", fields=["file", "slot"], condition=Q(slot__isnull=False)),
            models.UniqueConstraint(name="introduction_village_once", fields=["file", "village"], condition=Q(slot__isnull=False)),
            models.CheckConstraint(
                name="introduction_sent_with_consent",
                condition=Q(sent_at__isnull=True) | Q(request__isnull=False),
            ),
            models.CheckConstraint(
                name="introduction_answered_after_sent",
                condition=Q(answered_at__isnull=True) | Q(sent_at__isnull=False, answered_at__gte=F("sent_at")),
            ),
            models.CheckConstraint(
                name="introduction_later_has_a_day",
                condition=~Q(state=IntroductionState.LATER) | Q(later_on__isnull=False),
                violation_error_message=_("« Not now » says from when on."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file.reference} – {self.village}"

    def days_silent(self, now: dt.datetime) -> int:
        return (timezone.localdate(now) - timezone.localdate(self.sent_at)).days if self.sent_at else 0


REWRITTEN = "RAISE EXCEPTION 'steps of introductions are append-only' USING ERRCODE = 'restrict_violation';"
ONLY_NAMES_GO = f"""
    IF (NEW.introduction_id, NEW.from_state, NEW.to_state, NEW.at, NEW.by_name, NEW.reason)
        IS NOT DISTINCT FROM (OLD.introduction_id, OLD.from_state, OLD.to_state, OLD.at, '', '')
        AND EXISTS (SELECT FROM projects_introduction one JOIN projects_projectfile file ON file.id = one.file_id
            WHERE one.id = OLD.introduction_id AND file.stage = '{Stage.ANONYMISED}') THEN
        RETURN NEW;
    END IF;
    {REWRITTEN}
"""


class IntroductionMove(models.Model):
    """One step of an introduction. Append-only: rows go only with their introduction, and the database refuses any change but that
    of a file made anonymous, which takes the names away."""

    introduction = models.ForeignKey(Introduction, models.CASCADE, related_name="moves", verbose_name=_("introduction"))
    from_state = models.CharField(_("from"), max_length=16, choices=IntroductionState)
    to_state = models.CharField(_("to"), max_length=16, choices=IntroductionState)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(_("said by"), max_length=120, blank=True)
    via = models.CharField(_("how"), max_length=6, choices=Via, default=Via.PORTAL)
    reason = models.CharField(_("in their words"), max_length=500, blank=True)

    personal_data = PersonalData(
        of=HOLDERS,
        purpose=_("to show who said what, and when"),
        ground=Ground.CONSENT,
        kept=KEPT_AS_FILE,
        told=["from_state", "to_state", "at", "by_name", "via", "reason"],
        erased=["by_name", "reason"],
        facts=["introduction", "by"],
    )

    class Meta:
        verbose_name = _("step of an introduction")
        verbose_name_plural = _("steps of introductions")
        indexes = [models.Index(fields=["introduction", "at"], name="introduction_moves")]
        triggers = [
            Trigger(name="introduction_move_is_append_only", when=pgtrigger.Before, operation=pgtrigger.Update, func=ONLY_NAMES_GO),
            Trigger(
                name="introduction_move_goes_with_its_introduction",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=(
                    "IF NOT EXISTS (SELECT FROM projects_introduction WHERE id = OLD.introduction_id) THEN RETURN NULL; END IF; "
                    + REWRITTEN
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_from_state_display()} → {self.get_to_state_display()}"
