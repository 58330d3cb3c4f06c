"""The cache, which may be lost at any time: away, frozen or full, it is a cache that holds nothing, and no page fails for it.

Nothing may stand in it that is not known elsewhere. What counts in it (limits on visitors) lets everybody pass meanwhile.
"""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

ANSWERS_WITHIN = 0.5  # seconds: Valkey beside the portal needs a thousandth of that
LEFT_ALONE_FOR = 5  # seconds, so that a page that asks ten times waits once, and the next pages not at all
_left_alone_until = 0.0  # time.monotonic(), for the whole process


class PatientClient(RedisCacheClient):
    """Django's client, with an answer for when the server gives none. A connection that died in the pool is made once anew."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        once_more = {"retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))}
        super().__init__(
            servers, **{"socket_connect_timeout": ANSWERS_WITHIN, "socket_timeout": ANSWERS_WITHIN} | once_more | options
        )

    def add(self, key, value, timeout):
        """True when away, as it is when nobody was there before: what is counted or locked by it goes on."""
        return ask_server(super().add, key, value, timeout, otherwise=True)

    def get(self, key, default):
        return ask_server(super().get, key, default, otherwise=default)

    def set(self, key, value, timeout):
        ask_server(super().set, key, value, timeout, otherwise=None)

    def touch(self, key, timeout):
        return ask_server(super().touch, key, timeout, otherwise=False)

    def delete(self, key):
        return ask_server(super().delete, key, otherwise=False)

    def get_many(self, keys):
        return ask_server(super().get_many, keys, otherwise={})

    def has_key(self, key):
        return ask_server(super().has_key, key, otherwise=False)

    def incr(self, key, delta):
        """Raises ValueError when away, as for a key that is not there."""
        value = ask_server(super().incr, key, delta, otherwise=None)
        if value is None:
            raise ValueError(f"Key '{key}' not found.")
        return value

    def set_many(self, data, timeout):
        ask_server(super().set_many, data, timeout, otherwise=None)

    def delete_many(self, keys):
        ask_server(super().delete_many, keys, otherwise=None)

    def clear(self):
        return ask_server(super().clear, otherwise=False)


class JsonSerializer:
    """Who can write to the cache can put values into it, with pickle (Django's own way) also commands. Sessions are JSON anyway."""

    def dumps(self, value: Any) -> int | bytes:
        return value if type(value) is int else json.dumps(value).encode()  # a whole number as it is, for the server to add to

    def loads(self, stored: bytes) -> Any:
        return json.loads(stored)


class ForgetfulCache(RedisCache):
    def __init__(self, server: str | list[str], params: dict) -> None:
        super().__init__(server, params)
        self._class = PatientClient


def ask_server(command: Callable, *arguments: Any, otherwise: Any) -> Any:
    """What the server answers; `otherwise` when it does not, and for LEFT_ALONE_FOR seconds after that without asking."""
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return otherwise
    try:
        return command(*arguments)
    except (redis.RedisError, OSError) as error:
        _left_alone_until = time.monotonic() + LEFT_ALONE_FOR
        logger.warning("the cache is away (%s): nothing is kept, limits on visitors let everybody pass", type(error).__name__)
        return otherwise
