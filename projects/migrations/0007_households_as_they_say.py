"""A household holds what was said of it: unknown is empty, a month is a month, a budget is for what it was said to be for."""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q


def forget_what_nobody_said(apps, schema_editor):
    """What a form filled in by itself: one adult and no child, and the first day of a month that was typed as a month."""
    Household = apps.get_model("projects", "Household")
    from_the_form = Household.objects.exclude(file__key="")
    untouched = from_the_form.filter(adults=1, children=0, school_levels=[], partner_job="", housing_budget=None)
    untouched.update(adults=None, children=None)
    dated = Household.objects.filter(wished_on__isnull=False)
    dated.update(wished_grain="day")
    from_the_form.filter(wished_on__day=1).update(wished_grain="month")
    for household in Household.objects.filter(school_levels__contains=["elementary"]):
        household.school_levels = ["elementaire" if level == "elementary" else level for level in household.school_levels]
        household.save(update_fields=["school_levels"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a row changed twice awaits its check, and the table is altered below
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0006_the_day_of_settling"),
        ("villages", "0002_facts_housing_interest"),
    ]

    operations = [
        migrations.AlterField(
            model_name="household",
            name="adults",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="adults"),
        ),
        migrations.AlterField(
            model_name="household",
            name="children",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="children"),
        ),
        migrations.AlterField(
            model_name="household",
            name="school_levels",
            field=ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("creche", "Under 3, in childcare"),
                        ("maternelle", "At nursery school"),
                        ("elementaire", "At primary school"),
                        ("college", "At collège"),
                        ("lycee", "At lycée"),
                    ],
                    max_length=12,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="school levels",
            ),
        ),
        migrations.AlterField(
            model_name="household",
            name="housing_budget",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="A month to rent or to try, in all to buy.",
                max_digits=9,
                null=True,
                verbose_name="housing budget, euros",
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="may_be_more",
            field=models.BooleanField(default=False, verbose_name="or more adults"),
        ),
        migrations.AddField(
            model_name="household",
            name="wished_grain",
            field=models.CharField(
                blank=True,
                choices=[("day", "that very day"), ("month", "some day of that month")],
                default="",
                max_length=5,
                verbose_name="how exactly",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="household",
            name="wished_words",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="wishes to arrive, in their words"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="household",
            name="wished_village",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="villages.village",
                verbose_name="a village in mind",
            ),
        ),
        migrations.AddField(
            model_name="household",
            name="seeks",
            field=models.CharField(
                blank=True,
                choices=[
                    ("louer", "Rent"),
                    ("acheter", "Buy"),
                    ("essayer", "Try first, for a few months"),
                    ("deja", "I have a home already"),
                ],
                default="",
                max_length=8,
                verbose_name="what they want to do",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="household",
            name="rooms",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="rooms at least"),
        ),
        migrations.RunPython(forget_what_nobody_said, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.CheckConstraint(
                condition=Q(("may_be_more", False)) | Q(("adults__isnull", False)),
                name="household_more_than_a_number",
                violation_error_message="“Or more” needs a number of adults.",
            ),
        ),
        migrations.AddConstraint(
            model_name="household",
            constraint=models.CheckConstraint(
                condition=Q(("wished_grain", ""), ("wished_on__isnull", True))
                | Q(("wished_grain__in", ["day", "month"]), ("wished_on__isnull", False)),
                name="household_day_says_how_exactly",
            ),
        ),
    ]
