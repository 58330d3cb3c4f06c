"""Telephone numbers as people write them, read into the international form (E.164) in which they are kept.

Whoever lives overseas writes « 0692 12 34 56 » as at home: a number of the country's own plan that belongs to another country
code gets that code. `PhoneField` (of a form) and `PhoneColumn` (of a model) read with `read_number`, and so does the search.
"""

import re
import unicodedata

import phonenumbers
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumber_field import formfields, modelfields
from phonenumber_field.phonenumber import PhoneNumber, to_python

LONGEST = 120  # characters: more is no number, and every one of them must be read
# By the country whose plan is written: what a national number begins with, after its 0, and the country code it belongs to.
# Source: the French numbering plan (decision 2018-0881 of the Arcep and those that amend it).
ELSEWHERE = {
    "FR": {
        508: re.compile(r"508(?P<kept>\d{6})|(?P<whole>708[45]\d{5})"),
        590: re.compile(r"(?P<whole>(?:590|690|691|5987|7090)\d+)"),
        594: re.compile(r"(?P<whole>(?:594|694|5988|7093[0-4])\d+)"),
        596: re.compile(r"(?P<whole>(?:596|696|697|5989|7091)\d+)"),
        262: re.compile(r"(?P<whole>(?:262|263|268[89]|269|639|692|693|7092|7093[5-9])\d+)"),
    }
}
NATIONAL_LENGTH = {"FR": 9}  # digits after the 0
APART = re.compile(r"[/;,|&]|\s(?:ou|et|or|and)\s|\s[-–—]\s|\n", re.IGNORECASE)
WORDS_BEFORE = re.compile(r"^[^\d+(]*")
FIRST_LETTER_ON = re.compile(r"[^\W\d_].*")
TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
LOOKS_LIKE_A_NUMBER = re.compile(r"\+?[\d\s.()/–-]{4,}")


def read_number(text: str) -> PhoneNumber:
    """The one number that `text` says. Raises ValidationError with a sentence for whoever wrote it.

    Spaces, dots and hyphens of any kind are passed over, and so is what stands in front (« tél. »). One number written twice is
    one; two numbers are refused, each named, since one alone is kept. A number followed by words or an extension is refused too:
    they would be lost.
    """
    plain = _plain(text)
    if len(plain) > LONGEST or not any(sign.isdigit() for sign in plain):
        raise ValidationError(_unreadable(), code="invalid")
    if (number := _one_number(plain)) is not None:
        return number
    found = _numbers_in(plain)
    if len(found) > 1:
        numbers = ", ".join(as_written(number) for number in found)
        raise ValidationError(_("One number alone can be kept. Which of these? %(numbers)s") % {"numbers": numbers}, code="several")
    if found and any(sign.isalpha() for part in APART.split(plain) for sign in WORDS_BEFORE.sub("", part)):
        raise ValidationError(
            _("Write the number alone, without words: %(number)s") % {"number": as_written(found[0])}, code="words_around"
        )
    if found and APART.search(plain):
        return found[0]
    raise ValidationError(_unreadable(), code="invalid")


def as_written(number: PhoneNumber) -> str:
    """As one writes it in a field here: the national way where that is read back as the same number, else with its country code."""
    try:
        same = _one_number(_plain(number.as_national)) == number
    except phonenumbers.NumberParseException:
        same = False
    return number.as_national if same else number.as_international


def digits_to_look_for(text: str) -> str:
    """What a kept number holds where `text`, as somebody types a number or a part of it, says it; "" where `text` is no number."""
    plain = _plain(text)
    if not LOOKS_LIKE_A_NUMBER.fullmatch(plain) or len(plain) > LONGEST:
        return ""
    if (number := _one_number(plain)) is not None:
        return number.as_e164.removeprefix("+")
    digits = re.sub(r"\D", "", TRUNK_ZERO.sub("", plain))
    abroad = plain.startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    if abroad:
        for code in (_own_code(), *_codes_elsewhere()):
            digits = re.sub(rf"^{code}0", str(code), digits)
    return digits


def _plain(text: str) -> str:
    """Every space a plain one, every hyphen and digit of any script as on a keyboard, nothing that cannot be seen."""
    signs = []
    for sign in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(sign)
        if category == "Pd" or sign == "\N{MINUS SIGN}":
            signs.append("-")
        elif category == "Nd":
            signs.append(str(unicodedata.digit(sign)))
        elif sign == "\n" or not sign.isspace():
            signs.append("" if category in ("Cf", "Cc") and sign != "\n" else sign)
        else:
            signs.append(" ")
    return "".join(signs).strip()


