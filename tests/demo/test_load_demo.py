"""The command: when it loads, when it refuses and in which words, and what `--again` erases."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from members.enums import Role
from members.models import Member, User
from outbox.models import Letter
from projects.models import ProjectFile
from sohosolo.demo import load
from sohosolo.management.commands import load_demo as command
from tests.common.photographs import redrawn
from tests.demo.small import small_material
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.outbox import LetterFactory
from tests.factories.villages import CommuneFactory, HousingFactory
from villages.housing import services
from villages.models import Commune, HousingPhoto, Village

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings, monkeypatch, tmp_path):
    settings.DEMO, settings.MAIL_DIR, settings.MEDIA_ROOT = True, tmp_path / "mail", tmp_path / "media"
    monkeypatch.setattr(load, "read_material", lambda folder: small_material())


@pytest.fixture
def unloaded(monkeypatch):
    """Whoever loads after all is caught."""
    monkeypatch.setattr(load, "make_team", lambda *args, **kwargs: pytest.fail("something was loaded"))


def test_it_loads_into_an_empty_database_and_says_what(capsys):
    """Communes are facts that may be there before: they do not make the database anybody's."""
    CommuneFactory(insee_code="32999")
    call_command("load_demo", if_empty=True)
    assert (Village.objects.count(), Member.objects.active().count(), ProjectFile.objects.count()) == (6, 36, 27)
    assert capsys.readouterr().out.startswith("La démonstration est là\u202f: 6 villages, 2 télécentres, 36 membres, ")


@pytest.mark.usefixtures("unloaded")
def test_it_refuses_where_it_is_not_a_demonstration(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="tout le monde connaît ses mots de passe"):
        call_command("load_demo")
    with pytest.raises(CommandError, match="tout le monde connaît ses mots de passe"):
        call_command("load_demo", again=True, yes=True)


@pytest.mark.usefixtures("unloaded")
def test_it_refuses_a_database_that_holds_anything():
    UserFactory()
    with pytest.raises(CommandError, match="Rien n’a été chargé\u202f: cette base contient déjà des données"):
        call_command("load_demo")
    assert User.objects.count() == 1


@pytest.mark.usefixtures("unloaded")
def test_if_empty_says_nothing_about_a_database_that_is_not(capsys):
    UserFactory()
    call_command("load_demo", if_empty=True)
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("unloaded")
def test_again_asks_first_and_takes_no_for_an_answer(monkeypatch):
    user = UserFactory()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    for answer in ("", "n", "non"):
        monkeypatch.setattr("builtins.input", lambda question, answer=answer: answer)
        with pytest.raises(CommandError, match="Rien n’a été effacé"):
            call_command("load_demo", again=True)
    assert User.objects.get() == user


@pytest.mark.usefixtures("unloaded")
def test_again_erases_nothing_where_nobody_can_be_asked(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(CommandError, match="--yes"):
        call_command("load_demo", again=True)


def test_a_territory_without_a_demonstration_says_so(monkeypatch, tmp_path, settings):
    monkeypatch.undo()
    settings.TERRITORY = replace(settings.TERRITORY, name="Cantal", folder=tmp_path)
    with pytest.raises(CommandError, match="Le territoire Cantal n’a pas de démonstration"):
        call_command("load_demo")


@pytest.fixture
def one_user_loaded(monkeypatch):
    """What is loaded is another question than what is erased."""
    monkeypatch.setattr(command, "load_network", lambda **options: UserFactory(email="fresh@demo.example.org"))


def erase_and_load(capture) -> None:
    connection.check_constraints()  # what a test has written waits to be checked, and a table that waits cannot be emptied
    with capture(execute=True):
        call_command("load_demo", again=True, yes=True)


def kept_files_of(photo: HousingPhoto) -> list[Path]:
    return [Path(photo.picture.storage.path(name)) for name in (photo.picture.name, photo.small_name)]


@pytest.mark.usefixtures("one_user_loaded")
def test_again_leaves_nothing_of_before(settings, django_capture_on_commit_callbacks):
    left_behind = MemberFactory()
    left_behind.photo.save("me.jpg", ContentFile(b"JPEG"))
    facade = services.add_photo(housing=HousingFactory(), picture=redrawn(), alt="La façade")
    photos = [Path(left_behind.photo.path), *kept_files_of(facade)]
    assert all(photo.exists() for photo in photos)
    settings.MAIL_DIR.mkdir()
    old_letter = settings.MAIL_DIR / "20261124T080000Z-abc.eml"
    old_letter.write_text("an old letter")
    LetterFactory()
    erase_and_load(django_capture_on_commit_callbacks)
    assert [user.email for user in User.objects.all()] == ["fresh@demo.example.org"]
    assert (Member.objects.count(), Commune.objects.count(), Letter.objects.count()) == (0, 0, 0)
    assert not any(photo.exists() for photo in photos)
    assert not old_letter.exists()


@pytest.mark.usefixtures("one_user_loaded")
def test_again_keeps_the_groups_and_numbers_from_one(django_capture_on_commit_callbacks):
    adviser = Group.objects.get(name=Role.ADVISER)
    permissions = set(adviser.permissions.values_list("codename", flat=True))
    UserFactory.create_batch(3)
    erase_and_load(django_capture_on_commit_callbacks)
    assert Group.objects.get(name=Role.ADVISER) == adviser
    assert set(adviser.permissions.values_list("codename", flat=True)) == permissions != set()
    assert User.objects.get().pk == 1


@pytest.mark.usefixtures("one_user_loaded")
def test_what_is_erased_comes_back_when_the_load_fails(monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(command, "load_network", lambda **options: 1 / 0)
    user = UserFactory()
    with pytest.raises(ZeroDivisionError):
        erase_and_load(django_capture_on_commit_callbacks)
    assert User.objects.get() == user


def test_a_load_that_fails_midway_leaves_the_database_empty(monkeypatch):
    monkeypatch.setattr(load, "live_files", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        call_command("load_demo")
    assert load.is_empty()
    assert connection.features.uses_savepoints


def test_the_line_of_progress_fills_and_goes_away(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr(command, "load_network", lambda *, now, tell: [tell("files", done) for done in (0.5, 0.501, 1)])
    call_command("load_demo")
    title = "\r\033[Kréseau de démonstration\u202f: dossiers"
    assert capsys.readouterr().err == f"{title} [{'#' * 15}{' ' * 15}]{title} [{'#' * 30}]\r\033[K"
