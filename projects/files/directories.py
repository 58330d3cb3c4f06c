"""What a team begins with: the funding schemes it knows and the tasks that come by themselves, from the territory's folder."""

import tomllib
from pathlib import Path

from django.db import transaction

from common.visible import visible
from projects.models import Scheme, SchemeStep, TaskTemplate


@transaction.atomic
def fill_directories(file: Path) -> tuple[int, int]:
    """How many schemes and how many tasks were written. A directory that holds anything is its team's, and is left as it is."""
    facts = tomllib.loads(visible(file.read_text(encoding="utf-8")))
    schemes = [] if Scheme.objects.exists() else facts.get("schemes", [])
    tasks = [] if TaskTemplate.objects.exists() else facts.get("stage_tasks", [])
    for scheme in schemes:
        written = Scheme.objects.create(**{name: value for name, value in scheme.items() if name != "steps"})
        SchemeStep.objects.bulk_create(SchemeStep(scheme=written, **step) for step in scheme.get("steps", []))
    TaskTemplate.objects.bulk_create(TaskTemplate(**task) for task in tasks)
    return len(schemes), len(tasks)
