"""The clock, as beat moves it: every task that it starts, once."""

from sohosolo.celery import app


def tick() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]].apply(throw=True)
