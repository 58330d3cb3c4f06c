"""`/readyz` asked as a watchman asks it: the real web server, worker, clock and schedule, on an empty migrated database.

The clock's minute lasts two seconds here; `./run chaos` asks the same of the portal's own minute.
"""

import json
import sys
import urllib.error
import urllib.request

import pytest

from outbox.models import Pulse
from sohosolo.celery import app
from tests.outbox.machinery import Machinery, kill, wait_until
from tests.outbox.smtp_server import SmtpServer
from tests.outbox.valkey_server import ValkeyServer

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="the machinery finds processes in /proc"),
]

A_LITTLE = 300  # seconds: the starts of three Djangos on a very busy machine, and some ticks


def ask(address: str) -> tuple[int, dict[str, str]]:
    """The status and the faults; 0 while the web server does not answer yet."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=30) as answer:  # noqa: S310 -- our own address
            return answer.status, json.load(answer)["faults"]
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)["faults"]
    except OSError:
        return 0, {}


def told(address: str) -> tuple[int, set[str]]:
    """The status and the names of what is at fault, of one answer."""
    status, faults = ask(address)
    return status, set(faults)


def test_an_empty_portal_becomes_ready_and_each_part_that_stops_is_named(tmp_path):
    with SmtpServer() as smtp, ValkeyServer() as valkey, Machinery(smtp, tmp_path, valkey=valkey) as machinery:
        address = machinery.start_web()

        def says(status: int, *names: str) -> None:
            wait_until(lambda: told(address) == (status, set(names)), A_LITTLE, machinery, every=0.5)

        says(503, "clock")
        machinery.start_clock()
        says(503, "worker")
        machinery.start_worker()
        says(200)
        assert set(Pulse.objects.values_list("name", flat=True)) == {entry["task"] for entry in app.conf.beat_schedule.values()}

        kill(machinery.clocks[0])
        says(503, "clock")
        machinery.start_clock()
        says(200)

        kill(machinery.workers[0])
        says(503, "worker")
        machinery.start_worker()
        says(200)

        valkey.kill()
        assert set(ask(address)[1]) >= {"broker", "cache"}
        valkey.start()
        says(200)

        valkey.freeze()
        assert set(ask(address)[1]) >= {"broker", "cache"}
        valkey.thaw()
        says(200)

        valkey.fill()
        assert set(ask(address)[1]) >= {"broker", "cache"}
        valkey.make_room()
        says(200)

        valkey.empty()
        says(200)

        (tmp_path / "media").rmdir()
        (tmp_path / "media").write_text("a file where the folder was")
        says(503, "media")
        (tmp_path / "media").unlink()
        says(200)
