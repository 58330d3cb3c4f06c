"""Words that the portal itself writes into a file: in the first language, whoever pressed and in whichever language."""

from django.conf import settings
from django.utils.translation import gettext, override


def in_first_language(text: str, **facts: object) -> str:
    """`text` is marked where it stands with gettext_noop."""
    with override(settings.LANGUAGE_CODE):
        return gettext(text) % {name: str(value) for name, value in facts.items()}
