"""What the searches of the site and of the admin read of what people type, in any script: one way for all of them.

`plain_words` is the function of that name in the database, word for word, so that what is typed meets what is kept: a generated
column (`sort_name`, `words`…) holds the plain words of a name, and `holding` asks it for a word.
"""

import re
import unicodedata
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Func, Q

WORDS_READ = 8
ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
# Signs that are passed over: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, what cannot be seen.
MARKS = (
    r"\u00ad\u02be\u02bf\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
# Signs that part words. Everything else is of a word, in whichever script.
SEPARATORS = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u02b9-\u02bd\u02c2-\u02df\u02e5-\u02ff\u0375\u037e\u0384\u0385\u0387\u055a-\u055f\u0589\u058a\u05be\u05c0\u05c3\u05c6"
    r"\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u1680\u2000-\u200a\u2010-\u2029\u202f-\u205f\u20a0-\u20cf"
    r"\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d\u30a0\u30fb\ufe10-\ufe19\ufe30-\ufe6f\ufff9-\ufffd"
    r"\U0001f000-\U0001faff"
)
# Latin letters that are not a letter with an accent, as `unaccent` of PostgreSQL writes them.
LETTERS = (
    "æ ae œ oe ß ss ø o ł l đ d ð d þ th ı i ħ h ŧ t ŋ n ĸ q ƀ b ɓ b ƃ b ƈ c ƌ d ɖ d ɗ d ɛ e ƒ f ɠ g ǥ g ɦ h ɨ i ƙ k ƚ l ɲ n ƞ n "
    "ƥ p ƭ t ʈ t ʋ v ƴ y ƶ z ȡ d ȥ z ȷ j ς σ 〇 0"
).split()
AS_PLAIN = str.maketrans(dict(zip(LETTERS[::2], LETTERS[1::2], strict=True)))
_MARKS, _SEPARATORS = re.compile(f"[{MARKS}]+"), re.compile(f"[\\x00{SEPARATORS}]+")


class Unaccent(Func):
    """`immutable_unaccent` of the database: unaccent, declared immutable so that an index may hold it."""

    function = "immutable_unaccent"
    output_field = models.TextField()


class PlainWords(Func):
    """`plain_words` of the database: small letters of any script, no accents, one space where anything else stood."""

    function = "plain_words"
    arity = 1
    output_field = models.TextField()


def plain_words(text: str) -> str:
    """What `PlainWords` makes of the same text."""
    letters = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(AS_PLAIN)
    return _SEPARATORS.sub(" ", letters).strip(" ")


def words_of(text: str) -> list[str]:
    """The words that are looked for: plain, « St » written out, lone Latin letters dropped beside others; the first eight."""
    words = [ABBREVIATIONS.get(word, word) for word in plain_words(text).split(" ") if word]
    return ([word for word in words if len(word) > 1 or word.isdigit() or not word.isascii()] or words)[:WORDS_READ]


def holding(column: str, word: str) -> Q:
    """That a column of plain words holds a word as somebody typed it: never where it has neither letter nor figure."""
    plain = plain_words(word)
    if not plain:
        return nothing()
    spelt_out = [plain, ABBREVIATIONS[plain]] if plain in ABBREVIATIONS else [plain]
    return reduce(or_, (Q(**{f"{column}__contains": words}) for words in spelt_out))


def beginning(column: str, words: str) -> Q:
    """That a column of plain words begins so: never where nothing of what was typed can be read."""
    plain = plain_words(words)
    return Q(**{f"{column}__startswith": plain}) if plain else nothing()


def resembling(column: str, word: str) -> Q:
    """That a word of the column is spelt nearly so: one slip of the finger is forgiven.

    A number is right or wrong, and a lone letter begins too many words. How near is said by the role's
    `pg_trgm.word_similarity_threshold` (sohosolo.database).
    """
    return Q(**{f"{column}__trigram_word_similar": plain_words(word)}) if is_forgiven(word) else nothing()


def is_forgiven(word: str) -> bool:
    plain = plain_words(word)
    return len(plain) > 1 and not plain.replace(" ", "").isdigit()


def nothing() -> Q:
    """Of no row."""
    return Q(pk__in=())


def asked_words(text: str) -> list[str]:
    """What was typed, word by word; signs alone (« & », « - ») are passed over where there are words beside them."""
    words = text.split()
    return [word for word in words if plain_words(word)] or words
