"""The words that people agree to when they lay down a project: that their answers are kept. What villages are shown of them is a
second agreement, in `introductions.sharing`.

A change of words is a new version: what was agreed to stays.
"""

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, override

from projects.enums import ConsentPurpose

KEEPING_VERSION = "2026-11"
# Of ConsentPurpose.NEWS there are no words: nothing sends the news of meetings, so nobody is asked. Those who agreed may end it.
WORDS = {
    ConsentPurpose.FILE: gettext_lazy("I agree that %(operator)s keeps these answers to follow my project."),
}
FILE_HINT = gettext_lazy(
    "The advisers read them. No village gets them without a second agreement. They are erased two years after we last spoke, "
    "or as soon as you ask."
)


def words_to_keep(purpose: ConsentPurpose) -> str:
    """The words of an agreement as they are kept with it: in the first language, the operator named, the hint below included."""
    with override(settings.LANGUAGE_CODE):
        words = str(WORDS[purpose]) % {"operator": settings.TERRITORY.operator}
        return f"{words} {gettext(str(FILE_HINT))}" if purpose == ConsentPurpose.FILE else words


def words_to_show(purpose: ConsentPurpose) -> str:
    """The words of an agreement as the page shows them, in the reader's language."""
    return str(WORDS[purpose]) % {"operator": settings.TERRITORY.operator}
