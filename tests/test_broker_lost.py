"""A worker whose broker went away while a task ran: the task's end is acknowledged on a connection that is closed."""

import pytest
from kombu import Connection
from kombu.transport.redis import Transport
from redis.exceptions import ConnectionError as ConnectionLost

from sohosolo.celery import LastingChannel


def test_what_is_acknowledged_too_late_counts_as_a_lost_connection():
    """Celery notes a lost connection and connects anew; any other fault ends the worker."""
    with Connection("redis://127.0.0.1:1/0") as broker:
        channel = LastingChannel.__new__(LastingChannel)
        channel.connection = Transport(client=broker)
        channel.connection.client = None  # as close() leaves it
        with pytest.raises(ConnectionLost) as lost:
            channel._connparams()
        assert isinstance(lost.value, broker.connection_errors)
    assert Transport.Channel is LastingChannel
