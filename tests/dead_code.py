"""What nothing uses: `./run lint` asks this. Vulture reads the code; what only a test uses counts as unused.

Django uses names where Vulture does not look. So these count as used: what stands in a tag or a variable of a template, keywords
(`filter(sent_at__gte=…)`), texts of one word (`order_by("-sent_at")`, the dotted path of a setting), settings, and the values of an
enumeration, which rows have. What Django and other libraries call by name, or find by a decorator, stands in pyproject.toml under
[tool.vulture], with who it is that asks.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from vulture.core import Vulture

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ("settings.py", "formats.py")


def unused(root: Path = ROOT) -> list[str]:
    """`file:line: kind name` of whatever nothing uses."""
    asked = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    apps = asked["tool"]["importlinter"]["root_packages"]
    files = [path for app in apps for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts]
    vulture = Vulture(**{name: asked["tool"]["vulture"][name] for name in ("ignore_names", "ignore_decorators")})
    vulture.scavenge([*files, *[root / name for name in ("run", "manage.py") if (root / name).exists()]])
    elsewhere = {name for path in files for name in names_in(ast.parse(path.read_text(encoding="utf-8")))}
    elsewhere |= {
        name for path in (root / "templates").rglob("*.*") for name in names_in_template(path.read_text(encoding="utf-8"))
    }
    return [
        f"{item.filename.relative_to(root)}:{item.first_lineno}: {item.typ} {item.name}"
        for item in vulture.get_unused_code(min_confidence=60)
        if item.name not in elsewhere and item.filename.name not in SETTINGS
    ]


def names_in(code: ast.Module) -> Iterator[str]:
    for node in ast.walk(code):
        if isinstance(node, ast.keyword) and node.arg:
            yield from (node.arg, *node.arg.split("__"))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            yield from (name for word in re.findall(r"\w+", node.value) for name in (word, *word.split("__")))
        elif isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith(("Choices", "States")) for base in node.bases):
            values = [line for line in node.body if isinstance(line, ast.Assign) and not isinstance(line.value, ast.Call)]
            yield from (target.id for line in values for target in line.targets if isinstance(target, ast.Name))


def names_in_template(text: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", " ".join(re.findall(r"\{[{%](.*?)[%}]\}", text, re.DOTALL)))


def main() -> int:
    found = unused()
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
