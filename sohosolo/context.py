"""What every template may use without asking."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict:
    """`territory`, `demo`: where we are, and whether the site must say that its people and prices are examples."""
    return {"territory": settings.TERRITORY, "demo": settings.DEMO}
