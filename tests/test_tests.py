"""What tests have in common that can fail: they say what is there, not only what is not."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


def only_absence(code: str) -> list[str]:
    """The tests whose asserts all say `not in`: a page that is empty, or another one, would pass them."""
    tests = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return [test.name for test in tests if (asserts := asserts_of(test)) and all(map(is_absence, asserts))]


def asserts_of(test: ast.FunctionDef) -> list[ast.Assert]:
    return [node for node in ast.walk(test) if isinstance(node, ast.Assert)]


def is_absence(statement: ast.Assert) -> bool:
    return isinstance(statement.test, ast.Compare) and all(isinstance(operator, ast.NotIn) for operator in statement.test.ops)


def test_no_test_says_only_what_is_not_there():
    found = {path.name: only_absence(path.read_text(encoding="utf-8")) for path in sorted(TESTS.rglob("test_*.py"))}
    assert {name: tests for name, tests in found.items() if tests} == {}


@pytest.mark.parametrize(
    ("asserts", "found"),
    [
        ('assert "Inès" not in page\n    assert "Zoé" not in page', ["test_x"]),
        ('assert "Inès" not in page\n    assert page', []),
        ("visit(page)", []),
    ],
)
def test_a_test_of_absence_alone_is_recognised(asserts, found):
    assert only_absence(f"def test_x(page):\n    {asserts}\n") == found
