from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.states import States, StateSet


class Stage(States):
    NEW = "new", pgettext_lazy("stage of a file", "new")
    TO_QUALIFY = "to_qualify", pgettext_lazy("stage of a file", "to qualify")
    SUPPORTED = "supported", pgettext_lazy("stage of a file", "supported")
    PAUSED = "paused", pgettext_lazy("stage of a file", "paused")
    SETTLED = "settled", pgettext_lazy("stage of a file", "settled")
    CLOSED = "closed", pgettext_lazy("stage of a file", "closed")
    ANONYMISED = "anonymised", pgettext_lazy("stage of a file", "anonymised")

    @property
    def next_states(self) -> frozenset["Stage"]:
        """Any open stage may close; closed may reopen; nothing leaves anonymised."""
        return frozenset(
            {
                Stage.NEW: {Stage.TO_QUALIFY, Stage.CLOSED},
                Stage.TO_QUALIFY: {Stage.SUPPORTED, Stage.CLOSED},
                Stage.SUPPORTED: {Stage.PAUSED, Stage.SETTLED, Stage.CLOSED},
                Stage.PAUSED: {Stage.SUPPORTED, Stage.CLOSED},
                Stage.SETTLED: {Stage.SETTLED, Stage.CLOSED},  # once more: on another day than was said
                Stage.CLOSED: {Stage.SUPPORTED, Stage.ANONYMISED},
                Stage.ANONYMISED: set(),
            }[self]
        )

    @property
    def next_by_hand(self) -> frozenset["Stage"]:
        """Where a person may move a file. The portal anonymises: when the retention date has come, or when the holder asks."""
        return self.next_states - {Stage.ANONYMISED}

    @property
    def is_open(self) -> bool:
        return self in Stage.open()

    open = StateSet("NEW TO_QUALIFY SUPPORTED PAUSED SETTLED", out="CLOSED ANONYMISED")
    # Open and not paused: whoever owes the file something is reminded of it.
    running = StateSet("NEW TO_QUALIFY SUPPORTED SETTLED", out="PAUSED CLOSED ANONYMISED")
    # Of somebody whom an adviser knows: they are offered, too, the homes that committees keep for candidates.
    qualified = StateSet("SUPPORTED SETTLED", out="NEW TO_QUALIFY PAUSED CLOSED ANONYMISED")
    # Nobody has found out yet what the project is.
    to_be_called = StateSet("NEW TO_QUALIFY", out="SUPPORTED PAUSED SETTLED CLOSED ANONYMISED")
    # At work: something is always to be done next, and its adviser is busy with it.
    before_settling = StateSet("NEW TO_QUALIFY SUPPORTED", out="PAUSED SETTLED CLOSED ANONYMISED")
    # An adviser has begun: it is noticed when nothing happens any more.
    in_hand = StateSet("TO_QUALIFY SUPPORTED", out="NEW PAUSED SETTLED CLOSED ANONYMISED")
    # Nobody works on it; whoever supports it again takes it up again.
    at_rest = StateSet("PAUSED CLOSED", out="NEW TO_QUALIFY SUPPORTED SETTLED ANONYMISED")
    # For years after they settled, whether the file was closed meanwhile or not.
    asked_for_news = StateSet("SETTLED CLOSED", out="NEW TO_QUALIFY SUPPORTED PAUSED ANONYMISED")


class ClosingReason(models.TextChoices):
    DONE = "done", _("settled and followed to the end")
    NO_NEWS = "no_news", _("no news")
    GAVE_UP = "gave_up", _("gave up the project")
    ELSEWHERE = "elsewhere", _("settled elsewhere")
    NOT_OURS = "not_ours", _("outside what the network does")
    DUPLICATE = "duplicate", _("duplicate")

    @classmethod
    def no_arrival(cls) -> list["ClosingReason"]:
        """A file that was settled and is closed for one of these was settled by mistake: nobody arrived here by it."""
        return [cls.DUPLICATE, cls.ELSEWHERE, cls.NOT_OURS]


class Origin(models.TextChoices):
    WEB = "web", _("web site")
    PHONE = "phone", _("telephone")
    FAIR = "fair", _("fair or event")
    VILLAGE = "village", _("a village")
    MEMBER = "member", _("a member")
    PARTNER = "partner", _("a partner")


class BusinessTrack(models.TextChoices):
    IDEA = "idea", pgettext_lazy("business track", "idea")
    STUDY = "study", pgettext_lazy("business track", "study")
    PLAN = "plan", pgettext_lazy("business track", "plan")
    FUNDING = "funding", pgettext_lazy("business track", "funding")
    REGISTERED = "registered", pgettext_lazy("business track", "registered")
    TRADING = "trading", pgettext_lazy("business track", "trading")


