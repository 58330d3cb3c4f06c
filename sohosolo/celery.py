"""The Celery app and the beat schedule. Beat only ticks, every minute: PostgreSQL decides what is due."""

import logging
import os

from celery import Celery, signals
from celery.utils.log import get_multiprocessing_logger
from django.conf import settings
from django.utils.log import configure_logging
from kombu.transport.redis import Channel, Transport
from redis.exceptions import ConnectionError as ConnectionLost

from sohosolo import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sohosolo.settings")


class LastingChannel(Channel):
    """Kombu's, for a worker that outlives its broker.

    A task that ends after its connection was closed is acknowledged on it all the same: kombu then fails on an attribute of
    nothing, which Celery takes for the worker's own end. As a lost connection it is noted, and the worker connects anew.
    """

    def _connparams(self, asynchronous: bool = False) -> dict:
        if self.connection.client is None:
            raise ConnectionLost("this connection was closed")
        return super()._connparams(asynchronous=asynchronous)


Transport.Channel = LastingChannel

app = Celery("sohosolo")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def log_as_the_portal_does(loglevel: int | None = None, **kwargs) -> None:
    """Once somebody answers this signal, Celery leaves the logs alone: its own lines would hold what tasks failed with."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    logs.take_over()
    if loglevel:
        logging.getLogger().setLevel(loglevel)
    if processes := get_multiprocessing_logger():  # tells of a process of the pool that has died
        processes.setLevel(logging.ERROR)
        processes.propagate = True


EVERY_MINUTE = 60.0

app.conf.beat_schedule = {
    "deliver the letters that are due": {"task": "outbox.deliver_due", "schedule": EVERY_MINUTE},
    "remind members of tomorrow's bookings": {"task": "telecentres.remind_upcoming", "schedule": EVERY_MINUTE},
    "offer freed desks to those who wait": {"task": "telecentres.keep_lines", "schedule": EVERY_MINUTE},
    "book the days of series that come within reach": {"task": "telecentres.carry_series_on", "schedule": EVERY_MINUTE},
    "introduce newcomers to members of their trade": {"task": "telecentres.introduce_newcomers", "schedule": EVERY_MINUTE},
    "close the bookings that are over": {"task": "telecentres.complete_past", "schedule": EVERY_MINUTE},
    "ask committees whether their dwellings are still there": {"task": "villages.remind_housing", "schedule": EVERY_MINUTE},
    "plan the advisers' reminders": {"task": "projects.plan_reminders", "schedule": EVERY_MINUTE},
    "write to villages that have somebody to meet": {"task": "projects.send_introductions", "schedule": EVERY_MINUTE},
    "send the news of saved searches": {"task": "villages.send_news", "schedule": EVERY_MINUTE},
    "erase the drafts that are too old": {"task": "projects.forget_drafts", "schedule": EVERY_MINUTE},
    "erase the sessions that are over": {"task": "members.clear_sessions", "schedule": EVERY_MINUTE},
    "erase the accounts that nobody confirmed": {"task": "members.forget_unconfirmed", "schedule": EVERY_MINUTE},
    "erase the lines of the journal that are a year old": {"task": "members.forget_journal", "schedule": EVERY_MINUTE},
    "erase the payments that accounts need no more": {"task": "members.forget_payments", "schedule": EVERY_MINUTE},
}
