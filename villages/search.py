"""Finding villages by what people type: without accents, with "St" for "Saint", with a slip of the finger."""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db.models import Case, Expression, F, FloatField, Q, QuerySet, Value, When

from villages.models import PlainWords, Village

WORDS_READ = 8
# Words resemble from a word similarity (pg_trgm) of 0.41 on, which the settings tell every connection, so that an index serves:
# « cazobon » is 0.416 of « cazaubon », « toulouse » 0.33 of « tournecoupe ».
ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def words_of(text: str) -> list[str]:
    """The words that are looked for: plain letters and digits, « St » written out, lone letters dropped beside others."""
    letters = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    words = [ABBREVIATIONS.get(word, word) for word in re.findall(r"[a-z0-9]+", plain)]
    return ([word for word in words if len(word) > 1 or word.isdigit()] or words)[:WORDS_READ]


def word_query(word: str) -> SearchQuery:
    """A name that begins so, or a French word of that family."""
    return SearchQuery(f"{word}:*", config="simple", search_type="raw") | SearchQuery(word, config="french_unaccent")


class VillageSearch:
    """Villages whose name, postal code, intercommunality or own words hold every word that was typed, or its beginning.

    `forgive` widens it to names that resemble the words. It is for when nothing at all was found: a right name must not bring
    its neighbours along.
    """

    def __init__(self, text: str) -> None:
        self.words = words_of(text)
        self.resembling = False

    def forgive(self) -> None:
        self.resembling = True

    @property
    def condition(self) -> Q:
        condition = Q()
        for word in self.words:
            parts = self._holding(word) + self._resembling(word) if self.resembling else self._holding(word)
            first, *others = (part.values("pk") for part in parts)
            condition &= Q(pk__in=first.union(*others))
        return condition

    def find(self) -> dict[int, float]:
        """By key: the villages, shown or not, that pass, and how near their name comes where names only resemble the words.

        One query whatever the words, each of its parts served by an index.
        """
        parts = [
            part.annotate(word=Value(place), closeness=self._closeness).order_by().values_list("word", "pk", "closeness")
            for place, word in enumerate(self.words)
            for part in (self._holding(word) + self._resembling(word) if self.resembling else self._holding(word))
        ]
        found: list[dict[int, float]] = [{} for _word in self.words]
        for place, key, closeness in parts[0].union(*parts[1:], all=True):
            found[place][key] = closeness
        return {key: closeness for key, closeness in found[0].items() if all(key in other for other in found[1:])}

    @property
    def _closeness(self) -> Expression:
        return TrigramWordSimilarity(" ".join(self.words), "commune__sort_name") if self.resembling else Value(0.0)

    def rank(self, sort_name: str) -> int:
        """As `by_relevance` orders those that hold the words: 0 is the name itself, 1 a name that holds them, 2 another."""
        if sort_name == " ".join(self.words):
            return 0
        return 1 if all(f" {word}" in f" {sort_name}" for word in self.words) else 2

    def by_relevance(self, villages: QuerySet[Village]) -> QuerySet[Village]:
        """The name itself, then names that hold the words, then the rest; each in French order."""
        if self.resembling:
            closeness = TrigramWordSimilarity(" ".join(self.words), "commune__sort_name")
            return villages.annotate(closeness=closeness).order_by(F("closeness").desc(), "commune__sort_name", "pk")
        named = Q()
        for word in self.words:
            named &= Q(commune__sort_name__startswith=word) | Q(commune__sort_name__contains=f" {word}")
        rank = Case(
            When(commune__sort_name=" ".join(self.words), then=Value(0.0)),
            When(named, then=Value(1.0)),
            default=Value(2.0),
            output_field=FloatField(),
        )
        return villages.order_by(rank, "commune__sort_name", "pk")

    @staticmethod
    def _holding(word: str) -> list[QuerySet[Village]]:
        """In their names, or in what they say. Two lookups by index: no index serves a condition across the join."""
        query = word_query(word)
        return [Village.objects.filter(commune__search_document=query), Village.objects.filter(search_document=query)]

    @staticmethod
    def _resembling(word: str) -> list[QuerySet[Village]]:
        if word.isdigit():  # a postal code is right or wrong
            return []
        by_intercommunality = Village.objects.alias(plain=PlainWords("commune__intercommunality"))
        return [
            Village.objects.filter(commune__sort_name__trigram_word_similar=word),
            by_intercommunality.filter(plain__trigram_word_similar=word),
        ]
