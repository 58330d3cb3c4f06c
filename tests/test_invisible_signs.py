"""Signs that nobody sees are taken away from every field of one line, on every page of the site and of the admin."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from django import forms
from django.db import connection
from django.urls import reverse

from common.visible import visible
from members.models import User
from projects.files.directories import fill_directories
from projects.models import Holder, ProjectFile, Scheme
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import ProjectFileFactory
from tests.walk.hostile import Walker
from tests.walk.network import small_network
from tests.walk.pages import read_page
from villages.opendata.reader import open_table

NOBODY_SEES = {
    "zero width space": "\u200b",
    "the reverse way": "\u202e",
    "byte-order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "word joiner": "\u2060",
    "an isolate": "\u2066",
    "Arabic letter mark": "\u061c",
    "left-to-right mark": "\u200e",
    "a joiner between Latin letters": "\u200d",
    "non-joiner between Latin letters": "\u200c",
    "Hangul filler": "\u3164",
    "half-width Hangul filler": "\uffa0",
    "grapheme joiner": "\u034f",
    "Mongolian vowel separator": "\u180e",
    "variation selector": "\ufe0f",
    "a tag": "\U000e0041",
    "bell": "\x07",
    "escape": "\x1b",
    "delete": "\x7f",
    "C1": "\x90",
    "interlinear anchor": "\ufff9",
}
SEEN = [
    "Zoé D’Août — 12 000 €",
    "علی‌رضا",
    "क्षि",
    "श्री",
    "👩‍👩‍👧",
    "❤️",
    "1️⃣",
    "葛\U000e0100",
    "שָׁלוֹם",
    "Đặng Thị Ngọc",
    "ᠮᠣᠩᠭᠣᠯ",
    "deux\nlignes\r\net trois",
    "한국어",
]
NOTHING = [
    "\u200b",
    "\u202e\u202c",
    "\u3164",
    "\u2800",
    "\u0301",
    "\u115f\u1160",
    " \u200b ",
    "\ufeff\u00a0",
    "\u200d",
    "\ufe0f",
    "\U000e0041",
]


@pytest.mark.parametrize("sign", NOBODY_SEES.values(), ids=list(NOBODY_SEES))
def test_a_sign_that_nobody_sees_is_taken_away(sign):
    assert visible(f"Zo{sign}é") == visible(f"{sign}Zoé{sign}") == "Zoé"


@pytest.mark.parametrize("text", SEEN)
def test_what_is_seen_stays_in_any_script(text):
    assert visible(text) == text


@pytest.mark.parametrize("text", NOTHING)
def test_of_a_text_without_anything_to_see_nothing_is_left(text):
    assert visible(text).strip() == ""


def test_letters_are_composed_and_tabs_are_spaces():
    assert visible("Zoe\u0301\tRoux\u2028Auch") == "Zoé Roux Auch"


# ---- Through the forms -----------------------------------------------------------------------------------------------------

LAID_DOWN = {
    "first_name": "Zoé",
    "last_name": "Roux",
    "email": "zoe@example.org",
    "title": "Cafe",
    "consent": "on",
    "key": "k" * 20,
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("field", ["first_name", "last_name", "title"])
def test_a_name_of_nothing_visible_is_refused_beside_its_field(client, field, name):
    page = client.post(reverse("projects:lay-down"), LAID_DOWN | {field: name})
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not ProjectFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("sign", NOBODY_SEES.values(), ids=list(NOBODY_SEES))
def test_what_is_laid_down_is_kept_as_it_is_seen(client, sign):
    hidden = {name: f"{LAID_DOWN[name][:2]}{sign}{LAID_DOWN[name][2:]}" for name in ("first_name", "last_name", "title", "email")}
    client.post(reverse("projects:lay-down"), LAID_DOWN | hidden)
    holder = Holder.objects.get()
    assert (holder.first_name, holder.last_name, holder.email) == ("Zoé", "Roux", "zoe@example.org")
    assert ProjectFile.objects.get().title == "Cafe"


@pytest.mark.django_db
def test_nobody_signs_up_under_a_name_of_nothing_visible(client):
    facts = {"first_name": "\u200b", "last_name": "\u3164", "email": "a@example.org", "password1": "une phrase longue et simple"}
    page = client.post(reverse("account_signup"), facts).content.decode()
    assert 'id="id_first_name_error"' in page
    assert 'id="id_last_name_error"' in page
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_member_does_not_become_nobody(client):
    own = MemberFactory(user__first_name="Inès", user__last_name="Daubas")
    client.force_login(own.user)
    facts = {"first_name": "\u200b", "last_name": "\u202e", "activity": "\u2800", "commune": own.commune.name}
    page = client.post(reverse("members:my-profile"), facts)
    assert sorted(page.context["form"].errors) == ["activity", "first_name", "last_name"]
    assert User.objects.get(pk=own.user.pk).get_full_name() == "Inès Daubas"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u0301"])
def test_the_admin_enters_no_holder_of_nothing_visible(client, name):
    client.force_login(UserFactory(lead=True))
    facts = {"first_name": name, "last_name": name, "email": "a@example.org", "phone": "", "lives_in": ""}
    page = client.post("/admin/projects/holder/add/", facts)
    assert sorted(page.context["adminform"].form.errors) == ["first_name", "last_name"]
    assert not Holder.objects.exists()


@pytest.mark.django_db
def test_a_search_with_a_sign_that_nobody_sees_finds_what_it_says(client):
    ProjectFileFactory(holder__last_name="Castéra")
    client.force_login(UserFactory(lead=True))
    assert client.get("/admin/projects/projectfile/", {"q": "Cast\u200bé\u00adra"}).context["cl"].result_count == 1


@pytest.mark.django_db
def test_a_password_is_its_owners_sign_by_sign(client):
    user = UserFactory()
    user.set_password("quatre mots\u200b à moi seule")
    user.save()
    facts = {"login": f"\u200b{user.email}", "password": "quatre mots à moi seule"}
    assert client.post(reverse("account_login"), facts).status_code == 200
    assert client.post(reverse("account_login"), facts | {"password": "quatre mots\u200b à moi seule"}).status_code == 302


# ---- Every form ---------------------------------------------------------------------------------------------------------------

HIDDEN = "\u202e\u200b\u2066\ufeff"
PARTS = 4


class Reading:
    """What forms read and what is written to the database meanwhile, and what of it has signs that nobody sees."""

    def __init__(self) -> None:
        self.reads, self.writes, self.foul = 0, 0, set()

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(("INSERT", "UPDATE")) and "django_session" not in sql:
            self.writes += 1
            self.foul |= {sql[:60] for value in params or () if any(sign in str(value) for sign in HIDDEN)}
        return execute(sql, params, many, context)

    @contextmanager
    def watched(self) -> Iterator[None]:
        usual, reading = forms.CharField.to_python, self

        def to_python(field, value):
            reading.reads += 1
            if isinstance(value, str) and any(sign in value for sign in HIDDEN):
                reading.foul.add(f"{type(field).__name__} {field.label}")
            return usual(field, value)

        with patch.object(forms.CharField, "to_python", to_python), connection.execute_wrapper(self):
            yield


@pytest.fixture
def undone_sessions(settings, tmp_path):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    settings.STAFF_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_of_the_site_or_the_admin_writes_what_nobody_sees(undone_sessions, part):
    """Each form of each page is sent as it stands, with signs that nobody sees in each of its fields of one line."""
    network, reading, fields = small_network(), Reading(), set()
    walkers = {role: Walker(user) for role, user in network.people.items()}
    for address in network.addresses[part::PARTS]:
        walker = walkers[address.roles[-1]]
        page = walker.ask("GET", address.path)
        if page.status_code not in (200, 422) or page.streaming or "html" not in page.get("Content-Type", ""):
            continue
        for form in read_page(page.content.decode(), address.path)[0]:
            lines = {name for name in form.lines if "password" not in name}
            if form.method != "post" or not lines:
                continue
            sent = form.values | {name: [f"{value[:1]}{HIDDEN}{value[1:]}" for value in form.values[name]] for name in lines}
            sent |= {name: [value] for name, value in list(form.buttons.items())[:1]}
            with reading.watched():
                walker.ask("POST", urlsplit(form.action).path or address.path, data=sent)
            fields |= {(address.name, name) for name in lines}
    assert not reading.foul, reading.foul
    assert len(fields) > 20
    assert reading.reads > 20
    assert reading.writes > 5
    assert not [walker.faults for walker in walkers.values() if walker.faults]


# ---- What comes in by a command ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_an_official_table_is_read_without_what_nobody_sees(tmp_path, mark):
    path = tmp_path / "table.csv"
    path.write_text(f"code{mark}no\u200bm\n32208{mark}Lec\u00adtoure\u202e\n", encoding="utf-8")
    with open_table(path, right="table.csv") as table:
        assert table.columns == ["code", "nom"]
        assert [row.cells for row in table.rows()] == [{"code": "32208", "nom": "Lectoure"}]


@pytest.mark.django_db
def test_a_directory_of_funding_is_taken_in_without_what_nobody_sees(tmp_path):
    path = tmp_path / "annuaire.toml"
    path.write_text(
        '[[schemes]]\nkind = "loan"\nname = "Prêt\u200b d’honneur\u202e"\nfunder = "In\u00aditiative"\n', encoding="utf-8"
    )
    fill_directories(path)
    assert (Scheme.objects.get().name, Scheme.objects.get().funder) == ("Prêt d’honneur", "Initiative")
