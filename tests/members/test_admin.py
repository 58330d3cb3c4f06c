import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from members.enums import MemberStatus, Role, Visibility
from members.models import Member, User
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db

ACCOUNTS, MEMBERS = reverse("admin:members_user_changelist"), reverse("admin:members_member_changelist")
ADD_ACCOUNT, ADD_MEMBER = reverse("admin:members_user_add"), reverse("admin:members_member_add")


@pytest.fixture(autouse=True)
def relaxed(settings):
    settings.STAFF_MFA_REQUIRED = False


def change(thing) -> str:
    return reverse(f"admin:members_{thing._meta.model_name}_change", args=[thing.pk])


def listed(response) -> list:
    return list(response.context["cl"].result_list)


WHO_MAY = {  # accounts: see, add, change; members: see, add, change
    "adviser": (403, 403, 403, 200, 403, False),
    "lead": (200, 403, False, 200, 200, True),
    "admin": (200, 200, True, 200, 200, True),
}


@pytest.mark.parametrize("trait", WHO_MAY)
def test_each_role_does_only_what_is_its_own_in_the_members_admin(client, trait):
    sees_accounts, adds_accounts, changes_accounts, sees_members, adds_members, changes_members = WHO_MAY[trait]
    user, member = UserFactory(first_name="Avant"), MemberFactory(activity="Avant")
    client.force_login(UserFactory(**{trait: True}))
    statuses = [client.get(url).status_code for url in (ACCOUNTS, ADD_ACCOUNT, MEMBERS, ADD_MEMBER)]
    assert statuses == [sees_accounts, adds_accounts, sees_members, adds_members]
    client.post(change(user), {"first_name": "Après", "last_name": "B", "is_active": "on", "groups": []})
    user.refresh_from_db()
    assert (user.first_name == "Après") == (changes_accounts is True)
    facts = {"status": "active", "joined_on": "08/01/2025", "activity": "Après", "commune": member.commune_id}
    client.post(change(member), facts)
    member.refresh_from_db()
    assert (member.activity == "Après") == changes_members


@pytest.mark.parametrize("trait", ["lead", "adviser"])
def test_nobody_gives_a_role_to_themselves(client, trait):
    user = UserFactory(**{trait: True})
    client.force_login(user)
    raised = {"first_name": "A", "last_name": "B", "is_active": "on", "is_superuser": "on", "is_staff": "on"}
    assert client.post(change(user), raised).status_code == 403
    user.refresh_from_db()
    assert not user.is_superuser


def test_a_new_account_has_its_roles_and_no_password(client):
    client.force_login(UserFactory(admin=True))
    response = client.post(
        ADD_ACCOUNT, {"email": "Anne@Example.org", "first_name": "Anne", "last_name": "B", "roles": [Role.ADVISER]}
    )
    assert response.status_code == 302
    made = User.objects.get(email="anne@example.org")
    assert made.is_adviser
    assert made.is_staff
    assert not made.has_usable_password()
    assert made.emailaddress_set.get().verified


def test_an_address_is_taken_once_whatever_its_capitals(client):
    UserFactory(email="anne@example.org")
    client.force_login(UserFactory(admin=True))
    response = client.post(ADD_ACCOUNT, {"email": "Anne@example.org", "first_name": "A", "last_name": "B"})
    assert "Quelqu’un utilise déjà cette adresse." in response.content.decode()
    assert User.objects.filter(email__iexact="anne@example.org").count() == 1


def test_an_address_and_a_password_are_changed_by_their_owner_alone(client):
    user = UserFactory(email="anne@example.org")
    client.force_login(UserFactory(admin=True))
    data = {"email": "other@example.org", "password": "x", "first_name": "A", "last_name": "B", "is_active": "on"}
    assert client.post(change(user), data).status_code == 302
    before = user.password
    user.refresh_from_db()
    assert (user.email, user.password) == ("anne@example.org", before)


def test_an_account_closed_in_the_admin_signs_in_no_more(client):
    user = UserFactory()
    client.force_login(UserFactory(admin=True))
    client.post(change(user), {"first_name": "A", "last_name": "B"})
    user.refresh_from_db()
    assert not user.is_active


