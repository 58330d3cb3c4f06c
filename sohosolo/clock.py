"""Beat's scheduler: Celery's own, which trusts no run that a wrong clock has told it of."""

import datetime as dt
import logging

from celery.beat import PersistentScheduler
from celery.utils.time import maybe_make_aware

logger = logging.getLogger(__name__)

LONG_AGO = dt.datetime.fromtimestamp(0, dt.UTC)


class Scheduler(PersistentScheduler):
    """A machine that starts with its clock ahead writes future runs into the schedule file: Celery would sleep until then.

    They are forgotten, at the start and while running, and their tasks run at once: each asks PostgreSQL what is due.
    """

    def tick(self, *args, **kwargs) -> float:
        self.forget_future_runs()
        return super().tick(*args, **kwargs)

    def forget_future_runs(self) -> None:
        ahead = [entry for entry in self.schedule.values() if maybe_make_aware(entry.last_run_at) > entry.default_now()]
        for entry in ahead:
            entry.last_run_at = LONG_AGO
        if ahead:
            logger.warning("the last run of %d tasks lies in the future: the clock was wrong, they run now", len(ahead))
            self._heap = None  # made anew by super().tick(), from the last runs
