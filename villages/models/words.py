"""What the search reads of communes and villages: functions of the first migration. Those of every app are common's."""

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func

from common.search_words import PlainWords, Unaccent

__all__ = ["CommuneDocument", "PlainWords", "Unaccent", "VillageDocument"]


class CommuneDocument(Func):
    """`commune_document` of the first migration: what the search reads of a commune."""

    function = "commune_document"
    arity = 3
    output_field = SearchVectorField()


class VillageDocument(Func):
    """`village_document` of the first migration: what the search reads of a village's own words."""

    function = "village_document"
    arity = 2
    output_field = SearchVectorField()
