"""The villages one keeps: in a cookie before there is an account, in the account after."""

import re

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from members.accounts.services import make_account
from tests.factories.members import UserFactory
from tests.factories.villages import JourneyFactory, PlaceFactory, VillageFactory
from villages.committee import partnerships
from villages.favourites import keeping, services
from villages.models import Favourite, Village

pytestmark = pytest.mark.django_db

PAGE = "/villages/favoris/"
PASSWORD = "quatre vaches dans le pre"


def press(client, village, keep=1, **headers):
    return client.post(reverse("villages:keep", args=[village.slug]), {"keep": keep}, headers=headers)


def kept_by(client) -> list[str]:
    return re.findall(r'action="/villages/([\w-]+)/garder/"', client.get(PAGE).content.decode())


def slugs(user) -> list[str]:
    return list(Favourite.objects.filter(user=user).order_by("pk").values_list("village__slug", flat=True))


# ---- Visitors --------------------------------------------------------------------------------------------------------


def test_a_visitor_keeps_a_village_in_a_signed_cookie_and_opens_no_session(client):
    village = VillageFactory()
    response = press(client, village)
    assert (response.status_code, response["Location"]) == (302, village.get_absolute_url())
    assert set(response.cookies) == {"favoris"}
    cookie = response.cookies["favoris"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 31_536_000)
    assert kept_by(client) == [village.slug]


def test_the_cookie_is_for_https_alone_where_the_site_is(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert press(client, VillageFactory()).cookies["favoris"]["secure"]


def test_a_press_made_twice_is_made_once_and_the_order_is_that_of_the_presses(client):
    second, first = VillageFactory.create_batch(2)
    for village in (first, second, first):
        press(client, village)
    assert kept_by(client) == [first.slug, second.slug]


def test_the_last_one_taken_away_takes_the_cookie_with_it(client):
    one, other = VillageFactory.create_batch(2)
    press(client, one)
    press(client, other)
    for _ in range(2):
        press(client, one, keep=0)
    assert kept_by(client) == [other.slug]
    assert press(client, other, keep=0).cookies["favoris"].value == ""
    assert kept_by(client) == []


@pytest.mark.parametrize(
    "value",
    ["lectoure", signing.get_cookie_signer(salt="favoris").sign("lectoure"), "::", "é" * 4000],
    ids=["unsigned", "signed for another cookie", "no name", "long"],  # a signature has its own second in it
)
def test_a_cookie_of_somebody_elses_making_keeps_nothing(client, value):
    VillageFactory(slug="lectoure")
    client.cookies["favoris"] = value
    assert kept_by(client) == []
    press(client, Village.objects.get())
    assert kept_by(client) == ["lectoure"]


def test_one_more_than_thirty_is_refused_in_words_and_none_is_lost(client):
    *kept, last = VillageFactory.create_batch(services.MOST_KEPT + 1)
    for village in kept:
        press(client, village)
    refused = press(client, last, HX_Request="true").content.decode()
    assert "Vous gardez déjà 30 villages" in refused
    assert 'aria-pressed="false"' in refused
    press(client, last)
    page = client.get(PAGE)
    assert "Vous gardez déjà 30 villages" in page.content.decode()
    assert kept_by(client) == [village.slug for village in kept]


def test_thirty_of_the_longest_names_fit_into_what_a_browser_takes(client):
    for number in range(services.MOST_KEPT):
        press(client, VillageFactory(slug=f"{number:0120d}"))
    assert len(client.cookies["favoris"].OutputString()) < 4096
    assert len(kept_by(client)) == services.MOST_KEPT


# ---- The press -------------------------------------------------------------------------------------------------------


def test_a_get_shows_one_button_and_keeps_nothing(client):
    village = VillageFactory()
    response = client.get(reverse("villages:keep", args=[village.slug]), {"keep": 1, "next": "/villages/?q=a"})
    assert f"Garder {village.commune.name}" in response.content.decode()
    assert 'name="next" value="/villages/?q=a"' in response.content.decode()
    assert "favoris" not in response.cookies
    assert not Favourite.objects.exists()


def test_htmx_first_gets_the_form_with_its_token_then_the_button_pressed(client):
    village = VillageFactory()
    address = reverse("villages:keep", args=[village.slug])
    form = client.get(address, {"keep": 1}, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="load"' in form
    assert "csrfmiddlewaretoken" in form
    response = press(client, village, HX_Request="true")
    assert 'aria-pressed="true"' in response.content.decode()
    assert "favoris" in response.cookies
    assert 'aria-pressed="false"' in press(client, village, keep=0, HX_Request="true").content.decode()


def test_a_press_without_the_token_is_refused():
    village = VillageFactory()
    strict = Client(enforce_csrf_checks=True)
    assert press(strict, village).status_code == 403
    assert "favoris" not in strict.cookies


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/villages/?q=a", "/villages/?q=a"),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_it_leads_back_to_this_site_alone(client, asked, led):
    village = VillageFactory()
    response = client.post(reverse("villages:keep", args=[village.slug]), {"keep": 1, "next": asked})
    assert response["Location"] == (led or village.get_absolute_url())


def test_a_former_village_can_be_kept_no_more_and_leaves_the_page(client):
    village = VillageFactory()
    press(client, village)
    partnerships.end_partnership(village=village)
    assert kept_by(client) == []
    assert press(client, village).status_code == 404


# ---- With an account -------------------------------------------------------------------------------------------------


def test_with_an_account_it_is_a_row_and_no_cookie(client_of):
    user, village = UserFactory(), VillageFactory()
    client = client_of(user)
    assert "favoris" not in press(client, village).cookies
    press(client, village)
    assert slugs(user) == [village.slug]
    assert kept_by(client) == [village.slug]
    assert kept_by(client_of(UserFactory())) == []
    press(client, village, keep=0)
    assert slugs(user) == []


def test_an_account_refuses_the_thirty_first_too():
    user = UserFactory()
    *kept, last = VillageFactory.create_batch(services.MOST_KEPT + 1)
    services.take_over_villages(user=user, slugs=[village.slug for village in kept])
    services.keep_village(user=user, village=kept[0])
    with pytest.raises(services.NotKept, match="30 villages"):
        services.keep_village(user=user, village=last)


def test_signing_in_brings_the_cookie_into_the_account_and_takes_it_away(client):
    user = make_account(email="camille@example.org", password=PASSWORD)
    mine, both, new, former = VillageFactory.create_batch(4)
    for village in (mine, both):
        services.keep_village(user=user, village=village)
    for village in (new, both, former):
        press(client, village)
    partnerships.end_partnership(village=former)
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302
    assert response.cookies["favoris"].value == ""
    assert slugs(user) == [mine.slug, both.slug, new.slug]
    assert kept_by(client) == [mine.slug, both.slug, new.slug]


def test_a_sign_in_that_fails_leaves_the_cookie(client):
    user = make_account(email="camille@example.org", password=PASSWORD)
    village = VillageFactory()
    press(client, village)
    response = client.post(reverse("account_login"), {"login": user.email, "password": "no"})
    assert "favoris" not in response.cookies
    assert slugs(user) == []
    assert kept_by(client) == [village.slug]


def test_a_forged_cookie_brings_nothing_into_the_account(client):
    user = make_account(email="camille@example.org", password=PASSWORD)
    client.cookies["favoris"] = VillageFactory().slug
    assert client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}).status_code == 302
    assert slugs(user) == []


