"""The portal's web application, which expects a tick of tests.outbox.quick_clock every two seconds and bears ten of delay."""

import datetime as dt
from importlib import import_module

from sohosolo.wsgi import application

__all__ = ["application"]

import_module("tests.outbox.quick_clock")  # by name: the models are there once wsgi has set Django up, not before
import_module("outbox.pulses").MAY_BE_LATE_BY = dt.timedelta(seconds=10)
import_module("sohosolo.health").TICK_AT_LEAST_EVERY = dt.timedelta(seconds=10)
