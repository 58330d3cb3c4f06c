"""An account made for somebody."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from members.enums import Role
from members.models import User


@transaction.atomic
def make_account(
    *,
    email: str,
    first_name: str = "",
    last_name: str = "",
    password: str | None = None,
    roles: Iterable[Role] = (),
    is_superuser: bool = False,
) -> User:
    """An account whose address is taken as verified; without a password it signs in by mailed code. A role opens the admin."""
    roles = list(roles)
    user = User.objects.create_user(
        email,
        password,
        first_name=first_name,
        last_name=last_name,
        is_staff=bool(roles) or is_superuser,
        is_superuser=is_superuser,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if roles:
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user
