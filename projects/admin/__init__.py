"""The advisers' second front door to the services: the stock admin, with pages of its own where a change form is not enough."""

from projects.admin.directories import ExportAdmin, TaskTemplateAdmin
from projects.admin.files import ProjectFileAdmin
from projects.admin.funding import SchemeAdmin
from projects.admin.introductions import IntroductionAdmin
from projects.admin.people import HolderAdmin
from projects.admin.reminders import ReminderAdmin
from projects.admin.rules import HoldAdmin, RuleSettingAdmin
from projects.admin.tasks import TaskAdmin

__all__ = [
    "ExportAdmin",
    "HoldAdmin",
    "HolderAdmin",
    "IntroductionAdmin",
    "ProjectFileAdmin",
    "ReminderAdmin",
    "RuleSettingAdmin",
    "SchemeAdmin",
    "TaskAdmin",
    "TaskTemplateAdmin",
]
