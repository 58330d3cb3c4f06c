"""The commands that README.md and docs/operations.md tell their reader to type."""

import re
import textwrap
from pathlib import Path

from sohosolo.embedded.state import CHECKOUT

README, OPERATIONS = CHECKOUT / "README.md", CHECKOUT / "docs/operations.md"
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
PROGRAMS = {
    *(
        "./run",
        ".ci/run",
        "apt-get",
        "babel",
        "celery",
        "docker",
        "git",
        "gunicorn",
        "install",
        "pg_dump",
        "pg_restore",
        "pip",
        "psql",
    ),
    *("python", "python3", "runuser", "service", "sohosolo", "systemctl", "uv"),
}
MANAGEMENT = {path.stem for path in CHECKOUT.glob("*/management/commands/*.py") if path.stem != "__init__"}
MANAGEMENT |= {"createsuperuser", "collectstatic", "migrate"}


def section(document: Path, title: str) -> str:
    """What stands under `## title`, to the next title of that rank."""
    return document.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]


def blocks(text: str) -> list[str]:
    return [textwrap.dedent(block) for block in BLOCK.findall(text)]


def commands(document: Path) -> set[str]:
    """Each line of a block, continued lines joined and comments left out; and inline code that begins with a program's name."""
    text = document.read_text(encoding="utf-8")
    found = set()
    for block in blocks(text):
        joined = re.sub(r"<<END\n.*?\nEND$", "<<END", block.replace("\\\n", ""), flags=re.DOTALL | re.MULTILINE)
        lines = (re.sub(r"\s+", " ", line.partition(" #")[0]).strip() for line in joined.splitlines())
        found |= {line for line in lines if line and not re.match(r"[A-Z]+=\S+$", line)}
    for code in INLINE.findall(BLOCK.sub("", text)):
        words = re.sub(r"\s+", " ", code).removeprefix("… ").strip()
        if words.split()[0] in PROGRAMS | MANAGEMENT:
            found.add(words)
    return found
