"""How templates and styles are laid out: `./run lint` asks this, and `python -m tests.layout --write` puts right what it can.

Styles: one declaration, one line, as css-beautify writes them. Templates: djade's way with Django's tags. No line of either is
longer than the width of the code; letters in plain text are as long as they must be.
"""

import subprocess
import sys
from pathlib import Path

import cssbeautifier

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 132  # as ruff's in pyproject.toml
STYLE = cssbeautifier.default_options()
STYLE.indent_size, STYLE.end_with_newline = 2, True


def styles_to_write() -> dict[Path, str]:
    """Each style sheet that is laid out otherwise, and how it would be."""
    sheets = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "static").rglob("*.css"))}
    tidy = {path: cssbeautifier.beautify(text, STYLE) for path, text in sheets.items()}
    return {path: text for path, text in tidy.items() if text != sheets[path]}


def long_lines() -> list[str]:
    """`file:line: length` of each line of a template or a style sheet that is too long."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters, at most {WIDTH}"
        for path in sorted([*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css")])
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > WIDTH
    ]


def djade(*options: str) -> bool:
    """Whether it had nothing to say."""
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    return subprocess.run([Path(sys.executable).parent / "djade", "--target-version", "5.2", *options, *templates]).returncode == 0


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        for path, text in styles_to_write().items():
            path.write_text(text, encoding="utf-8")
        djade()
    faults = [f"{path.relative_to(ROOT)}: not as css-beautify writes it" for path in styles_to_write()] + long_lines()
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 0 if djade("--check") and not faults else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
