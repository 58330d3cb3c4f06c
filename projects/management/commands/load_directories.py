"""`python manage.py load_directories`: the schemes and tasks of the territory, once, into directories that are empty."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from projects.files.directories import fill_directories


class Command(BaseCommand):
    help = "Write the territory's funding schemes and usual tasks into directories that are still empty."

    def handle(self, **options) -> None:
        try:
            schemes, tasks = fill_directories(settings.TERRITORY.directories_file)
        except FileNotFoundError:
            raise CommandError(f"The territory {settings.TERRITORY.slug} brings no directories.toml.") from None
        self.stdout.write(f"Funding schemes written: {schemes}. Tasks that come by themselves written: {tasks}.")
