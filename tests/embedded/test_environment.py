"""What Django is started with: the caller's settings, ours for the rest, and the words of the pages, compiled when they changed."""

import gettext
import os

import pytest

from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.environment import compile_catalogues, environment_for
from sohosolo.embedded.state import State

ADDRESSES = {"DATABASE_URL": "postgresql://app@/app?host=/tmp/pg", "REDIS_URL": "unix:///tmp/v?db=0", "BROKER_URL": "memory://"}
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'


def test_what_the_caller_sets_stays_and_the_rest_is_ours(tmp_path, monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    for name, value in {"DATABASE_URL": "postgresql://me@db/portal", "REDIS_URL": "", "DEMO": "0"}.items():
        monkeypatch.setenv(name, value)
    found = environment_for(State(tmp_path), ADDRESSES, site="http://127.0.0.1:8000")
    assert found["DATABASE_URL"] == "postgresql://me@db/portal"
    assert found["REDIS_URL"] == ADDRESSES["REDIS_URL"]
    assert (found["DEMO"], found["SITE_URL"]) == ("0", "http://127.0.0.1:8000")
    assert len(found["SECRET_KEY"]) >= 50


# ---- The words -------------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue(tmp_path):
    path = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + 'msgid "Desk"\nmsgstr "Poste « calme »"\n', encoding="utf-8")
    return path


def translations(catalogue):
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled)


def test_a_changed_catalogue_is_compiled_and_an_unchanged_one_left(catalogue, tmp_path):
    compile_catalogues(tmp_path)
    assert translations(catalogue).gettext("Desk") == "Poste « calme »"
    compiled_at = catalogue.with_suffix(".mo").stat().st_mtime_ns
    compile_catalogues(tmp_path)
    assert catalogue.with_suffix(".mo").stat().st_mtime_ns == compiled_at
    catalogue.write_text(HEADER + 'msgid "Desk"\nmsgstr "Bureau"\n', encoding="utf-8")
    os.utime(catalogue, ns=(compiled_at + 1, compiled_at + 1))
    compile_catalogues(tmp_path)
    assert translations(catalogue).gettext("Desk") == "Bureau"


def test_doubtful_words_are_left_out_and_french_counts_nought_in_the_singular(catalogue, tmp_path):
    """« 0 poste libre »: the plural of the language goes with its words."""
    with catalogue.open("a", encoding="utf-8") as file:
        file.write('\n#, fuzzy\nmsgid "Room"\nmsgstr "Chambre"\n')
        file.write('\nmsgid "%(n)s desk"\nmsgid_plural "%(n)s desks"\nmsgstr[0] "%(n)s poste"\nmsgstr[1] "%(n)s postes"\n')
    compile_catalogues(tmp_path)
    compiled = translations(catalogue)
    assert compiled.gettext("Room") == "Room"
    desks = ("%(n)s desk", "%(n)s desks")
    counted = [compiled.ngettext(*desks, n) for n in (0, 1, 2)]
    assert counted == ["%(n)s poste", "%(n)s poste", "%(n)s postes"]


def test_a_broken_catalogue_is_named(catalogue, tmp_path):
    with catalogue.open("a") as file:
        file.write('\n<<<<<<< HEAD\nmsgid "Room"\nmsgstr "Salle"\n')
    with pytest.raises(CannotRun, match=r"django\.po is not a valid catalogue"):
        compile_catalogues(tmp_path)
    assert not catalogue.with_suffix(".mo").exists()
