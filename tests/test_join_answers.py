"""Carrying one's answers into one's own project file: where the matching and the files meet."""

import re

import pytest
from django.utils import timezone

from projects import services
from projects.enums import Direction, EventKind
from projects.models import Event
from projects.timeline import timeline_of
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory
from tests.factories.villages import CommuneFactory

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


def test_whoever_has_no_open_file_is_not_asked(client_of):
    closed = ProjectFileFactory(holder=HolderFactory(user=UserFactory()), closed=True)
    for user in (None, UserFactory(), closed.holder.user):
        response = client_of(user).get(f"{MATCHES}?{ANSWERS}")
        assert "Joindre ces réponses" not in response.content.decode()
        assert "csrftoken" not in response.cookies


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
    with pytest.raises(services.EventRefused, match="clos"):
        services.note_answers(file=closed, address="https://example.org/?a=b", summary="Louer", by=UserFactory())
    assert timeline_of(closed, whole=True).total == 0


def test_the_note_carries_the_hour_it_was_sent():
    file, now = ProjectFileFactory(), timezone.now()
    assert (
        services.note_answers(file=file, address="https://example.org/?a=b", summary="Louer", by=UserFactory(), now=now).at == now
    )
