"""The environment that Django, Celery and gunicorn are started with."""

import os

from django.core.exceptions import ImproperlyConfigured

from sohosolo import installation
from sohosolo.embedded.errors import CannotRun
from sohosolo.embedded.services import Services
from sohosolo.embedded.state import State


def environment_for(state: State, services: Services, *, address: str) -> dict[str, str]:
    """The caller's environment, completed: what the caller set stays. Raises CannotRun for a secret key that is too short."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "sohosolo.settings",
        "SITE_URL": address,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "STATE_DIR": str(state.folder),
        "MAIL_DIR": str(state.mail),
        "MEDIA_ROOT": str(state.media),
        "DEMO": "1",
        "STATIC_MANIFEST": "0",  # served as they stand: a checkout needs no `collectstatic`
    }
    environment = ours | {name: value for name, value in os.environ.items() if value} | services.environment()
    environment["PYTHONUNBUFFERED"] = "1"
    if "SECRET_KEY" not in environment:
        environment["SECRET_KEY"] = state.secret_key()
    try:
        installation.secret_key(environment["SECRET_KEY"])
    except ImproperlyConfigured as refusal:
        raise CannotRun(str(refusal)) from None
    return environment


def is_demonstration(environment: dict[str, str]) -> bool:
    return environment["DEMO"].lower() in {"1", "true", "on", "ok", "y", "yes"}
