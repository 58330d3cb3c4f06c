"""What accounts leave behind goes when its time is over: sessions, where they were used, sign-ups that nobody confirmed."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse

from members.accounts import retention
from members.models import User
from outbox.models import Letter
from tests.beat import tick
from tests.factories.members import UserFactory
from tests.factories.telecentres import TelecentreFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
SIGN_UP = {"email": "camille@example.org", "password1": "quatre mots choisis ensemble", "first_name": "Camille", "last_name": "F"}


def test_a_sign_up_that_nobody_confirms_is_erased_after_a_week(client, time_machine):
    time_machine.move_to(NOON)
    client.post(reverse("account_signup"), SIGN_UP)
    user = User.objects.get()
    time_machine.move_to(NOON + 6 * DAY)
    tick()
    assert User.objects.filter(pk=user.pk).exists()
    time_machine.move_to(NOON + 8 * DAY)
    tick()
    assert not User.objects.exists()


@pytest.mark.parametrize("confirmed", ["invited", "signed in", "host", "made by hand"])
def test_an_account_that_is_somebodys_stays(confirmed, time_machine):
    time_machine.move_to(NOON)
    if confirmed == "made by hand":  # by an administrator: nobody was asked to confirm anything yet
        user = User.objects.create_user("camille@example.org")
    else:
        user = UserFactory()
        user.emailaddress_set.update(verified=confirmed == "invited")
    if confirmed == "signed in":
        User.objects.filter(pk=user.pk).update(last_login=NOON)
    if confirmed == "host":
        TelecentreFactory().hosts.add(user)
    assert retention.forget_unconfirmed_accounts(now=NOON + 400 * DAY) == 0
    assert User.objects.filter(pk=user.pk).exists()


def test_where_a_session_was_used_goes_with_the_session(client, time_machine):
    time_machine.move_to(NOON)
    user = UserFactory(password="quatre mots choisis ensemble")
    client.post(reverse("account_login"), {"login": user.email, "password": "quatre mots choisis ensemble", "remember": "on"})
    assert UserSession.objects.get().user == user
    time_machine.move_to(NOON + 2 * DAY)
    tick()
    assert (UserSession.objects.count(), Session.objects.count()) == (1, 1)
    time_machine.move_to(NOON + 40 * DAY)
    tick()
    assert (UserSession.objects.count(), Session.objects.count()) == (0, 0)


def test_a_letter_with_a_reset_link_is_of_no_use_once_the_link_is_dead(client, time_machine):
    time_machine.move_to(NOON, tick=False)
    user = UserFactory()
    client.post(reverse("account_reset_password"), {"email": user.email})
    assert Letter.objects.get().useless_after == NOON + DAY
