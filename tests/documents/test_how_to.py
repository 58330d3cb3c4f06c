"""The recipes of docs/how-to/: what they name is there."""

import re

import pytest

from tests.documents.reading import CHECKOUT

FOLDER = CHECKOUT / "docs" / "how-to"
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (CHECKOUT / "tests").rglob("test_*.py"))
NOT_YET_THERE = {"locale/es/LC_MESSAGES/django.po"}  # what the recipe makes


@pytest.mark.parametrize("recipe", sorted(path.name for path in FOLDER.glob("*.md")))
def test_every_file_and_every_test_that_a_recipe_names_exists(recipe):
    named = re.findall(r"`([^`\s]+)`", (FOLDER / recipe).read_text(encoding="utf-8"))
    paths = [name for name in named if re.fullmatch(r"[\w.-]+/[\w./-]*|\w+\.(?:csv|md|toml)", name)]
    tests = [name for name in named if name.startswith("test_")]
    assert paths
    assert {path for path in paths if not is_there(path)} - NOT_YET_THERE == set()
    assert [name for name in tests if f"def {name}(" not in TESTS] == []


def is_there(path: str) -> bool:
    return any((folder / path).exists() for folder in (CHECKOUT, CHECKOUT / "sohosolo/territories/gers", FOLDER))


def test_every_recipe_stands_in_the_list():
    listed = re.findall(r"\]\((\S+\.md)\)", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted({path.name for path in FOLDER.glob("*.md")} - {"README.md"})
