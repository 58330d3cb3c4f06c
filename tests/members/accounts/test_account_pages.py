"""Every account page: nothing inline, nothing from elsewhere, nothing left in English."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from members.accounts.adapters import MFAAdapter
from tests.factories.members import UserFactory
from tests.members.accounts.coming_in import CLOSED, OPEN, signed_in
from tests.test_architecture import INLINE

pytestmark = pytest.mark.django_db

POLICY = {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
ELSEWHERE = re.compile(r"""(?:src|href|action)=["'](?:https?:|//|data:)""")
ENGLISH = re.compile(r"\b(?:the|your|please|this|with|you|sign|password|are|used|added|remove|edit)\b", re.IGNORECASE)


@pytest.fixture
def guarded():
    """Somebody who has a password and a passkey, so that every page has something to show."""
    user = UserFactory(first_name="Inès", last_name="Daubas")
    client = signed_in(user)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": MFAAdapter().encrypt("0" * 40), "used_mask": 0}
    )
    return client


def check(response) -> None:
    page = response.content.decode()
    assert {part.strip() for part in response["Content-Security-Policy"].split(";")} == POLICY
    assert not INLINE.search(page), INLINE.search(page)
    assert not ELSEWHERE.search(page), ELSEWHERE.search(page)
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not ENGLISH.search(words), ENGLISH.search(words)


@pytest.mark.parametrize("url", [url for url in OPEN if url != reverse("account_logout")])
def test_a_page_a_visitor_sees(client, url):
    check(client.get(url))


@pytest.mark.parametrize("url", [*CLOSED, reverse("account_logout")])
def test_a_page_of_ones_own_account(guarded, url):
    response = guarded.get(url, follow=True)
    if response["Content-Type"].startswith("text/html") and response.status_code == 200:
        check(response)
    else:
        assert (url, response.status_code) in {
            (reverse("members:my-visibility"), 404),
            (reverse("mfa_download_recovery_codes"), 200),
        }
