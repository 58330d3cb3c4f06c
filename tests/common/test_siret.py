"""The number of an establishment."""

import pytest
from django.core.exceptions import ValidationError

from common.siret import SiretInput, check_siret


@pytest.mark.parametrize("number", ["43493312300029", "35600000000048", "35600000049837", "35600000009075"])
def test_a_siret_is_known_by_its_key_and_that_of_a_post_office_by_its_own(number):
    check_siret(number)


@pytest.mark.parametrize(
    "number",
    ["43493312300028", "35600000049838", "4349331230002", "434933123000299", "4349331230002A", "４３４９３３１２３０００２９"],
)
def test_what_is_no_siret_is_refused(number):
    with pytest.raises(ValidationError):
        check_siret(number)


@pytest.mark.parametrize("typed", ["434 933 123 00029", " 434933123\xa000029 ", "434.933.123.00029", "434\u202f933\u202f123-00029"])
def test_it_may_be_typed_as_it_is_printed(typed):
    assert SiretInput().clean(typed) == "43493312300029"


def test_an_empty_siret_stays_empty():
    assert SiretInput(required=False).clean("  ") == ""
