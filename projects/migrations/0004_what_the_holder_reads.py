from django.db import migrations, models
from django.db.models import F, Q


def show_what_holders_know(apps, schema_editor):
    """Papers that holders were asked for or sent themselves; what an adviser put in beside is the team's own."""
    documents = apps.get_model("projects", "Document").objects
    known = Q(asked_at__isnull=False) | Q(sent_by__isnull=True) | Q(sent_by=F("file__holder__user"))
    documents.filter(known).update(for_holder=True)


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_drafts")]

    operations = [
        migrations.AddField(
            model_name="projectfile",
            name="holder_word",
            field=models.CharField(blank=True, default="", max_length=160, verbose_name="a word for the holder"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="projectfile",
            name="summary",
            field=models.TextField(
                blank=True,
                help_text="The holder reads it, and so do the villages they agree to be introduced to.",
                verbose_name="summary",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="for_holder",
            field=models.BooleanField(default=False, verbose_name="shown to the holder"),
        ),
        migrations.RunPython(show_what_holders_know, migrations.RunPython.noop),
    ]
