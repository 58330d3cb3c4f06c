"""Which commune people mean by what they type, and files by what they say: names, postal codes, INSEE codes, or several of them.

The reader is given the communes (`KnownCommune`) and knows no table: `villages.searching.communes` gives it those of the database.
"""

import enum
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

LONGEST_TEXT = 200  # characters that are read of a text
SHORTEST_BEGINNING = 3  # letters of a name's first words, articles apart
LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})

WRITTEN_OUT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "lez": "les", "ss": "sous"}
ARTICLES = frozenset("l le la les d de du des".split())
# What stands around a name and is none: "mairie de …", "… centre". Read away only where the text as it stands names nothing.
AROUND = ARTICLES | frozenset(
    "a au aux en pres autour vers dans mairie hotel commune communes deleguee associee nouvelle ville village bourg centre cite "
    "france cedex near in at of the town hall".split()
)

POSTAL_CODE = re.compile(r"(?<![a-z0-9])(?:fr?[ -]?)?(\d{2})[ .]?(\d{3})(?!\d)")
CEDEX = re.compile(r"\bcedex\b(?:[ .-]*\d{1,2}\b)?")
IN_BRACKETS = re.compile(r"\( *(\d{2,3}|2[ab]) *\)")
SEPARATORS = re.compile(r"[,;\n]+")


def folded(text: str) -> str:
    """Lower case without accents, ligatures or invisible signs; every kind of space is a space."""
    letters = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    visible = "".join(sign for sign in letters if not unicodedata.combining(sign) and unicodedata.category(sign) != "Cf")
    return re.sub(r"[^\S\n]+", " ", visible.casefold())


def words_of_name(text: str) -> list[str]:
    """« L’Isle-Jourdain » is l, isle, jourdain; « Ste Dode » is sainte, dode; « s/ » is sur."""
    plain = re.sub(r"\bs ?/", "sur ", folded(text))
    return [WRITTEN_OUT.get(word, word) for word in re.findall(r"[a-z0-9]+", plain)]


def plain_name(text: str) -> str:
    """One word for all writings of a name: no accents, capitals, hyphens, apostrophes, articles or abbreviations."""
    words = words_of_name(text)
    return "".join(_without_articles(words) or words)


def _without_articles(words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in ARTICLES]


@dataclass(frozen=True, eq=False)
class KnownCommune:
    """A commune that the reader may find. `former_names` and `former_codes`: those of communes that are part of it now."""

    key: Hashable
    name: str
    insee_code: str
    postal_codes: Sequence[str]
    former_names: Sequence[str] = ()
    former_codes: Sequence[str] = ()


class How(enum.Enum):
    """What a text was recognised by."""

    NOTHING = enum.auto()
    NAME = enum.auto()  # a whole name, present or former, with or without its code
    CODE = enum.auto()  # a postal code, or the INSEE code
    BEGINNING = enum.auto()  # the first words of a name


@dataclass(frozen=True)
class Reading:
    """The communes that a text names, in the order in which the reader was given them: none, one, or several to choose from.

    `disagreeing`: those whose name stands there beside the postal code of others; `communes` is empty then.
    """

    communes: tuple[KnownCommune, ...] = ()
    how: How = How.NOTHING
    disagreeing: tuple[KnownCommune, ...] = ()

    @property
    def only(self) -> KnownCommune | None:
        """The one commune that is meant; None where the text names none, or several."""
        return self.communes[0] if len(self.communes) == 1 else None

    @property
    def is_certain(self) -> bool:
        """Whether a name or a code stands there whole, or the first words of one name alone."""
        return self.how in (How.NAME, How.CODE) or self.only is not None


Found = dict[str, list[KnownCommune]]


