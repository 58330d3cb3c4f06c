"""Names in any alphabet are found, and a search of which nothing can be read never answers with everybody."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory, TaskFactory
from tests.factories.telecentres import BookingFactory
from tests.factories.villages import HousingFactory, PlaceFactory, VillageFactory
from tests.walk.network import small_network

pytestmark = pytest.mark.django_db

NAMES = ["Иван Петров", "Γιώργος Παπάς", "محمد علي", "王 小明", "Łukasz Größ", "Đặng Ngọc", "Zoé D’Août"]
UNREADABLE = ["—", "???", "’", "\U0001f33b", "&", "%", "_"]


@pytest.fixture
def desk(client):
    client.force_login(UserFactory(admin=True, lead=True, first_name="Ana", last_name="Lead"))
    return client


def people(desk, page: str, asked: str) -> list[str]:
    rows = desk.get(page, {"q": asked}).context["cl"].result_list
    return sorted(name_of(row) for row in rows)


def name_of(row) -> str:
    for step in ("file", "holder", "member", "user"):
        row = getattr(row, step, None) or row
    return str(row)


PAGES = {
    "/admin/members/user/": lambda first, last: UserFactory(first_name=first, last_name=last),
    "/admin/members/member/": lambda first, last: MemberFactory(user__first_name=first, user__last_name=last),
    "/admin/projects/holder/": lambda first, last: HolderFactory(first_name=first, last_name=last),
    "/admin/projects/projectfile/": lambda first, last: ProjectFileFactory(holder__first_name=first, holder__last_name=last),
    "/admin/projects/task/": lambda first, last: TaskFactory(file__holder__first_name=first, file__holder__last_name=last),
    "/admin/telecentres/booking/": lambda first, last: BookingFactory(member__user__first_name=first, member__user__last_name=last),
}


def writings(name: str) -> list[str]:
    first, last = name.split(" ")
    alone = ["gross" if asked.upper() == "GRÖSS" else asked for asked in (last, last.lower(), last.upper())]
    return [name, f"{last} {first}", *alone]


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("page", PAGES)
def test_the_admin_finds_a_name_in_its_own_script_and_nobody_else(desk, page, whole):
    """Each name in one of its writings: another one on the next page. Accounts are asked for in all of them."""
    for name in NAMES:
        PAGES[page](*name.split(" "))
    for number, name in enumerate(NAMES, list(PAGES).index(page)):
        asked = writings(name)
        for words in asked if whole or page == "/admin/members/user/" else [asked[number % len(asked)]]:
            assert people(desk, page, words) == [name], words


@pytest.mark.parametrize("page", PAGES)
def test_the_admin_finds_nobody_where_nothing_can_be_read_or_nobody_is_called_so(desk, page):
    PAGES[page]("Camille", "Roux")
    assert {asked: people(desk, page, asked) for asked in [*UNREADABLE, "Сергей"]} == {
        asked: [] for asked in [*UNREADABLE, "Сергей"]
    }
    assert len(people(desk, page, "Camille")) == 1


def test_no_page_of_the_admin_answers_an_unreadable_search_with_every_row(client, settings):
    """Every list with a search box, with the rows of the whole walk."""
    settings.STAFF_MFA_REQUIRED = False
    network, everything = small_network(), []
    client.force_login(network.people["administrator"])
    for model, page in admin.site._registry.items():
        if not page.search_fields:
            continue
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for asked in ("—", "☃", "Сергей"):
            answer = client.get(address, {"q": asked})
            if answer.status_code == 200 and answer.context["cl"].result_count:
                everything.append((address, asked, answer.context["cl"].result_count))
    assert everything == []


def test_words_with_accents_are_found_in_titles_and_names_of_the_admin(desk):
    HousingFactory(title="Ferme à rénover")
    HousingFactory(title="Appartement")
    PlaceFactory(name="Gare d’Éauze")
    PlaceFactory(name="Lycée")
    for asked in ("rénover", "RENOVER", "ferme renover"):
        assert [str(row.title) for row in desk.get("/admin/villages/housing/", {"q": asked}).context["cl"].result_list] == [
            "Ferme à rénover"
        ]
    for asked in ("eauze", "gare d'eauze", "Éauze"):
        assert [row.name for row in desk.get("/admin/villages/place/", {"q": asked}).context["cl"].result_list] == ["Gare d’Éauze"]


# ---- The site's own searches --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["q", "commune"])
def test_the_directory_answers_words_that_nobody_bears_with_nobody(client, name):
    MemberFactory(shown=True, user__first_name="Camille", user__last_name="Roux")
    for asked in ("Сергей", "—", "\U0001f33b", "王"):
        assert client.get(reverse("members:members"), {name: asked}).context["people"] == []
    assert len(client.get(reverse("members:members")).context["people"]) == 1


def test_the_directory_finds_a_name_in_its_own_script(client):
    for name in NAMES:
        first, last = name.split(" ")
        MemberFactory(shown=True, user__first_name=first, user__last_name=last)
    for name in NAMES:
        assert [person.name for person in client.get(reverse("members:members"), {"q": name}).context["people"]] == [name]


def test_an_adviser_who_looks_for_a_village_in_another_script_is_given_none(desk):
    VillageFactory(commune__name="Lectoure")
    file = ProjectFileFactory(supported=True)
    page = desk.get(f"/admin/projects/projectfile/{file.pk}/villages/", {"nom": "Москва"})
    assert page.status_code == 200
    assert "Lectoure" not in page.content.decode()
