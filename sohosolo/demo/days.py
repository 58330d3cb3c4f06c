"""Hours as people keep them: nobody answers on a Sunday, nor on a public holiday."""

import datetime as dt

from common.working_days import is_working_day
from sohosolo.demo.chance import Dice
from sohosolo.demo.world import World

DAY = dt.timedelta(days=1)


def working_day(day: dt.date, step: dt.timedelta = DAY) -> dt.date:
    """That day, or the next one people work on; the one before, when the step goes back."""
    while not is_working_day(day):
        day += step
    return day


def office_hour(world: World, dice: Dice, after: dt.datetime, days: int) -> dt.datetime:
    """An office hour about that many days after a moment: later than it, and not to come."""
    hour = dice.hour(working_day(after.date() + days * DAY), world.zone)
    if hour <= after:
        hour = dice.hour(working_day(after.date() + DAY), world.zone)
    if hour <= world.now:
        return hour
    lately = dice.hour(working_day(world.today - DAY, -DAY), world.zone)
    return min(max(lately, after + dt.timedelta(minutes=5)), world.now)