@dataclass
class CommuneNames:
    """The reader. `department` and `territory_names` are what may stand behind a name, as the 32 of « Lectoure (32) »."""

    communes: Collection[KnownCommune]
    department: str = ""
    territory_names: Collection[str] = ()
    _whole: Found = field(init=False, repr=False)
    _plain: Found = field(init=False, repr=False)
    _beginnings: Found = field(init=False, repr=False)
    _coded: Found = field(init=False, repr=False)
    _official: dict[str, KnownCommune] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._whole, self._plain, self._beginnings, self._coded = (defaultdict(list) for _index in range(4))
        self._official = {code: commune for commune in self.communes for code in commune.former_codes}
        self._official |= {commune.insee_code: commune for commune in self.communes}
        for commune in self.communes:
            self._learn(commune, commune.name)
            for code in commune.postal_codes:
                self._coded[code].append(commune)
        present = set(self._whole), set(self._plain)
        for commune in self.communes:  # a name that a commune bears today is nobody's former one
            for name in commune.former_names:
                if "".join(words_of_name(name)) not in present[0] and plain_name(name) not in present[1]:
                    self._learn(commune, name)
        self._prefixes = {code[:2] for code in self._coded} | ({self.department[:2]} if self.department.isdigit() else set())
        self._behind = AROUND | {word for name in self.territory_names for word in words_of_name(name)} | {self.department.lower()}

    def _learn(self, commune: KnownCommune, name: str) -> None:
        words = words_of_name(name)
        said = _without_articles(words) or words
        for index, keys in (
            (self._whole, ["".join(words)]),
            (self._plain, ["".join(said)]),
            (self._beginnings, ["".join(said[:count]) for count in range(1, len(said))]),
        ):
            for key in keys:
                if commune not in index[key]:
                    index[key].append(commune)

    def read(self, text: str) -> Reading:
        """What a text names. It never raises: a text that names nothing known is a Reading without communes."""
        plain = folded(text[:LONGEST_TEXT])
        if official := self._official.get(plain.strip().upper()):
            return Reading(tuple(self._coded.get(plain.strip(), (official,))), How.CODE)
        codes = ["".join(parts) for parts in POSTAL_CODE.findall(plain)]
        name = CEDEX.sub(" ", plain)
        if any(mark != self.department.lower() for mark in IN_BRACKETS.findall(name)):
            return Reading()  # another department's commune of that name
        name = IN_BRACKETS.sub(" ", name)
        if not codes:
            return self._named(name)
        return self._coded_and_named(codes, name)

    def _coded_and_named(self, codes: list[str], text: str) -> Reading:
        coded = [commune for commune in self.communes if any(commune in self._coded.get(code, ()) for code in codes)]
        if not coded and not any(code[:2] in self._prefixes for code in codes):
            return Reading()  # elsewhere
        parts = POSTAL_CODE.split(text)[::3]  # what stands around the codes: the name follows, or precedes
        if all(word in self._behind for part in parts for word in words_of_name(part)):
            return Reading(tuple(coded), How.CODE) if coded else Reading()
        ways = [words for part in (" ".join(parts), *reversed(parts)) for words in self._ways_to_read(part)]
        named, begun = self._with_whole_name(ways), self._with_beginning(ways)
        if not coded:  # a code that the post alone knows, of a town's offices
            return named if named.communes else begun
        for reading in (named, begun):
            if both := tuple(commune for commune in reading.communes if commune in coded):
                return Reading(both, reading.how)
        return Reading(disagreeing=named.communes)

    def _named(self, text: str) -> Reading:
        ways = list(self._ways_to_read(text))
        named = self._with_whole_name(ways)
        return named if named.communes else self._with_beginning(ways)

    def _with_whole_name(self, ways: Iterable[list[str]]) -> Reading:
        for words in ways:
            for index, key in ((self._whole, words), (self._plain, _without_articles(words))):
                if found := index.get("".join(key)):
                    return Reading(tuple(found), How.NAME)
        return Reading()

    def _with_beginning(self, ways: Iterable[list[str]]) -> Reading:
        for words in ways:
            key = "".join(_without_articles(words))
            if len(key) >= SHORTEST_BEGINNING and (found := self._beginnings.get(key)):
                return Reading(tuple(found), How.BEGINNING)
        return Reading()

    def _ways_to_read(self, text: str) -> Iterator[list[str]]:
        """Its words as they stand, then without what may stand around a name; of an address, then of its last part alone."""
        parts = [part for part in SEPARATORS.split(text) if any(word not in self._behind for word in words_of_name(part))]
        for part in dict.fromkeys([text, *parts[-1:]]):
            words = words_of_name(part)
            first = next((place for place, word in enumerate(words) if word not in AROUND), len(words))
            last = next((place for place, word in enumerate(reversed(words)) if word not in self._behind), len(words))
            cuts = sorted(((i, j) for i in range(first + 1) for j in range(last + 1)), key=sum)
            yield from (words[i : len(words) - j] for i, j in cuts if i + j < len(words))

    def near(self, text: str, *, most: int = 3) -> list[KnownCommune]:
        """Those whose names begin so, else those written nearly so, the nearest first: to be proposed to whoever wrote it."""
        typed = plain_name(CEDEX.sub(" ", POSTAL_CODE.sub(" ", folded(text[:LONGEST_TEXT]))))
        if len(typed) < SHORTEST_BEGINNING:
            return []
        keys = [key for key in self._plain if key.startswith(typed)] or get_close_matches(typed, self._plain, n=most, cutoff=0.75)
        return list(dict.fromkeys(commune for key in keys for commune in self._plain[key]))[:most]
