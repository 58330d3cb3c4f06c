"""Carrying one's answers into one's own project file: where the matching and the files meet."""

import re
from html import unescape

import pytest
from django.utils import timezone

from projects.activity import refusals
from projects.enums import Direction, EventKind
from projects.files.timeline import timeline_of
from projects.household.answers import Answers
from projects.household.services import join_answers
from projects.models import Event, ProjectFile
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory
from tests.factories.villages import CommuneFactory, HousingFactory, VillageFactory
from villages.enums import HousingAudience

pytestmark = pytest.mark.django_db

JOIN, MATCHES = "/villages/trouver/joindre/", "/villages/trouver/resultats/"
ANSWERS = "connexion=toujours&logement=louer&budget=650"


@pytest.fixture
def file():
    return ProjectFileFactory(holder=HolderFactory(user=UserFactory()), supported=True)


def join(browser, file, answers=ANSWERS):
    return browser.post(JOIN, {"file": file.reference, "answers": answers})


def test_the_holder_of_an_open_file_joins_their_answers_and_the_adviser_reads_them(client_of, file, settings):
    settings.STAFF_MFA_REQUIRED = False
    CommuneFactory(insee_code=settings.TERRITORY.chief_town)
    holder = client_of(file.holder.user)
    page = holder.get(f"{MATCHES}?{ANSWERS}").content.decode()
    assert "Joindre ces réponses à mon dossier" in page
    sent = re.search(r'name="file" value="([^"]+)"><input type="hidden" name="answers" value="([^"]+)"', page)
    response = holder.post(JOIN, {"file": sent[1], "answers": sent[2].replace("&amp;", "&")}, follow=True)
    assert response.redirect_chain == [(f"{MATCHES}?{ANSWERS}", 302)]
    assert f"Vos réponses sont dans votre dossier {file.reference}" in response.content.decode()
    assert "Joindre ces réponses" not in response.content.decode()
    event = file.events.get()
    assert (event.kind, event.direction, event.author) == (EventKind.NOTE, Direction.IN, file.holder.user)
    assert event.text.splitlines()[0] == "Visios et gros fichiers, toute la journée"
    address = event.text.splitlines()[-1]
    assert address == f"{settings.SITE_URL}{MATCHES}?{ANSWERS}"
    adviser = client_of(UserFactory(adviser=True))
    desk = adviser.get(file.get_admin_url()).content.decode()
    assert f'<a href="{address.replace("&", "&amp;")}"' in desk
    assert adviser.get(address.removeprefix(settings.SITE_URL)).status_code == 200


def test_the_same_answers_are_joined_once_in_any_language_and_order(client_of, file):
    holder = client_of(file.holder.user)
    join(holder, file)
    join(holder, file, "budget=650&logement=louer&connexion=toujours&pieces=")
    holder.post(f"/en{JOIN}", {"file": file.reference, "answers": ANSWERS})
    assert Event.objects.count() == 1
    join(holder, file, ANSWERS.replace("650", "700"))
    assert Event.objects.count() == 2


def test_joining_is_no_contact(client_of, file):
    join(client_of(file.holder.user), file)
    file.refresh_from_db()
    assert (file.last_contact_in_at, file.last_contact_out_at) == (None, None)


def test_nobody_joins_anything_to_another_file(client_of, file):
    closed = ProjectFileFactory(holder=HolderFactory(user=UserFactory()), closed=True)
    people = {
        "another holder": ProjectFileFactory(holder=HolderFactory(user=UserFactory())).holder.user,
        "somebody": UserFactory(),
        "an adviser": UserFactory(adviser=True),
        "an administrator": UserFactory(admin=True),
    }
    assert {who: join(client_of(user), file).status_code for who, user in people.items()} == dict.fromkeys(people, 404)
    assert join(client_of(closed.holder.user), closed).status_code == 404
    assert client_of(file.holder.user).post(JOIN).status_code == 404
    assert join(client_of(), file)["Location"].startswith("/comptes/login/")
    assert not Event.objects.exists()


def test_whoever_has_no_open_file_is_not_asked(client_of, file):
    closed = ProjectFileFactory(holder=HolderFactory(user=UserFactory()), closed=True)
    for user in (None, UserFactory(), closed.holder.user):
        response = client_of(user).get(f"{MATCHES}?{ANSWERS}")
        assert "Joindre ces réponses" not in response.content.decode()
        assert "csrftoken" not in response.cookies
    assert "Joindre ces réponses" in client_of(file.holder.user).get(f"{MATCHES}?{ANSWERS}").content.decode()


def test_each_open_file_has_its_own_button(client_of, file):
    other = ProjectFileFactory(holder=file.holder)
    page = client_of(file.holder.user).get(f"{MATCHES}?{ANSWERS}").content.decode()
    assert [reference in page for reference in (file.reference, other.reference)] == [True, True]
    assert page.count("Joindre ces réponses à mon dossier") == 2


def test_answers_that_are_not_complete_go_back_to_the_questions(client_of, file):
    response = join(client_of(file.holder.user), file, "budget=650")
    assert response["Location"] == "/villages/trouver/?budget=650"
    assert not Event.objects.exists()


def test_a_closed_file_takes_no_answers():
    closed = ProjectFileFactory(closed=True)
    with pytest.raises(refusals.EventRefused, match="clos"):
        join_answers(file=closed, answers=Answers.read(ANSWERS), by=UserFactory())
    assert timeline_of(closed, whole=True).total == 0


def test_the_note_carries_the_hour_it_was_sent():
    file, now = ProjectFileFactory(), timezone.now()
    assert join_answers(file=file, answers=Answers.read(ANSWERS), by=UserFactory(), now=now).at == now


