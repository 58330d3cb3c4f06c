"""An account made for somebody."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError

from members.access import Act
from members.accounts.services import make_account
from members.enums import Role
from members.models import User

pytestmark = pytest.mark.django_db


def test_a_new_account_signs_in_with_a_verified_address_in_small_letters():
    user = make_account(email=" Camille@Example.org", first_name="Camille", last_name="Roux", password="x" * 15)
    assert user.email == "camille@example.org"
    assert EmailAddress.objects.get(user=user).verified
    assert not user.is_staff


def test_a_role_opens_the_admin():
    adviser = make_account(email="conseil@example.org", roles=[Role.ADVISER])
    assert adviser.is_of_the_team
    assert not adviser.owns(Act.LEAD_FILES)
    assert adviser.is_staff
    assert not adviser.is_adviser  # until their account has its second step
    assert not adviser.has_usable_password()


def test_one_address_is_one_account_whatever_its_capitals():
    make_account(email="camille@example.org")
    with pytest.raises(IntegrityError, match="user_email_once"):
        User.objects.create(email="Camille@example.org")
