"""The table of members/access.py where pages alone do not show it: hosts exempted, feeds, dwellings kept back, services."""

import pytest
from django.urls import reverse

from members.access import ACTS, AccessRole, Act
from members.enums import Role
from projects.activity import refusals
from projects.files import lifecycle
from telecentres.calendars.feeds import make_feed
from tests.factories.members import UserFactory
from tests.factories.projects import ProjectFileFactory
from tests.factories.telecentres import TelecentreFactory
from tests.factories.villages import HousingFactory
from tests.members.accounts.coming_in import MY_SPACE, text_of
from villages.enums import HousingAudience

pytestmark = pytest.mark.django_db

SET_UP = reverse("mfa_index")


@pytest.fixture
def host():
    return UserFactory()


@pytest.fixture
def place(host):
    place = TelecentreFactory()
    place.hosts.add(host)
    return place


def status_of(client, user, address) -> int:
    client.force_login(user)
    return client.get(address).status_code


def feed_at(token: str) -> str:
    return reverse("telecentres-data:feed", args=[token])


def test_hosts_may_be_exempted_and_then_for_their_own_place_alone(client, host, place, settings):
    day, other = (reverse("telecentres:day", args=[telecentre.slug]) for telecentre in (place, TelecentreFactory()))
    assert status_of(client, host, day) == 302
    settings.HOST_MFA_REQUIRED = False
    assert status_of(client, host, day) == 200
    assert status_of(client, host, other) == 404


def test_a_host_exempted_who_is_an_adviser_too_uses_that_role_with_a_second_step_alone(client, place, settings):
    settings.HOST_MFA_REQUIRED = False
    both = UserFactory(adviser=True, second_step=False)
    place.hosts.add(both)
    assert status_of(client, both, reverse("telecentres:day", args=[place.slug])) == 200
    assert status_of(client, both, reverse("telecentres:day", args=[TelecentreFactory().slug])) == 302
    assert status_of(client, both, reverse("telecentres:hosting")) == 302


def test_a_places_feed_ends_with_the_second_step_of_who_made_it(client, place):
    keeper = UserFactory(host=True)
    place.hosts.add(keeper)
    address = feed_at(make_feed(by=keeper, telecentre=place))
    assert client.get(address).status_code == 200
    keeper.authenticator_set.all().delete()
    assert client.get(address).status_code == 404


def test_dwellings_kept_back_are_shown_to_the_team_with_its_second_step_alone(client):
    kept = HousingFactory(audience=HousingAudience.QUALIFIED, title="Maison gardée")
    page, listed = reverse("villages:housing", args=[kept.pk]), reverse("villages:housings")
    client.force_login(UserFactory(adviser=True, second_step=False))
    assert client.get(page).url == SET_UP
    assert "Maison gardée" not in text_of(client.get(listed))
    client.force_login(UserFactory(adviser=True))
    assert "Maison gardée" in text_of(client.get(page))
    assert status_of(client, UserFactory(), page) == 404


@pytest.mark.parametrize("second_step", [True, False])
def test_ones_own_space_says_that_a_second_step_is_missing(client, second_step):
    client.force_login(UserFactory(adviser=True, second_step=second_step))
    page = text_of(client.get(MY_SPACE))
    assert ("Votre rôle ici s’ouvre dès que votre compte a une seconde étape." in page) is not second_step
    assert ("Ouvrir mes dossiers" in page) is second_step


def test_files_are_entrusted_to_an_adviser_who_has_yet_to_set_it_up_but_not_by_a_lead_who_has():
    file, lead = ProjectFileFactory(), UserFactory(lead=True)
    newcomer, unprotected = UserFactory(adviser=True, second_step=False), UserFactory(lead=True, second_step=False)
    with pytest.raises(refusals.AssignmentRefused):
        lifecycle.assign_adviser(file=file, adviser=newcomer, by=unprotected)
    assert lifecycle.assign_adviser(file=file, adviser=newcomer, by=lead).adviser == newcomer


def test_a_right_of_a_group_is_none_before_the_second_step():
    assert UserFactory(lead=True).has_perm("members.view_user")
    unprotected = UserFactory(lead=True, second_step=False)
    assert not unprotected.has_perm("members.view_user")
    assert not unprotected.has_module_perms("members")


def test_an_act_that_stands_in_no_line_is_a_fault():
    with pytest.raises(ValueError, match="read_leters"):
        UserFactory(lead=True).may("read_leters")


def test_every_act_is_opened_by_somebody_and_a_closed_account_opens_none():
    assert set().union(*ACTS.values()) == set(Act)
    assert set(ACTS) == {*AccessRole, *Role}
    closed = UserFactory(admin=True, is_active=False)
    assert not any(closed.may(act) for act in Act)


def test_asking_for_every_act_costs_one_query_for_each_fact(django_assert_num_queries):
    user = type(lead := UserFactory(lead=True)).objects.get(pk=lead.pk)
    with django_assert_num_queries(3):  # groups, second step, places hosted
        for _row in range(50):
            assert user.may(Act.WORK_ON_FILES)
            assert not user.may(Act.READ_JOURNAL)
            assert not user.may(Act.KEEP_OWN_PLACE)


def test_the_way_to_the_second_step_is_said_in_a_sentence(client, host, place):
    client.force_login(host)
    answer = client.get(reverse("telecentres:day", args=[place.slug]), follow=True)
    assert answer.request["PATH_INFO"] == SET_UP
    assert "Cette page s’ouvre à votre rôle dès que votre compte a une seconde étape" in text_of(answer)
