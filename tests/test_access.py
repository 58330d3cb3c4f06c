"""Who may open what: every address of the site must stand in the table of policies, and answers each role as the table says."""

from collections.abc import Iterable, Iterator
from http.cookies import SimpleCookie
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from members.accounts.links import Purpose, link_address
from members.models import User
from outbox.models import Pulse
from projects import links
from sohosolo.celery import app
from telecentres.booking.desk_codes import CODES
from telecentres.calendars.feeds import make_feed
from telecentres.notifications import HELD_LINKS
from tests.common.photographs import redrawn
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import DocumentFactory, FollowUpFactory, IntroductionFactory, ProjectFileFactory
from tests.factories.telecentres import BookingFactory, ClosureFactory, SeriesFactory, TelecentreFactory, WaitingEntryFactory
from tests.factories.villages import (
    CommitteeMemberFactory,
    HousingFactory,
    SavedSearchFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from tests.policies import EVERYBODY, POLICIES, PROTECTED, Policy
from villages.alerts.services import token_of
from villages.housing.letters import link_to
from villages.housing.services import add_photo

pytestmark = pytest.mark.django_db


def named_addresses(resolver=None, namespace=""):
    """Every qualified name of the site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_addresses(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


ADDRESSES = sorted(set(named_addresses()))
ADMIN = [name for name in ADDRESSES if name.startswith("admin:")]


def test_every_address_has_a_policy_and_every_policy_an_address():
    assert {name for name in ADDRESSES if name not in ADMIN} == set(POLICIES)


@pytest.fixture
def people(db):
    return one_of_each_role()


def one_of_each_role():
    """One of each role, each nothing else."""
    adviser, administrator = UserFactory(adviser=True), UserFactory(admin=True)
    member, committee, host = MemberFactory().user, UserFactory(), UserFactory(host=True)
    CommitteeMemberFactory(user=committee)
    TelecentreFactory().hosts.add(host)
    return {
        "visitor": None,
        "holder": UserFactory(),
        "member": member,
        "committee": committee,
        "host": host,
        "adviser": adviser,
        "administrator": administrator,
    }


@pytest.fixture
def sample(people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return sample_of(people)


def sample_of(people):
    """What the addresses are asked about: everything that is somebody's is the member's. Its files are written into MEDIA_ROOT."""
    booking = BookingFactory(member=people["member"].member)
    hosted = people["host"].hosted_telecentres.get()
    village = VillageFactory()
    seat = people["committee"].committee_seats.get()
    own = ProjectFileFactory(holder__user=people["holder"])
    kept, home = seat.village, HousingFactory(village=seat.village)
    photo = add_photo(housing=home, picture=redrawn(size=(20, 20)), alt="La façade")
    return {
        "": [],
        "village": [village.slug],
        "sitemap section": ["villages"],
        "commune": [village.commune.insee_code],
        "housing": [home.pk],
        "housing link": link_to(home, seat).strip("/").split("/")[-3::2],
        "housing photo": [photo.pk],
        "house": ["farm", 3],
        "kept housing": [kept.slug, home.pk],
        "kept photo": [kept.slug, home.pk, photo.pk],
        "telecentre": [booking.desk.telecentre.slug],
        "booking": [booking.pk],
        "file": [ProjectFileFactory().reference],
        "file link": [token_in(links.file_link(own))],
        "address link": [token_in(links.address_link(ProjectFileFactory(holder__confirmed_email="", holder__user=UserFactory())))],
        "own file": [own.reference],
        "own paper": [token_in(links.file_link(own)), DocumentFactory(file=own, received=True).pk],
        "consent link": [token_in(links.consent_link(IntroductionFactory(awaiting=True, file__holder=own.holder).request))],
        "introduction link": [token_in(links.answer_link(IntroductionFactory(sent=True, village=kept), seat))],
        "news link": [token_in(links.news_link(FollowUpFactory(file__holder=own.holder)))],
        "contact link": [token_in(links.contact_link(IntroductionFactory(accepted=True, file__holder=own.holder)))],
        "held place": [HELD_LINKS.sign(booking.pk)],
        "series": [SeriesFactory(member=booking.member, telecentre=booking.desk.telecentre).pk],
        "waiting entry": [WaitingEntryFactory(member=booking.member, telecentre=booking.desk.telecentre).pk],
        "feed": [make_feed(by=booking.member.user, member=booking.member)],
        "kept place": [hosted.slug],
        "desk code": [CODES.sign(booking.desk_id)],
        "kept booking": [hosted.slug, BookingFactory(desk__telecentre=hosted).pk],
        "kept closure": [hosted.slug, ClosureFactory(telecentre=hosted).pk],
        "member": [MemberFactory(shown=True).slug],
        "letter": ["20261123T073000Z-abc"],
        "kept village": [kept.slug],
        "kept fact": [kept.slug, "shops"],
        "kept project": [kept.slug, TerritoryProjectFactory(village=kept).pk],
        "kept speed": [kept.slug, SpeedTestFactory(village=kept).pk],
        "kept seat": [kept.slug, seat.pk],
        "reset key": ["1", "set-password"],
        "invitation": [token_in(link_address(UserFactory(), Purpose.INVITATION))],
        "passkey": [1],
        "search": [token_of(SavedSearchFactory())],
    }


def token_in(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


LED = reverse("mfa_index")


def without_the_role(policy: Policy) -> str:
    return policy.gets["holder"] if policy.arguments != "own file" else "missing"  # a holder's own, and of no role


@pytest.fixture
def unprotected(people):
    """The same roles, their accounts not protected."""
    Authenticator.objects.all().delete()
    return {role: people[role] for role in PROTECTED}


def answer_of(response) -> str:
    if response.streaming:
        b"".join(response)  # read to its end, a file is closed
    if response.status_code == 200:
        return "page"
    if response.status_code in (302, 303):
        return "sign-in" if response["Location"].startswith((reverse("account_login"), "/admin/login/")) else "elsewhere"
    return {404: "missing", 405: "post only"}.get(response.status_code, str(response.status_code))


@pytest.fixture
def ticking():
    for entry in app.conf.beat_schedule.values():
        Pulse.objects.update_or_create(name=entry["task"], defaults={"at": timezone.now()})


class Browsers:
    """One of each, signed in once: taken by role, it has the cookies again that it came with."""

    def __init__(self, people: dict[str, User | None]) -> None:
        self._clients = {role: Client() for role in people}
        for role, user in people.items():
            if user is not None:
                self._clients[role].force_login(user)
        self._cookies = {role: client.cookies.output(header="", sep=";") for role, client in self._clients.items()}

    def __getitem__(self, role: str) -> Client:
        self._clients[role].cookies = SimpleCookie(self._cookies[role])
        return self._clients[role]


def pass_over(*_told, **_facts) -> None:
    """In place of what keeps a copy of all that each template was given."""


PARTS = range(3)  # of the addresses, so that several processes share them: what an address is asked about is made once a part


def addresses_of(names: Iterable[str], sample: dict[str, list]) -> Iterator[tuple[str, Policy, str]]:
    """Name, policy and address of each; what one of them changed is undone before the next."""
    for name in names:
        with transaction.atomic(), patch("django.test.client.store_rendered_templates", pass_over):
            cache.clear()
            yield name, POLICIES[name], reverse(name, args=sample[POLICIES[name].arguments])
            transaction.set_rollback(True)


@pytest.mark.parametrize("part", PARTS)
def test_each_role_gets_what_the_table_says_and_only_forms_take_a_post(part, people, sample, ticking):
    browsers = Browsers(people)
    for name, policy, address in addresses_of(sorted(POLICIES)[part :: len(PARTS)], sample):
        assert {role: answer_of(browsers[role].get(address)) for role in people} == policy.gets, name
        for method in {"POST", "PUT", "PATCH", "DELETE"} - policy.methods:
            for role in ("visitor", "member"):
                status = browsers[role].generic(method, address).status_code
                assert status in (302, 404, 405), f"{role} {method} {address}: {status}"


OPENED_BY_A_ROLE = [
    name
    for name, policy in POLICIES.items()
    if not name.startswith("mfa_") and any(policy.gets[role] != without_the_role(policy) for role in PROTECTED)
]
KNOWS_WHO_ASKS = [name for name, policy in POLICIES.items() if policy.gets != EVERYBODY or policy.gone]
PRESSES_OF_KEEPERS = [name for name in POLICIES if POLICIES[name].arguments in ("kept place", "kept booking", "kept closure")]


def test_a_role_without_its_second_step_opens_nothing_and_is_led_to_it(unprotected, sample):
    """Never a page that the role alone opens; and not a 404 in the dark where one has the role."""
    browsers = Browsers(unprotected)
    for _name, policy, address in addresses_of(OPENED_BY_A_ROLE, sample):
        for role in unprotected:
            if policy.gets[role] == without_the_role(policy):
                continue  # what anybody gets
            response = browsers[role].get(address)
            assert (response.status_code, response["Location"]) == (302, LED), f"{role} {address}"


def test_a_press_without_the_second_step_changes_nothing_either(unprotected, sample):
    browsers = Browsers(unprotected)
    for name, policy, address in addresses_of(PRESSES_OF_KEEPERS, sample):
        method = "post" if "POST" in policy.methods else "get"
        for role in unprotected:
            response = getattr(browsers[role], method)(address)
            assert (response.status_code, response["Location"]) == (302, LED), f"{role} {name}"


def test_a_closed_account_is_a_visitor_at_every_address(people, sample):
    """Its sessions end at the very next request, also where the account is the owner or keeper of what is asked for."""
    browsers = Browsers(people)
    User.objects.update(is_active=False)
    for name, policy, address in addresses_of(KNOWS_WHO_ASKS, sample):
        answers = {role: answer_of(browsers[role].get(address)) for role, user in people.items() if user}
        assert set(answers.values()) == {policy.closed}, (name, answers)
