"""The functions of the first migration that PostgreSQL reads names and texts with."""

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func


class Unaccent(Func):
    """`immutable_unaccent` of the first migration: unaccent, declared immutable so that an index may hold it."""

    function = "immutable_unaccent"
    output_field = models.TextField()


class PlainWords(Func):
    """`plain_words` of the first migration: lower case, no accents, one space where anything else stood."""

    function = "plain_words"
    arity = 1
    output_field = models.TextField()


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
