"""What must agree: models and migrations, beat and tasks, code and catalogue, README and settings."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

from sohosolo.celery import app as celery_app

ROOT = Path(__file__).resolve().parent.parent
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
OUR_APPS = {"common", "outbox", "villages", "members", "telecentres", "projects", "sohosolo"}
CATALOGUE = ROOT / "locale/fr/LC_MESSAGES/django.po"
SAID_BY_THE_CODE = "en"
TRANSLATED = [code for code, _name in settings.LANGUAGES if code != SAID_BY_THE_CODE]


@pytest.mark.django_db
def test_every_model_change_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_beat_entry_names_a_task_that_exists():
    celery_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    assert scheduled <= set(celery_app.tasks)


def test_beat_only_ticks():
    assert {entry["schedule"] for entry in celery_app.conf.beat_schedule.values()} == {60.0}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_string_is_said_in_every_language_offered(language):
    with (ROOT / f"locale/{language}/LC_MESSAGES/django.po").open("rb") as file, CATALOGUE.open("rb") as french:
        catalogue = read_po(file, locale=language, domain="django")
        assert {message.id for message in catalogue} == {message.id for message in read_po(french, locale="fr")}
    unsaid = [str(message.id) for message in catalogue if message.id and (message.fuzzy or not all_strings(message))]
    assert unsaid == []


def all_strings(message) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def test_the_french_is_set_as_a_printer_would():
    """A space that cannot break before ; : ? ! and inside « », the curved apostrophe, nothing exclaimed."""
    with CATALOGUE.open("rb") as file:
        said = [words for message in read_po(file, locale="fr") if message.id for words in strings_of(message)]
    assert [words for words in said if re.search(r" [;:?!»](?!\w)|« |\w'\w|!(?:\s|$)", re.sub(r"<[^>]*>", "", words))] == []


def strings_of(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed: the catalogue cannot be compared")
def test_the_catalogue_holds_every_marked_string(tmp_path):
    """`./run manage makemessages` would add nothing."""
    for part in ("manage.py", "sohosolo", "common", "outbox", "villages", "members", "telecentres", "projects", "templates"):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / part)
    catalogue = tmp_path / "locale/fr/LC_MESSAGES/django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(HEADER, encoding="utf-8")
    call_makemessages(tmp_path)
    with CATALOGUE.open("rb") as kept, catalogue.open("rb") as found:
        said = {message.id for message in read_po(kept, locale="fr") if message.id}
        marked = {message.id for message in read_po(found, locale="fr") if message.id}
    assert marked - said == set()
    assert said - marked == set()


def test_no_sentence_stands_where_makemessages_does_not_look():
    """xgettext reads nothing inside the braces of an f-string: its sentences would stay English without a word."""
    hidden = []
    for file in [file for app in OUR_APPS for file in (settings.BASE_DIR / app).rglob("*.py")]:
        hidden += [f"{file.name}:{call.lineno}" for call in marks_in_f_strings(ast.parse(file.read_text()))]
    assert not hidden


def marks_in_f_strings(code: ast.Module) -> list[ast.Call]:
    """The calls of gettext with a sentence, inside f-strings."""
    inside = [part for text in ast.walk(code) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)]
    calls = [part for part in inside if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)]
    marks = [call for call in calls if call.func.id == "_" or call.func.id.removesuffix("_lazy").endswith("gettext")]
    return [call for call in marks if isinstance(call.args[0], ast.Constant)]


def call_makemessages(folder: Path) -> None:
    command = [sys.executable, "manage.py", "makemessages", "--locale", "fr", "--verbosity", "0"]
    subprocess.run(command, cwd=folder, check=True, env=os.environ | {"DJANGO_SETTINGS_MODULE": "sohosolo.settings"})


def test_the_readme_lists_every_variable_of_the_settings():
    readers = "".join((ROOT / f"sohosolo/{name}.py").read_text(encoding="utf-8") for name in ("settings", "installation"))
    asked = set(re.findall(r'(?:flag|text|words|get|redis_url)\(\s*(?:name: str = )?"([A-Z_]+)"', readers))
    assert {"SECRET_KEY", "DATABASE_URL", "DATABASE_PASSWORD", "REDIS_URL", "EMAIL_URL", "DEMO"} <= asked
    told = set(re.findall(r"`([A-Z_]+)`", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert asked - told == set()


def test_static_files_collect_with_hashed_names(tmp_path, settings):
    """What the Docker image does: a stylesheet or a script that names a missing file would stop it."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (tmp_path / "staticfiles.json").exists()


def test_the_territory_is_read_from_its_folder():
    assert settings.TERRITORY.communes_file.exists()
