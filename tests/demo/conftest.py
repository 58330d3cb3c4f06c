import pytest
from django.test import override_settings


@pytest.fixture(autouse=True, scope="module")
def no_second_step_is_asked():
    """As in the demonstration itself, whose settings ask for none."""
    with override_settings(STAFF_MFA_REQUIRED=False):
        yield
