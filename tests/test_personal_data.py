"""Every table says what it keeps of people, and nothing of it is forgotten by an export or an erasure."""

import html

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import translation
from django.utils.text import capfirst

from common.personal_data import NOTHING_PERSONAL, ROW, PersonalData, declared_of, name_of, names_of
from tests.factories.members import UserFactory

WRITTEN = (models.CharField, models.TextField, models.JSONField, models.FileField, ArrayField, models.GenericIPAddressField)
PEOPLE = {"members.User", "members.Member", "projects.Holder", "projects.ProjectFile", "villages.CommitteeMember"}
MODELS = sorted(apps.get_models(), key=lambda model: model._meta.label)


def fields_of(model: type[models.Model]) -> dict[str, models.Field]:
    """What a row holds: without its number, and without what the database makes of other fields."""
    fields = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    return {field.name: field for field in fields if not isinstance(field, models.AutoField | models.GeneratedField)}


def is_written(field: models.Field) -> bool:
    """Somebody's own words may stand in it: not one of a few that the code knows."""
    return isinstance(field, WRITTEN) and not getattr(field, "choices", None)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_says_what_it_keeps_of_people(model):
    declaration = declared_of(model)
    assert declaration is not None
    fields = fields_of(model)
    if declaration == NOTHING_PERSONAL:
        related = {field.related_model._meta.label for field in fields.values() if field.is_relation and field.related_model}
        assert related & PEOPLE == set()
        return
    assert sorted([*declaration.told, *declaration.facts]) == sorted(fields)
    assert all(str(words).strip() for words in (declaration.of, declaration.purpose, declaration.kept))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_what_people_wrote_is_erased_or_a_reason_is_given(model):
    declaration = declared_of(model)
    if not isinstance(declaration, PersonalData) or declaration.erased == ROW:
        return
    fields = fields_of(model)
    assert set(declaration.erased) | set(declaration.stays) <= set(fields)
    assert set(declaration.erased) & set(declaration.stays) == set()
    written = {name for name in declaration.told if is_written(fields[name])}
    assert written - set(declaration.erased) - set(declaration.stays) == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "kind"), [("/registre/", "text/html"), ("/registre.csv", "text/csv")])
def test_the_register_tells_of_every_table_in_french(client_of, path, kind):
    answer = client_of(UserFactory(adviser=True)).get(path)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, kind)
    page = html.unescape(answer.content.decode())
    declared = [model for model in MODELS if isinstance(declared_of(model), PersonalData)]
    assert {model._meta.label for model in declared if capfirst(name_of(model)) not in page} == set()
    with translation.override(None):  # as the libraries name their fields in English
        bare = {word for model in declared for word in names_of(model, declared_of(model).told) if " at" in word}
    assert {word for word in bare if word in page} == set()
