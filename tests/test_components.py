"""What every page is built of: components with a contract, forms that say what is wrong beside the field, pages for errors."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.translation import override

ROOT = Path(__file__).resolve().parent.parent
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text(encoding="utf-8")))
VOID = {"input", "img", "br", "meta", "link", "hr", "source", "use"}


class Page(HTMLParser):
    """Elements in order, each with its attributes; ids; whether every tag is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements, self.open, self.crossed = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    def of(self, tag: str, **wanted) -> list[dict]:
        return [attrs for name, attrs in self.elements if name == tag and wanted.items() <= attrs.items()]


class Questions(forms.Form):
    email = forms.EmailField(label="Courriel", help_text="Pour vous répondre.")
    activity = forms.CharField(label="Métier", required=False, widget=forms.Textarea)
    when = forms.DateField(label="Quand")
    agreed = forms.BooleanField(label="J’accepte", help_text="Jamais vendu.")
    size = forms.ChoiceField(label="Taille", choices=[("s", "petite"), ("l", "grande")], widget=forms.RadioSelect)
    likes = forms.MultipleChoiceField(
        label="Envies", required=False, choices=[("a", "école"), ("b", "gare")], widget=forms.CheckboxSelectMultiple
    )
    key = forms.CharField(widget=forms.HiddenInput)


WRONG = {"email": "x<y", "activity": "Traductrice", "when": "2025-02-31", "key": "k", "likes": ["a"]}


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_opens_with_its_contract(path):
    """Its first words say what it is; then each input has a line."""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("{% comment %}\n")
    assert len(text.split("{% endcomment %}")[0].splitlines()) >= 3


def test_every_icon_that_a_template_names_is_in_the_sprite():
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'components/icon\.html" with name="([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert named - SPRITE == set()
    assert len(named) > 5


def test_every_label_belongs_to_its_field():
    page = Page(str(Questions()))
    labelled = [label["for"] for label in page.of("label")]
    assert len(labelled) == len(set(labelled)) == 8
    assert set(labelled) <= set(page.ids)
    assert len(page.of("fieldset")) == 2
    assert not page.crossed
    assert not page.open


def test_a_wrong_answer_is_kept_and_its_error_stands_beside_it():
    page = Page(str(Questions(WRONG)))
    email = page.of("input", name="email")[0]
    assert email["value"] == "x<y"
    assert email["aria-invalid"] == "true"
    assert email["aria-describedby"].split() == ["id_email_helptext", "id_email_error"]
    assert set(email["aria-describedby"].split()) <= set(page.ids)
    assert page.of("input", name="agreed")[0]["aria-describedby"].split() == ["id_agreed_helptext", "id_agreed_error"]
    assert page.of("fieldset", id="id_size")[0]["aria-describedby"] == "id_size_error"
    assert "aria-invalid" not in page.of("textarea", name="activity")[0]
    assert [box["value"] for box in page.of("input", name="likes") if "checked" in box] == ["a"]


def test_no_id_stands_twice_in_a_form():
    for form in (Questions(), Questions(WRONG)):
        ids = Page(str(form)).ids
        assert len(ids) == len(set(ids))


def test_the_summary_leads_to_each_wrong_answer():
    html = str(Questions(WRONG))
    page = Page(html)
    assert [link["href"] for link in page.of("a")] == ["#id_email", "#id_when", "#id_agreed", "#id_size"]
    assert {link["href"].removeprefix("#") for link in page.of("a")} <= set(page.ids)
    assert "Quatre réponses sont à revoir. Tout ce que vous avez écrit est gardé." in html


def test_one_wrong_answer_is_said_in_the_singular():
    form = Questions(WRONG | {"email": "a@b.fr", "when": "2026-11-24", "agreed": "on"})
    assert "Une réponse est à revoir." in str(form)


def test_an_error_of_the_whole_form_or_of_a_hidden_field_is_said():
    form = Questions(WRONG | {"email": "a@b.fr", "when": "2026-11-24", "agreed": "on", "size": "s", "key": ""})
    form.add_error(None, "Ce poste vient d’être pris.")
    html = str(form)
    assert "Ce poste vient d’être pris." in html
    assert "Ce champ est obligatoire." in html


