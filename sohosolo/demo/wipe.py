"""The demonstration taken out again: the next load finds the database as the migrations left it."""

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from members.models import Member
from projects.models import Document
from villages.models import HousingPhoto

KEPT = {"contenttypes", "auth"}  # what `migrate` writes: the kinds of things, and who may do what with them


@transaction.atomic
def wipe_network() -> None:
    """Empty every table, and number from one again. Letters kept in files and photos go once the wipe is certain."""
    files = [(member.photo.storage, member.photo.name) for member in Member.objects.exclude(photo="")]
    for photo in HousingPhoto.objects.all():
        files += [(photo.picture.storage, name) for name in (photo.picture.name, photo.small_name)]
    files += [(document.content.storage, document.content.name) for document in Document.objects.exclude(content="")]
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in KEPT and model._meta.managed and not model._meta.proxy
    }
    names = ", ".join(connection.ops.quote_name(table) for table in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")

    def remove_files() -> None:
        for storage, name in files:
            storage.delete(name)
        for letter in settings.MAIL_DIR.glob("*.eml"):
            letter.unlink(missing_ok=True)

    transaction.on_commit(remove_files)
