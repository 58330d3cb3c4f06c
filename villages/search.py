"""Finding villages by what people type: without accents, with "St" for "Saint", with a slip of the finger."""

import re
import unicodedata

from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When

from villages.models import Commune, PlainWords, Village

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
            condition &= self._holds(word) | self._resembles(word) if self.resembling else self._holds(word)
        return condition

    def keys_by_relevance(self, villages: QuerySet[Village]) -> list[int]:
        return list(self.by_relevance(villages.filter(self.condition)).values_list("pk", flat=True))

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
    def _holds(word: str) -> Q:
        query = word_query(word)
        # Two lookups by index, not one condition across the join, which no index serves.
        return Q(commune__in=Commune.objects.filter(search_document=query).values("pk")) | Q(
            pk__in=Village.objects.filter(search_document=query).values("pk")
        )

    @staticmethod
    def _resembles(word: str) -> Q:
        if word.isdigit():  # a postal code is right or wrong
            return Q()
        named = Commune.objects.filter(sort_name__trigram_word_similar=word)
        of_intercommunality = Commune.objects.alias(plain=PlainWords("intercommunality")).filter(plain__trigram_word_similar=word)
        return Q(commune__in=named.values("pk")) | Q(commune__in=of_intercommunality.values("pk"))
