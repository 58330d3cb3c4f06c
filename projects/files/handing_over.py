"""An adviser who leaves, or is away for long: the open files go to somebody else."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.access import Act
from members.models import User
from projects.activity.refusals import AssignmentRefused
from projects.files.lifecycle import assign_adviser
from projects.models import ProjectFile


@transaction.atomic
def hand_over(*, files: Iterable[ProjectFile], to: User, by: User, now: dt.datetime | None = None) -> int:
    """Entrust all of these to one adviser, tasks included; all or none. Returns how many. Raises AssignmentRefused."""
    now = now or timezone.now()
    if not by.may(Act.LEAD_FILES):
        raise AssignmentRefused(_("Only the lead adviser hands files over."))
    count = 0
    for file in sorted(files, key=lambda file: file.pk):
        assign_adviser(file=file, adviser=to, by=by, deputy=None if file.deputy_id == to.pk else file.deputy, now=now)
        count += 1
    return count
