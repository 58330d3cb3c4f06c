"""The portal without a single lock, for the control run of test_http_race.py. It books through the same pages and services."""

import pytest

from sohosolo.wsgi import application
from tests.telecentres.racing import take_no_lock

take_no_lock(pytest.MonkeyPatch())

__all__ = ["application"]
