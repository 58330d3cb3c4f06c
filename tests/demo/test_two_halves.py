"""The demonstration for a portal that is waited for: what may be visited first, and what an interruption leaves."""

import os

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from members.models import Member, User
from projects.models import ProjectFile
from sohosolo.demo import load
from telecentres.models import Booking, Telecentre
from tests.demo.small import small_material
from tests.factories.members import UserFactory
from villages.models import Village

pytestmark = pytest.mark.django_db(transaction=True)

KNOWN = "membre@demo.example.org"


class Interrupted(Exception):
    pass


@pytest.fixture(autouse=True)
def demonstration(settings, monkeypatch, tmp_path):
    settings.DEMO, settings.MAIL_DIR, settings.MEDIA_ROOT = True, tmp_path / "mail", tmp_path / "media"
    monkeypatch.setattr(load, "read_material", lambda folder: small_material())


def figures() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Village, Telecentre, Member, ProjectFile))


def interrupt() -> None:
    raise Interrupted


def test_the_door_opens_on_true_figures_and_an_interrupted_load_is_begun_anew():
    """Interrupted at the door, then loaded by what `./run` calls, which tells once that the portal may open."""
    seen = []

    def opened() -> None:
        seen.append((connection.in_atomic_block, figures(), Booking.objects.count(), load.is_half_loaded()))
        interrupt()

    with pytest.raises(Interrupted):
        load.load_network_and_open(now=timezone.now(), opened=opened)
    assert seen == [(False, (6, 2, 36, 0), 0, True)]
    assert (figures(), load.is_half_loaded()) == ((6, 2, 36, 0), True)
    prepare_tells_once_that_the_portal_may_open()
    assert (figures(), load.is_half_loaded()) == ((6, 2, 36, 27), False)
    assert User.objects.order_by("pk").first().pk == 1
    assert Booking.objects.exists()
    assert User.objects.get(email=KNOWN).check_password("sohosolo-demo-2026")


def prepare_tells_once_that_the_portal_may_open() -> None:
    opened, to_tell = os.pipe()
    try:
        call_command("prepare", opened=to_tell)
        call_command("prepare", opened=to_tell)
        os.close(to_tell)
        assert os.read(opened, 100) == b"opened\n"
    finally:
        os.close(opened)


def test_a_second_half_that_fails_leaves_the_first_to_be_erased(monkeypatch):
    monkeypatch.setattr(load, "live_files", lambda *args: interrupt())
    with pytest.raises(Interrupted):
        load.load_network_and_open(now=timezone.now(), opened=lambda: None)
    assert (Booking.objects.count(), load.is_half_loaded()) == (0, True)
    assert connection.features.uses_savepoints


def test_nobody_elses_database_is_taken_for_a_half():
    """Accounts that sign in by mailed code have no password either."""
    user = UserFactory(email="maire@village.example.org")
    user.set_unusable_password()
    user.save()
    with pytest.raises(load.NotEmpty):
        load.load_network_and_open(now=timezone.now(), opened=interrupt)
    assert User.objects.get() == user


def test_a_whole_demonstration_is_left_alone():
    user = UserFactory(email=KNOWN, password="sohosolo-demo-2026")
    with pytest.raises(load.NotEmpty):
        load.load_network_and_open(now=timezone.now(), opened=interrupt)
    assert User.objects.get() == user
