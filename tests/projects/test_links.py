"""Every signed link: a look acts on nothing; what is expired, tampered with or taken back gets a page that says what to do."""

import datetime as dt

import pytest
from django.core import signing
from django.utils import timezone

from projects import links
from projects.enums import IntroductionState
from projects.introductions.services import withdraw_all
from projects.models import ConsentRequest, FollowUp, Introduction, IntroductionMove
from tests.factories.members import UserFactory
from tests.factories.projects import FollowUpFactory, IntroductionFactory, ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory

pytestmark = pytest.mark.django_db

KINDS = ["consent", "introduction", "contact", "news", "file"]
TOO_LATE = dt.timedelta(seconds=links.LASTS + 60)


def link_of(kind) -> str:
    match kind:
        case "consent":
            return links.consent_link(IntroductionFactory(awaiting=True).request)
        case "introduction":
            introduction = IntroductionFactory(sent=True)
            return links.answer_link(introduction, CommitteeMemberFactory(village=introduction.village, email="h@example.org"))
        case "contact":
            return links.contact_link(IntroductionFactory(accepted=True))
        case "news":
            return links.news_link(FollowUpFactory(file__adviser=UserFactory(adviser=True)))
        case "file":
            return links.file_link(ProjectFileFactory(supported=True))
    raise AssertionError(kind)


def state_of_all() -> list:
    return [
        list(Introduction.objects.values_list("state", "answered_at")),
        list(ConsentRequest.objects.values_list("answered_at")),
        list(FollowUp.objects.values_list("answered_at")),
        IntroductionMove.objects.count(),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_shows_and_acts_on_nothing(client, kind):
    link = link_of(kind)
    before = state_of_all()
    for method in (client.get, client.head):
        assert method(link).status_code == 200
    assert state_of_all() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_old_link_says_what_to_do_and_acts_on_nothing(client, time_machine, kind, method):
    link = link_of(kind)
    before = state_of_all()
    time_machine.move_to(timezone.now() + TOO_LATE)
    answer = getattr(client, method)(link, {"answer": "yes", "still_here": "yes"})
    assert answer.status_code == 410
    assert "ppelez-nous" in answer.content.decode()
    assert state_of_all() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_link_tampered_with_opens_nothing(client, kind, method):
    link = link_of(kind)
    before = state_of_all()
    head, token = link.rstrip("/").rsplit("/", 1)
    for forged in (
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token.replace(":", "."),
        signing.dumps([1, 1], salt="another"),
        "x",
    ):
        assert getattr(client, method)(f"{head}/{forged}/", {"answer": "yes"}).status_code == 410
    assert state_of_all() == before


@pytest.mark.parametrize("kind", KINDS)
def test_the_token_of_one_kind_is_worth_nothing_as_another(client, kind):
    token = link_of(kind).rstrip("/").rsplit("/", 1)[1]
    for other in KINDS:
        if other != kind:
            head = link_of(other).rstrip("/").rsplit("/", 1)[0]
            assert client.get(f"{head}/{token}/").status_code == 410


@pytest.mark.parametrize("kind", ["consent", "introduction", "contact"])
def test_what_was_taken_back_says_so(client, kind):
    link = link_of(kind)
    withdraw_all(file=Introduction.objects.get().file, by=None, reason="", now=timezone.now())
    for method in (client.get, client.post):
        assert method(link, {"answer": "yes"}).status_code == 410
    assert Introduction.objects.get().state == IntroductionState.WITHDRAWN
