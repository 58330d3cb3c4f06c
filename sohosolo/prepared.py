"""Whether the checkout is ready to be served: without these steps every page would fail, or speak English under `lang="fr"`."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

COLLECT = "python manage.py collectstatic --noinput"
COMPILE = "python -m babel.messages.frontend compile -d locale -D django"


def check_prepared() -> None:
    """Raises ImproperlyConfigured with the command that is missing."""
    if settings.STATIC_MANIFEST and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise ImproperlyConfigured(f"The static files are not collected: run « {COLLECT} », or set STATIC_MANIFEST=0.")
    for folder in map(Path, settings.LOCALE_PATHS):
        for catalogue in folder.glob("*/LC_MESSAGES/*.po"):
            if not catalogue.with_suffix(".mo").exists():
                raise ImproperlyConfigured(f"The words of {catalogue.parts[-3]!r} are not compiled: run « {COMPILE} ».")
