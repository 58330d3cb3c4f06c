"""The committee's space: whose it is, what a press does, what a form says."""

import datetime as dt
import re

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.factories.members import UserFactory
from tests.factories.projects import IntroductionFactory
from tests.factories.villages import (
    CommitteeMemberFactory,
    CommuneFactory,
    FactCheckFactory,
    NearestAmenityFactory,
    SpeedTestFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from villages.committee import partnerships, upkeep, views, village_life
from villages.enums import FactTopic, VillageStatus
from villages.models import FactCheck, SpeedTest, TerritoryProject, Village

pytestmark = pytest.mark.django_db

NAMES = sorted(name for name in get_resolver().namespace_dict["villages"][1].reverse_dict if str(name).startswith("committee"))
OURS = [name for name in NAMES if name != "committee" and not name.startswith("committee-housing")]


@pytest.fixture
def seat():
    return CommitteeMemberFactory(user=UserFactory(), name="Hélène Daubas", lead=True, village__tagline="Deux places")


@pytest.fixture
def village(seat):
    return seat.village


@pytest.fixture
def client(client, seat):
    client.force_login(seat.user)
    return client


def address(name: str, village: Village, *args) -> str:
    return reverse(f"villages:{name}", args=[village.slug, *args])


def rows_of(village: Village) -> dict[str, object]:
    """Whatever an address of the committee's may be about."""
    return {
        "fact": "shops",
        "project": TerritoryProjectFactory(village=village, confirmed_on=dt.date(2020, 1, 1)).pk,
        "speed": SpeedTestFactory(village=village).pk,
        "absence": (village.committee.first() or CommitteeMemberFactory(village=village)).pk,
    }


def address_of(name: str, village: Village, rows: dict[str, object]) -> str:
    about = name.removeprefix("committee-").split("-")[0]
    return address(name, village, *([rows[about]] if about in rows and not name.endswith("-add") else []))


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# ---- Whose it is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
def test_another_village_is_not_there_whatever_one_asks(client, name):
    """Nothing of it is shown, and nothing of it changes."""
    other = VillageFactory(tagline="À eux", monthly_capacity=3)
    there = address_of(name, other, rows_of(other))
    answers = {method: client.generic(method, there).status_code for method in ("GET", "HEAD", "POST", "PUT", "DELETE")}
    assert set(answers.values()) <= {404, 405}
    assert answers["POST"] == 404 or name == "committee-village"
    assert (FactCheck.objects.count(), TerritoryProject.objects.count(), SpeedTest.objects.count()) == (0, 1, 1)
    assert TerritoryProject.objects.get().confirmed_on == dt.date(2020, 1, 1)
    other.refresh_from_db()
    assert (other.tagline, other.monthly_capacity, other.status, other.reviewed_on) == ("À eux", 3, VillageStatus.PARTNER, None)


@pytest.mark.parametrize("name", OURS)
def test_a_village_that_left_is_not_there_for_its_own_committee(client, village, name):
    there = address_of(name, village, rows_of(village))
    Village.objects.update(status=VillageStatus.FORMER)
    assert {client.generic(method, there).status_code for method in ("GET", "POST")} <= {404, 405}
    village.refresh_from_db()
    assert village.status == VillageStatus.FORMER


@pytest.mark.parametrize("name", [name for name in OURS if name.split("-")[1] in ("project", "speed", "absence")])
def test_what_belongs_to_another_village_is_not_found_under_one_s_own(client, village, name):
    if name.endswith("-add"):
        name = name.removesuffix("-add") + ("-remove" if "speed" in name else "")
    rows = rows_of(VillageFactory())
    there = address_of(name, village, rows)
    assert {client.generic(method, there).status_code for method in ("GET", "POST")} <= {404, 405}
    assert client.post(there).status_code == 404
    assert (TerritoryProject.objects.count(), SpeedTest.objects.count()) == (1, 1)


def test_a_topic_that_does_not_exist_is_not_found(client, village):
    assert client.get(address("committee-fact", village, "ufo")).status_code == 404
    assert client.post(address("committee-fact-confirm", village, "ufo")).status_code == 404


def test_one_village_is_opened_at_once_and_several_are_to_choose_from(client, seat, village):
    assert client.get(reverse("villages:committee")).url == address("committee-village", village)
    second = CommitteeMemberFactory(user=seat.user, village__commune__name="L'Isle").village
    CommitteeMemberFactory(user=seat.user, village__status=VillageStatus.FORMER)
    page = client.get(reverse("villages:committee"))
    assert [kept.pk for kept in page.context["villages"]] == [village.pk, second.pk]
    assert "L’Isle" in page.content.decode()


def test_two_seats_in_one_village_are_one_village(client, seat, village):
    CommitteeMemberFactory(user=seat.user, village=village)
    assert client.get(reverse("villages:committee")).url == address("committee-village", village)
    assert client.get(address("committee-village", village)).status_code == 200


def test_my_space_leads_a_committee_member_to_their_village(client, village):
    page = client.get(reverse("my-space")).content.decode()
    assert address("committee-village", village) in page
    Village.objects.update(status=VillageStatus.FORMER)
    assert address("committee-village", village) not in client.get(reverse("my-space")).content.decode()


# ---- Presses -----------------------------------------------------------------------------------------------------------


def test_a_fact_is_still_true_in_one_press(client, village):
    FactCheckFactory(village=village, topic="shops", checked_on=dt.date(2025, 1, 1), checked_by="Avant", note="Fermé en août.")
    page = client.get(address("committee-village", village))
    assert "à revérifier" in page.content.decode()
    back = client.post(address("committee-fact-confirm", village, "shops"), follow=True)
    assert back.redirect_chain == [(address("committee-village", village), 302)]
    assert said(back) == ["C’est noté\u202f: commerces et services, toujours vrai aujourd’hui."]
    check = FactCheck.objects.get()
    assert (check.checked_on, check.checked_by, check.note) == (timezone.localdate(), "Hélène Daubas", "Fermé en août.")


def test_a_get_of_a_confirmation_changes_nothing(client, village):
    rows = rows_of(village)
    before = [list(model.objects.order_by("pk").values()) for model in (FactCheck, TerritoryProject, SpeedTest, Village)]
    for name in OURS:
        client.get(address_of(name, village, rows))
    assert before == [list(model.objects.order_by("pk").values()) for model in (FactCheck, TerritoryProject, SpeedTest, Village)]


def test_the_page_and_a_project_are_confirmed_in_one_press_each(client, village):
    project = TerritoryProjectFactory(village=village, confirmed_on=dt.date(2024, 1, 1), title="La halle")
    client.post(address("committee-page-confirm", village))
    back = client.post(address("committee-project-confirm", village, project.pk), follow=True)
    village.refresh_from_db()
    project.refresh_from_db()
    assert (village.reviewed_on, village.reviewed_by) == (timezone.localdate(), "Hélène Daubas")
    assert (project.confirmed_on, project.confirmed_by) == (timezone.localdate(), "Hélène Daubas")
    assert "«\u202fLa halle\u202f» en est là où la page le dit." in said(back)[-1]


def test_what_goes_away_is_asked_about_once(client, village):
    rows = rows_of(village)
    for name, model in (("committee-project-remove", TerritoryProject), ("committee-speed-remove", SpeedTest)):
        there = address_of(name, village, rows)
        assert "Retirer «" in client.get(there).content.decode()
        assert model.objects.count() == 1
        assert client.post(there).url == address("committee-village", village)
        assert model.objects.count() == 0


def test_a_refused_press_comes_back_with_its_sentence(client, village, monkeypatch):
    def refuse(**facts):
        raise partnerships.VillageRefused("Non.")

    monkeypatch.setattr(upkeep, "check_fact", refuse)
    assert said(client.post(address("committee-fact-confirm", village, "shops"), follow=True)) == ["Non."]


# ---- Forms -------------------------------------------------------------------------------------------------------------


def test_the_words_are_written_and_come_back_as_typed(client, village):
    there = address("committee-page", village)
    seen = client.get(there).context["seen"]
    typed = {"tagline": "Trois  places", "description": "Un mot.\r\n\r\nUn autre.", "seen": seen}
    assert client.post(there, typed).url == address("committee-village", village)
    village.refresh_from_db()
    assert (village.tagline, village.description, village.reviewed_by) == ("Trois places", "Un mot.\n\nUn autre.", "Hélène Daubas")


def test_words_that_crossed_another_s_are_shown_beside_them_and_win_the_second_time(client, village):
    there = address("committee-page", village)
    typed = {"tagline": "D’Hélène", "description": "À moi.", "seen": client.get(there).context["seen"]}
    upkeep.write_page(village=village, tagline="De Bernard", description="", by="Bernard Lacoste", on=timezone.localdate())
    page = client.post(there, typed)
    text = page.content.decode()
    assert "Bernard Lacoste a modifié cette page entre-temps. Rien n’est perdu" in text
    assert "De Bernard" in text
    assert "D’Hélène</textarea>" in text
    village.refresh_from_db()
    assert village.tagline == "De Bernard"
    client.post(there, typed | {"seen": page.context["seen"]})
    village.refresh_from_db()
    assert (village.tagline, village.description) == ("D’Hélène", "À moi.")


def test_a_form_that_says_not_what_it_had_read_is_asked_again(client, village):
    client.post(address("committee-page", village), {"tagline": "Autre", "description": ""})
    village.refresh_from_db()
    assert village.tagline == "Deux places"


def test_a_note_stands_with_the_fact(client, village):
    NearestAmenityFactory(village=village, kind="bakery", commune=CommuneFactory(name="Lectoure"), kilometres=4)
    there = address("committee-fact", village, "shops")
    assert "Ailleurs\u202f: boulangerie (4\u202fkm, Lectoure)." in client.get(there).content.decode()
    assert client.post(there, {"note": "Le boulanger passe le mardi."}).url == address("committee-village", village)
    assert "Le boulanger passe le mardi." in client.get(address("committee-village", village)).content.decode()
    too_long = client.post(there, {"note": "x" * 241})
    assert FactCheck.objects.get().note == "Le boulanger passe le mardi."
    assert "x" * 241 in too_long.content.decode()


def test_a_project_is_added_and_changed(client, village):
    typed = {"title": "La halle", "stage": "under-way", "year": "2027", "text": "Un toit.", "link": "example.org/halle"}
    assert client.post(address("committee-project-add", village), typed).status_code == 302
    project = TerritoryProject.objects.get()
    assert (project.village, project.link, project.confirmed_by) == (village, "https://example.org/halle", "Hélène Daubas")
    there = address("committee-project", village, project.pk)
    page = client.get(there)
    assert page.context["form"].initial["year"] == 2027
    assert client.post(there, typed | {"stage": "done", "seen": page.context["seen"]}).status_code == 302
    project.refresh_from_db()
    assert project.stage == "done"


def test_projects_that_crossed_are_shown_side_by_side(client, village):
    project = TerritoryProjectFactory(village=village, title="La halle")
    there = address("committee-project", village, project.pk)
    seen = client.get(there).context["seen"]
    village_life.change_project(project=project, title="De Bernard", stage="done", by="Bernard Lacoste", on=timezone.localdate())
    page = client.post(there, {"title": "D’Hélène", "stage": "study", "seen": seen}).content.decode()
    assert "Bernard Lacoste a modifié ce projet entre-temps. Rien n’est perdu" in page
    assert "De Bernard" in page
    assert 'value="D’Hélène"' in page


MEASURED = {"where": "Mairie", "measured_on": "2026-01-30", "down_mbps": "9", "up_mbps": "1"}


@pytest.mark.parametrize(
    ("name", "typed", "field", "sentence"),
    [
        ("committee-project-add", {"title": "", "stage": "study"}, "title", "Ce champ est obligatoire."),
        ("committee-project-add", {"title": "La halle", "stage": "rêvé"}, "stage", "Sélectionnez un choix valide"),
        ("committee-project-add", {"title": "La halle", "stage": "study", "year": "1789"}, "year", "1990"),
        ("committee-project-add", {"title": "La halle", "stage": "study", "link": "ftp://example.org"}, "link", "URL valide"),
        ("committee-speed-add", MEASURED | {"measured_on": "2199-01-01"}, "measured_on", "encore à venir"),
        ("committee-speed-add", MEASURED | {"measured_on": "2999-01-01"}, "measured_on", "L’année est-elle juste"),
        ("committee-speed-add", MEASURED | {"measured_on": "2026-02-30"}, "measured_on", "date valide"),
        ("committee-speed-add", MEASURED | {"down_mbps": "vite"}, "down_mbps", "nombre"),
        ("committee-absence", {"first": "2199-01-09", "last": "2199-01-02"}, "last", "vient après le premier"),
        ("committee-absence", {"first": "2999-01-09", "last": "2999-01-02"}, "last", "L’année est-elle juste"),
        ("committee-absence", {"first": "2020-01-01", "last": "2020-01-02"}, "last", "est passé"),
        ("committee-capacity", {"families": "-1"}, "families", "0"),
        ("committee-capacity", {"families": "beaucoup"}, "families", "nombre entier"),
        ("committee-pause", {"until": "2020-01-01"}, "until", "est passé"),
    ],
)
def test_a_wrong_answer_is_said_beside_its_field_and_nothing_is_lost(client, village, name, typed, field, sentence):
    rows = rows_of(village)
    before = [list(model.objects.order_by("pk").values()) for model in (TerritoryProject, SpeedTest, Village)]
    text = client.post(address_of(name, village, rows), typed).content.decode()
    beside = re.search(rf'<ul class="errors" id="id_{field}_error">(.*?)</ul>', text, re.DOTALL)
    assert beside, text
    assert sentence in beside.group(1)
    for name, value in typed.items():
        assert not value or name == "stage" or f'name="{name}" value="{value}"' in text
    assert before == [list(model.objects.order_by("pk").values()) for model in (TerritoryProject, SpeedTest, Village)]


def test_a_refusal_of_the_service_stands_at_the_head_of_the_form(client, village):
    TerritoryProjectFactory(village=village, title="La halle")
    page = client.post(address("committee-project-add", village), {"title": "La halle", "stage": "study"})
    assert "«\u202fLa halle\u202f» est déjà sur la page\u202f: modifiez-le plutôt." in page.content.decode()
    assert TerritoryProject.objects.count() == 1


def test_a_measure_is_typed_with_a_comma(client, village):
    typed = {"where": "La mairie", "measured_on": timezone.localdate().isoformat(), "down_mbps": "93,4", "up_mbps": "40"}
    assert client.post(address("committee-speed-add", village), typed).status_code == 302
    assert str(SpeedTest.objects.get().down_mbps) == "93.4"
    assert "93,4 Mb/s en réception" in client.get(address("committee-village", village)).content.decode()


def test_anybody_of_the_committee_says_that_another_is_away(client, village, seat):
    deputy = CommitteeMemberFactory(village=village, name="Bernard Lacoste")
    today = timezone.localdate()
    typed = {"first": today.isoformat(), "last": (today + dt.timedelta(days=3)).isoformat()}
    client.post(address("committee-absence", village, seat.pk), typed)
    page = client.get(address("committee-village", village)).content.decode()
    assert "le courrier va à <b>Bernard Lacoste</b>" in page
    client.post(address("committee-absence", village, deputy.pk), typed)
    assert "Vous êtes tous absents aujourd’hui" in client.get(address("committee-village", village)).content.decode()
    client.post(address("committee-absence-end", village, deputy.pk))
    deputy.refresh_from_db()
    assert deputy.absent_from is None


def test_the_welcome_is_measured_paused_and_taken_up_again(client, village):
    client.post(address("committee-capacity", village), {"families": "4"})
    until = timezone.localdate() + dt.timedelta(days=20)
    client.post(address("committee-pause", village), {"until": until.isoformat()})
    village.refresh_from_db()
    assert (village.monthly_capacity, village.status, village.paused_until) == (4, VillageStatus.PAUSED, until)
    assert "Accueil en pause" in client.get(address("committee-village", village)).content.decode()
    client.post(address("committee-resume", village))
    village.refresh_from_db()
    assert village.status == VillageStatus.PARTNER
    client.post(address("committee-pause", village), {"until": ""})
    village.refresh_from_db()
    assert (village.status, village.paused_until) == (VillageStatus.PAUSED, None)


# ---- What the roof joins -------------------------------------------------------------------------------------------------


def test_introductions_stand_first_where_the_roof_brings_them_and_nothing_stands_there_otherwise(seat, tmp_path, settings):
    (tmp_path / "introductions.html").write_text("<p>Trois familles pour {{ whose }}</p>", encoding="utf-8")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    request = RequestFactory().get("/")
    request.user = seat.user

    def bring(asked):
        return {"beside_template": "introductions.html", "whose": asked.name}

    with_them = views.village(request, seat.village.slug, beside=bring).content.decode()
    assert with_them.index("Trois familles pour Hélène Daubas") < with_them.index('id="logements"')
    assert "Trois familles" not in views.village(request, seat.village.slug).content.decode()


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_costs_the_same_queries_whatever_there_is(client, village, count, django_assert_num_queries):
    for number in range(count):
        TerritoryProjectFactory(village=village, title=f"Projet {number}")
        SpeedTestFactory(village=village)
        CommitteeMemberFactory(village=village)
        IntroductionFactory(village=village, sent=True)
        IntroductionFactory(village=village, accepted=True)
    for topic in FactTopic:
        FactCheckFactory(village=village, topic=topic)
    with django_assert_num_queries(12):  # session, user, seat; the desk's seven; families asked about, families met
        client.get(address("committee-village", village))
