"""A project laid down by a stranger: little is asked, nothing is lost, two presses make one file, and it has an adviser at once."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.urls import reverse

from members.enums import Role
from outbox.models import Letter
from projects import links
from projects.enums import Ball, ClosingReason, ConsentPurpose, IntroductionState, Origin, Stage
from projects.intake.services import adviser_for_new_file, lay_down
from projects.models import Consent, Holder, ProjectFile, Task, TaskTemplate
from tests.factories.members import UserFactory
from tests.factories.projects import IntroductionFactory, ProjectFileFactory
from tests.factories.villages import VillageFactory
from tests.projects.threads import in_threads

pytestmark = pytest.mark.django_db

PAGE = reverse("projects:lay-down")
NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)
NEEDED = {
    "first_name": "Camille",
    "last_name": "Ferrand",
    "email": "camille@example.org",
    "title": "Traductrice indépendante",
    "consent": "on",
    "key": "k" * 20,
}


@pytest.fixture
def adviser():
    return UserFactory(adviser=True, first_name="Claire", last_name="Marsan")


def file_linked_in(text):
    """Whose own page `text` leads to; links of two seconds differ, so none is compared with another."""
    return links.file_of(re.search(r"/mon-projet/([\w:-]+)/", text)[1])


def test_a_stranger_lays_a_project_down(client, adviser):
    TaskTemplate.objects.create(stage=Stage.NEW, title="Premier appel", working_days=3)
    village = VillageFactory(commune__name="Saint-Clar", slug="saint-clar")
    wish = {"wished_on": "mars 2030", "village": village.slug, "answers": "maison=louer", "phone": "06 12 34 56 78"}
    answer = client.post(PAGE, NEEDED | wish, follow=True)
    file = ProjectFile.objects.get()
    assert (file.adviser, file.stage, file.origin, file.ball) == (adviser, Stage.NEW, Origin.WEB, Ball.ADVISER)
    assert file.reference in answer.content.decode()
    assert (file.answers, file.household.wished_on) == ("maison=louer", dt.date(2030, 3, 1))
    assert (file.summary, file.household.wished_village) == ("", village), "no other village reads which one they think of"
    assert set(Consent.objects.values_list("purpose", flat=True)) == {ConsentPurpose.FILE}
    assert "Effacées deux ans" in Consent.objects.get(purpose=ConsentPurpose.FILE).words
    letter = Letter.objects.get()
    assert letter.to == "camille@example.org"
    assert file.reference in letter.subject
    assert "Claire Marsan" in letter.text
    assert "Traductrice" not in letter.text
    client.post(re.search(r"/mon-adresse/[\w:-]+/", letter.text)[0])
    copy = Letter.objects.exclude(pk=letter.pk).get()
    assert file.reference in copy.subject
    assert file_linked_in(copy.text) == file
    assert "Claire Marsan" in copy.text
    assert "Traductrice indépendante" in copy.text
    assert Task.objects.get().title == "Premier appel"


def test_the_same_form_sent_twice_is_one_file(client, adviser):
    for _press in range(2):
        assert client.post(PAGE, NEEDED).status_code == 302
    assert (ProjectFile.objects.count(), Holder.objects.count(), Letter.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_are_dealt_out_evenly_and_a_double_press_is_one():
    for _ in range(2):
        UserFactory(adviser=True)
    facts = {name: NEEDED[name] for name in ("first_name", "last_name", "email", "title")}
    outcomes = in_threads(10, lambda n: lay_down(key=f"key-{n // 2}", **facts))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    dealt = [ProjectFile.objects.filter(adviser=user).count() for user in type(UserFactory()).objects.advisers()]
    assert sorted(dealt) == [2, 3]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "camille@gmail"}, "adresse"),
        ({"email": ""}, "obligatoire"),
        ({"wished_on": "x" * 121}, "120"),
        ({"consent": ""}, "Sans cet accord"),
        ({"phone": "12"}, "ne peut être composé"),
        ({"title": "x" * 161}, "160"),
        ({"village": "nulle-part"}, "choix"),
        ({"key": ""}, "trop ancienne"),
    ],
)
def test_what_is_wrong_is_said_and_all_that_was_typed_is_kept(client, adviser, wrong, said, time_machine):
    time_machine.move_to(NOON)
    answer = client.post(PAGE, NEEDED | {"summary": "Une maison, un jardin"} | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Une maison, un jardin" in page
    assert not ProjectFile.objects.exists()
    assert "Une maison, un jardin" in client.get(PAGE).content.decode(), "and it is there when one comes back"


def test_a_draft_is_kept_without_a_press_and_by_the_button(client, time_machine):
    time_machine.move_to(NOON)
    typed = {"first_name": "Camille", "summary": "Louer d’abord"}
    answer = client.post(reverse("projects:draft"), typed)
    assert "gardé pour cet appareil à 12\u202fh, pendant 30 jours" in answer.content.decode()
    assert "Louer d’abord" in client.get(PAGE).content.decode()
    client.post(PAGE, typed | {"later": "1", "summary": "Acheter"})
    assert "Acheter" in client.get(PAGE).content.decode()
    assert not ProjectFile.objects.exists()
    time_machine.move_to(NOON + dt.timedelta(days=31))
    assert "Acheter" not in client.get(PAGE).content.decode()


def test_looking_sets_no_session(client):
    client.get(PAGE)
    assert "sessionid" not in client.cookies
    client.post(reverse("projects:draft"), {"summary": "Louer d’abord"})
    assert "sessionid" in client.cookies


def test_a_machine_that_fills_in_everything_opens_no_file(client, adviser):
    assert client.post(PAGE, NEEDED | {"website": "https://spam.example"}).status_code == 302
    assert not ProjectFile.objects.exists()


def test_not_too_many_from_one_place(client, adviser):
    for number in range(10):
        assert client.post(PAGE, NEEDED | {"key": f"{number:020}"}).status_code == 302
    answer = client.post(PAGE, NEEDED | {"key": "z" * 20})
    assert answer.status_code == 429
    assert "Traductrice indépendante" in answer.content.decode()


def test_whoever_is_signed_in_stays_the_person_they_are(client, adviser):
    file = ProjectFileFactory(holder__user=UserFactory())
    client.force_login(file.holder.user)
    client.post(PAGE, NEEDED)
    assert ProjectFile.objects.latest("pk").holder == file.holder


def test_a_stranger_who_gives_a_known_address_is_somebody_new(client, adviser):
    known = ProjectFileFactory(holder__email="camille@example.org").holder
    client.post(PAGE, NEEDED)
    assert ProjectFile.objects.latest("pk").holder != known


def test_the_turn_is_of_who_has_fewest_then_of_who_waited_longest_and_never_of_who_is_away():
    busy, idle, away = (UserFactory(adviser=True) for _ in range(3))
    away.absent_from, away.absent_until = dt.date(2026, 11, 20), dt.date(2026, 11, 30)
    away.save()
    ProjectFileFactory(adviser=busy, adviser_since=NOON)
    ProjectFileFactory.create_batch(3, adviser=idle, closed=True)
    UserFactory().groups.add(Group.objects.get_or_create(name=Role.LEAD)[0])
    assert adviser_for_new_file(NOON.date()) == idle
    ProjectFileFactory(adviser=idle, adviser_since=NOON + dt.timedelta(hours=1))
    assert adviser_for_new_file(NOON.date()) == busy


def test_with_nobody_there_the_file_waits(client):
    client.post(PAGE, NEEDED)
    assert ProjectFile.objects.get().adviser is None


# ---- The holder's own page ---------------------------------------------------------------------------------------------


def test_the_own_page_says_where_it_stands_and_what_was_shared(client, adviser):
    introduction = IntroductionFactory(sent=True, village__commune__name="Saint-Clar", file__adviser=adviser)
    page = client.get(links.file_link(introduction.file)).content.decode()
    assert "Claire Marsan" in page
    assert "Saint-Clar" in page
    assert "Nadia Ferrand" in page, "word for word what was shared"


def test_a_press_takes_every_introduction_back(client, adviser):
    introduction = IntroductionFactory(sent=True, file__adviser=adviser)
    link = links.file_link(introduction.file)
    assert client.get(link + "agir/").status_code == 405
    client.post(link + "agir/", {"act": "withdraw"})
    introduction.refresh_from_db()
    assert introduction.state == IntroductionState.WITHDRAWN
    assert "ne montre plus rien de vous aux villages" in client.get(link).content.decode()


def test_the_holder_ends_the_project_and_may_not_do_it_twice(client, adviser):
    introduction = IntroductionFactory(sent=True, file__adviser=adviser)
    link = links.file_link(introduction.file) + "agir/"
    assert client.post(link, {"act": "end"}).status_code == 302
    introduction.file.refresh_from_db()
    assert (introduction.file.stage, introduction.file.closing_reason) == (Stage.CLOSED, ClosingReason.GAVE_UP)
    assert client.post(link, {"act": "end"}).status_code == 404
    assert client.post(link, {"act": "anything"}).status_code == 404


def test_a_link_dies_with_the_file_and_a_forged_one_opens_nothing(client):
    file = ProjectFileFactory(closed=True)
    link = links.file_link(file)
    ProjectFile.objects.filter(pk=file.pk).update(stage=Stage.ANONYMISED)
    assert client.get(link).status_code == 410
    assert client.post(link + "agir/", {"act": "withdraw"}).status_code == 410
    assert client.get(reverse("projects:own-file", args=["abc"])).status_code == 410


def test_nobody_else_finds_a_file_by_its_reference(client):
    file = ProjectFileFactory(holder__user=UserFactory())
    client.force_login(UserFactory())
    assert client.get(reverse("projects:mine", args=[file.reference])).status_code == 404
    client.force_login(file.holder.user)
    assert file_linked_in(client.get(reverse("projects:mine", args=[file.reference]))["Location"]) == file


def test_drafts_begun_from_one_place_are_bounded_and_nothing_typed_is_lost(client, monkeypatch):
    monkeypatch.setattr("projects.intake.views.DRAFTS_AN_HOUR", 1)
    url, typed = reverse("projects:draft"), {"first_name": "Camille", "summary": "Ouvrir une librairie"}
    assert [client.post(url, typed).status_code for _ in range(3)] == [200, 200, 200], "whoever began may go on"
    client.cookies.clear()
    sessions = Session.objects.count()
    assert client.post(url, typed).status_code == 429
    answer = client.post(PAGE, typed | {"later": "1"})
    assert answer.status_code == 429
    assert "Ouvrir une librairie" in answer.content.decode()
    assert Session.objects.count() == sessions
