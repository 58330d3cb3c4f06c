"""A page and who looks at it; what pages of any app are made of."""

from dataclasses import dataclass

from django.contrib import admin
from django.db import models
from django.urls import reverse

from members.models import User
from tests.bare.rows import bare
from tests.factories.members import MemberFactory, UserFactory
from villages.models import CommitteeMember, Village


@dataclass(frozen=True)
class Page:
    who: User | None
    address: str


def to(who: User | None, *names: str, args: list | None = None, query: str = "") -> list[Page]:
    return [Page(who, reverse(name, args=args or []) + query) for name in names]


def boss() -> User:
    """Lead of the advisers, administrator, and so keeper of every place."""
    return User.objects.filter(email="boss@example.org").first() or UserFactory(
        lead=True, is_superuser=True, email="boss@example.org"
    )


def some_member() -> User:
    """Of whom nothing else is asked."""
    return User.objects.filter(email="member@example.org").first() or MemberFactory(user__email="member@example.org").user


def seat_in(village: Village) -> CommitteeMember:
    """Somebody of the committee with an account."""
    seat = village.committee.filter(user__isnull=False).first()
    return seat or bare(CommitteeMember, village=village, user=UserFactory(), email="helene@example.org")


def changed(row: models.Model) -> list[Page]:
    """Its list, its form, its history and its removal in the admin, where it stands there."""
    if type(row) not in admin.site._registry:
        return []
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return [*to(boss(), f"{name}_changelist"), *to(boss(), f"{name}_change", f"{name}_history", f"{name}_delete", args=[row.pk])]
