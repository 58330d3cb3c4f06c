"""Words that the portal itself writes into a file: in the first language, whoever pressed and in whichever language."""

from django.conf import settings
from django.utils.translation import gettext, override


def in_first_language(text: str, **facts: object) -> str:
    """`text` in the site's first language, with its values filled in; it is marked with gettext_noop where it stands."""
    with override(settings.LANGUAGE_CODE):
        return gettext(text) % {name: str(value) for name, value in facts.items()}
