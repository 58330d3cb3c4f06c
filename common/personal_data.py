"""What a table keeps of people: of whom, what for, by which right, until when; what an export says of it, what erasure does to it.

Declared beside each model, as its attribute `personal_data`:

    personal_data = PersonalData(
        of=_("members"),
        purpose=_("to keep them a desk"),
        ground=Ground.CONTRACT,
        kept=_("as long as the account"),
        told=["period", "note"],
        erased=["note"],
    )

A model that keeps nothing of people says `personal_data = NOTHING_PERSONAL`; of a library's models an app says it with `declare`.
`tests/test_personal_data.py` fails for a model that says nothing, and for a field that is neither told nor a bare fact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Ground(models.TextChoices):
    """Why the law allows it: article 6(1) of the GDPR, by letter."""

    CONSENT = "a", _("their agreement")
    CONTRACT = "b", _("what was agreed with them")
    LEGAL_DUTY = "c", _("a duty by law")
    PUBLIC_TASK = "e", _("a task in the public interest")
    INTEREST = "f", _("the network’s legitimate interest")


ROW = "the row is deleted"
AS_THE_ACCOUNT = _("as long as the account")
NOT_YET_BOUNDED = _("without a bound yet")


@dataclass(frozen=True)
class PersonalData:
    """`told`: the fields that an export says, in this order. `facts`: those that say nothing of a person by themselves.

    `erased`: ROW, or the fields that are emptied when the person is; `stays`: what of the told fields stays then, and why.
    """

    of: Words
    purpose: Words
    ground: Ground
    kept: Words
    told: Sequence[str]
    erased: Sequence[str] | str
    facts: Sequence[str] = ()
    stays: Mapping[str, Words] = field(default_factory=dict)
    table: Words = ""  # these two for a library's model that is not named in our languages
    words: Mapping[str, Words] = field(default_factory=dict)


NOTHING_PERSONAL = "nothing personal"
Declaration = PersonalData | str
_of_libraries: dict[str, Declaration] = {}


def declare(label: str, declaration: Declaration) -> None:
    """Of a model of a library, by its label, `app.Model`."""
    _of_libraries[label] = declaration


def declared_of(model: type[models.Model]) -> Declaration | None:
    """What is declared of a model; None where nothing is."""
    return vars(model).get("personal_data") or _of_libraries.get(model._meta.label)


def name_of(model: type[models.Model]) -> str:
    """What people call the rows of a table."""
    return str(declared_of(model).table or model._meta.verbose_name_plural)


def names_of(model: type[models.Model], fields: Sequence[str]) -> list[str]:
    """What people call its fields."""
    words = declared_of(model).words
    return [str(words.get(name) or model._meta.get_field(name).verbose_name) for name in fields]


def erase(rows: models.QuerySet) -> None:
    """What their model declares: the rows go, or those of their fields that tell of somebody are emptied."""
    declaration = declared_of(rows.model)
    if declaration.erased == ROW:
        rows.delete()
    else:
        rows.update(**{name: nothing_in(rows.model._meta.get_field(name)) for name in declaration.erased})


def nothing_in(field: models.Field) -> Any:
    """None where a field may be unknown, an empty list where it holds several, else no words."""
    if field.null:
        return None
    return [] if isinstance(field, models.JSONField | ArrayField) else ""


def register() -> Iterator[tuple[type[models.Model], PersonalData]]:
    """Every table that keeps something of people, app by app in the order of the settings."""
    for model in apps.get_models():
        declaration = declared_of(model)
        if isinstance(declaration, PersonalData):
            yield model, declaration
