"""Who may open what: a table one can read aloud, and every address of the site must stand in it.

A policy says what a GET gives to each role. `page` is the page, `sign-in` the way to the sign-in page, `elsewhere` a redirect that
depends on the moment of a flow, `missing` a 404, `post only` a 405. Whoever has a role and no second step is led to set one up
where the role alone would open the page, and finds elsewhere what anybody finds. The admin's own addresses are `desk`: the sign-in
page for whoever may not enter (projects and members test what advisers see inside).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
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
from villages.alerts.services import token_of
from villages.housing.letters import link_to
from villages.housing.services import add_photo

pytestmark = pytest.mark.django_db

ROLES = ("visitor", "holder", "member", "committee", "host", "adviser", "administrator")
EVERYBODY = dict.fromkeys(ROLES, "page")
SIGNED_IN = EVERYBODY | {"visitor": "sign-in"}
VISITORS_ONLY = dict.fromkeys(ROLES, "elsewhere") | {"visitor": "page"}
MID_FLOW = dict.fromkeys(ROLES, "elsewhere") | {"visitor": "sign-in"}
ASKED_WHO_THEY_ARE_AGAIN = MID_FLOW  # a password or passkey first, however recently they signed in
NEEDS_A_SECOND_STEP = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in"}
PROTECTED = ("host", "adviser", "administrator")  # whose accounts have a second step, as their roles ask
NOBODY_HERE = dict.fromkeys(ROLES, "missing")
POST_ONLY = dict.fromkeys(ROLES, "post only") | {"visitor": "sign-in"}
MEMBERS_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "member": "page"}
COMMITTEE_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "committee": "page"}
STAFF_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "adviser": "page", "administrator": "page"}
HOSTS_ONLY = dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "host": "page", "adviser": "page", "administrator": "page"}
DESK = dict.fromkeys(ROLES, "sign-in") | {"adviser": "page", "administrator": "page"}


@dataclass(frozen=True)
class Policy:
    gets: dict[str, str]
    arguments: str = ""  # which of the `sample` the address needs
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    gone: str = ""  # what is answered once the account whose link it is was closed, where a visitor with another's gets more

    @property
    def closed(self) -> str:
        return self.gone or self.gets["visitor"]


PRESS = frozenset({"POST"})
READ = frozenset({"GET", "HEAD"})
FORM = READ | {"POST"}
ANY = FORM | {"PUT", "PATCH", "DELETE"}  # a dead link says that it is dead, however it is asked
LIBRARY_FORM = FORM | {"PUT"}  # Django's FormView reads a PUT as a POST, with the same checks

POLICIES = {
    # the roof
    "livez": Policy(EVERYBODY),
    "readyz": Policy(EVERYBODY),
    "security-txt": Policy(EVERYBODY),
    "home": Policy(EVERYBODY),
    "my-space": Policy(SIGNED_IN),
    "take-up-again": Policy(SIGNED_IN),
    "grant-trial": Policy(STAFF_ONLY, "file", FORM),
    "join-answers": Policy(POST_ONLY, methods=frozenset({"POST"})),
    # villages
    "villages:villages": Policy(EVERYBODY),
    "villages:compare": Policy(EVERYBODY),
    "villages:find": Policy(EVERYBODY),
    "villages:matches": Policy(dict.fromkeys(ROLES, "elsewhere")),  # without answers, to the questions
    "villages:village": Policy(EVERYBODY, "village"),
    "villages:favourites": Policy(EVERYBODY),
    "villages:keep": Policy(EVERYBODY, "village", FORM),
    "villages:new-search": Policy(EVERYBODY, methods=FORM),
    "villages:search-asked": Policy(EVERYBODY),
    "villages:search": Policy(EVERYBODY, "search", FORM),  # whoever holds the link of a letter
    "villages:end-search": Policy(EVERYBODY, "search", FORM),
    # the committee's space
    "villages:committee": Policy(COMMITTEE_ONLY | {"committee": "elsewhere"}),  # to their one village
    "villages:committee-village": Policy(COMMITTEE_ONLY, "kept village"),
    "villages:committee-page": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-page-confirm": Policy(POST_ONLY, "kept village", PRESS),
    "villages:committee-fact": Policy(COMMITTEE_ONLY, "kept fact", FORM),
    "villages:committee-fact-confirm": Policy(POST_ONLY, "kept fact", PRESS),
    "villages:committee-project-add": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-project": Policy(COMMITTEE_ONLY, "kept project", FORM),
    "villages:committee-project-confirm": Policy(POST_ONLY, "kept project", PRESS),
    "villages:committee-project-remove": Policy(COMMITTEE_ONLY, "kept project", FORM),
    "villages:committee-speed-add": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-speed-remove": Policy(COMMITTEE_ONLY, "kept speed", FORM),
    "villages:committee-absence": Policy(COMMITTEE_ONLY, "kept seat", FORM),
    "villages:committee-telephone": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-absence-end": Policy(POST_ONLY, "kept seat", PRESS),
    "villages:committee-capacity": Policy(POST_ONLY, "kept village", PRESS),
    "villages:committee-pause": Policy(POST_ONLY, "kept village", PRESS),
    "villages:committee-resume": Policy(POST_ONLY, "kept village", PRESS),
    "villages:housings": Policy(EVERYBODY),
    "villages:housing": Policy(EVERYBODY, "housing"),
    "villages:housing-still-free": Policy(EVERYBODY, "housing link", FORM, gone="410"),
    "villages:committee-housings": Policy(COMMITTEE_ONLY, "kept village"),
    "villages:committee-housing-add": Policy(COMMITTEE_ONLY, "kept village", FORM),
    "villages:committee-housing": Policy(COMMITTEE_ONLY, "kept housing", FORM),
    "villages:committee-housing-confirm": Policy(POST_ONLY, "kept housing", frozenset({"POST"})),
    "villages:committee-housing-withdraw": Policy(POST_ONLY, "kept housing", frozenset({"POST"})),
    "villages:committee-housing-photos": Policy(POST_ONLY, "kept housing", frozenset({"POST"})),
    "villages:committee-housing-photo-remove": Policy(POST_ONLY, "kept photo", frozenset({"POST"})),
    "villages-data:new-housing": Policy(EVERYBODY),
    "villages-data:house": Policy(EVERYBODY, "house"),
    "villages-data:housing-photo": Policy(EVERYBODY, "housing photo"),
    "villages-data:housing-small-photo": Policy(EVERYBODY, "housing photo"),
    "robots": Policy(EVERYBODY),
    "sitemap": Policy(EVERYBODY),
    "sitemap-section": Policy(EVERYBODY, "sitemap section"),
    "villages-data:csv": Policy(EVERYBODY),
    "villages-data:geojson": Policy(EVERYBODY),
    "villages-data:banner": Policy(EVERYBODY),
    "villages-data:wide-banner": Policy(EVERYBODY),
    "villages-data:landscape": Policy(EVERYBODY, "commune"),
    "villages-data:wide-landscape": Policy(EVERYBODY, "commune"),
    # télécentres
    "telecentres:telecentres": Policy(EVERYBODY),
    "telecentres:telecentre": Policy(EVERYBODY, "telecentre"),
    "telecentres:week": Policy(EVERYBODY, "telecentre", FORM),
    "telecentres-data:geojson": Policy(EVERYBODY),
    "telecentres-data:csv": Policy(EVERYBODY),
    "projects:lay-down": Policy(EVERYBODY, methods=FORM),
    "projects:draft": Policy(dict.fromkeys(ROLES, "post only"), methods=PRESS),
    "projects:laid-down": Policy(EVERYBODY),
    "projects:own-file": Policy(EVERYBODY, "file link", FORM, gone="410"),
    "projects:own-file-act": Policy(dict.fromkeys(ROLES, "post only"), "file link", PRESS),
    "projects:own-paper": Policy(EVERYBODY, "own paper", gone="missing"),
    "projects:mine": Policy(dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "holder": "elsewhere"}, "own file"),
    "projects:consent": Policy(EVERYBODY, "consent link", FORM, gone="410"),
    "projects:introduction": Policy(EVERYBODY, "introduction link", FORM, gone="410"),
    "projects:news": Policy(EVERYBODY, "news link", FORM, gone="410"),
    "projects:contact": Policy(EVERYBODY, "contact link", FORM, gone="410"),
    "projects:confirm-address": Policy(EVERYBODY, "address link", FORM, gone="410"),
    "telecentres:my-bookings": Policy(SIGNED_IN),
    "telecentres:cancel": Policy(dict.fromkeys(ROLES, "missing") | {"visitor": "sign-in", "member": "page"}, "booking", FORM),
    "telecentres:held": Policy(EVERYBODY, "held place", FORM, gone="missing"),
    "telecentres:wait": Policy(POST_ONLY, "telecentre", PRESS),
    "telecentres:series-new": Policy(MEMBERS_ONLY, "telecentre", FORM),
    "telecentres:series": Policy(MEMBERS_ONLY, "series", FORM),
    "telecentres:move": Policy(MEMBERS_ONLY, "booking", FORM),
    "telecentres:answer": Policy(POST_ONLY, "booking", PRESS),
    "telecentres:arrive": Policy(POST_ONLY, "booking", PRESS),
    "telecentres:leave-line": Policy(POST_ONLY, "waiting entry", PRESS),
    "telecentres:be-introduced": Policy(POST_ONLY, methods=PRESS),
    "telecentres:my-passes": Policy(SIGNED_IN),
    "telecentres:my-calendar": Policy(MEMBERS_ONLY, methods=FORM),
    "telecentres-data:feed": Policy(EVERYBODY, "feed", gone="missing"),
    "telecentres-data:booking-ics": Policy(MEMBERS_ONLY, "booking"),
    "telecentres:day": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:occupancy": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:place-calendar": Policy(HOSTS_ONLY, "kept place", FORM),
    "telecentres:plan": Policy(HOSTS_ONLY, "kept place", FORM),
    "telecentres:wall": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:codes": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:at-desk": Policy(MEMBERS_ONLY, "desk code", FORM),
    "telecentres:occupancy-csv": Policy(HOSTS_ONLY, "kept place"),
    "telecentres:network-occupancy-csv": Policy(STAFF_ONLY),
    "telecentres:hosting": Policy(STAFF_ONLY),
    "telecentres:hosting-csv": Policy(STAFF_ONLY),
    "telecentres:my-statement": Policy(MEMBERS_ONLY),
    "telecentres:my-statement-csv": Policy(MEMBERS_ONLY),
    "telecentres:close": Policy(HOSTS_ONLY, "kept place", FORM),
    "telecentres:book-for": Policy(POST_ONLY, "kept place", PRESS),
    "telecentres:sell-pass": Policy(POST_ONLY, "kept place", PRESS),
    "telecentres:arrival": Policy(POST_ONLY, "kept booking", PRESS),
    "telecentres:call-off": Policy(POST_ONLY, "kept booking", PRESS),
    "telecentres:reopen": Policy(POST_ONLY, "kept closure", PRESS),
    # members
    "members:members": Policy(EVERYBODY),
    "members:member": Policy(EVERYBODY, "member", gone="missing"),
    "members:photo": Policy(NOBODY_HERE, "member"),
    "members:entry": Policy(EVERYBODY, "invitation", FORM, gone="410"),
    "members:my-profile": Policy(SIGNED_IN, methods=FORM),
    "members:my-visibility": Policy(MEMBERS_ONLY, methods=FORM),
    "members:my-photo": Policy(POST_ONLY, methods=frozenset({"POST"})),
    # letters of the demonstration: nowhere else
    "outbox:letters": Policy(NOBODY_HERE),
    "outbox:letter": Policy(NOBODY_HERE, "letter"),
    "outbox:letter-html": Policy(NOBODY_HERE, "letter"),
    # accounts, by allauth
    "account_login": Policy(VISITORS_ONLY, methods=LIBRARY_FORM),
    "account_signup": Policy(VISITORS_ONLY, methods=LIBRARY_FORM),
    "account_logout": Policy(SIGNED_IN | {"visitor": "elsewhere"}, methods=FORM),
    "account_inactive": Policy(EVERYBODY),
    "account_reauthenticate": Policy(SIGNED_IN, methods=LIBRARY_FORM),
    "account_email": Policy(SIGNED_IN, methods=FORM),
    "account_change_password": Policy(SIGNED_IN, methods=LIBRARY_FORM),
    "account_set_password": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "account_reset_password": Policy(EVERYBODY, methods=LIBRARY_FORM),
    "account_reset_password_done": Policy(EVERYBODY),
    "account_reset_password_from_key": Policy(EVERYBODY, "reset key", ANY),
    "account_reset_password_from_key_done": Policy(EVERYBODY),
    "account_request_login_code": Policy(VISITORS_ONLY, methods=LIBRARY_FORM),
    "account_confirm_login_code": Policy(MID_FLOW, methods=FORM),
    "account_email_verification_sent": Policy(MID_FLOW, methods=FORM),
    "mfa_index": Policy(SIGNED_IN),
    "mfa_authenticate": Policy(MID_FLOW, methods=FORM),
    "mfa_reauthenticate": Policy(ASKED_WHO_THEY_ARE_AGAIN | dict.fromkeys(PROTECTED, "page"), methods=FORM),
    "mfa_reauthenticate_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_activate_totp": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_deactivate_totp": Policy(NEEDS_A_SECOND_STEP | dict.fromkeys(PROTECTED, "elsewhere"), methods=FORM),
    "mfa_view_recovery_codes": Policy(NEEDS_A_SECOND_STEP),
    "mfa_generate_recovery_codes": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_download_recovery_codes": Policy(NEEDS_A_SECOND_STEP),
    "mfa_list_webauthn": Policy(SIGNED_IN),
    "mfa_add_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, methods=FORM),
    "mfa_remove_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, "passkey", FORM),
    "mfa_edit_webauthn": Policy(ASKED_WHO_THEY_ARE_AGAIN, "passkey", FORM),
    "mfa_login_webauthn": Policy(MID_FLOW, methods=FORM),
    "usersessions_list": Policy(SIGNED_IN, methods=FORM),
}


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


PARTS = range(6)  # of the addresses, so that several processes share them: what an address is asked about is made once a part


def addresses_of(part: int, names: Iterable[str], sample: dict[str, list]) -> Iterator[tuple[str, Policy, str]]:
    """Name, policy and address of each; what one of them changed is undone before the next."""
    for name in sorted(names)[part :: len(PARTS)]:
        with transaction.atomic():
            cache.clear()
            yield name, POLICIES[name], reverse(name, args=sample[POLICIES[name].arguments])
            transaction.set_rollback(True)


@pytest.mark.parametrize("part", PARTS)
def test_each_role_gets_what_the_table_says_and_only_forms_take_a_post(part, people, sample, client_of, ticking):
    for name, policy, address in addresses_of(part, POLICIES, sample):
        assert {role: answer_of(client_of(user).get(address)) for role, user in people.items()} == policy.gets, name
        for method in {"POST", "PUT", "PATCH", "DELETE"} - policy.methods:
            for role in ("visitor", "member"):
                status = client_of(people[role]).generic(method, address).status_code
                assert status in (302, 404, 405), f"{role} {method} {address}: {status}"


OPENED_BY_A_ROLE = [
    name
    for name, policy in POLICIES.items()
    if not name.startswith("mfa_") and any(policy.gets[role] != without_the_role(policy) for role in PROTECTED)
]
KNOWS_WHO_ASKS = [name for name, policy in POLICIES.items() if policy.gets != EVERYBODY or policy.gone]


@pytest.mark.parametrize("part", PARTS)
def test_a_role_without_its_second_step_opens_nothing_and_is_led_to_it(part, unprotected, sample, client_of):
    """Never a page that the role alone opens; and not a 404 in the dark where one has the role."""
    for _name, policy, address in addresses_of(part, OPENED_BY_A_ROLE, sample):
        for role, user in unprotected.items():
            if policy.gets[role] == without_the_role(policy):
                continue  # what anybody gets
            response = client_of(user).get(address)
            assert (response.status_code, response["Location"]) == (302, LED), f"{role} {address}"


PRESSES_OF_KEEPERS = [name for name in POLICIES if POLICIES[name].arguments in ("kept place", "kept booking", "kept closure")]


@pytest.mark.parametrize("part", PARTS)
def test_a_press_without_the_second_step_changes_nothing_either(part, unprotected, sample, client_of):
    for name, policy, address in addresses_of(part, PRESSES_OF_KEEPERS, sample):
        method = "post" if "POST" in policy.methods else "get"
        for role, user in unprotected.items():
            response = getattr(client_of(user), method)(address)
            assert (response.status_code, response["Location"]) == (302, LED), f"{role} {name}"


@pytest.mark.parametrize("part", PARTS)
def test_a_closed_account_is_a_visitor_at_every_address(part, people, sample, client_of):
    """Its sessions end at the very next request, also where the account is the owner or keeper of what is asked for."""
    for name, policy, address in addresses_of(part, KNOWS_WHO_ASKS, sample):
        signed_in = {role: client_of(user) for role, user in people.items() if user}
        User.objects.update(is_active=False)
        answers = {role: answer_of(client.get(address)) for role, client in signed_in.items()}
        assert answers == dict.fromkeys(signed_in, policy.closed), name
