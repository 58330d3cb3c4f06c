"""A database that lacks what its list of migrations says: `migrate` and /readyz see it, and the demonstration is rebuilt."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone, translation

from outbox.models import Pulse
from projects.models import ProjectFile
from sohosolo import health, schema
from sohosolo.celery import app
from sohosolo.demo import load
from sohosolo.migrating import Additions, gathered
from tests.demo.small import small_material
from tests.factories.projects import ProjectFileFactory
from tests.factories.villages import VillageFactory
from villages.models import Village

pytestmark = pytest.mark.django_db

DRIFTS = {
    "a table": ("DROP TABLE projects_digestrun CASCADE", "the table projects_digestrun is missing"),
    "a column": ("ALTER TABLE outbox_pulse DROP COLUMN expected_since", "the column outbox_pulse.expected_since is missing"),
    "a type": (
        "ALTER TABLE outbox_letter ALTER COLUMN language TYPE varchar(9)",
        "the column outbox_letter.language is character varying(9) and should be character varying(5)",
    ),
    "a column that may be empty": (
        "ALTER TABLE outbox_letter ALTER COLUMN text DROP NOT NULL",
        "the column outbox_letter.text need not be filled",
    ),
    "a column that must be filled": (
        "ALTER TABLE outbox_letter ALTER COLUMN sent_at SET NOT NULL",
        "the column outbox_letter.sent_at must be filled",
    ),
    "a column that nobody fills": (
        "ALTER TABLE outbox_letter ADD COLUMN stamp text NOT NULL",
        "the column outbox_letter.stamp must be filled and is unknown to the code",
    ),
    "a constraint": (
        "ALTER TABLE outbox_letter DROP CONSTRAINT letter_once_per_fact",
        "letter_once_per_fact is missing from outbox_letter",
    ),
    "an index": ("DROP INDEX letter_due", "letter_due is missing from outbox_letter"),
    "a trigger": (
        "DROP TRIGGER pgtrigger_pass_begins_empty_97858 ON telecentres_pass",
        "the trigger pass_begins_empty is missing from telecentres_pass or switched off",
    ),
    "a trigger at work": (
        "ALTER TABLE telecentres_pass DISABLE TRIGGER pgtrigger_pass_begins_empty_97858",
        "the trigger pass_begins_empty is missing from telecentres_pass or switched off",
    ),
}
UNWRITTEN = "DELETE FROM django_migrations WHERE app = 'outbox' AND name = '0002_letter_attachments'"


def change(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)


@pytest.fixture
def ready(monkeypatch):
    monkeypatch.setattr(health, "_schema_looked_at", None)
    for entry in app.conf.beat_schedule.values():
        Pulse.objects.update_or_create(name=entry["task"], defaults={"at": timezone.now()})


@pytest.fixture
def demonstration(settings, monkeypatch, tmp_path):
    settings.DEMO, settings.STAFF_MFA_REQUIRED = True, False
    settings.MAIL_DIR, settings.MEDIA_ROOT = tmp_path / "mail", tmp_path / "media"
    monkeypatch.setattr(load, "read_material", lambda folder: small_material())


def test_a_database_that_was_migrated_is_what_the_models_say():
    assert schema.differences() == []
    call_command("migrate", verbosity=0)


def test_a_migration_whose_additions_are_gathered_has_the_same_steps_in_the_same_order():
    """Every test is on a database that was migrated so."""
    gathered_ones = 0
    for migration in MigrationLoader(None).disk_migrations.values():
        steps = list(gathered(migration.operations))
        gathered_ones += sum(isinstance(step, Additions) for step in steps)
        flat = [one for step in steps for one in (step.steps if isinstance(step, Additions) else [step])]
        assert flat == migration.operations
    assert gathered_ones > 5


@pytest.mark.parametrize("drift", DRIFTS)
def test_migrate_refuses_and_says_what_to_do(drift):
    sql, told = DRIFTS[drift]
    change(sql)
    assert schema.differences() == [told]
    with pytest.raises(CommandError) as refusal:
        call_command("migrate", verbosity=0)
    assert told in str(refusal.value)
    assert "Restaurez la dernière sauvegarde" in str(refusal.value)


def test_migrate_refuses_in_the_demonstration_with_the_command_that_rebuilds_it(demonstration):
    change(DRIFTS["a table"][0])
    with pytest.raises(CommandError, match="load_demo --again"):
        call_command("migrate", verbosity=0)


def test_a_migration_that_finds_something_else_than_it_expects_is_one_sentence():
    change(UNWRITTEN)
    with pytest.raises(CommandError, match=r"[^.]\. Restaurez la dernière sauvegarde"):
        call_command("migrate", verbosity=0)


@pytest.mark.parametrize("switch", [translation.deactivate_all, lambda: translation.activate("en")], ids=["none", "English"])
@pytest.mark.parametrize("change_made", [DRIFTS["a table"][0], UNWRITTEN], ids=["drift", "unwritten"])
def test_migrate_refuses_in_the_portals_language_whatever_is_active(switch, change_made):
    change(change_made)
    with translation.override(None):
        switch()
        with pytest.raises(CommandError, match="Restaurez la dernière sauvegarde"):
            call_command("migrate", verbosity=0)


def test_readyz_says_that_the_database_lacks_something(client, ready):
    change(DRIFTS["a column"][0])
    assert client.get("/readyz").status_code == 503
    faults = {name: fault for name, fault in health.check_all(timezone.now()).items() if fault}
    told = "not what the code expects, run migrate to read what to do: the column outbox_pulse.expected_since is missing"
    assert faults == {"migrations": told}


def test_readyz_looks_at_the_schema_once_a_minute(client, ready, monkeypatch):
    looked = []
    monkeypatch.setattr(schema, "differences", lambda: looked.append(1) or [])
    for _ in range(3):
        assert client.get("/readyz").status_code == 200
    assert len(looked) == 1


@pytest.mark.parametrize("drift", ["a table", pytest.param("a column", marks=pytest.mark.thorough)])
def test_the_demonstration_is_rebuilt_on_a_database_out_of_shape(demonstration, drift):
    VillageFactory(), ProjectFileFactory()  # of what is there, nothing stays: a load of its own would show no more
    change(DRIFTS[drift][0])
    with pytest.raises(CommandError, match="load_demo --again"):
        call_command("migrate", verbosity=0)
    call_command("load_demo", again=True, yes=True)
    assert schema.differences() == []
    assert (Village.objects.count(), ProjectFile.objects.count()) == (6, 27)
    call_command("migrate", verbosity=0)
