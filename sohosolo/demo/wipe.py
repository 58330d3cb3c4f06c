"""The demonstration taken out again: the next load finds the database as the migrations left it."""

import contextlib
from functools import partial

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import Storage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from members.models import Member
from projects.models import Document
from sohosolo.schema import differences, drop_everything
from villages.models import HousingPhoto

Files = list[tuple[Storage, str]]

KEPT = {"contenttypes", "auth"}  # what `migrate` writes: the kinds of things, and who may do what with them


@transaction.atomic
def wipe_network() -> None:
    """Empty every table, and number from one again. Letters kept in files and photos go once the wipe is certain."""
    files = [*photos_of_members(), *photos_of_dwellings(), *papers()]
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in KEPT and model._meta.managed and not model._meta.proxy
    }
    names = ", ".join(connection.ops.quote_name(table) for table in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")

    transaction.on_commit(partial(remove, files))


def rebuild_schema() -> None:
    """For a database that is not what the code expects: all of it dropped, and migrated from nothing. Not in a transaction: what
    is left of an interrupted rebuild is a database to migrate."""
    files = []
    for found in (photos_of_members, photos_of_dwellings, papers):
        with contextlib.suppress(DatabaseError):  # what lies in a table that is missing cannot be found
            files += found()
    drop_everything()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    ContentType.objects.clear_cache()
    remove(files)


def is_out_of_shape() -> bool:
    """Whether migrations are missing, or something that those done should have left."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()) or differences())


def photos_of_members() -> Files:
    return [(member.photo.storage, member.photo.name) for member in Member.objects.exclude(photo="")]


def photos_of_dwellings() -> Files:
    photos = HousingPhoto.objects.all()
    return [(photo.picture.storage, name) for photo in photos for name in (photo.picture.name, photo.small_name)]


def papers() -> Files:
    return [(document.content.storage, document.content.name) for document in Document.objects.exclude(content="")]


def remove(files: Files) -> None:
    for storage, name in files:
        storage.delete(name)
    for letter in settings.MAIL_DIR.glob("*.eml"):
        letter.unlink(missing_ok=True)
