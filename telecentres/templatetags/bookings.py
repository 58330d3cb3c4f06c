"""How bookings are said in templates. See telecentres/wording.py."""

from django import template

from telecentres import wording

register = template.Library()
register.filter("booked_time", wording.booked_time)
register.filter("moment", wording.moment)