class SettlingTrack(models.TextChoices):
    SEARCHING = "searching", pgettext_lazy("settling track", "searching")
    INTRODUCED = "introduced", pgettext_lazy("settling track", "introduced")
    VISITING = "visiting", pgettext_lazy("settling track", "visiting")
    HOUSING_FOUND = "housing_found", pgettext_lazy("settling track", "housing found")
    ARRIVED = "arrived", pgettext_lazy("settling track", "arrived")


class EventKind(models.TextChoices):
    CALL = "call", _("call")
    MEETING = "meeting", _("meeting")
    MAIL = "mail", _("mail")
    VISIT = "visit", _("visit")
    NOTE = "note", _("note")


class Direction(models.TextChoices):
    IN = "in", _("from the holder")
    OUT = "out", _("to the holder")
    INTERNAL = "internal", _("internal")


class Grain(models.TextChoices):
    """How exactly a day is meant."""

    DAY = "day", _("that very day")
    MONTH = "month", _("some day of that month")


class ReminderRule(models.TextChoices):
    TASK_DUE = "task_due", _("task due")
    TASK_POSTPONED = "task_postponed", _("task put off again and again")
    TASKS_LATE = "tasks_late", _("too many late tasks")
    FILE_UNASSIGNED = "file_unassigned", _("file without adviser")
    FIRST_CONTACT = "first_contact", _("no first contact")
    NO_NEXT_ACTION = "no_next_action", _("open file without a next action")
    NO_ACTIVITY = "no_activity", _("nothing has happened on the file")
    STILL_INTERESTED = "still_interested", _("“is it still on?” to the holder")
    PAUSE_ENDS = "pause_ends", _("pause that ends")
    CONSENT_PENDING = "consent_pending", _("consent not answered")
    VILLAGE_SILENT = "village_silent", _("village that does not answer")
    CONTACT_PENDING = "contact_pending", _("accepted, and nobody has called")
    FUNDING_DEADLINE = "funding_deadline", _("request to be lodged")
    DECISION_OVERDUE = "decision_overdue", _("funder’s decision overdue")
    DOCUMENT_ASKED = "document_asked", _("paper asked for")
    NEWS_ASKED = "news_asked", _("news after settling")
    RETENTION = "retention", _("file to be anonymised")


class Unit(models.TextChoices):
    """What a delay of a reminder is counted in."""

    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")
    MONDAYS = "mondays", _("Mondays")
    DAYS_BEFORE = "days_before", _("days before")  # counted down to a day that comes


class Ball(models.TextChoices):
    """Who has to do the next thing."""

    ADVISER = "adviser", pgettext_lazy("who holds the ball", "the adviser")
    HOLDER = "holder", pgettext_lazy("who holds the ball", "the holder")
    VILLAGE = "village", pgettext_lazy("who holds the ball", "a village")
    FUNDER = "funder", pgettext_lazy("who holds the ball", "a funder")


