"""The arrows of the house, held: apps look down, and inside an app interfaces call services."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
INLINE = re.compile(r"""<style|<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|\son[a-z]+\s*=\s*["']|\sstyle\s*=\s*["']""")
PACKAGES = ("sohosolo", "common", "outbox", "villages", "members", "telecentres", "projects")
TOP_LEVEL = {"manage.py", "sohosolo", "members", "villages", "telecentres", "projects", "templates", "static", "tests"}


def test_import_contracts_are_kept(capsys):
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, capsys.readouterr().out


def test_every_package_stands_in_the_contract_between_apps():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert set(settings["root_packages"]) == packages
    between_apps = settings["contracts"][0]["layers"]
    assert {module.split(".")[0] for layer in between_apps for module in re.findall(r"[\w.]+", layer)} == packages


WITHOUT_A_LENGTH = {"migrations", "commands", "__init__.py", "apps.py", "wsgi.py", "formats.py"}  # as Django asks for them


def test_a_file_is_read_in_one_go_and_worth_opening():
    """Between 10 and 400 lines: a longer one has more than one subject, a shorter one belongs to its neighbour (but for helpers of
    tests, such as a module that a process is started with)."""
    files = [path.relative_to(ROOT) for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py")]
    lengths = {str(file): len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in files}
    bounded = {file: lines for file, lines in lengths.items() if not WITHOUT_A_LENGTH & {*Path(file).parts}}
    long = {file for file, lines in bounded.items() if lines > 400}
    assert long == {"tests/demo/test_network.py"}  # it loads the whole demonstration, once a module
    assert {file: lines for file, lines in bounded.items() if lines < 10 and not file.startswith("tests/")} == {}


def test_the_top_level_holds_what_the_owner_fixed():
    assert TOP_LEVEL | {"pyproject.toml", "docker-compose.yml", "README.md"} <= {path.name for path in ROOT.iterdir()}


@pytest.mark.parametrize("app", ["common", "outbox", "villages", "members", "telecentres", "projects"])
def test_no_app_names_the_territory(app):
    """Another department runs the same code: what is of the Gers stands in its folder alone."""
    for path in (ROOT / app).rglob("*.py"):
        for word in ("Gers", "gers", "Auch", "Toulouse", "Armagnac"):
            named = re.search(rf"\b{word}\b", path.read_text(encoding="utf-8"))  # "triggers" is not the Gers
            assert not named, f"{path.relative_to(ROOT)} names {word}"


def test_every_module_of_common_has_its_line_in_the_structure():
    """Not a junk drawer: whoever adds a module says what at least two apps borrow there."""
    told = re.findall(r"^\| `(\w+)` \| \S", (ROOT / "docs" / "structure.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert told == sorted(path.stem for path in (ROOT / "common").iterdir() if path.stem not in ("__init__", "__pycache__"))


def test_templates_hold_no_inline_script_or_style():
    for path in (ROOT / "templates").rglob("*.html"):
        if "email" in path.parts:
            continue  # a letter is no page: mail programs read inline styles only
        found = INLINE.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found.group(0)}"


def test_every_model_stands_in_the_glossary_once():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    code = re.findall(r"^\| [^|]+ \| ([^|]+) \| [^|]+ \|$", glossary, re.MULTILINE)
    told = Counter(name for names in code for name in re.findall(r"`([A-Z]\w+)`", names))
    ours = ("villages", "members", "telecentres", "projects", "outbox")
    assert told == Counter(model.__name__ for app in ours for model in apps.get_app_config(app).get_models())
