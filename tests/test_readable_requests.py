"""A NUL, or bytes that are not UTF-8, are refused at the door, wherever they stand, with a page in the reader's language."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from projects.models import ProjectFile
from sohosolo.wsgi import application
from tests.factories.members import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

FRENCH, ENGLISH = "Nous n’avons pas pu lire cette demande", "We could not read this request"
FORM = "application/x-www-form-urlencoded"
PASSED_OVER = {  # by Django's own reader: it leaves a NUL out of a file's name, and a part out whose head is not UTF-8
    ("file", b"\x00"),
    ("file", b"\xff"),
    ("name", b"\xff"),
}


def is_refused(response, title=FRENCH):
    return response.status_code == 400 and title in response.content.decode()


@pytest.mark.parametrize("foul", ["%00", "a%00b", "%FF", "%ED%A0%80", "%C3"])
@pytest.mark.parametrize("address", ["/villages/{}/", "/villages/?q={}", "/villages/?{}=1", "/static/{}.css", "/accord/{}/", "/{}"])
def test_an_address_with_a_foul_part_is_refused(client, address, foul):
    assert is_refused(client.get(address.format(foul)))


@pytest.mark.parametrize(
    "address", ["/villages/?q=%C3%A9", "/villages/?q=%F0%9F%8C%BB", "/villages/?q=100%25+r%C3%A9el", "/villages/?q=%"]
)
def test_what_people_type_is_read(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "favoris", "messages", "another_site"])
@pytest.mark.parametrize("value", ['"a\\000b"', "\x00", "\xff"])
def test_a_cookie_with_a_foul_part_is_refused_and_taken_back(client, name, value):
    response = client.get("/mon-espace/", HTTP_COOKIE=f"{name}={value}; other=kept")
    assert is_refused(response)
    assert {cookie: morsel["max-age"] for cookie, morsel in response.cookies.items()} == {name: 0}


def test_a_cookie_whose_very_name_is_foul_is_refused(client):
    assert is_refused(client.get("/", HTTP_COOKIE="a\x00b=1"))


@pytest.mark.parametrize("body", ["first_name=%00", "first%00name=a", "first_name=%FF", "first_name=\x00", "\xff=1"])
def test_a_form_with_a_foul_field_is_refused_and_nothing_is_kept(client, body):
    assert is_refused(client.post(reverse("projects:lay-down"), body.encode("latin-1"), content_type=FORM))
    assert ProjectFile.objects.count() == 0


@pytest.mark.parametrize("foul", [b"\x00", b"\xff"])
@pytest.mark.parametrize("part", ["name", "field", "file"])
def test_a_form_with_files_is_refused_for_any_foul_part(client, part, foul):
    client.force_login(MemberFactory().user)
    parts = {name: foul if name == part else b"a" for name in ("name", "field", "file")}
    body = (
        b'--x\r\nContent-Disposition: form-data; name="%(name)s"\r\n\r\n%(field)s\r\n'
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="%(file)s.png"\r\nContent-Type: image/png\r\n\r\n.\r\n'
        b"--x--\r\n"
    ) % {name.encode(): value for name, value in parts.items()}
    response = client.generic("POST", reverse("members:my-photo"), body, content_type="multipart/form-data; boundary=x")
    if (part, foul) in PASSED_OVER:
        assert response.status_code != 500
    else:
        assert is_refused(response)


def test_what_a_file_holds_is_not_text_and_may_hold_anything(client):
    client.force_login(MemberFactory().user)
    response = client.post(reverse("members:my-photo"), {"photo": SimpleUploadedFile("été.png", b"\x00\xff", "image/png")})
    assert response.status_code != 400


@pytest.mark.parametrize("charset", ["rot13", "utf-16", "utf-7", "latin-1", "idna", "undefined", "UTF-8"])
@pytest.mark.parametrize(("method", "status"), [("GET", "200 OK"), ("POST", "403 Forbidden")])
def test_whatever_encoding_a_request_names_it_is_read_as_utf_8(charset, method, status, monkeypatch):
    monkeypatch.setattr("django.db.close_old_connections.__code__", (lambda **kwargs: None).__code__)  # the test's own stays open
    answered = []
    environ = RequestFactory().generic(method, "/livez?q=%C3%A9").environ | {"CONTENT_TYPE": f"{FORM}; charset={charset}"}
    b"".join(application(environ, lambda status, headers: answered.append(status)))
    assert answered == [status]


def test_a_foul_header_is_refused(client):
    client.force_login(UserFactory())
    assert is_refused(client.get("/mon-espace/", HTTP_USER_AGENT="a\x00b"))


def test_a_form_that_is_too_large_or_broken_is_refused_in_the_readers_language(client):
    large = "summary=" + "x" * 2_600_000
    assert is_refused(client.post("/en/projets/deposer/", large, content_type=FORM), ENGLISH)
    many = "&".join(f"a{number}=1" for number in range(1001))
    assert is_refused(client.post("/projets/deposer/", many, content_type=FORM))
    assert is_refused(client.post("/projets/deposer/", b"--x", content_type="multipart/form-data"))


def test_a_refusal_speaks_the_readers_language(client):
    assert is_refused(client.get("/en/villages/?q=%00"), ENGLISH)
    response = client.get("/villages/?q=%00", HTTP_ACCEPT_LANGUAGE="en")
    assert is_refused(response, ENGLISH)
    assert response["Content-Language"] == "en"


def test_a_refusal_asks_nothing_of_the_database(client, django_assert_num_queries):
    client.force_login(UserFactory())
    with django_assert_num_queries(0):
        assert is_refused(client.get("/mon-espace/?q=%00"))
