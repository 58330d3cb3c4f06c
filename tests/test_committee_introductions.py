"""The families that a committee is asked about, on its own page: joined by the roof, answered under the reader's own link."""

import pytest
from django.urls import reverse

from projects.enums import IntroductionState
from tests.factories.members import UserFactory
from tests.factories.projects import IntroductionFactory
from tests.factories.villages import CommitteeMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat():
    return CommitteeMemberFactory(user=UserFactory(), lead=True, email="helene@example.org")


def page(client, seat) -> str:
    client.force_login(seat.user)
    return client.get(reverse("villages:committee-village", args=[seat.village.slug])).content.decode()


def test_nothing_is_shown_where_nothing_is_asked(client, seat):
    IntroductionFactory(village=seat.village)
    IntroductionFactory(sent=True)
    html = page(client, seat)
    assert seat.village.commune.name in html
    assert 'id="familles"' not in html


def test_what_awaits_an_answer_leads_to_it_and_what_was_accepted_to_the_contact(client, seat):
    asked = IntroductionFactory(village=seat.village, sent=True, file__title="Lutherie")
    met = IntroductionFactory(village=seat.village, accepted=True, file__title="Graphisme")
    html = page(client, seat)
    assert html.count("/mise-en-relation/") == 2
    assert asked.file.title in html
    assert met.file.title in html
    assert asked.file.holder.last_name not in html, "the name comes after the yes"


def test_another_villages_families_are_not_there(client, seat):
    foreign = IntroductionFactory(sent=True, file__title="Ailleurs")
    own = IntroductionFactory(village=seat.village, sent=True, file__title="Ici")
    html = page(client, seat)
    assert foreign.file.title not in html
    assert own.file.title in html


def test_what_was_withdrawn_is_gone(client, seat):
    introduction = IntroductionFactory(village=seat.village, sent=True)
    assert 'id="familles"' in page(client, seat)
    introduction.state, introduction.slot = IntroductionState.WITHDRAWN, None
    introduction.save()
    assert 'id="familles"' not in page(client, seat)