def test_a_lead_makes_a_member_who_shows_nothing(client):
    user, commune = UserFactory(first_name="Inès", last_name="Daubas"), CommuneFactory()
    client.force_login(UserFactory(lead=True))
    facts = {
        "user": user.pk,
        "commune": commune.pk,
        "activity": "Traductrice",
        "joined_on": "24/11/2026",
        "skills": "Relecture,relecture",
    }
    assert client.post(ADD_MEMBER, facts).status_code == 302
    made = Member.objects.get()
    assert (made.slug, made.skills, made.joined_on) == ("ines-daubas", ["Relecture"], dt.date(2026, 11, 24))
    assert made.name_visibility == Visibility.NOBODY
    again = client.post(ADD_MEMBER, facts)
    assert "Cette personne est déjà membre." in again.content.decode() or again.context["errors"]
    assert Member.objects.count() == 1


def test_nobody_agrees_for_a_member(client):
    member = MemberFactory(visibility_agreed_at=None)
    client.force_login(UserFactory(admin=True))
    facts = {"status": "former", "joined_on": "08/01/2025", "activity": "Après", "commune": member.commune_id}
    client.post(
        change(member), facts | {"name_visibility": "public", "email_visibility": "public", "visibility_agreed_at": "01/01/2026"}
    )
    member.refresh_from_db()
    assert member.status == MemberStatus.FORMER
    assert (member.name_visibility, member.email_visibility, member.visibility_agreed_at) == ("nobody", "nobody", None)


@pytest.mark.parametrize(
    ("before", "to", "after"),
    [
        (MemberStatus.ACTIVE, MemberStatus.TRIAL, MemberStatus.ACTIVE),
        (MemberStatus.ACTIVE, MemberStatus.FORMER, MemberStatus.FORMER),
        (MemberStatus.TRIAL, MemberStatus.ACTIVE, MemberStatus.ACTIVE),
        (MemberStatus.FORMER, MemberStatus.TRIAL, MemberStatus.TRIAL),
    ],
)
def test_a_member_has_only_a_status_that_follows_theirs(client, before, to, after):
    member = MemberFactory(status=before)
    client.force_login(UserFactory(admin=True))
    facts = {"status": to.value, "joined_on": "08/01/2025", "activity": "Après", "commune": member.commune_id}
    response = client.post(change(member), facts)
    assert (response.status_code == 200) is (to != after)
    member.refresh_from_db()
    assert member.status == after


@pytest.mark.parametrize("typed", ["esteve", "ÉSTÈVE", "jean pierre esteve", "jp@example.org"])
def test_people_are_found_as_one_types_them(client, typed):
    member = MemberFactory(user__first_name="Jean-Pierre", user__last_name="Éstève", user__email="jp@example.org")
    MemberFactory(user__first_name="Anne", user__last_name="Roux")
    client.force_login(UserFactory(admin=True))
    assert listed(client.get(ACCOUNTS, {"q": typed})) == [member.user]
    assert listed(client.get(MEMBERS, {"q": typed})) == [member]


@pytest.mark.parametrize("page", [ACCOUNTS, MEMBERS])
def test_the_lists_cost_the_same_for_2_and_for_200(client, queries_of, page):
    def cost(more: int) -> int:
        MemberFactory.create_batch(more, commune=CommuneFactory())
        return queries_of(lambda: client.get(page))

    client.force_login(UserFactory(admin=True))
    client.get(page)
    assert cost(2) == cost(198)


def test_a_group_that_is_no_role_is_named_as_it_is(client):
    UserFactory().groups.add(Group.objects.create(name="stagiaires"))
    client.force_login(UserFactory(admin=True))
    page = client.get(ACCOUNTS).content.decode()
    assert "stagiaires" in page


def test_accounts_are_sifted_by_roles_under_the_names_that_the_list_shows(client):
    client.force_login(UserFactory(admin=True))
    advisers = Group.objects.get(name=Role.ADVISER)
    page = client.get(ACCOUNTS).content.decode()
    assert f'<a href="?groups__id__exact={advisers.pk}">conseillers</a>' in page
    assert ">advisers<" not in page
    UserFactory(adviser=True, first_name="Rose")
    assert [str(user) for user in listed(client.get(ACCOUNTS, {"groups__id__exact": advisers.pk}))] == [
        str(User.objects.get(first_name="Rose"))
    ]
