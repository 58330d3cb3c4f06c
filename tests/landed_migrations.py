"""Migrations that have landed never change: somebody's database has run them. `python -m tests.landed_migrations` lists new ones.

The list, tests/landed_migrations.txt, only grows: a line for each migration, written when it is published.
"""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tests" / "landed_migrations.txt"


def landed() -> dict[str, str]:
    """The SHA-256 of each, by its path from the root."""
    return {path: digest for digest, path in (line.split() for line in LIST.read_text().splitlines())}


def present() -> dict[str, str]:
    files = sorted(path for path in ROOT.glob("*/migrations/*.py") if path.name != "__init__.py")
    return {path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def append_new() -> list[str]:
    """Write down those that are not listed yet. Returns their paths."""
    known = landed()
    new = {path: digest for path, digest in present().items() if path not in known}
    with LIST.open("a") as file:
        file.writelines(f"{digest}  {path}\n" for path, digest in new.items())
    return sorted(new)


if __name__ == "__main__":
    append_new()
