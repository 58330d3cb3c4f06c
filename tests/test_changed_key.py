"""Another SECRET_KEY, without the former one: what was signed with the old one says so in a sentence, and writes nothing."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse

from members.models import User
from telecentres.booking.desk_codes import CODES
from telecentres.notifications import HELD_LINKS
from tests.factories.members import UserFactory
from tests.members.accounts.coming_in import is_signed_in, signed_in
from tests.policies import POLICIES
from tests.test_access import people, sample  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db

BY_THE_KEY = {"housing link", "file link", "own paper", "consent link", "introduction link", "news link", "contact link"}
BY_THE_KEY |= {"held place", "desk code"}
BY_A_HASH = {"search", "feed"}  # kept in the row: a change of key leaves them
LINKS = sorted(name for name, policy in POLICIES.items() if policy.arguments in BY_THE_KEY | BY_A_HASH)


@pytest.fixture
def change_key(settings, monkeypatch):
    def change(*, keep_former: bool = False) -> None:
        former = settings.SECRET_KEY
        settings.SECRET_KEY = "another secret, of more than fifty letters, that nobody knows"
        settings.SECRET_KEY_FALLBACKS = [former] if keep_former else []
        for signer in (CODES, HELD_LINKS):  # made once, when a process starts
            monkeypatch.setattr(signer, "key", settings.SECRET_KEY)
            monkeypatch.setattr(signer, "fallback_keys", settings.SECRET_KEY_FALLBACKS)

    return change


def opened(client: Client, address: str):
    response = client.get(address)
    if response.streaming:
        b"".join(response)  # read to its end, a file is closed
    return response


def links_of(people, sample) -> dict[str, tuple[str, User | None]]:  # noqa: F811
    """Where each link leads, and who opens it."""
    readers = {"desk code": people["member"]}
    kinds = {name: POLICIES[name].arguments for name in LINKS}
    return {name: (reverse(name, args=sample[kind]), readers.get(kind)) for name, kind in kinds.items()}


def test_links_of_the_former_key_are_answered_with_a_sentence(people, sample, change_key, client_of):  # noqa: F811
    links = links_of(people, sample)
    before = {name: opened(client_of(reader), address).status_code for name, (address, reader) in links.items()}
    change_key()
    for name, (address, reader) in links.items():
        after = opened(client_of(reader), address)
        if POLICIES[name].arguments in BY_A_HASH:
            assert after.status_code == before[name], name
            continue
        assert after.status_code in {404, 405, 410}, name
        if after.status_code != 405:
            assert "<h1" in after.content.decode(), name
        assert client_of(reader).post(address).status_code in {404, 405, 410}, name


def test_links_of_the_former_key_open_while_it_is_a_fallback(people, sample, change_key, client_of):  # noqa: F811
    links = links_of(people, sample)
    before = {name: opened(client_of(reader), address).status_code for name, (address, reader) in links.items()}
    change_key(keep_former=True)
    assert {name: opened(client_of(reader), address).status_code for name, (address, reader) in links.items()} == before


@pytest.mark.parametrize("keep_former", [True, False])
def test_sessions_end_without_a_word_unless_the_former_key_is_kept(change_key, keep_former):
    client = signed_in(UserFactory())
    change_key(keep_former=keep_former)
    assert client.get(reverse("home")).status_code == 200
    assert is_signed_in(client) == keep_former


def test_cookies_of_the_former_key_are_as_good_as_none(change_key, sample):  # noqa: F811
    client = Client()
    kept = client.post(reverse("villages:keep", args=sample["village"]))
    kept = client.post(kept["Location"]) if kept.status_code == 302 and not client.cookies.get("favoris") else kept
    assert "favoris" in client.cookies
    change_key()
    for name in ("villages:favourites", "villages:villages", "home"):
        assert client.get(reverse(name)).status_code == 200


def test_a_link_to_a_new_password_says_that_it_no_longer_works(change_key, client):
    user = UserFactory()
    key = default_token_generator.make_token(user)
    change_key()
    page = client.get(reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key]), follow=True)
    assert page.status_code == 200
    assert "n’est plus valable" in page.content.decode() or "a expiré" in page.content.decode()
