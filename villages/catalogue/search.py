"""Finding villages by what people type: without accents, with "St" for "Saint", with a slip of the finger."""

from functools import reduce
from operator import and_

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.search import SearchQuery, TrigramWordSimilarity
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When

from common.commune_names import Reading
from common.search_words import PlainWords, is_forgiven, resembling, words_of
from villages.catalogue.sets import ListedVillages
from villages.models import Commune, Village
from villages.searching.communes import NotPartner, named_by, nearest_instead, read_commune

# Words resemble from a word similarity (pg_trgm) of 0.41 on, which the role keeps (sohosolo.database), so that an index serves:
# « cazobon » is 0.416 of « cazaubon », « toulouse » 0.33 of « tournecoupe ».


def word_query(word: str) -> SearchQuery:
    """A name that begins so, or a French word of that family."""
    return SearchQuery(f"{word}:*", config="simple", search_type="raw") | SearchQuery(word, config="french_unaccent")


class VillageSearch:
    """Villages that the text names, and those whose name, postal code, intercommunality or own words hold every word of it.

    A village that bears the name comes before any that speaks of it. `forgive` widens the search to names that resemble the
    words. It is for when nothing at all was found: a right name must not bring its neighbours along.
    """

    def __init__(self, text: str) -> None:
        self.text, self.words = text, words_of(text)
        self.resembling = False
        self.reading = read_commune(text) if self.words else Reading()
        self.named = named_by(self.reading)  # keys of communes
        self._whole = f" {' '.join(self.words)}"
        self._beginnings = [f" {word}" for word in self.words]

    def forgive(self) -> None:
        self.resembling = True

    def not_partner(self) -> NotPartner | None:
        """The answer where the text names communes and the caller knows that none of them is a partner."""
        return nearest_instead(self.text, self.reading)

    @property
    def condition(self) -> Q:
        condition = Q()
        for word in self.words:
            parts = self._holding(word) + self._resembling(word) if self.resembling else self._holding(word)
            first, *others = (part.values("pk") for part in parts)
            condition &= Q(pk__in=first.union(*others))
        return condition | Q(commune__in=self.named) if self.named else condition

    def holding(self, known: ListedVillages) -> int:
        """The set of the villages that hold every word. One query whatever the words, each of its parts served by an index.

        A row for each list of keys, not for each village: « saint » alone is in three thousand names of the country.
        """
        parts = [
            model.objects.filter(search_document=word_query(word))
            .order_by()
            .values(word=Value(place), model=Value(model._meta.model_name))
            .values_list("word", "model", ArrayAgg("pk", default=Value([])))
            for place, word in enumerate(self.words)
            for model in (Village, Commune)
        ]
        found = [0] * len(self.words)
        for place, model, keys in parts[0].union(*parts[1:], all=True):
            found[place] |= known.set_of_communes(keys) if model == Commune._meta.model_name else known.set_of_keys(keys)
        return reduce(and_, found) | self.bearing(known)

    def bearing(self, known: ListedVillages) -> int:
        """The set of the villages that the text names."""
        return known.set_of_communes(self.named)

    def nearness(self) -> dict[int, float]:
        """By key: the villages, shown or not, with a name that resembles every word, and how near it comes. One query too."""
        closeness = TrigramWordSimilarity(" ".join(self.words), "commune__sort_name")
        parts = [
            part.annotate(word=Value(place), closeness=closeness).order_by().values_list("word", "pk", "closeness")
            for place, word in enumerate(self.words)
            for part in self._holding(word) + self._resembling(word)
        ]
        found: list[dict[int, float]] = [{} for _word in self.words]
        for place, key, near in parts[0].union(*parts[1:], all=True):
            found[place][key] = near
        return {key: near for key, near in found[0].items() if all(key in other for other in found[1:])}

    def rank(self, name: str) -> int:
        """As `by_relevance` orders those that hold the words: 0 is the name itself, 1 a name that holds them, 2 another.

        `name` is a `Commune.sort_name` with a space before it, so that every word of it has one.
        """
        if name == self._whole:
            return 0
        for word in self._beginnings:
            if word not in name:
                return 2
        return 1

    def by_relevance(self, villages: QuerySet[Village]) -> QuerySet[Village]:
        """The name itself, then names that hold the words, then the rest; each in French order."""
        if self.resembling:
            closeness = TrigramWordSimilarity(" ".join(self.words), "commune__sort_name")
            return villages.annotate(closeness=closeness).order_by(F("closeness").desc(), "commune__sort_name", "pk")
        named = Q()
        for word in self.words:
            named &= Q(commune__sort_name__startswith=word) | Q(commune__sort_name__contains=f" {word}")
        rank = Case(
            When(Q(commune__in=self.named) | Q(commune__sort_name=" ".join(self.words)), then=Value(0.0)),
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
        if not is_forgiven(word):
            return []
        by_intercommunality = Village.objects.alias(plain=PlainWords("commune__intercommunality"))
        return [
            Village.objects.filter(resembling("commune__sort_name", word)),
            by_intercommunality.filter(resembling("plain", word)),
        ]
