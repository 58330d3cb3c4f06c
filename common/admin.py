"""The admin's own fields, made safe for what nobody chose from them."""

import re
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest

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
