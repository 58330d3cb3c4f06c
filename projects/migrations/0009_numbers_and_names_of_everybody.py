from django.db import migrations, models

# In E.164: numbers of the French plan that belong to another country code, kept under the code of France.
OVERSEAS = {
    r"^\+33508(\d{6})$": r"+508\1",
    r"^\+33(708[45]\d{5})$": r"+508\1",
    r"^\+33((590|690|691)\d{6}|(5987|7090)\d{5})$": r"+590\1",
    r"^\+33((594|694)\d{6}|5988\d{5}|7093[0-4]\d{4})$": r"+594\1",
    r"^\+33((596|696|697)\d{6}|(5989|7091)\d{5})$": r"+596\1",
    r"^\+33((262|263|269|639|692|693)\d{6}|(2688|2689|7092)\d{5}|7093[5-9]\d{4})$": r"+262\1",
}


class Migration(migrations.Migration):
    """Overseas numbers have their own country code, and names and titles in any script their plain words."""

    dependencies = [
        ("projects", "0008_answers_fill_households"),
        ("villages", "0004_words_of_any_script"),
    ]

    operations = [
        migrations.AlterField(
            model_name="household",
            name="wished_words",
            field=models.CharField(blank=True, max_length=120, verbose_name="wishes to arrive, in their words"),
        ),
        migrations.RunSQL(
            [
                ("UPDATE projects_holder SET phone = regexp_replace(phone, %s, %s) WHERE phone ~ %s", [pattern, right, pattern])
                for pattern, right in OVERSEAS.items()
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("UPDATE projects_holder SET last_name = last_name WHERE words <> plain_words(first_name || ' ' || last_name || ' ' || email)", migrations.RunSQL.noop),
        migrations.RunSQL('UPDATE projects_projectfile SET title = title WHERE words <> plain_words(title)', migrations.RunSQL.noop),
        migrations.RunSQL('UPDATE projects_task SET title = title WHERE words <> plain_words(title)', migrations.RunSQL.noop),
    ]
