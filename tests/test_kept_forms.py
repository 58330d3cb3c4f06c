"""A form that comes too late is given back as it was typed; what another site wrote is not."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members.models import Member
from projects.models import ProjectFile
from sohosolo import kept_forms
from tests.factories.members import PASSWORD, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

LAY_DOWN, PROFILE, LOGIN = reverse("projects:lay-down"), reverse("members:my-profile"), reverse("account_login")
TAKE_UP = reverse("take-up-again")
OURS = {"HTTP_ORIGIN": "http://testserver"}
SUMMARY = 'Une maison, un "jardin" <b>et</b>\ndeux enfants'
TYPED = {
    "first_name": "Camille",
    "last_name": "Ferrand",
    "email": "camille@example.org",
    "title": "Traductrice",
    "summary": SUMMARY,
    "consent": "on",
    "key": "k" * 20,
}


@pytest.fixture
def browser():
    """One that is asked for its token, as everybody's is."""
    return Client(enforce_csrf_checks=True)


def form_in(page: str) -> tuple[str, dict[str, list[str]]]:
    """Where the form that is given back would be sent, and with what."""
    found = re.search(r'<form class="form" method="post" action="([^"]*)">(.*?)</form>', page, re.DOTALL)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', found[2])
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(html.unescape(name), []).append(html.unescape(value))
    return html.unescape(found[1]), sent


def given_back(page: str) -> bool:
    return "Envoyer de nouveau" in page


def test_a_form_without_its_cookie_comes_back_and_is_sent_with_one_press(browser):
    answer = browser.post(f"{LAY_DOWN}?village=auch", TYPED, **OURS)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "&lt;b&gt;et&lt;/b&gt;" in page
    assert "<b>et</b>" not in page
    path, sent = form_in(page)
    assert path == f"{LAY_DOWN}?village=auch"
    assert sent["summary"] == [SUMMARY]
    assert not ProjectFile.objects.exists()
    assert browser.post(path, sent, **OURS).status_code == 302
    assert ProjectFile.objects.get().summary == SUMMARY


def test_a_token_that_grew_too_old_is_no_loss_either(browser):
    browser.get(LAY_DOWN)
    page = browser.post(LAY_DOWN, TYPED | {"csrfmiddlewaretoken": "x" * 64}, **OURS).content.decode()
    _path, sent = form_in(page)
    assert sent["csrfmiddlewaretoken"] != ["x" * 64]
    assert browser.post(LAY_DOWN, sent, **OURS).status_code == 302


def test_a_browser_that_keeps_no_cookie_loses_nothing_however_often_it_tries():
    sent = TYPED
    for _try in range(3):
        page = Client(enforce_csrf_checks=True).post(LAY_DOWN, sent, **OURS).content.decode()
        _path, sent = form_in(page)
    assert sent["summary"] == [SUMMARY]


