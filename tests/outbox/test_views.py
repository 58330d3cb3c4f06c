"""/courrier/, the demonstration's mailbox."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from outbox import mailbox, services
from outbox.delivery import deliver_due

pytestmark = pytest.mark.django_db

PAGE = (
    "<!doctype html><html><head><title>x</title><style>p { color: red; }</style></head>"
    '<body style="margin: 0;"><p style="color: &quot;blue&quot;">Jeudi</p><script>alert(1)</script></body></html>'
)


@pytest.fixture
def demonstration(settings, tmp_path):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "outbox.backends.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def posted(demonstration):
    """`posted(text="…")` posts a letter, sends it, and gives its name in the folder."""

    def post(**words) -> str:
        before = set(mailbox.letter_names())
        facts = {"key": f"tests:{len(before)}", "to": "camille@example.org", "subject": "Votre poste", "text": "Jeudi."} | words
        services.post(**facts)
        deliver_due(now=timezone.now())
        (name,) = set(mailbox.letter_names()) - before
        return name

    return post


@pytest.mark.parametrize("address", ["", "20261124T073000Z-ab12/", "20261124T073000Z-ab12/html/"])
def test_outside_the_demonstration_there_is_no_mailbox(client, address):
    assert client.get(f"/courrier/{address}").status_code == 404


def test_the_empty_mailbox_says_so(client, demonstration):
    response = client.get(reverse("outbox:letters"))
    assert response.status_code == 200
    assert "<time" not in response.content.decode()


def test_everybody_reads_the_letters_newest_first(client, posted):
    names = [posted(key=f"k:{n}", subject=f"Lettre {n} <b>") for n in range(3)]
    page = client.get(reverse("outbox:letters")).content.decode()
    assert re.findall(r'href="/courrier/([^/"]+)/"', page) == sorted(names, reverse=True)
    assert "Lettre 0 &lt;b&gt;" in page
    assert "camille@example.org" in page


def test_the_list_is_paged(client, posted):
    for n in range(27):
        posted(key=f"k:{n}")
    first, second = (client.get(reverse("outbox:letters"), {"page": page}).content.decode() for page in (1, 2))
    assert (first.count("<time"), second.count("<time")) == (25, 2)


@pytest.mark.parametrize("page", ["0", "999", "x", "-1"])
def test_a_page_that_is_none_shows_one_that_is(client, posted, page):
    posted()
    assert client.get(reverse("outbox:letters"), {"page": page}).status_code == 200


def test_a_sign_in_code_is_readable_here(client, posted):
    name = posted(confidential=True, text="Votre code : 482 913")
    assert "482 913" in client.get(f"/courrier/{name}/").content.decode()


def test_the_links_of_a_letter_can_be_followed_and_its_text_is_escaped(client, posted):
    name = posted(text="Voyez http://127.0.0.1:8000/mes-reservations/?a=1&b=2 <script>alert(1)</script>")
    page = client.get(f"/courrier/{name}/").content.decode()
    assert 'href="http://127.0.0.1:8000/mes-reservations/?a=1&amp;b=2"' in page
    assert "<script>alert" not in page


def test_a_letter_without_html_shows_no_frame(client, posted):
    page = client.get(f"/courrier/{posted()}/").content.decode()
    assert "<iframe" not in page
    assert "Jeudi." in page


def test_the_html_of_a_letter_is_drawn_in_a_frame_that_may_do_nothing(client, posted):
    name = posted(html=PAGE)
    assert (
        f'<iframe class="letter__drawn" src="/courrier/{name}/html/" sandbox="' in client.get(f"/courrier/{name}/").content.decode()
    )
    response = client.get(f"/courrier/{name}/html/")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert policy["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    hashes = mailbox.Styles(PAGE).hashes
    assert mailbox.Styles(PAGE).found == {"p { color: red; }", "margin: 0;", 'color: "blue"'}
    assert policy["style-src"].split() == ["'unsafe-hashes'", *hashes]
    assert "unsafe-inline" not in response["Content-Security-Policy"]


def test_a_letter_that_is_not_there_is_not_found(client, demonstration):
    assert client.get("/courrier/20261124T073000Z-ab12/").status_code == 404


@pytest.mark.parametrize(
    "name", ["..%2F..%2Fetc%2Fpasswd", "../settings", "20261124T073000Z-../../x", "20261124T073000Z-a.eml", ".hidden", "%01"]
)
def test_nothing_outside_the_folder_is_read(client, demonstration, settings, name):
    settings.MAIL_DIR.mkdir()
    (settings.MAIL_DIR.parent / "settings.eml").write_text("Subject: secret\n\nsecret")
    assert client.get(f"/courrier/{name}/").status_code == 404
    with pytest.raises(FileNotFoundError):
        mailbox.read_letter(name)


def test_a_link_in_the_folder_is_not_followed(client, demonstration, settings, tmp_path):
    settings.MAIL_DIR.mkdir()
    (tmp_path / "elsewhere.eml").write_text("Subject: secret\n\nsecret")
    (settings.MAIL_DIR / "20261124T073000Z-ab12.eml").symlink_to(tmp_path / "elsewhere.eml")
    assert client.get("/courrier/20261124T073000Z-ab12/").status_code == 404
    assert client.get(reverse("outbox:letters")).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_mailbox_is_only_read(client, demonstration, method):
    assert getattr(client, method)(reverse("outbox:letters")).status_code == 405
