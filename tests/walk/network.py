"""A small network with a row of each kind, one person of each role, and every address of the site with its arguments."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.sessions.backends.db import SessionStore
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse
from django.utils import timezone

from members.enums import JournalEvent
from members.models import JournalEntry, User
from projects.models import Export, Hold, Merge, RuleSetting, Scheme, TaskTemplate
from telecentres.models import BookingLimits, PassOffer
from tests.factories.members import PaymentFactory, UserFactory
from tests.factories.outbox import LetterFactory
from tests.factories.projects import DocumentFactory, FundingLineFactory, HolderFactory, HouseholdFactory, IntroductionFactory
from tests.factories.projects import TaskFactory as Tasks
from tests.factories.telecentres import PassFactory
from tests.factories.villages import PlaceFactory
from tests.policies import POLICIES
from tests.test_access import one_of_each_role, sample_of
from villages.models import Dataset

STAFF = ("adviser", "lead", "administrator")
NOTHING_MOVED = {"files": [], "consents": [], "filled": [], "user": None}


@dataclass(frozen=True)
class Address:
    name: str
    arguments: dict[str, Any] | tuple  # by name in the admin, in order elsewhere
    roles: tuple[str, ...]  # those for whom something stands there; to the others it is not there, or asks them to sign in

    @cached_property
    def path(self) -> str:
        return self._with(self.arguments)

    def paths_with(self, value: str, marker: int) -> list[str]:
        """The path with one of its arguments after the other being `value`, which may be one that no link could hold."""
        named = isinstance(self.arguments, dict)
        arguments = dict(self.arguments) if named else dict(enumerate(self.arguments))
        paths = []
        for key in arguments:
            marked = arguments | {key: marker}  # digits: taken by nearly every converter
            try:
                paths.append(self._with(marked if named else tuple(marked.values())).replace(str(marker), value))
            except NoReverseMatch:
                paths.append(self.path.replace(str(arguments[key]), value))
        return paths

    def _with(self, arguments: dict[str, Any] | tuple) -> str:
        if isinstance(arguments, dict):
            return reverse(self.name, kwargs=arguments)
        return reverse(self.name, args=arguments)


@dataclass(frozen=True)
class Network:
    people: dict[str, User | None]
    addresses: list[Address]


def small_network() -> Network:
    """Its files are written into MEDIA_ROOT, which the test sets."""
    people = one_of_each_role() | {"lead": UserFactory(lead=True)}
    sample = sample_of(people)
    arguments = rows_of_the_admin(people)
    return Network(people, [*site_addresses(sample), *admin_addresses(arguments)])


def site_addresses(sample: dict[str, list]) -> list[Address]:
    addresses = []
    for name, policy in sorted(POLICIES.items()):
        gets = policy.gets | {"lead": policy.gets["adviser"]}
        roles = tuple(role for role, answer in gets.items() if answer not in ("missing", "sign-in")) or tuple(gets)
        addresses.append(Address(name, tuple(sample[policy.arguments]), roles))
    return addresses


def admin_addresses(arguments: dict[str, int]) -> list[Address]:
    """`arguments`: a key for each model (by its label) and for each further argument of a page (by its name)."""
    addresses = {}
    for route, name, converters in admin_patterns():
        if name == "view_on_site" or "url" in converters:
            continue
        label = ".".join(route.split("/")[:2])
        keys = {key: arguments.get(key) or arguments[label] for key in converters if key != "app_label"}
        if "app_label" in converters or name == "app_list":
            keys["app_label"] = "projects"
        addresses[name, *keys] = Address(f"admin:{name}", keys, STAFF)
    return list(addresses.values())


def admin_patterns() -> list[tuple[str, str, list[str]]]:
    """Route after /admin/, name, names of arguments."""

    def inside(resolver: URLResolver, route: str):
        for pattern in resolver.url_patterns:
            here = route + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from inside(pattern, here)
            elif here.startswith("admin/") and pattern.name:
                yield here.removeprefix("admin/"), pattern.name, list(pattern.pattern.converters)

    return list(inside(get_resolver(), ""))


def rows_of_the_admin(people: dict[str, User | None]) -> dict[str, int]:
    """A row of each model that the admin shows, by label; and those that stand below another one, by the name of their argument."""
    adviser = people["adviser"]
    task = Tasks(assignee=adviser)
    file, kept = task.file, HolderFactory()
    HouseholdFactory(file=file)
    Merge.objects.create(kept=kept, absorbed=HolderFactory(), moved=NOTHING_MOVED, by=adviser)
    TOTP.activate(people["member"], generate_totp_secret())
    session = SessionStore()
    session.create()
    UserSession.objects.create(user=adviser, ip="127.0.0.1", session_key=session.session_key, user_agent="Firefox")
    adviser.reminders.create(rule="task_due", target=f"task:{task.pk}", occurrence="x", letter_key="x")
    LetterFactory()
    JournalEntry.objects.create(what=JournalEvent.SIGNED_IN, account=adviser, by=adviser)
    PlaceFactory()
    PassFactory(member=people["member"].member, payment=PaymentFactory(payer=people["member"], settled=True))
    PassOffer.objects.get_or_create(half_days=10, price=48)
    BookingLimits.objects.get_or_create(pk=1)  # comes with the table, and goes with a test that commits
    Dataset.objects.get_or_create(key="bpe", source="Insee", file_name="bpe.zip", imported_at=timezone.now())
    TaskTemplate.objects.create(stage="new", title="Appel")
    Export.objects.create(what="funder_report", rows=1, by=adviser)
    RuleSetting.objects.create(rule="pause_ends", delays=[7, 10])
    Hold.objects.create(rule="document_asked", target="document_asked:1", by=adviser)
    Scheme.objects.create(name="ACRE", funder="Urssaf", kind="relief")
    rows = {model._meta.label_lower: model._base_manager.order_by("-pk").first() for model in admin.site._registry}
    missing = [label for label, row in rows.items() if row is None]
    assert not missing, f"make a row of each of these in tests/walk/network.py: {missing}"
    keys = {label: row.pk for label, row in rows.items()}
    keys |= {"projects.projectfile": file.pk, "projects.holder": kept.pk, "projects.task": task.pk}
    keys["projects.introduction"] = IntroductionFactory(file=file, sent=True).pk
    return keys | {
        "line_pk": FundingLineFactory(file=file).pk,
        "document_pk": DocumentFactory(file=file, received=True).pk,
        "other_pk": HolderFactory().pk,
        "merge_pk": kept.merges.get().pk,
    }