def test_erasing_the_account_erases_what_it_kept():
    user = UserFactory()
    services.keep_village(user=user, village=VillageFactory())
    user.delete()
    assert not Favourite.objects.exists()


# ---- The pages -------------------------------------------------------------------------------------------------------


def test_the_first_four_can_be_compared(client):
    villages = VillageFactory.create_batch(5)
    press(client, villages[0])
    assert "/comparer/" not in client.get(PAGE).content.decode()
    for village in villages:
        press(client, village)
    query = "&amp;".join(f"v={village.slug}" for village in villages[:4])
    assert f'href="/villages/comparer/?{query}"' in client.get(PAGE).content.decode()


def test_the_page_costs_the_same_for_two_and_for_thirty(client_of, django_assert_num_queries):
    user, place = UserFactory(), PlaceFactory(telecentre=True)
    client = client_of(user)
    for number in (2, 28):
        for village in VillageFactory.create_batch(number):
            JourneyFactory(village=village, place=place)
            services.keep_village(user=user, village=village)
        client.get(PAGE)
        with django_assert_num_queries(5):  # session, account, kept, villages, télécentres nearby
            client.get(PAGE)


def test_the_page_of_the_kept_is_in_nobodys_cache(client):
    assert "no-store" in client.get(PAGE)["Cache-Control"]


def test_a_village_shows_whether_this_visitor_keeps_it_and_its_copies_are_not_mixed_up(client):
    village = VillageFactory()
    path = village.get_absolute_url()
    before = client.get(path)
    assert 'aria-pressed="false"' in before.content.decode()
    assert not before.cookies
    press(client, village)
    after = client.get(path, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert 'aria-pressed="true"' in after.content.decode()
    assert "Cookie" in after["Vary"]
    assert "Cookie" in before["Vary"]
    assert client.get(path, headers={"If-None-Match": after["ETag"]}).status_code == 304


def test_a_visitor_who_keeps_no_village_costs_no_query(rf, django_assert_num_queries, client):
    request = rf.get("/")
    request.user = type("Visitor", (), {"is_authenticated": False})()
    with django_assert_num_queries(0):
        assert keeping.kept_slugs(request) == []
