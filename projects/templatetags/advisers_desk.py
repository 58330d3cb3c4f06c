"""What waits on an adviser's desk, for the admin's first page; the funding plan as a bar."""

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from members.access import Act
from projects.models import Gap
from projects.reminders.morning import Morning

register = template.Library()


@register.simple_tag(takes_context=True)
def morning(context: template.Context) -> Morning | None:
    """Of whoever is signed in, or of the team where the address asks for it; None for those who work on no files.

    `tout` in the address names a basket that is shown uncut.
    """
    request = context["request"]
    if not request.user.may(Act.WORK_ON_FILES):
        return None
    return Morning(request.user, now=timezone.now(), team="equipe" in request.GET, whole=request.GET.get("tout", ""))


@register.simple_tag
def funding_bar(gap: Gap) -> SafeString:
    """What is acquired, what is asked for, what is missing, of the whole. The sentence below it says the same."""
    whole = max(gap.needs, gap.acquired + gap.asked)
    acquired, asked = (round(float(part) * 1000 / float(whole)) for part in (gap.acquired, gap.asked))
    return format_html(
        '<svg class="funding-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="funding-bar__all" width="1000" height="20"/><rect class="funding-bar__acquired" width="{}" height="20"/>'
        '<rect class="funding-bar__asked" x="{}" width="{}" height="20"/></svg>',
        acquired,
        acquired,
        asked,
    )
