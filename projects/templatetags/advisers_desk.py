"""What waits on an adviser's desk, for the admin's first page."""

from django import template
from django.utils import timezone

from members.models import User
from projects.models import ProjectFile, Task

register = template.Library()


@register.simple_tag
def desk_of(user: User) -> dict[str, int] | None:
    """The figures, each the length of a list one press away; None for those who work on no files."""
    if not user.is_adviser:
        return None
    today, tasks = timezone.localdate(), Task.objects.live().filter(assignee=user)
    return {
        "files": ProjectFile.objects.followed_by(user).count(),
        "late": tasks.filter(due_on__lt=today).count(),
        "today": tasks.filter(due_on=today).count(),
        "unassigned": ProjectFile.objects.without_adviser().count(),
    }
