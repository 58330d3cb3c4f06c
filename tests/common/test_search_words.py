"""What is typed and what is kept become the same plain words: the database's function and ours agree, in any script."""

import unicodedata

import pytest
from django.db import connection

from common.search_words import plain_words, words_of

NAMES = {
    "L’Isle-Jourdain": "l isle jourdain",
    "Œuvrard": "oeuvrard",
    "Zoe\u0301": "zoe",
    "Łukasz Größ": "lukasz gross",
    "Bjørn Þórsson": "bjorn thorsson",
    "Иван Петров": "иван петров",
    "Андрей Ёлкин": "андреи елкин",
    "Γιώργος": "γιωργοσ",
    "ΓΙΩΡΓΟΣ": "γιωργοσ",
    "محمّد علی‌رضا": "محمد علیرضا",
    "שָׁלוֹם": "שלום",
    "王小明": "王小明",
    "Đặng Thị Ngọc": "dang thi ngoc",
    "ｆｕｌｌ　ｗｉｄｔｈ": "full width",
    "Սարգսյան": "սարգսյան",
    "Zo\u200bé\u00ad": "zoe",
    "— ??? & ’": "",
    "\U0001f33b": "",
}


def by_the_database(texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT plain_words(text) FROM unnest(%s::text[]) WITH ORDINALITY AS t(text, place) ORDER BY place", [texts])
        return [row for (row,) in cursor.fetchall()]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_has_plain_words(name):
    assert plain_words(name) == unicodedata.normalize("NFKD", NAMES[name])


@pytest.mark.django_db
def test_the_database_reads_names_as_we_do():
    assert by_the_database(list(NAMES)) == [plain_words(name) for name in NAMES]


LATIN = [(0x0020, 0x017F), (0x0218, 0x021B), (0x1E00, 0x1E9B), (0x1EA0, 0x1EF9)]
ALPHABETS = [(0x0300, 0x0600), (0x0610, 0x06FF), (0x0900, 0x0DFF), (0x0E00, 0x0EFF), (0x10A0, 0x11FF), (0x1F00, 0x1FFF)]
SIGNS = [(0x2000, 0x206F), (0x3000, 0x30FF), (0x4E00, 0x4E80), (0xAC00, 0xAC40), (0xFB00, 0xFEFE), (0x1F300, 0x1F64F)]
WRITTEN_OUT = "©®"  # as a letter, by the database: nobody looks for one


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "last"), LATIN + ALPHABETS + SIGNS, ids=hex)
def test_the_database_reads_every_letter_and_sign_as_we_do(first, last):
    signs = [chr(code) for code in range(first, last + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    signs = [sign for sign in signs if sign not in WRITTEN_OUT]
    texts = [f"a{sign}b" for sign in signs]
    kept = by_the_database(texts)
    differing = {
        sign: (ours, theirs) for sign, ours, theirs in zip(signs, map(plain_words, texts), kept, strict=True) if ours != theirs
    }
    assert not differing, differing


def test_lone_letters_of_latin_alone_are_dropped_beside_words():
    assert words_of("L’Isle d’Arbeau") == ["isle", "arbeau"]
    assert words_of("王 Ming") == ["王", "ming"]
    assert words_of("St Clar") == ["saint", "clar"]
