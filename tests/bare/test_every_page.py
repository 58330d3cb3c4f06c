"""Every model with all its optional fields empty, on every page that shows it, in both languages: no fault, and no “None”."""

import re
from functools import cache

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import translation

from members.models import User
from projects.models import ProjectFile
from telecentres.models import Telecentre
from tests.bare import pages, pages_of_projects
from tests.bare.page import Page
from tests.bare.pages import ON_NO_PAGE, PAGES
from tests.bare.rows import FILLINGS, bare, sharing, variants
from tests.factories.villages import CommuneFactory
from villages.models import Village

pytestmark = pytest.mark.django_db

# To one's only village; where nothing is asked; what may not be removed by hand; a draft nobody was told of; a rule not in use.
MAY_LEAD_ELSEWHERE = re.compile(r"/comite/$|/accord/oral/$|/delete/$|/prise-de-contact/|/mise-en-relation/|/rulesetting/")
APPS = ("villages", "members", "telecentres", "projects", "outbox")
MODELS = {model._meta.label: model for app in APPS for model in apps.get_app_config(app).get_models()}
HANG_ON_ANOTHER = {  # by what shows them: all that hangs on one file, village or place can be shown together
    pages.through_commune,
    pages.through_village,
    pages.of_village_project,
    pages.of_speed,
    pages.through_place,
    pages.of_desk,
    pages_of_projects.through_file,
    pages_of_projects.of_task,
    pages_of_projects.of_document,
    pages_of_projects.of_money,
}
ROWS = [(label, facts) for label in PAGES if label in MODELS for facts in variants(MODELS[label])]  # beside how it is at first


@pytest.fixture(autouse=True)
def an_open_site(settings, tmp_path):
    settings.STAFF_MFA_REQUIRED = settings.HOST_MFA_REQUIRED = False
    settings.MEDIA_ROOT = tmp_path
    CommuneFactory(insee_code=settings.TERRITORY.chief_town)


def test_every_model_says_which_pages_show_it():
    assert set(PAGES) | set(ON_NO_PAGE) == set(MODELS)
    assert not set(PAGES) & set(ON_NO_PAGE)


@cache
def our_own_nones() -> list[str]:
    """English sentences with that word and others in them, the longest first: they are no row's."""
    catalogue = (django_settings.BASE_DIR / "locale/fr/LC_MESSAGES/django.po").read_text()
    quoted = re.findall(r'^msgid ((?:"[^\n]*"\n)+)', catalogue, re.MULTILINE)
    sentences = ["".join(re.findall(r'"(.*)"', lines)) for lines in quoted]
    return sorted({sentence for sentence in sentences if re.search(r"\bNone\b.*\w|\w.*\bNone\b", sentence)}, key=len, reverse=True)


def nones(text: str, language: str = "fr") -> list[str]:
    if language == "en":
        text = re.sub(r">\s*None\.?\s*<", "><", text)  # said so by us: « Aucun » in French, where a row's would be seen
    for sentence in our_own_nones():
        text = text.replace(sentence, "")
    return [text[max(0, found.start() - 60) : found.end() + 30] for found in re.finditer(r"\bNone\b", text)]


def test_what_is_said_of_nothing_is_no_row_s_none():
    assert nones("<td>None</td>") == ["<td>None</td>"]
    assert nones("<td>None</td><p>None of these days is within reach yet.</p>", "en") == []
    assert len(nones("<td>12 None</td>", "en")) == 1


def name_of(row) -> str:
    return "-".join([row[0], *map(str, list(row[1].values())[:1])])


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("language", ["fr", pytest.param("en", marks=pytest.mark.thorough)])
def test_bare_rows_are_shown_by_every_page_that_shows_one_of_them(language, app):
    """Those of one app together, each page once."""
    village, place, file = bare(Village), bare(Telecentre), bare(ProjectFile)
    shown = []
    for label in [label for label in PAGES if label in MODELS and label.startswith(f"{app}.")]:
        with sharing(*((village, village.commune, place, file) if PAGES[label] in HANG_ON_ANOTHER else ())):
            shown += pages_of(label, bare(MODELS[label]))
    assert faults_of(shown, language, strict=True) == []


@pytest.mark.thorough
@pytest.mark.parametrize("filling", FILLINGS)
@pytest.mark.parametrize("label", [label for label in PAGES if label in MODELS])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_so_is_a_bare_row_alone(language, label, filling):
    """With nothing optional in it; then with some of it, since a page may believe that two things come together."""
    model = MODELS[label]
    facts = FILLINGS[filling](model)
    if filling != "nothing" and not facts:
        pytest.skip("nothing of it is optional")
    row = saved(model, facts)
    assert faults_of(pages_of(label, row), language, strict=filling == "nothing") == []


@pytest.mark.thorough
@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_so_is_one_in_each_of_its_states(row):
    label, facts = row
    assert faults_of(pages_of(label, saved(MODELS[label], facts)), "fr") == []


def pages_of(label: str, row) -> list[Page]:
    with translation.override("fr"):  # addresses without a prefix, whichever language the last page was in
        return PAGES[label](row)


def saved(model, facts: dict):
    if not facts:
        return bare(model)
    try:
        with transaction.atomic():
            return bare(model, **facts)
    except IntegrityError:
        pytest.skip("the database asks for more in this state: no such row exists")


def faults_of(shown: list[Page], language: str, *, strict: bool = False) -> list[tuple]:
    """A line for each page that failed, or that printed what is not there."""
    assert shown
    faults, browsers = [], {}
    for who, address in {(page.who, page.address): None for page in shown}:
        client = browsers[who] = browsers.get(who) or browser_of(who)
        path = f"/en{address}" if language == "en" and translated(address) else address
        answer = client.get(path, headers={"accept-language": language})
        content = b"".join(answer) if answer.streaming else answer.content
        text = "" if is_picture(answer) else content.decode()
        if answer.status_code != 200 and (answer.status_code >= 500 or (strict and not MAY_LEAD_ELSEWHERE.search(path))):
            faults.append((path, answer.status_code, *last_words(answer)))
        faults += [(path, said) for said in nones(text, language)]
    return faults


def browser_of(who: User | None) -> Client:
    browser = Client(raise_request_exception=False)
    if who:
        browser.force_login(who)
    return browser


def last_words(answer) -> tuple[str, ...]:
    return (repr(answer.exc_info[1])[:300],) if getattr(answer, "exc_info", None) else ()


def translated(address: str) -> bool:
    """Whether the address stands among the pages that have one in each language."""
    return not re.search(r"\.(csv|xml|ics|svg|geojson|jpg|txt)$|^/sitemap", address.partition("?")[0])


def is_picture(answer) -> bool:
    return answer.get("Content-Type", "").startswith(("image/jpeg", "application/vnd", "application/pdf"))
