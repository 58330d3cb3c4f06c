"""Project files: who wants to settle, what was said and done, and what is due next."""

from projects.models.consent import Consent
from projects.models.document import Document
from projects.models.draft import DRAFT_KEPT_FOR, Draft
from projects.models.file import ProjectFile, ProjectFileQuerySet, ReferenceCounter
from projects.models.follow_up import MONTHS, FollowUp
from projects.models.funding import FundingLine, Gap, Need, Scheme, SchemeStep
from projects.models.introduction import AT_ONCE, ConsentRequest, Introduction, IntroductionMove, Shared
from projects.models.log import Change, Event, Export, Transition
from projects.models.people import Holder, HolderQuerySet, Household, Merge
from projects.models.reminder import DigestRun, Hold, Reminder, ReminderQuerySet, RuleSetting
from projects.models.task import SEEN, Aside, Task, TaskQuerySet, TaskTemplate

__all__ = [
    "AT_ONCE",
    "DRAFT_KEPT_FOR",
    "MONTHS",
    "SEEN",
    "Aside",
    "Change",
    "Consent",
    "ConsentRequest",
    "DigestRun",
    "Document",
    "Draft",
    "Event",
    "Export",
    "FollowUp",
    "FundingLine",
    "Gap",
    "Hold",
    "Holder",
    "HolderQuerySet",
    "Household",
    "Introduction",
    "IntroductionMove",
    "Merge",
    "Need",
    "ProjectFile",
    "ProjectFileQuerySet",
    "ReferenceCounter",
    "Reminder",
    "ReminderQuerySet",
    "RuleSetting",
    "Scheme",
    "SchemeStep",
    "Shared",
    "Task",
    "TaskQuerySet",
    "TaskTemplate",
    "Transition",
]
