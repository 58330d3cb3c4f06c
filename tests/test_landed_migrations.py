"""A migration that has landed never changes: databases that have run it would lack what is written into it afterwards."""

import re
import shutil
import subprocess

import pytest

from tests import landed_migrations
from tests.landed_migrations import LIST, ROOT, landed, present


def test_migrations_that_have_landed_are_as_they_were():
    """What must change goes into a migration of its own. New ones are listed by `python -m tests.landed_migrations`."""
    found = present()
    assert {path: found.get(path) for path in landed()} == landed()


def test_every_app_of_ours_has_its_migrations_in_the_list():
    assert {path.parent.parent.name for path in ROOT.glob("*/migrations/__init__.py")} == {path.split("/")[0] for path in landed()}


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="the list's past is known to git alone")
def test_the_list_only_grows():
    name = LIST.relative_to(ROOT).as_posix()
    command = ["git", "-C", str(ROOT), "log", "--format=", "--patch", "--unified=0", "--", name]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^-[0-9a-f]{64}.*", told, flags=re.MULTILINE) == []


def test_a_new_migration_is_added_at_the_end_and_the_others_stay(tmp_path, monkeypatch):
    copy = tmp_path / "list.txt"
    first, *others = LIST.read_text().splitlines(keepends=True)
    copy.write_text("".join(others))
    monkeypatch.setattr(landed_migrations, "LIST", copy)
    added = landed_migrations.append_new()
    assert first.split()[1] in added
    assert copy.read_text().startswith("".join(others))
    assert landed_migrations.append_new() == []
