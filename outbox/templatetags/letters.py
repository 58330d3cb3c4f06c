"""Letters that nobody got, for the first pages of those who may read letters."""

from django import template
from django.utils import timezone

from outbox.admin import may_read_letters
from outbox.models import Letter

register = template.Library()


@register.simple_tag(takes_context=True)
def letters_in_vain(context: template.Context) -> int:
    """How many failed or are uncertain, of late; none for those who may not read letters."""
    if not may_read_letters(context["request"].user):
        return 0
    return Letter.objects.in_vain(timezone.now()).count()
