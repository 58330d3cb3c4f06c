"""The filters of `common.typography`, for templates: {% load typography %}."""

from django import template

from common import typography

register = template.Library()

for setter in (
    typography.number,
    typography.inhabitants,
    typography.kilometres,
    typography.euros,
    typography.percent,
    typography.nearest_percent,
    typography.duration,
    typography.telephone,
    typography.initials,
    typography.curly,
):
    register.filter(setter)

for setter in (
    typography.clock,
    typography.is_of_this_year,
    typography.day,
    typography.day_of_year,
    typography.dated,
    typography.short_day,
    typography.weekday,
):
    register.filter(setter, expects_localtime=True)  # a moment is set in the time of the territory
