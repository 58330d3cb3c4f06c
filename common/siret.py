"""The number under which the State knows one establishment: fourteen figures, of which the last one checks the others."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

LENGTH = 14
LA_POSTE = "356000000"  # its post offices are too many for Luhn's key: the sum of their figures is a multiple of five
BETWEEN_FIGURES = re.compile(r"[\s.\u200b\u2060\ufeff-]+")


def check_siret(number: str) -> None:
    """Raises ValidationError for what is no SIRET."""
    if not re.fullmatch(r"[0-9]{14}", number, re.ASCII):
        raise ValidationError(_("A SIRET has 14 figures."), code="invalid")
    if not (follows_luhn(number) or (number.startswith(LA_POSTE) and sum(map(int, number)) % 5 == 0)):
        raise ValidationError(
            _("This is no SIRET: one of its figures is wrong. Compare it with the official notice."), code="invalid"
        )


def follows_luhn(number: str) -> bool:
    """From the right every second figure counts twice, those above nine without their nine; the sum is a multiple of ten."""
    doubled = (int(figure) * (1 + place % 2) for place, figure in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


class SiretInput(forms.CharField):
    """Typed with spaces, as it is printed, or without."""

    default_validators = [check_siret]

    def to_python(self, value) -> str:
        return BETWEEN_FIGURES.sub("", super().to_python(value))


class SiretField(models.CharField):
    """Fourteen figures, or nothing."""

    default_validators = [check_siret]

    def __init__(self, *args, **options) -> None:
        super().__init__(*args, **{"max_length": LENGTH, "blank": True} | options)

    def formfield(self, **options):
        return super().formfield(**{"form_class": SiretInput, "max_length": None} | options)
