"""`python -m tests.layout`: what it finds in templates and style sheets, and what `--write` puts right."""

import pytest

from tests import layout


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("templates", "static"):
        (tmp_path / name).mkdir()
    (tmp_path / "static" / "a.css").write_text(".a { margin: 0; padding: 0 }", encoding="utf-8")
    (tmp_path / "templates" / "a.html").write_text("{% load i18n %}{%load static%}\n<p>…</p>\n", encoding="utf-8")
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    return tmp_path


def test_write_puts_right_styles_and_tags(tree, capsys):
    assert layout.main([]) == 1
    assert "static/a.css: not as css-beautify writes it" in capsys.readouterr().out
    assert layout.main(["--write"]) == 0
    assert (tree / "static" / "a.css").read_text(encoding="utf-8") == ".a {\n  margin: 0;\n  padding: 0\n}\n"
    assert (tree / "templates" / "a.html").read_text(encoding="utf-8") == "{% load i18n static %}\n<p>…</p>\n"


def test_a_line_that_is_too_long_is_named_and_left_to_a_person(tree, capsys):
    layout.main(["--write"])
    (tree / "templates" / "a.html").write_text("<p>" + "x" * layout.WIDTH + "</p>\n", encoding="utf-8")
    assert layout.main(["--write"]) == 1
    assert f"templates/a.html:1: {layout.WIDTH + 7} characters" in capsys.readouterr().out
