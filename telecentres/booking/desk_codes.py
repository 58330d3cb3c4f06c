"""The code that stands on a desk: whoever scans it is at that desk."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from telecentres.models import Desk

CODES = signing.Signer(salt="telecentres.desk_code")


def code_address(desk: Desk) -> str:
    return f"{settings.SITE_URL}{reverse('telecentres:at-desk', args=[CODES.sign(desk.pk)])}"


def desk_with_code(code: str) -> int | None:
    """The key of the desk that this code was printed for; None for a code that is not ours."""
    try:
        return int(CODES.unsign(code))
    except (signing.BadSignature, ValueError):
        return None
