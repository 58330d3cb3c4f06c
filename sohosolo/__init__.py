"""The roof: the project that holds the apps together."""

from sohosolo.celery import app as celery_app

__all__ = ["celery_app"]
