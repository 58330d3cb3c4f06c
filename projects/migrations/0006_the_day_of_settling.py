from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def fill_what_is_known(apps, schema_editor):
    """A settling was always dated by the day it was entered; of a file's closings, the reason of the last one is known."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE projects_transition DISABLE TRIGGER transition_is_append_only")
        cursor.execute(
            "UPDATE projects_transition SET settled_on = (at AT TIME ZONE %s)::date WHERE to_stage = 'settled'",
            [settings.TIME_ZONE],
        )
        cursor.execute(
            """
            UPDATE projects_transition move SET closing_reason = file.closing_reason
            FROM projects_projectfile file
            WHERE file.id = move.file_id AND file.stage IN ('closed', 'anonymised') AND move.to_stage = 'closed' AND NOT EXISTS (
                SELECT FROM projects_transition later
                WHERE later.file_id = move.file_id AND later.to_stage = 'closed' AND (later.at, later.id) > (move.at, move.id)
            )
            """
        )
        cursor.execute("ALTER TABLE projects_transition ENABLE TRIGGER transition_is_append_only")


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_confirmed_addresses")]

    operations = [
        migrations.AddField(
            model_name="transition",
            name="closing_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("done", "settled and followed to the end"),
                    ("no_news", "no news"),
                    ("gave_up", "gave up the project"),
                    ("elsewhere", "settled elsewhere"),
                    ("not_ours", "outside what the network does"),
                    ("duplicate", "duplicate"),
                ],
                default="",
                max_length=10,
                verbose_name="closing reason",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="transition",
            name="settled_on",
            field=models.DateField(blank=True, null=True, verbose_name="settled on"),
        ),
        migrations.RunPython(fill_what_is_known, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=Q(to_stage="settled", settled_on__isnull=False) | (~Q(to_stage="settled") & Q(settled_on__isnull=True)),
                name="transition_settling_has_its_day",
            ),
        ),
    ]
