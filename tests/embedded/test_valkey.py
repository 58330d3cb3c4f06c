"""The Valkey of the wheel: a cache and a broker on one socket, with nothing on disk."""

import kombu
import pytest
import redis

from sohosolo.embedded import valkey as valkey_module
from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.valkey import Valkey

pytestmark = pytest.mark.processes


def test_django_and_celery_find_it_and_it_keeps_nothing_on_disk(state, pause):
    valkey = Valkey(state)
    valkey.launch()
    try:
        valkey.wait_until_ready(pause)
        with kombu.Connection(valkey.addresses["BROKER_URL"]) as broker:
            queue = broker.SimpleQueue("letters")
            queue.put({"letter": 7})
            assert queue.get(timeout=60).payload == {"letter": 7}
            queue.close()
        with redis.Redis.from_url(valkey.addresses["REDIS_URL"]) as cache:
            assert cache.dbsize() == 0  # the broker has a database of its own
            cache.set("word", "bonjour")
    finally:
        valkey.end()
    assert list(state.valkey.iterdir()) == []
    assert not valkey.socket.exists()


def test_it_says_why_it_does_not_start(state, pause):
    server = Valkey(state)
    server.child.command += ["--maxmemory", "a lot"]
    server.launch()
    with pytest.raises(CannotRun, match=r"Valkey does not start in .*\(.+\): read .*/log/valkey\.log, or set REDIS_URL"):
        server.wait_until_ready(pause)
    server.end()


def test_without_the_wheel_the_way_out_is_named(state, monkeypatch):
    monkeypatch.setattr(valkey_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CannotRun, match="no embedded Valkey: set REDIS_URL"):
        Valkey(state)
