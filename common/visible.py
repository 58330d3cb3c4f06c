"""What can be seen of a text: signs that no reader sees are taken away, wherever words come in (requests, official tables)."""

import re
import unicodedata

SUSPECT = re.compile(r"[^\n\r\x20-\x7e\xa0-\xac\xae-\u02ff]")  # nearly every text has none: it is given back as it is
SPACE_LIKE = frozenset("\t\v\f\x1c\x1d\x1e\x85\u2028\u2029\u2800")  # they hold a place, or end a line that has one line
JOINERS = frozenset("\u200c\u200d")
# Letters and marks without a shape of their own: what « invisible names » are made of.
SHAPELESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
SHOWN_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# After these a joiner, or a sign that chooses a shape, says something: Arabic, Syriac, the scripts of India, emoji.
JOINED = re.compile(r"[\u0600-\u1cff\u2600-\u27bf\u2b00-\u2bff\ua800-\uabff\ufb50-\ufdff\ufe0f\ufe70-\ufefc\U00010a00-\U0001faff]")
SHAPED = re.compile(
    r"[#*0-9\xa9\xae\u1800-\u18af\u2030-\u33ff\u3400-\u9fff\uf900-\ufaff\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
LEFT_OVER = re.compile(r"[\u200c\u200d](?=\s|$)")


def visible(text: str) -> str:
    """`text` in composed letters (NFC), without control and formatting signs, blank letters and accents that stand on nothing.

    Line ends stay; tabs and other ends of a line become spaces. Joiners stay where a script or an emoji needs them. Of a text
    of which nothing can be seen, spaces aside, nothing but spaces and line ends is left.
    """
    if not SUSPECT.search(text):
        return text
    kept: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        before = kept[-1] if kept else " "
        if sign in SPACE_LIKE:
            kept.append(" ")
        elif sign in "\n\r" or is_seen(sign, before):
            kept.append(sign)
    return LEFT_OVER.sub("", "".join(kept))


def is_seen(sign: str, before: str) -> bool:
    """Whether `sign` shows, or shapes what stands `before` it."""
    category = unicodedata.category(sign)
    if sign in JOINERS:
        return JOINED.match(before) is not None
    if "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef":  # variation selectors
        return SHAPED.match(before) is not None
    if sign in SHAPELESS or "\ufff0" <= sign <= "\ufffb" or "\U000e0000" <= sign <= "\U000e0fff":
        return False
    if category in ("Mn", "Me", "Mc"):
        return not before.isspace()
    return sign in SHOWN_FORMATS or category not in ("Cc", "Cf", "Co", "Cs")
