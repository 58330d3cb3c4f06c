from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    NEW = "new", pgettext_lazy("stage of a file", "new")
    TO_QUALIFY = "to_qualify", pgettext_lazy("stage of a file", "to qualify")
    SUPPORTED = "supported", pgettext_lazy("stage of a file", "supported")
    PAUSED = "paused", pgettext_lazy("stage of a file", "paused")
    SETTLED = "settled", pgettext_lazy("stage of a file", "settled")
    CLOSED = "closed", pgettext_lazy("stage of a file", "closed")
    ANONYMISED = "anonymised", pgettext_lazy("stage of a file", "anonymised")

    @property
    def next_stages(self) -> frozenset["Stage"]:
        """Any open stage may close; closed may reopen; nothing leaves anonymised."""
        return frozenset(
            {
                Stage.NEW: {Stage.TO_QUALIFY, Stage.CLOSED},
                Stage.TO_QUALIFY: {Stage.SUPPORTED, Stage.CLOSED},
                Stage.SUPPORTED: {Stage.PAUSED, Stage.SETTLED, Stage.CLOSED},
                Stage.PAUSED: {Stage.SUPPORTED, Stage.CLOSED},
                Stage.SETTLED: {Stage.SETTLED, Stage.CLOSED},  # once more: on another day than was said
                Stage.CLOSED: {Stage.SUPPORTED, Stage.ANONYMISED},
            }.get(self, ())
        )

    @property
    def next_by_hand(self) -> frozenset["Stage"]:
        """Where a person may move a file. The portal anonymises: when the retention date has come, or when the holder asks."""
        return self.next_stages - {Stage.ANONYMISED}

    @property
    def is_open(self) -> bool:
        return self in Stage.open()

    @classmethod
    def open(cls) -> list["Stage"]:
        return [cls.NEW, cls.TO_QUALIFY, cls.SUPPORTED, cls.PAUSED, cls.SETTLED]

    @classmethod
    def qualified(cls) -> list["Stage"]:
        """Those of somebody whom an adviser knows: to them, the homes that committees keep for candidates are offered too."""
        return [cls.SUPPORTED, cls.SETTLED]

    @classmethod
    def to_be_called(cls) -> list["Stage"]:
        """Nobody has found out yet what the project is."""
        return [cls.NEW, cls.TO_QUALIFY]

    @classmethod
    def before_settling(cls) -> list["Stage"]:
        """At work: something is always to be done next."""
        return [*cls.to_be_called(), cls.SUPPORTED]


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


class IntroductionState(models.TextChoices):
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

    @classmethod
    def live(cls) -> list["IntroductionState"]:
        """Those that take one of a file's three places."""
        return [cls.DRAFT, cls.AWAITING_CONSENT, cls.READY, cls.SENT, cls.ACCEPTED, cls.CONTACT_MADE, cls.VISITED]

    @classmethod
    def before_leaving(cls) -> list["IntroductionState"]:
        """Chosen, and the village does not know of it yet."""
        return [cls.DRAFT, cls.AWAITING_CONSENT, cls.READY]

    @classmethod
    def without_a_place(cls) -> list["IntroductionState"]:
        """It takes none of the village's places of the month: the place is free for another family."""
        return [cls.DECLINED, cls.WITHDRAWN]

    @classmethod
    def asked(cls) -> list["IntroductionState"]:
        """A village has been written to and its answer is still taken."""
        return [cls.SENT, cls.LATER, cls.NO_ANSWER]

    @classmethod
    def answered(cls) -> list["IntroductionState"]:
        """The village has said something."""
        return [cls.ACCEPTED, cls.CONTACT_MADE, cls.VISITED, cls.CHOSEN, cls.NOT_CHOSEN, cls.DECLINED, cls.LATER]

    @classmethod
    def reads_all(cls) -> list["IntroductionState"]:
        """The village has said yes: it may read who they are and how to reach them."""
        return [cls.ACCEPTED, cls.CONTACT_MADE, cls.VISITED, cls.CHOSEN]

    @property
    def is_live(self) -> bool:
        return self in self.live()

    @property
    def next_states(self) -> frozenset["IntroductionState"]:
        """A late answer is still taken; whatever is live may be withdrawn."""
        State = IntroductionState  # noqa: N806 -- the class's own name, shortened to keep the table readable
        answers = {State.ACCEPTED, State.CONTACT_MADE, State.DECLINED, State.LATER}
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
            }.get(self, ())
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


class FundingState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("funding line", "planned")
    TO_COMPLETE = "to_complete", pgettext_lazy("funding line", "to complete")
    LODGED = "lodged", pgettext_lazy("funding line", "lodged")
    GRANTED = "granted", pgettext_lazy("funding line", "granted")
    PAID = "paid", pgettext_lazy("funding line", "paid")
    REFUSED = "refused", pgettext_lazy("funding line", "refused")
    GIVEN_UP = "given_up", pgettext_lazy("funding line", "given up")

    @classmethod
    def hoped_for(cls) -> list["FundingState"]:
        return [cls.PLANNED, cls.TO_COMPLETE, cls.LODGED]

    @classmethod
    def acquired(cls) -> list["FundingState"]:
        return [cls.GRANTED, cls.PAID]

    @classmethod
    def to_lodge(cls) -> list["FundingState"]:
        return [cls.PLANNED, cls.TO_COMPLETE]


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
