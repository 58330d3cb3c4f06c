"""The Valkey of the wheel: a cache and a broker on one socket, with nothing on disk."""

import kombu
import pytest
import redis

from sohosolo.embedded import valkey as valkey_module
from sohosolo.embedded.errors import CannotRun
from sohosolo.embedded.valkey import Valkey

pytestmark = pytest.mark.processes


@pytest.fixture
def valkey(state, pause):
    server = Valkey(state)
    server.launch()
    server.wait_until_ready(pause)
    yield server
    server.end()


def test_django_and_celery_find_it_at_its_addresses(valkey):
    with redis.Redis.from_url(valkey.url) as cache:
        cache.set("word", "bonjour")
        assert cache.dbsize() == 1
    with kombu.Connection(valkey.broker_url) as broker:
        queue = broker.SimpleQueue("letters")
        queue.put({"letter": 7})
        assert queue.get(timeout=60).payload == {"letter": 7}
        queue.close()
    with redis.Redis.from_url(valkey.url) as cache:
        assert cache.dbsize() == 1  # the broker has a database of its own


def test_it_keeps_nothing_on_disk(valkey, state):
    with redis.Redis.from_url(valkey.url) as cache:
        cache.set("word", "bonjour")
    valkey.end()
    assert list(state.valkey.iterdir()) == []
    assert not valkey.socket.exists()


def test_it_says_why_it_does_not_start(state, pause, monkeypatch):
    server = Valkey(state)
    server.child.command += ["--maxmemory", "a lot"]
    server.launch()
    with pytest.raises(CannotRun, match=r"Valkey does not start \(.+\): read .*/log/valkey\.log, or set REDIS_URL"):
        server.wait_until_ready(pause)
    server.end()


def test_without_the_wheel_the_way_out_is_named(state, monkeypatch):
    monkeypatch.setattr(valkey_module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CannotRun, match="no embedded Valkey: set REDIS_URL"):
        Valkey(state)
