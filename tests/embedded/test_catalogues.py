"""The words of the pages, compiled when their text changed."""

import gettext
import os

import pytest

from sohosolo.embedded.catalogues import compile_catalogues
from sohosolo.embedded.errors import CannotRun

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'


@pytest.fixture
def catalogue(tmp_path):
    path = tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + 'msgid "Desk"\nmsgstr "Poste « calme »"\n', encoding="utf-8")
    return path


def translated(catalogue, word):
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled).gettext(word)


def test_a_changed_catalogue_is_compiled_and_an_unchanged_one_left(catalogue, tmp_path):
    compile_catalogues(tmp_path)
    assert translated(catalogue, "Desk") == "Poste « calme »"
    compiled_at = catalogue.with_suffix(".mo").stat().st_mtime_ns
    compile_catalogues(tmp_path)
    assert catalogue.with_suffix(".mo").stat().st_mtime_ns == compiled_at
    catalogue.write_text(HEADER + 'msgid "Desk"\nmsgstr "Bureau"\n', encoding="utf-8")
    os.utime(catalogue, ns=(compiled_at + 1, compiled_at + 1))
    compile_catalogues(tmp_path)
    assert translated(catalogue, "Desk") == "Bureau"


def test_doubtful_words_stay_in_the_language_of_the_code(catalogue, tmp_path):
    with catalogue.open("a") as file:
        file.write('\n#, fuzzy\nmsgid "Room"\nmsgstr "Chambre"\n')
    compile_catalogues(tmp_path)
    assert translated(catalogue, "Room") == "Room"


def test_a_broken_catalogue_is_named(catalogue, tmp_path):
    with catalogue.open("a") as file:
        file.write('\n<<<<<<< HEAD\nmsgid "Room"\nmsgstr "Salle"\n')
    with pytest.raises(CannotRun, match=r"django\.po is not a valid catalogue"):
        compile_catalogues(tmp_path)
    assert not catalogue.with_suffix(".mo").exists()


def test_nothing_is_counted_in_the_singular_in_french(catalogue, tmp_path):
    """« 0 poste libre »: the plural of the language goes with its words."""
    with catalogue.open("a", encoding="utf-8") as file:
        file.write('\nmsgid "%(n)s desk"\nmsgid_plural "%(n)s desks"\nmsgstr[0] "%(n)s poste"\nmsgstr[1] "%(n)s postes"\n')
    compile_catalogues(tmp_path)
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        counted = gettext.GNUTranslations(compiled).ngettext
    assert [counted("%(n)s desk", "%(n)s desks", n) for n in (0, 1, 2)] == ["%(n)s poste", "%(n)s poste", "%(n)s postes"]
