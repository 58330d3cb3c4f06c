"""Rows written before numbers and names were read rightly are put right by the migrations that brought it."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations import RunSQL

from members.models import Member, User
from projects.models import Holder, ProjectFile
from telecentres.models import Telecentre
from tests.factories.members import MemberFactory
from tests.factories.projects import ProjectFileFactory
from tests.factories.telecentres import TelecentreFactory

pytestmark = pytest.mark.django_db

MIGRATIONS = {
    "members": "0006_numbers_and_names_of_everybody",
    "projects": "0009_numbers_and_names_of_everybody",
    "telecentres": "0007_numbers_of_everywhere",
}
KEPT_BEFORE = {
    "+33692123456": "+262692123456",
    "+33596123456": "+596596123456",
    "+33269611234": "+262269611234",
    "+33508411234": "+508411234",
    "+33690123456": "+590690123456",
    "+33694123456": "+594694123456",
    "+33612345678": "+33612345678",
    "+33562616263": "+33562616263",
    "+32470123456": "+32470123456",
    "": "",
}


def run(app: str) -> None:
    migration = import_module(f"{app}.migrations.{MIGRATIONS[app]}").Migration
    with connection.schema_editor() as editor:
        for operation in filter(lambda operation: isinstance(operation, RunSQL), migration.operations):
            operation.database_forwards(app, editor, None, None)


def written_before(table: str, phone: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET phone = %s", [phone])  # noqa: S608 -- a table of ours


@pytest.mark.parametrize(("before", "after"), KEPT_BEFORE.items())
def test_overseas_numbers_kept_under_another_code_get_their_own(before, after):
    MemberFactory()
    ProjectFileFactory()
    TelecentreFactory()
    for app, model in {"members": Member, "projects": Holder, "telecentres": Telecentre}.items():
        written_before(model._meta.db_table, before)
        run(app)
        phone = model.objects.get().phone
        assert (phone.as_e164 if phone else "") == after


def test_names_in_any_script_get_the_words_they_are_found_by():
    MemberFactory(user__first_name="Иван", user__last_name="Петров")
    ProjectFileFactory(holder__first_name="Γιώργος", holder__last_name="Παπάς", title="Кафе")
    with connection.cursor() as cursor:
        cursor.execute(import_module("villages.migrations.0004_words_of_any_script").LATIN_ALONE)
        cursor.execute("UPDATE members_user SET last_name = last_name")
        cursor.execute("UPDATE projects_holder SET last_name = last_name")
        cursor.execute("UPDATE projects_projectfile SET title = title")
        assert User.objects.get(first_name="Иван").sort_name == ""
        cursor.execute(import_module("villages.migrations.0004_words_of_any_script").ANY_SCRIPT)
    for app in ("members", "projects"):
        run(app)
    assert User.objects.get(first_name="Иван").sort_name == "петров иван"
    assert Holder.objects.get().words.startswith("γιωργοσ παπασ")
    assert ProjectFile.objects.get().words == "кафе"
