"""Secrets and dumps that lie in a checkout reach neither the image nor the repository."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEVER_COPIED = [
    ".env",
    ".env.production",
    ".envrc",
    "portal.dump",
    "portal.dump.gz",
    "2026-12-01.sql",
    "portal.sql.gz",
    "portal.dump.2026-12-01",
    "portal.bak",
    "backups/portal.tar",
    "villages/portal.dump",
    "sohosolo/.env",
    "members/all.sql",
    "private.key",
    "sohosolo/tls/private.pem",
    ".run/secret-key",
    ".run/log/web.log",
    ".venv/bin/python",
    "media/papers/k3x9.pdf",
    "members/__pycache__/models.cpython-313.pyc",
]
OF_THE_TOP = ["gunicorn.conf.py", "manage.py", "requirements.lock"]
OUTSIDE_THE_IMAGE = [
    ".git/config",
    "tests/settings.py",
    ".ci/run",
    "docs/operations.md",
    "notes.txt",
    "export.csv",
    "new-folder/x.py",
]


def in_the_build(path: str) -> bool:
    """Whether Docker sends the file to the build: the last line of .dockerignore that names it, or a folder of it, decides."""
    lines = [line.strip() for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()]
    parts, sent = path.split("/"), True
    for line in lines:
        if not line or line.startswith("#"):
            continue
        pattern = as_expression(line.removeprefix("!").strip("/"))
        if any(pattern.fullmatch("/".join(parts[:depth])) for depth in range(1, len(parts) + 1)):
            sent = line.startswith("!")
    return sent


def as_expression(pattern: str) -> re.Pattern:
    """Docker's patterns: `*` and `?` stay within a folder, `**/` is any number of folders, also none."""
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(word) or re.escape(word) for word in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", pattern)))


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """An empty repository under our rules, so that git itself says what it would take in."""
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    shutil.copy(ROOT / ".gitignore", folder)
    return folder


def is_ignored(repository: Path, path: str) -> bool:
    asked = ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "-q", "--no-index", path]
    return subprocess.run(asked, cwd=repository).returncode == 0


@pytest.mark.parametrize("path", NEVER_COPIED)
def test_a_secret_or_a_dump_enters_neither_image_nor_repository(path, repository):
    assert not in_the_build(path)
    assert is_ignored(repository, path)


@pytest.mark.parametrize("path", OUTSIDE_THE_IMAGE)
def test_what_the_portal_does_not_need_stays_outside_the_image(path):
    assert not in_the_build(path)


def test_what_the_portal_is_made_of_enters_both(repository):
    """Otherwise a rule that is too wide would pass the tests above; a new app must be named in .dockerignore."""
    served = {"common", "locale", "members", "outbox", "projects", "sohosolo", "static", "telecentres", "templates", "villages"}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages <= served
    files = [
        path.relative_to(ROOT).as_posix()
        for folder in served
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".mo")
    ]
    assert len(files) > 500
    for path in [*files, *OF_THE_TOP]:
        assert in_the_build(path), path
    offered = "\n".join([*files, *OF_THE_TOP])
    refused = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin"], input=offered, cwd=repository, capture_output=True, text=True
    )
    assert refused.stdout == ""
