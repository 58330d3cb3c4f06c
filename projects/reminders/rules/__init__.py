"""The reminders of project files, as data: for each rule what is due, after which delays, to whom, and what stops it.

What is due is derived from facts with `<=`, never « exactly so many days ago »: a day without a clock loses nothing. A matter is
told once for each occurrence, at the latest step it has reached. Tasks and files without adviser have rules of their own, in
`projects.reminders.planner`.
"""

from projects.reminders.rules.advisers import ADVISERS
from projects.reminders.rules.base import Delays, DigestLine, DueMatter, Nudge, Reader
from projects.reminders.rules.outsiders import OUTSIDERS

RULES = {rule.slug: rule for rule in (*ADVISERS, *OUTSIDERS)}

__all__ = ["ADVISERS", "OUTSIDERS", "RULES", "Delays", "DigestLine", "DueMatter", "Nudge", "Reader"]
