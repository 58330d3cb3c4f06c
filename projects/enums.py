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
                Stage.SETTLED: {Stage.CLOSED},
                Stage.CLOSED: {Stage.SUPPORTED, Stage.ANONYMISED},
            }.get(self, ())
        )

    @property
    def next_by_hand(self) -> frozenset["Stage"]:
        """Where a person may move a file: only the portal itself anonymises, when the retention date has come."""
        return self.next_stages - {Stage.ANONYMISED}

    @property
    def is_open(self) -> bool:
        return self in Stage.open()

    @classmethod
    def open(cls) -> list["Stage"]:
        return [cls.NEW, cls.TO_QUALIFY, cls.SUPPORTED, cls.PAUSED, cls.SETTLED]


class ClosingReason(models.TextChoices):
    DONE = "done", _("settled and followed to the end")
    NO_NEWS = "no_news", _("no news")
    GAVE_UP = "gave_up", _("gave up the project")
    ELSEWHERE = "elsewhere", _("settled elsewhere")
    NOT_OURS = "not_ours", _("outside what the network does")
    DUPLICATE = "duplicate", _("duplicate")


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


class SchoolLevel(models.TextChoices):
    CRECHE = "creche", _("day nursery")
    MATERNELLE = "maternelle", _("nursery school")
    ELEMENTARY = "elementary", _("elementary school")
    COLLEGE = "college", _("collège")
    LYCEE = "lycee", _("lycée")


class ReminderRule(models.TextChoices):
    TASK_DUE = "task_due", _("task due")
    TASK_POSTPONED = "task_postponed", _("task put off again and again")
    TASKS_LATE = "tasks_late", _("too many late tasks")
    FILE_UNASSIGNED = "file_unassigned", _("file without adviser")
