"""`python -m tests.dead_code`: what it calls dead, and what it takes for used."""

import pytest

from tests import dead_code

SETTINGS = """
[tool.importlinter]
root_packages = ["app"]
[tool.vulture]
ignore_names = ["clean_*"]
ignore_decorators = ["@register.*"]
"""
CODE = """
class Answer(TextChoices):
    YES = "yes"

class State(States):
    OPEN = "open"
    unasked = StateSet("OPEN", out="")

def dead(): ...
def in_a_template(): ...
def in_a_lookup(): ...
def in_a_setting(): ...
def clean_where(): ...
def called(): ...

@register.filter
def decorated(): ...

called(in_a_lookup__gte="app.in_a_setting")
"""


@pytest.fixture
def tree(tmp_path):
    for folder in ("app/migrations", "templates"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "app" / "code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "app" / "migrations" / "0001.py").write_text("def forwards(): ...", encoding="utf-8")
    (tmp_path / "templates" / "a.html").write_text("<p>dead {{ of.in_a_template }} {{ Answer }} {{ State }}</p>", encoding="utf-8")
    return tmp_path


def test_what_nothing_uses_is_named_and_nothing_else(tree):
    assert dead_code.unused(tree) == ["app/code.py:7: variable unasked", "app/code.py:9: function dead"]