class IntroductionState(States):
    DRAFT = "draft", pgettext_lazy("introduction", "draft")
    AWAITING_CONSENT = "awaiting_consent", pgettext_lazy("introduction", "waits for consent")
    READY = "ready", pgettext_lazy("introduction", "ready to be sent")
    SENT = "sent", pgettext_lazy("introduction", "sent")
    ACCEPTED = "accepted", pgettext_lazy("introduction", "accepted")
    CONTACT_MADE = "contact_made", pgettext_lazy("introduction", "in touch")
    VISITED = "visited", pgettext_lazy("introduction", "visited")
    CHOSEN = "chosen", pgettext_lazy("introduction", "chosen")
    NOT_CHOSEN = "not_chosen", pgettext_lazy("introduction", "not chosen")
    DECLINED = "declined", pgettext_lazy("introduction", "declined")
    LATER = "later", pgettext_lazy("introduction", "later")
    NO_ANSWER = "no_answer", pgettext_lazy("introduction", "no answer")
    WITHDRAWN = "withdrawn", pgettext_lazy("introduction", "withdrawn")
    # Those that take one of a file's three places.
    live = StateSet(
        "DRAFT AWAITING_CONSENT READY SENT ACCEPTED CONTACT_MADE VISITED",
        out="CHOSEN NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )
    # Chosen, and the village does not know of it yet.
    before_leaving = StateSet(
        "DRAFT AWAITING_CONSENT READY",
        out="SENT ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )
    # Agreed to, and the village has not answered.
    on_the_way = StateSet(
        "READY SENT",
        out="DRAFT AWAITING_CONSENT ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )
    # It takes none of the village's places of the month: the place is free for another family.
    without_a_place = StateSet(
        "DECLINED WITHDRAWN",
        out="DRAFT AWAITING_CONSENT READY SENT ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN LATER NO_ANSWER",
    )
    # A village has been written to and its answer is still taken.
    asked = StateSet(
        "SENT LATER NO_ANSWER",
        out="DRAFT AWAITING_CONSENT READY ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN DECLINED WITHDRAWN",
    )
    # The village may still say yes: it was not asked yet, or its answer is still taken.
    undecided = StateSet(
        "DRAFT AWAITING_CONSENT READY SENT LATER NO_ANSWER",
        out="ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN DECLINED WITHDRAWN",
    )
    # What a village answers.
    answers = StateSet(
        "ACCEPTED CONTACT_MADE DECLINED LATER",
        out="DRAFT AWAITING_CONSENT READY SENT VISITED CHOSEN NOT_CHOSEN NO_ANSWER WITHDRAWN",
    )
    # The village has answered, or is asked no more.
    closes_the_question = StateSet(
        "ACCEPTED CONTACT_MADE DECLINED LATER WITHDRAWN",
        out="DRAFT AWAITING_CONSENT READY SENT VISITED CHOSEN NOT_CHOSEN NO_ANSWER",
    )
    # The village has said something.
    answered = StateSet(
        "ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN DECLINED LATER",
        out="DRAFT AWAITING_CONSENT READY SENT NO_ANSWER WITHDRAWN",
    )
    # What the village wrote is for the family to read: its yes, or from when on it could. An adviser tells a no.
    with_words = StateSet(
        "ACCEPTED CONTACT_MADE VISITED CHOSEN LATER",
        out="DRAFT AWAITING_CONSENT READY SENT NOT_CHOSEN DECLINED NO_ANSWER WITHDRAWN",
    )
    # The village has said yes: it may read who they are and how to reach them.
    reads_all = StateSet(
        "ACCEPTED CONTACT_MADE VISITED CHOSEN",
        out="DRAFT AWAITING_CONSENT READY SENT NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )
    # The village has said yes, and the family has not chosen yet.
    welcomed = StateSet(
        "ACCEPTED CONTACT_MADE VISITED",
        out="DRAFT AWAITING_CONSENT READY SENT CHOSEN NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )
    # The village has said yes, and they have not met yet.
    before_visit = StateSet(
        "ACCEPTED CONTACT_MADE",
        out="DRAFT AWAITING_CONSENT READY SENT VISITED CHOSEN NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )
    # They have spoken to each other.
    in_touch = StateSet(
        "CONTACT_MADE VISITED CHOSEN",
        out="DRAFT AWAITING_CONSENT READY SENT ACCEPTED NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )
    # What came of it, as advisers write it down.
    outcomes = StateSet(
        "VISITED CHOSEN NOT_CHOSEN WITHDRAWN",
        out="DRAFT AWAITING_CONSENT READY SENT ACCEPTED CONTACT_MADE DECLINED LATER NO_ANSWER",
    )
    came_to_nothing = StateSet(
        "NOT_CHOSEN DECLINED WITHDRAWN",
        out="DRAFT AWAITING_CONSENT READY SENT ACCEPTED CONTACT_MADE VISITED CHOSEN LATER NO_ANSWER",
    )
    # Nobody need telephone the village for its answer any more.
    ends_the_call = StateSet(
        "NO_ANSWER WITHDRAWN",
        out="DRAFT AWAITING_CONSENT READY SENT ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN DECLINED LATER",
    )
    # What the morning tells until the family was called.
    news_for_adviser = StateSet(
        "ACCEPTED CONTACT_MADE DECLINED LATER NO_ANSWER",
        out="DRAFT AWAITING_CONSENT READY SENT VISITED CHOSEN NOT_CHOSEN WITHDRAWN",
    )
    # The line of time is silent about it, since it tells the consent itself.
    untold = StateSet(
        "AWAITING_CONSENT READY",
        out="DRAFT SENT ACCEPTED CONTACT_MADE VISITED CHOSEN NOT_CHOSEN DECLINED LATER NO_ANSWER WITHDRAWN",
    )

    @property
    def is_live(self) -> bool:
        return self in self.live()

    @property
    def next_states(self) -> frozenset["IntroductionState"]:
        """A late answer is still taken; whatever is live may be withdrawn."""
        State = IntroductionState  # noqa: N806 -- the class's own name, shortened to keep the table readable
        answers = set(State.answers())
        ends = {State.CHOSEN, State.NOT_CHOSEN, State.WITHDRAWN}
        return frozenset(
            {
                State.DRAFT: {State.AWAITING_CONSENT, State.WITHDRAWN},
                State.AWAITING_CONSENT: {State.READY, State.WITHDRAWN},
                State.READY: {State.SENT, State.WITHDRAWN},
                State.SENT: answers | {State.NO_ANSWER, State.WITHDRAWN},
                State.NO_ANSWER: answers | {State.WITHDRAWN},
                State.LATER: answers - {State.LATER} | {State.WITHDRAWN},
                State.ACCEPTED: {State.CONTACT_MADE, State.VISITED, *ends},
                State.CONTACT_MADE: {State.VISITED, *ends},
                State.VISITED: ends,
                State.CHOSEN: {State.NOT_CHOSEN},  # it fell through: other villages may be looked at again
                State.NOT_CHOSEN: set(),
                State.DECLINED: set(),
                State.WITHDRAWN: set(),
            }[self]
        )


class Obstacle(StrEnum):
    """Why an introduction that its holder agreed to does not leave."""

    CHOSEN = "chosen"
    FILE = "file"
    VILLAGE = "village"
    FULL = "full"


class Via(models.TextChoices):
    """How an answer came."""

    LINK = "link", _("by the link of a letter")
    SPACE = "space", _("on the site, signed in")
    ORAL = "oral", _("by word of mouth, noted by the team")
    PORTAL = "portal", _("by the portal itself")


class SchemeKind(models.TextChoices):
    GRANT = "grant", pgettext_lazy("funding", "grant")
    HONOUR_LOAN = "honour_loan", pgettext_lazy("funding", "loan on honour")
    LOAN = "loan", pgettext_lazy("funding", "loan")
    RELIEF = "relief", pgettext_lazy("funding", "relief from charges")
    BENEFIT = "benefit", pgettext_lazy("funding", "benefit")


class FundingState(States):
    PLANNED = "planned", pgettext_lazy("funding line", "planned")
    TO_COMPLETE = "to_complete", pgettext_lazy("funding line", "to complete")
    LODGED = "lodged", pgettext_lazy("funding line", "lodged")
    GRANTED = "granted", pgettext_lazy("funding line", "granted")
    PAID = "paid", pgettext_lazy("funding line", "paid")
    REFUSED = "refused", pgettext_lazy("funding line", "refused")
    GIVEN_UP = "given_up", pgettext_lazy("funding line", "given up")

    @property
    def next_states(self) -> frozenset["FundingState"]:
        """Any other: advisers write down what has happened meanwhile, however much, and put their slips right."""
        return frozenset(FundingState) - {self}

    # Asked for, or to be: steps are still to be done for it.
    hoped_for = StateSet("PLANNED TO_COMPLETE LODGED", out="GRANTED PAID REFUSED GIVEN_UP")
    to_lodge = StateSet("PLANNED TO_COMPLETE", out="LODGED GRANTED PAID REFUSED GIVEN_UP")
    acquired = StateSet("GRANTED PAID", out="PLANNED TO_COMPLETE LODGED REFUSED GIVEN_UP")
    # What a funder says.
    decisions = StateSet("GRANTED REFUSED", out="PLANNED TO_COMPLETE LODGED PAID GIVEN_UP")
    # It has a day on which the funder said so.
    decided = StateSet("GRANTED PAID REFUSED", out="PLANNED TO_COMPLETE LODGED GIVEN_UP")


class ConsentPurpose(models.TextChoices):
    FILE = "file", _("to follow the project")
    NEWS = "news", _("to tell of the network's meetings")


class StillHere(models.TextChoices):
    YES = "yes", pgettext_lazy("after settling", "yes")
    LEFT = "left", pgettext_lazy("after settling", "no, we have left")


class StillActive(models.TextChoices):
    YES = "yes", pgettext_lazy("after settling", "yes")
    CHANGED = "changed", pgettext_lazy("after settling", "yes, doing something else")
    STOPPED = "stopped", pgettext_lazy("after settling", "no")

    @classmethod
    def at_work(cls) -> list["StillActive"]:
        return [cls.YES, cls.CHANGED]


class Dwelling(models.TextChoices):
    OWNER = "owner", pgettext_lazy("after settling", "our own")
    RENT = "rent", pgettext_lazy("after settling", "rented, for as long as we wish")
    TEMPORARY = "temporary", pgettext_lazy("after settling", "for a time only")


class PartnerWork(models.TextChoices):
    NONE = "none", pgettext_lazy("after settling", "I live without a partner")
    WORKS = "works", pgettext_lazy("after settling", "has work")
    SEEKS = "seeks", pgettext_lazy("after settling", "is looking for work")


class LeavingReason(models.TextChoices):
    WORK = "work", pgettext_lazy("leaving", "work, or the lack of it")
    PARTNER_WORK = "partner_work", pgettext_lazy("leaving", "the partner's work")
    HOUSING = "housing", pgettext_lazy("leaving", "housing")
    ISOLATION = "isolation", pgettext_lazy("leaving", "too alone")
    SCHOOL = "school", pgettext_lazy("leaving", "school or child care")
    SERVICES = "services", pgettext_lazy("leaving", "doctors, shops, services")
    FAMILY = "family", pgettext_lazy("leaving", "the family")
    OTHER = "other", pgettext_lazy("leaving", "something else")