UNSURE = [
    {},
    {"HTTP_ORIGIN": "https://piege.example"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_SEC_FETCH_SITE": "cross-site"},
    {"HTTP_SEC_FETCH_SITE": "same-site"},
    {"HTTP_ORIGIN": "https://piege.example", "HTTP_SEC_FETCH_SITE": "same-origin"},
]


@pytest.mark.parametrize("said_by_the_browser", UNSURE)
def test_what_another_site_may_have_written_is_never_one_press_away(browser, said_by_the_browser):
    browser.force_login(MemberFactory().user)
    for address in (LAY_DOWN, PROFILE):
        answer = browser.post(address, TYPED, **said_by_the_browser)
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "Traductrice" not in page
        assert not given_back(page)
        assert "Revenez en arrière" in page
    assert not ProjectFile.objects.exists()


def test_the_browsers_other_word_for_it_will_do(browser):
    page = browser.post(LAY_DOWN, TYPED, HTTP_SEC_FETCH_SITE="same-origin").content.decode()
    assert form_in(page)[1]["title"] == ["Traductrice"]


def test_passwords_codes_tokens_and_files_stay_behind(browser):
    secrets = {"password": "quatre mots", "password1": "quatre mots", "oldpassword": "vieux", "code": "1234-5678", "otp": "99"}
    upload = SimpleUploadedFile("bail.pdf", b"%PDF-1.4 bail")
    answer = browser.post(LOGIN, {"login": "a@example.org", **secrets, "token": "jeton", "upload": upload}, **OURS)
    page = answer.content.decode()
    _path, sent = form_in(page)
    assert set(sent) == {"csrfmiddlewaretoken", "login"}
    for secret in (*secrets.values(), "jeton", "bail"):
        assert secret not in page.replace(sent["csrfmiddlewaretoken"][0], "")
    assert "Les fichiers ne reviennent pas" in page
    assert "Les mots de passe et les codes ne reviennent pas" in page


def test_the_form_leads_to_no_other_site(browser):
    page = browser.post("//piege.example/projets/deposer/", TYPED, **OURS).content.decode()
    assert form_in(page)[0] == "/projets/deposer/"
    assert 'action="//' not in page
    assert 'action="/\\' not in page


def test_more_than_anybody_types_is_not_given_back(browser):
    for much in (TYPED | {"summary": "x" * kept_forms.LONGEST}, {f"f{n}": "abc" for n in range(kept_forms.MOST_FIELDS + 1)}):
        answer = browser.post(LAY_DOWN, much, **OURS)
        assert answer.status_code == 403
        assert not given_back(answer.content.decode())


# ---- The session had ended ---------------------------------------------------------------------------------------------


def change_of(member: Member) -> dict:
    return {
        "first_name": "Inès",
        "last_name": "Daubas",
        "commune": member.commune.name,
        "activity": "Illustratrice de jardins",
        "skills": "",
        "bio": SUMMARY,
        "website": "",
        "phone": "",
    }


def token_on(browser: Client, address: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', browser.get(address).content.decode())[1]


def test_what_is_sent_after_the_session_ended_comes_back_after_the_sign_in(browser):
    member = MemberFactory()
    browser.force_login(member.user)
    sent = change_of(member) | {"csrfmiddlewaretoken": token_on(browser, PROFILE)}
    browser.cookies.pop("sessionid")
    answer = browser.post(PROFILE, sent, **OURS)
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={TAKE_UP}")
    login = {"login": member.user.email, "password": PASSWORD, "next": TAKE_UP}
    answer = browser.post(LOGIN, login | {"csrfmiddlewaretoken": token_on(browser, LOGIN)}, **OURS)
    assert answer["Location"] == TAKE_UP
    page = browser.get(TAKE_UP).content.decode()
    assert "Illustratrice de jardins" in page
    path, kept = form_in(page)
    assert path == PROFILE
    assert Member.objects.get().activity == "Traductrice", "nothing is sent without a press"
    assert browser.post(path, kept, **OURS).status_code in (302, 303)
    saved = Member.objects.get()
    assert (saved.activity, saved.bio.replace("\r\n", "\n")) == ("Illustratrice de jardins", SUMMARY)


def test_another_site_makes_nobody_keep_anything(browser):
    assert browser.post(PROFILE, {"bio": "piège"}, HTTP_ORIGIN="https://piege.example").status_code == 403
    assert kept_forms.KEY not in browser.session


def test_what_is_kept_is_bounded_for_one_place_and_gone_after_half_an_hour(client, monkeypatch):
    kept = []
    monkeypatch.setattr(kept_forms.cache, "set", lambda key, _value, timeout: kept.append(timeout) if "kept_form" in key else None)
    for _press in range(kept_forms.KEPT_AN_HOUR + 5):
        assert Client().post(PROFILE, {"bio": "x"}).status_code == 302
    assert kept == [1800] * kept_forms.KEPT_AN_HOUR
    answer = client.post(PROFILE, {"bio": "x"})
    assert answer["Location"] == f"{LOGIN}?next={PROFILE}", "then it is as it always was"


def test_nobody_else_finds_what_was_kept(client, client_of):
    member = MemberFactory()
    client.post(PROFILE, change_of(member))
    other = client_of(UserFactory()).get(TAKE_UP).content.decode()
    assert "Illustratrice" not in other
    assert "Rien n’attend ici" in other
    assert client.get(TAKE_UP).status_code == 302, "and whoever is not signed in sees nothing"


def test_a_get_without_a_session_asks_to_sign_in_as_before(client):
    assert client.get(PROFILE)["Location"] == f"{LOGIN}?next={PROFILE}"
    assert kept_forms.KEY not in client.session