def _one_number(plain: str) -> PhoneNumber | None:
    """None where `plain` is no single number that can be dialled, or has an extension."""
    if any(sign.isalpha() for sign in WORDS_BEFORE.sub("", plain)):
        return None  # the library would take letters for the keys they stand on
    try:
        number = PhoneNumber.from_string(plain, region=settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.extension:
        return None
    if number.country_code == _own_code() and (elsewhere := _elsewhere(str(number.national_number))) is not None:
        return elsewhere
    if number.country_code in _codes_elsewhere() and len(str(number.national_number)) == _own_length():
        return to_python(number.as_e164)  # a block opened since the library was made
    return to_python(number.as_e164) if number.is_valid() else None


def _elsewhere(national: str) -> PhoneNumber | None:
    """The number of another country code that is dialled so at home."""
    if len(national) != _own_length():
        return None
    for code, pattern in ELSEWHERE.get(settings.PHONENUMBER_DEFAULT_REGION, {}).items():
        if found := pattern.fullmatch(national):
            return to_python(f"+{code}{found.groupdict().get('kept') or found['whole']}")
    return None


def _numbers_in(plain: str) -> list[PhoneNumber]:
    """Each number of a text that says several, once."""
    found: list[PhoneNumber] = []
    parts = [part.strip() for part in APART.split(plain)]
    numbers = [_one_number(part) for part in parts if part]
    if not any(numbers):
        region, leniency = settings.PHONENUMBER_DEFAULT_REGION, phonenumbers.Leniency.POSSIBLE
        matches = phonenumbers.PhoneNumberMatcher(plain, region, leniency=leniency)
        numbers = [_one_number(FIRST_LETTER_ON.sub("", match.raw_string)) for match in matches]
        digits = re.sub(r"\D", "", plain)
        if not any(numbers) and len(digits) == 2 * (_own_length() + 1):  # « 05.62.12.34.56-06.12.34.56.78 »
            numbers = [_one_number(digits[: len(digits) // 2]), _one_number(digits[len(digits) // 2 :])]
    for number in numbers:
        if number is not None and number not in found:
            found.append(number)
    return found


def _unreadable() -> str:
    example = phonenumbers.example_number_for_type(settings.PHONENUMBER_DEFAULT_REGION, phonenumbers.PhoneNumberType.MOBILE)
    return _("This number cannot be dialled. Write it like %(example)s, or with its country code: %(abroad)s.") % {
        "example": phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.NATIONAL),
        "abroad": "+32 470 12 34 56",
    }


def _own_code() -> int:
    return phonenumbers.country_code_for_region(settings.PHONENUMBER_DEFAULT_REGION)


def _own_length() -> int:
    return NATIONAL_LENGTH.get(settings.PHONENUMBER_DEFAULT_REGION, 0)


def _codes_elsewhere() -> tuple[int, ...]:
    return tuple(ELSEWHERE.get(settings.PHONENUMBER_DEFAULT_REGION, {}))


class TelephoneInput(forms.TextInput):
    input_type = "tel"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__({"autocomplete": "tel"} | (attrs or {}))


class PhoneField(formfields.PhoneNumberField):
    """A number as one writes it; its value is a PhoneNumber, or "" where nothing was written."""

    widget = TelephoneInput
    default_validators = []  # whatever is read can be dialled

    def prepare_value(self, value: object) -> object:
        return as_written(value) if isinstance(value, PhoneNumber) and value.country_code else value

    def to_python(self, value: object) -> PhoneNumber | str:
        if isinstance(value, PhoneNumber):
            return value
        text = forms.CharField.to_python(self, value)
        return read_number(text) if text else self.empty_value


def _kept(value: object) -> object:
    """A number however it is written; what is none stays as the library keeps it, for the validator to refuse."""
    if isinstance(value, str) and value:
        try:
            return read_number(value)
        except ValidationError:
            return PhoneNumber(raw_input=value)
    return to_python(value)


def can_be_dialled(value: object) -> None:
    if isinstance(value, PhoneNumber) and value.country_code is None:
        read_number(value.raw_input or "")


class _Descriptor(modelfields.PhoneNumberDescriptor):
    def __set__(self, instance: object, value: object) -> None:
        instance.__dict__[self.field.name] = _kept(value)


class PhoneColumn(modelfields.PhoneNumberField):
    """Numbers in a table, in E.164, whoever writes them: a form, a service, an import."""

    descriptor_class = _Descriptor
    default_validators = [can_be_dialled]

    def to_python(self, value: object) -> object:
        return _kept(value)

    def formfield(self, form_class: type | None = None, **options):
        return super().formfield(form_class=form_class or PhoneField, **options)

    def get_prep_value(self, value: object) -> str | None:
        number = _kept(value)
        return number.as_e164 if isinstance(number, PhoneNumber) and number.country_code else super().get_prep_value(value)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "phonenumber_field.modelfields.PhoneNumberField", args, kwargs
