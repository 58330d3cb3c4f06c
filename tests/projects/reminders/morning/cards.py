"""Cards of the morning, as tests ask for them."""

import datetime as dt

from django.utils import timezone

from projects import links
from projects.enums import (
    FundingState,
    IntroductionState,
)
from projects.reminders.morning import Morning
from tests.factories.projects import (
    DocumentFactory,
    FollowUpFactory,
    FundingLineFactory,
    IntroductionFactory,
    ProjectFileFactory,
    TaskFactory,
)
from tests.factories.villages import CommitteeMemberFactory, VillageFactory

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)  # Tuesday, ten o'clock in Paris
TODAY = NOW.date()
DAY = dt.timedelta(days=1)
INDEX, PRESS = "/admin/", "/admin/projects/projectfile/matinee/"
State = IntroductionState


def planned(adviser, **facts):
    """Somebody has spoken to them, and something is planned."""
    file = ProjectFileFactory(supported=True, adviser=adviser, **{"last_contact_out_at": NOW - 20 * DAY} | facts)
    TaskFactory(file=file, assignee=adviser, due_on=TODAY + 60 * DAY)
    return file


def cards(user, slug, *, now=None, team=False):
    baskets = Morning(user, now=now or timezone.now(), team=team).baskets
    return next(basket for basket in baskets if basket.slug == slug).cards


def one_of_each_fact(adviser):
    """Of each kind the basket where it stands, and a file of which it is so and nobody has mended it."""
    file = planned(adviser)
    village = VillageFactory()
    CommitteeMemberFactory(village=village, lead=True, email="helene@example.org")
    return {
        "first": ("appeler", ProjectFileFactory(adviser=adviser, opened_at=NOW - DAY)),
        "nothing": ("sans-suite", ProjectFileFactory(supported=True, adviser=adviser, last_contact_out_at=NOW - 20 * DAY)),
        "pause": ("pauses", ProjectFileFactory(paused=True, adviser=adviser, paused_until=TODAY + 2 * DAY)),
        "silent": ("villages", IntroductionFactory(file=file, village=village, sent=True, sent_at=NOW - 10 * DAY).file),
        "answer": (
            "reponses",
            IntroductionFactory(file=planned(adviser), accepted=True, sent_at=NOW - 3 * DAY, answered_at=NOW - DAY).file,
        ),
        "money": ("financements", FundingLineFactory(file=planned(adviser), deadline=TODAY + 3 * DAY).file),
        "decision": (
            "financements",
            FundingLineFactory(file=planned(adviser), state=FundingState.LODGED, committee_on=TODAY - 9 * DAY).file,
        ),
        "paper": ("documents", DocumentFactory(file=planned(adviser), asked_at=NOW - 9 * DAY).file),
        "news": (
            "appeler",
            FollowUpFactory(file__adviser=adviser, answered_at=NOW - DAY, still_here="yes", knows_people=1).file,
        ),
    }


def told(adviser, facts):
    """Of these facts the kinds that the morning tells by a card."""
    baskets = {slug: [card.file for card in cards(adviser, slug)] for slug in {slug for slug, _file in facts.values()}}
    return {kind for kind, (slug, file) in facts.items() if file in baskets[slug]}


def card_of(adviser, fact):
    slug, file = fact
    (card,) = [card for card in cards(adviser, slug) if card.file == file]
    return card


def own_page(file):
    return links.file_link(file)
