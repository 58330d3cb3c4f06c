"""Who is a member, and under which address."""

import datetime as dt

import pytest

from members import membership
from members.enums import Visibility
from members.models import SHOWN_FIELDS, Member, User
from tests.factories.members import UserFactory
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db


def join(user: User, **facts) -> Member:
    return membership.make_member(user=user, commune=CommuneFactory(), activity="Graphiste", joined_on=dt.date(2026, 1, 8), **facts)


def test_nothing_of_a_new_member_is_shown():
    member = join(UserFactory(), bio="Je dessine.", website="https://example.org")
    assert {getattr(member, f"{field}_visibility") for field in SHOWN_FIELDS} == {Visibility.NOBODY}
    assert member.visibility_agreed_at is None


def test_namesakes_get_addresses_of_their_own():
    slugs = [join(UserFactory(first_name="Zoé", last_name="Œillet d’Août")).slug for _ in range(3)]
    assert slugs == ["zoe-oeillet-daout", "zoe-oeillet-daout-2", "zoe-oeillet-daout-3"]


def test_a_namesake_who_joins_at_the_same_moment_gets_another_address(monkeypatch):
    """Both looked before either wrote: the database refuses the second, who looks again."""
    join(UserFactory(first_name="Inès", last_name="Daubas"))
    looked = iter(["ines-daubas", "ines-daubas-2"])
    monkeypatch.setattr(membership, "free_slug", lambda name: next(looked))
    assert join(UserFactory(first_name="Inès", last_name="Daubas")).slug == "ines-daubas-2"


def test_a_name_of_other_letters_still_gets_an_address():
    assert join(UserFactory(first_name="Юлия", last_name="")).slug == "solo"


def test_a_very_long_name_fits_its_address():
    first, second = (join(UserFactory(first_name="a" * 80, last_name="b" * 80)).slug for _ in range(2))
    assert len(first) <= 140
    assert first != second


def test_nobody_is_a_member_twice():
    user = UserFactory()
    join(user)
    with pytest.raises(membership.MembershipRefused):
        join(user)
    assert Member.objects.count() == 1


def test_skills_are_tidied():
    assert join(UserFactory(), skills=["  Relecture ", "relecture", "", "Anglais  juridique"]).skills == [
        "Relecture",
        "Anglais juridique",
    ]
