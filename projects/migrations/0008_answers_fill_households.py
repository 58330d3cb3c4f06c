"""Answers to the questionnaire that came before they filled the household of their file."""

from urllib.parse import parse_qs

from django.db import migrations

RESULTS = "/villages/trouver/resultats/?"
LEVELS = ["creche", "maternelle", "elementaire", "college", "lycee"]


def join_answers_that_became_a_note(apps, schema_editor):
    """Those that a holder carried into the file: the last ones are the file's answers."""
    Event = apps.get_model("projects", "Event")
    noted = Event.objects.filter(kind="note", direction="in", text__contains=RESULTS).select_related("file").order_by("at", "pk")
    for event in noted.iterator():
        address = event.text.splitlines()[-1]
        if RESULTS in address and event.file.stage != "anonymised":
            event.file.answers = address.partition(RESULTS)[2][:2000]
            event.file.save(update_fields=["answers"])


def fill_from_answers(apps, schema_editor):
    """What the answers say of a household, where nothing else is known of it."""
    Household, ProjectFile = apps.get_model("projects", "Household"), apps.get_model("projects", "ProjectFile")
    for file in ProjectFile.objects.exclude(answers="").order_by("pk").iterator():
        said = {name: values[-1] for name, values in parse_qs(file.answers).items()}
        number = {name: int(value) for name, value in said.items() if value.isdecimal() and len(value) < 8}
        household = Household.objects.filter(file=file).first() or Household(file=file)
        if household.adults is None and household.children is None and not household.school_levels:
            household.adults, household.may_be_more = number.get("adultes"), number.get("adultes") == 3
            children = [number[level] for level in LEVELS if level in number]
            household.children = sum(children) if children else None
            household.school_levels = [level for level in LEVELS for _child in range(min(number.get(level, 0), 9))]
        if household.housing_budget is None and said.get("logement") in ("louer", "acheter", "essayer", "deja"):
            household.seeks, household.housing_budget = said["logement"], number.get("budget")
            household.rooms = number.get("pieces") if number.get("pieces", 0) < 100 else None
        household.save()


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0007_households_as_they_say"),
    ]

    operations = [
        migrations.RunPython(join_answers_that_became_a_note, migrations.RunPython.noop),
        migrations.RunPython(fill_from_answers, migrations.RunPython.noop),
    ]
