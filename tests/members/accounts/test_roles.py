import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from members.access import Act
from members.enums import MemberStatus, Role
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.villages import CommitteeMemberFactory

pytestmark = pytest.mark.django_db

PREDICATES = ["is_adviser", "is_lead", "is_member", "sees_as_member"]
PEOPLE = {
    "somebody": (lambda: UserFactory(), set()),
    "member": (lambda: MemberFactory().user, {"is_member", "sees_as_member"}),
    "former member": (lambda: MemberFactory(status=MemberStatus.FORMER).user, set()),
    "adviser": (lambda: UserFactory(adviser=True), {"is_adviser", "sees_as_member"}),
    "lead": (lambda: UserFactory(lead=True), {"is_adviser", "is_lead", "sees_as_member"}),
    "administrator": (lambda: UserFactory(admin=True), {"is_adviser", "is_lead", "sees_as_member"}),
    "committee": (lambda: CommitteeMemberFactory(user=UserFactory()).user, set()),
    "adviser whose account is closed": (lambda: UserFactory(adviser=True, is_active=False), set()),
    "member whose account is closed": (lambda: MemberFactory(user__is_active=False).user, set()),
    "committee whose account is closed": (lambda: CommitteeMemberFactory(user=UserFactory(is_active=False)).user, set()),
}


@pytest.mark.parametrize("person", PEOPLE)
def test_each_role_is_known_by_the_account_s_predicates(person):
    make, expected = PEOPLE[person]
    user = make()
    assert {predicate for predicate in PREDICATES if getattr(user, predicate)} == expected


def test_a_host_is_known_by_their_place():
    assert not UserFactory(host=True).may(Act.KEEP_OWN_PLACE)
    user = UserFactory(host=True)
    place = user.hosted_telecentres.model(
        commune=MemberFactory().commune, name="Le Comptoir", slug="comptoir", address="1 rue", postal_code="32700"
    )
    place.save()
    place.hosts.add(user)
    assert user.may(Act.KEEP_OWN_PLACE)


def test_the_teams_groups_stand_ready_with_their_permissions():
    assert {group.name for group in Group.objects.all()} == set(Role)
    lead = UserFactory(lead=True)
    assert lead.has_perm("members.view_user")
    assert not lead.has_perm("members.change_user")
    assert UserFactory(adviser=True).has_perm("members.view_member")


def test_migrating_again_gives_back_what_the_code_grants_and_keeps_what_was_added():
    group = Group.objects.get(name=Role.ADVISER)
    extra = Group.objects.get(name=Role.LEAD).permissions.get(codename="view_user")
    group.permissions.set([extra])
    call_command("migrate", verbosity=0)
    assert set(group.permissions.filter(content_type__app_label="members").values_list("codename", flat=True)) == {
        "view_user",
        "view_member",
    }