# ---- They fill the household, and villages are ranked by them -----------------------------------------------------------

FAMILY = "connexion=parfois&adultes=2&elementaire=2&college=1&logement=louer&budget=900&pieces=4"


def household_panel(page: str) -> list[str]:
    """What the file's page says of the household, line by line."""
    panel = re.search(r'id="foyer".*?</section>', page, re.DOTALL)[0]
    return [re.sub(r"<[^>]+>", "", line).strip() for line in re.findall(r"<dd>(.*?)</dd>", panel, re.DOTALL)]


@pytest.fixture
def desk(client_of, settings):
    settings.STAFF_MFA_REQUIRED = False
    return client_of(UserFactory(adviser=True))


def test_joined_answers_fill_the_household_that_the_adviser_reads(client_of, desk, file):
    join(client_of(file.holder.user), file, FAMILY)
    assert household_panel(desk.get(file.get_admin_url()).content.decode()) == [
        "2 adultes, 3 enfants",
        "2 enfants\u202f: à l’école élémentaire\u202f; 1 enfant\u202f: au collège",
        "Louer, 900\u202f€ par mois au plus, 4 pièces au moins",
    ]
    page = desk.get(file.get_admin_url().replace("/change/", "/accord/")).content.decode()
    assert "2 adultes, 3 enfants" in page


def test_joined_answers_rank_the_villages_of_the_file(client_of, desk, file):
    dear, fitting = (VillageFactory(commune__name=name, slug=name.lower()) for name in ("Aignan", "Barran"))
    HousingFactory(village=dear, price=1200, rooms=5)
    HousingFactory(village=fitting, price=850, rooms=5)
    join(client_of(file.holder.user), file, FAMILY)
    page = desk.get(file.get_admin_url().replace("/change/", "/villages/")).content.decode()
    assert "Barran" in page
    assert "Aignan" not in page, "its only home is beyond the budget that was joined"


@pytest.mark.parametrize(("stage", "is_offered"), [("supported", True), ("new", False)])
def test_homes_kept_for_candidates_are_offered_to_whom_an_adviser_knows(client_of, desk, file, stage, is_offered):
    HousingFactory(village=VillageFactory(commune__name="Autre"), price=2000)
    kept = {"price": 850, "rooms": 5, "audience": HousingAudience.QUALIFIED}
    HousingFactory(village=VillageFactory(commune__name="Barran", slug="barran"), **kept)
    join(client_of(file.holder.user), file, FAMILY)
    ProjectFile.objects.filter(pk=file.pk).update(stage=stage)
    page = desk.get(file.get_admin_url().replace("/change/", "/villages/")).content.decode()
    assert ("Barran" in page) is is_offered


def test_villages_are_ranked_for_the_household_as_the_adviser_corrected_it(client_of, desk, file):
    HousingFactory(village=VillageFactory(commune__name="Aignan", slug="aignan"), price=1200, rooms=5)
    HousingFactory(village=VillageFactory(commune__name="Barran", slug="barran"), price=850, rooms=5)
    join(client_of(file.holder.user), file, FAMILY)
    form = form_in(desk.get(file.get_admin_url()).content.decode()) | {"household-0-housing_budget": "1300"}
    assert desk.post(file.get_admin_url(), form).status_code == 302
    assert "Aignan" in desk.get(file.get_admin_url().replace("/change/", "/villages/")).content.decode()


def test_later_answers_take_the_place_of_earlier_ones_and_leave_what_the_team_wrote(client_of, desk, file):
    holder = client_of(file.holder.user)
    join(holder, file, FAMILY)
    form = form_in(desk.get(file.get_admin_url()).content.decode()) | {"household-0-adults": "4"}
    assert desk.post(file.get_admin_url(), form).status_code == 302
    join(holder, file, "connexion=parfois&adultes=1&logement=acheter")
    assert household_panel(desk.get(file.get_admin_url()).content.decode()) == [
        "4 adultes, 3 enfants",
        "2 enfants\u202f: à l’école élémentaire\u202f; 1 enfant\u202f: au collège",
        "Acheter",
    ], "a budget a month is none for a home to buy"
    note = file.events.latest("pk").text
    assert note.splitlines()[0] == "Resté comme l’équipe l’avait noté au dossier\u202f: adultes"


def test_answers_joined_again_after_others_are_the_files_answers_again(client_of, file):
    holder = client_of(file.holder.user)
    for answers in (ANSWERS, FAMILY, ANSWERS):
        join(holder, file, answers)
    file.refresh_from_db()
    assert file.answers == ANSWERS
    assert file.household.housing_budget == 650
    assert file.events.count() == 3


def test_what_the_answers_leave_unsaid_stays_unknown(client_of, desk, file):
    join(client_of(file.holder.user), file, "connexion=parfois&logement=louer&partenaire=distance")
    household = file.household
    assert (household.adults, household.children, household.housing_budget, household.rooms) == (None, None, None, None)
    assert household_panel(desk.get(file.get_admin_url()).content.decode()) == ["À distance aussi", "Louer"]
    form = form_in(desk.get(file.get_admin_url()).content.decode())
    assert desk.post(file.get_admin_url(), form).status_code == 302
    household.refresh_from_db()
    assert (household.adults, household.children) == (None, None), "nor does a look through the form make it one adult"


def form_in(page: str) -> dict[str, str]:
    """What the file's form sends when nothing is changed in it."""
    form = re.search(r'<form[^>]*id="projectfile_form".*?</form>', page, re.DOTALL)[0]
    sent = {}
    for tag in re.findall(r"<(?:input|textarea|select)[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        if not name or (kind and kind[1] in ("submit", "checkbox") and "checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        sent[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = unescape(text).strip()
    return sent