def test_an_untouched_form_says_nothing_of_errors():
    html = str(Questions())
    assert "notice" not in html
    assert "errors" not in html
    assert html.count("(facultatif)") == 2


def test_what_the_user_typed_is_escaped():
    html = str(Questions(WRONG))
    assert "<y" not in html
    assert "&lt;y" in html


def test_messages_carry_a_sign_for_each_level():
    messages = [Message(level, "Texte <b>") for level in (constants.SUCCESS, constants.WARNING, constants.ERROR, constants.INFO)]
    html = render_to_string("components/messages.html", {"messages": messages})
    assert re.findall(r"icons\.svg#(\w+)", html) == ["check", "warning", "warning", "info"]
    assert "Texte &lt;b&gt;" in html


def test_pagination_keeps_the_rest_of_the_address(rf):
    page = Paginator(range(400), 20).page(2)
    links = Page(render_to_string("components/pagination.html", {"page": page, "of": "villages"}, rf.get("/?q=a%26b&page=2"))).of(
        "a"
    )
    assert [link["href"] for link in links] == [
        "?q=a%26b&page=1",
        "?q=a%26b&page=1",
        "?q=a%26b&page=3",
        "?q=a%26b&page=20",
        "?q=a%26b&page=3",
    ]


def test_a_list_of_one_page_has_no_pagination(rf):
    page = Paginator(range(20), 20).page(1)
    assert render_to_string("components/pagination.html", {"page": page, "of": "villages"}, rf.get("/")).strip() == ""


@pytest.mark.parametrize("template", ["400.html", "500.html"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_worst_errors_need_no_request_no_session_and_no_database(template, language):
    with override(language):
        page = Page(render_to_string(template))
    assert page.of("html", lang=language)
    assert len(page.of("h1")) == 1
    assert not page.crossed
    assert not page.open


@pytest.mark.parametrize("template", ["403.html", "403_csrf.html", "404.html", "429.html"])
def test_an_error_page_is_a_page_of_the_site(rf, template):
    request = rf.get("/nulle-part/")
    request.user = AnonymousUser()
    page = Page(render_to_string(template, request=request))
    assert len(page.of("h1")) == len(page.of("main")) == len(page.of("header")) == len(page.of("footer")) == 1
    assert page.of("meta", name="robots", content="noindex")
    assert all(link["href"] for link in page.of("a"))
    assert len(page.ids) == len(set(page.ids))
    assert not page.crossed
    assert not page.open


def test_nothing_on_a_missing_page_asks_for_a_session(client, db):
    response = client.get("/nulle-part/")
    assert response.status_code == 404
    assert not response.cookies


STYLES = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "static/css").glob("*.css")}


def test_every_custom_property_that_a_style_uses_is_defined():
    defined = set(re.findall(r"(--[\w-]+)\s*:", "".join(STYLES.values())))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(STYLES.values())))
    assert used - defined == set()


def test_colours_are_numbers_in_the_tokens_alone():
    """Elsewhere they are named; black veils and the white ground that a QR code needs are the exceptions."""
    for name, text in STYLES.items():
        if name != "tokens.css":
            bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
            assert set(re.findall(r"#[0-9a-f]{3,8}\b", bare, flags=re.IGNORECASE)) <= {"#fff", "#0000", "#999"}, name


def test_styles_fetch_nothing():
    for name, text in STYLES.items():
        assert not re.search(r"url\(|@import|data:", text), name


def test_the_style_sheets_keep_their_layers():
    """The admin's apart: they answer the stock sheets, which stand in no layer and so beat every one."""
    for name, text in STYLES.items():
        if name not in {"admin.css", "admin-fields.css", "desk.css", "project-file.css", "acts.css", "morning.css", "figures.css"}:
            assert re.search(r"@layer (tokens|base|components|pages|admin) \{", text), name
    assert STYLES["tokens.css"].count("@layer tokens, base, components, pages, admin;") == 1
