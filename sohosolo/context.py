"""What every template may use without asking."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def portal(request: HttpRequest) -> dict:
    """`territory`, in the reader's words, and `demo`: whether the site must say that its people and prices are examples."""
    return {"territory": settings.TERRITORY.spoken(get_language() or ""), "demo": settings.DEMO}
