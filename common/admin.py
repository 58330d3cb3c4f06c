"""The admin's own fields, made safe for what nobody chose from them, and its search, which reads words as people type them."""

import re
from typing import Any

from django.contrib.admin.utils import get_fields_from_path, lookup_spawns_duplicates
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from common.search_words import PlainWords, asked_words, holding

KEY = re.compile(r"[0-9]{1,18}")  # of a row: every model that is looked up has a number


class KeySelect(AutocompleteSelect):
    """The stock field that looks a row up as one types."""

    def optgroups(self, name: str, value: list[str], attr: dict | None = None) -> list:
        """Without what is no key at all: the stock field looks it up and breaks, where the form has already said so."""
        return super().optgroups(name, [key for key in value if KEY.fullmatch(str(key))], attr)


class LooksUpKeys:
    """For a page of the admin with `autocomplete_fields`."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class PlainSearch:
    """Each word that was typed stands somewhere in `search_fields`, accents, capitals and hyphens aside, in any script.

    What is no words (an e-mail address, a key, a list) is looked for as it was typed. A search of which nothing can be read
    finds nothing; the stock one, given nothing to look for, answers with every row.
    """

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        columns = list(self.get_search_fields(request))
        if not columns or not search_term.strip() or any(column.startswith(("=", "^", "@")) for column in columns):
            return super().get_search_results(request, queryset, search_term)
        fields = {column: get_fields_from_path(self.model, column)[-1] for column in columns}
        written = {column: f"plain_words_{place}" for place, column in enumerate(columns) if holds_words(fields[column])}
        kept = {column: column for column in columns if isinstance(fields[column], models.GeneratedField)}
        queryset = queryset.alias(**{alias: PlainWords(column) for column, alias in written.items()})
        for word in asked_words(search_term):
            found = Q()
            for column in columns:
                found |= Q(**{f"{column}__icontains": word})
            for plain in (*written.values(), *kept.values()):
                found |= holding(plain, word)
            queryset = queryset.filter(found)
        return queryset, any(lookup_spawns_duplicates(self.opts, column) for column in columns)


def holds_words(field: models.Field) -> bool:
    """Words as people wrote them; a generated column holds plain ones already."""
    return isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.EmailField)
