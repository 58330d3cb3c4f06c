"""What a team begins with on an empty server: schemes and usual tasks from the territory's folder, once."""

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from projects.files.directories import fill_directories
from projects.models import Scheme, SchemeStep, TaskTemplate

pytestmark = pytest.mark.django_db


def test_an_empty_server_gets_the_schemes_and_usual_tasks_of_its_territory(settings, capsys):
    settings.DEMO = False
    call_command("prepare")
    assert {"ACRE", "ARCE", "Prêt d’honneur"} <= set(Scheme.objects.values_list("name", flat=True))
    assert SchemeStep.objects.filter(scheme__name="Prêt d’honneur").count() == 3
    assert TaskTemplate.objects.filter(stage="new", title="Premier appel").exists()
    assert "Funding schemes written: 6" in capsys.readouterr().out


def test_a_second_run_keeps_what_the_lead_changed():
    fill_directories(django_settings.TERRITORY.directories_file)
    Scheme.objects.filter(name="ACRE").update(name="ACRE 2027", most=3000)
    Scheme.objects.filter(name="LEADER").delete()
    TaskTemplate.objects.filter(stage="new").update(working_days=1, is_active=False)
    before = as_it_stands()
    assert fill_directories(django_settings.TERRITORY.directories_file) == (0, 0)
    assert as_it_stands() == before


def as_it_stands() -> tuple[list, list]:
    return list(Scheme.objects.values_list("name", "most")), list(TaskTemplate.objects.values_list("title", "working_days"))
