"""E-mail addresses that people type: « gmial.com » is asked about once, and never refused.

`AddressField` (of a form) and `AddressColumn` (of a model, for its forms in the admin) give a form back once with « Did you mean
…? » beside the address. The form then holds what was asked about, so that sending it again keeps the address as it was typed.
No script is needed.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

# Where people of this country have their address, the most frequent first.
PROVIDERS = (
    "gmail.com orange.fr hotmail.fr hotmail.com wanadoo.fr free.fr laposte.net yahoo.fr yahoo.com outlook.fr outlook.com sfr.fr "
    "live.fr icloud.com bbox.fr neuf.fr numericable.fr live.com protonmail.com proton.me aol.com msn.com gmx.fr gmx.com "
    "club-internet.fr cegetel.net aliceadsl.fr libertysurf.fr voila.fr nordnet.fr me.com mac.com googlemail.com"
).split()
# Others that are spelt nearly as one of these, and are right.
RIGHT_TOO = frozenset(
    (
        "mail.com email.com email.fr ymail.com gmx.net hotmail.gr hotmail.fi yahoo.gr yahoo.fi live.fi outlook.gr "
        "grange.fr orage.fr oranger.fr cloud.com proton.ch protonmail.ch"
    ).split()
)
MEANT = {"gmail.fr": "gmail.com", "icloud.fr": "icloud.com", "laposte.com": "laposte.net", "laposte.fr": "laposte.net"}
SHORT_NAME = 4  # letters: so many other names differ from it by one letter that only a swapped, missing or doubled one counts


def suggestion(address: str) -> str:
    """The address that was probably meant, or "" where nothing speaks against the one that was typed."""
    local, _at, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if not local or domain in PROVIDERS or domain in RIGHT_TOO:
        return ""
    meant = MEANT.get(domain) or next((provider for provider in PROVIDERS if is_slip_of(domain, provider)), "")
    return f"{local}@{meant}" if meant else ""


def is_slip_of(domain: str, provider: str) -> bool:
    """One slip of the finger in the name, one in the ending, or one in each where the name is long enough to be known by."""
    name, _dot, ending = domain.rpartition(".")
    right_name, _dot, right_ending = provider.rpartition(".")
    if name == right_name:
        return one_slip(ending, right_ending)
    if len(right_name) > SHORT_NAME:
        return one_slip(name, right_name) and one_slip(ending, right_ending)
    swapped = sorted(name) == sorted(right_name)
    return ending == right_ending and one_slip(name, right_name) and (swapped or len(name) != len(right_name))


def one_slip(typed: str, meant: str) -> bool:
    """At most one letter more, fewer or other, or two neighbours swapped."""
    same = 0
    while same < min(len(typed), len(meant)) and typed[same] == meant[same]:
        same += 1
    typed, meant = typed[same:], meant[same:]
    return (
        typed[1:] == meant[1:] or typed[1:] == meant or typed == meant[1:] or (typed[:2] == meant[1::-1] and typed[2:] == meant[2:])
    )


class TypedAddress(str):
    """What stands in the field, and which address (`kept`) its owner was asked about before sending it again."""

    __slots__ = ("kept",)

    def __new__(cls, value: str, kept: str) -> "TypedAddress":
        typed = super().__new__(cls, value)
        typed.kept = kept
        return typed


class AddressInput(forms.TextInput):
    """With an address that is asked about, hidden beside it: sent again, it is kept."""

    input_type = "email"
    template_name = "widgets/address.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedAddress | None:
        value = super().value_from_datadict(data, files, name)
        return None if value is None else TypedAddress(value, data.get(f"{name}-kept", ""))

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        context = super().get_context(name, value, attrs)
        typed = context["widget"]["value"] or ""
        context["widget"]["kept"] = typed.strip() if suggestion(typed) else ""
        return context


class AsksOnce:
    """For a field in which an address may be typed, whatever its widget was."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.widget
        self.widget = AddressInput({**given.attrs, "type": given.input_type})
        self.widget.is_required = self.required

    def clean(self, value: Any) -> str:
        address = super().clean(value)
        if address and (meant := suggestion(address)) and getattr(value, "kept", "").strip() != address:
            raise ValidationError(
                _("Did you mean %(address)s? If what you typed is right, send it again: it stays as it is.") % {"address": meant},
                code="suggestion",
            )
        return address


class AddressField(AsksOnce, forms.EmailField):
    """An address. EmailField has its own `max_length`, of 320 characters, unless another is given."""


class NameOrAddressField(AsksOnce, forms.CharField):
    """A name, or an address."""


class AddressColumn(models.EmailField):
    """An address in a table; its forms ask about a slip."""

    def formfield(self, **options: Any) -> forms.Field:
        return super().formfield(**{"form_class": AddressField} | options)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs
