"""No form passes a stranger's words on to an address they typed, and none of them fills a mailbox."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from common.rate_limits import LETTERS_A_DAY, mailbox_of
from members.models import User
from outbox.models import Letter
from projects.introductions.services import ask_consent
from projects.models import Holder, ProjectFile
from sohosolo import trials
from tests.factories.members import UserFactory
from tests.factories.projects import IntroductionFactory
from tests.factories.telecentres import DeskFactory, TelecentreFactory

pytestmark = pytest.mark.django_db

VICTIM = "victime@example.org"
BAIT = "Gagnez sur piege.example"
PASSWORD = "quatre mots choisis ensemble"


def lay_down(number=0, email=VICTIM, client=None):
    facts = {"first_name": BAIT, "last_name": BAIT, "title": BAIT, "summary": BAIT, "consent": "on", "key": f"{number:020}"}
    return (client or Client()).post(reverse("projects:lay-down"), facts | {"email": email})


def ask_for_news(number=0, email=VICTIM):
    asked = {"of": "villages", "query": f"q={BAIT}{number}", "rhythm": "daily", "email": email}
    return Client().post(reverse("villages:new-search"), asked)


def sign_up(number=0, email=VICTIM):
    return Client().post(reverse("account_signup"), {"email": email, "password1": PASSWORD, "first_name": BAIT, "last_name": BAIT})


def forget_password(number=0, email=VICTIM):
    return Client().post(reverse("account_reset_password"), {"email": email})


def ask_for_a_code(number=0, email=VICTIM):
    return Client().post(reverse("account_request_login_code"), {"email": email})


def change_address(number=0, email=VICTIM):
    user = UserFactory(first_name=BAIT, last_name=BAIT)
    browser = Client()
    browser.force_login(user)
    browser.post(reverse("account_reauthenticate"), {"password": "une phrase longue et simple"})
    return browser.post(reverse("account_email"), {"action_add": "", "email": email})


def book_for_a_passer_by(number=0, email=VICTIM):
    place = TelecentreFactory(slug=f"place-{number}")
    DeskFactory(telecentre=place)
    host = UserFactory(second_step=True)
    place.hosts.add(host)
    browser = Client()
    browser.force_login(host)
    call = {"who": email, "day": "2027-03-09", "stretch": "morning", "desk": "any", "note": BAIT, "key": f"k{number}"}
    return browser.post(reverse("telecentres:book-for", args=[place.slug]), call)


FORMS = [lay_down, ask_for_news, sign_up, forget_password, ask_for_a_code, change_address, book_for_a_passer_by]


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to("2027-03-08T09:00:00+01:00")


def letters_to(address=VICTIM):
    return [letter for letter in Letter.objects.order_by("pk") if mailbox_of(letter.to) == mailbox_of(address)]


def everything_in(letter) -> str:
    return " ".join([letter.subject, letter.text, letter.html, str(letter.headers), str(letter.attachments)])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_letter_to_an_address_a_stranger_typed_holds_our_words_alone(form):
    form()
    (letter,) = letters_to()
    assert letter.text
    assert "piege" not in everything_in(letter)
    assert "Gagnez" not in everything_in(letter)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_no_form_writes_to_one_address_more_often_than_its_budget(form, time_machine):
    for number in range(LETTERS_A_DAY + 2):
        form(number, VICTIM.replace("@", f"+{number}@") if number % 2 else VICTIM.upper())
    assert 0 < len(letters_to()) <= LETTERS_A_DAY
    before = len(letters_to())
    time_machine.move_to("2027-03-09T05:00:00+01:00")
    form(90)
    assert len(letters_to()) == before + 1, "the next day is another one"


def test_all_forms_together_have_one_budget_for_an_address():
    for form in FORMS:
        form()
    assert len(letters_to()) == LETTERS_A_DAY


def test_what_is_no_address_is_not_written_to(client):
    answer = book_for_a_passer_by(email=f"{BAIT} <{VICTIM}>")
    assert answer.status_code == 422
    assert "adresse" in answer.content.decode()
    assert not Letter.objects.exists()


# ---- The owner confirms, and is then written to in full ------------------------------------------------------------------


def link_in(letter) -> str:
    return re.search(r"/mon-adresse/[\w:-]+/", letter.text)[0]


def test_the_owner_confirms_with_a_press_and_then_gets_the_copy(client):
    lay_down()
    link = link_in(letters_to()[0])
    page = client.get(link).content.decode()
    assert VICTIM in page
    assert "piege" not in page
    assert Holder.objects.get().confirmed_email == "", "to look confirms nothing"
    answer = client.post(link, follow=True)
    assert answer.status_code == 200
    assert "nos lettres peuvent désormais parler de votre projet" in answer.content.decode().replace("&#x27;", "’")
    assert Holder.objects.get().address_is_confirmed
    assert [BAIT in letter.text for letter in letters_to()] == [False, True]
    client.post(link)
    assert len(letters_to()) == 2, "pressed twice is pressed once"


def test_the_link_confirms_no_other_address(client):
    lay_down()
    link = link_in(letters_to()[0])
    Holder.objects.update(email="autre@example.org")
    assert client.post(link).status_code == 410
    assert client.get(link).status_code == 410
    assert not Holder.objects.get().address_is_confirmed


def test_whoever_signs_in_with_the_address_has_confirmed_it_already(client):
    user = UserFactory(email=VICTIM)
    client.force_login(user)
    lay_down(client=client)
    assert Holder.objects.get().address_is_confirmed
    assert BAIT in letters_to()[0].text


def test_whoever_signs_in_with_another_address_has_not(client):
    client.force_login(UserFactory())
    lay_down(client=client)
    assert not Holder.objects.get().address_is_confirmed
    assert "piege" not in everything_in(letters_to()[0])
    assert link_in(letters_to()[0])


def test_an_unverified_account_confirms_nothing(client):
    client.force_login(UserFactory(email=VICTIM, verified=False))
    lay_down(client=client)
    assert not Holder.objects.get().address_is_confirmed
    assert link_in(letters_to()[0])


def test_a_consent_asked_too_early_is_asked_once_the_address_is_confirmed(client):
    lay_down()
    file = ProjectFile.objects.get()
    IntroductionFactory(file=file)
    ask_consent(file=file, by=UserFactory(adviser=True))
    assert not [letter for letter in letters_to() if "piege" in everything_in(letter)]
    client.post(link_in(letters_to()[0]))
    assert [letter for letter in letters_to() if "/accord/" in letter.text]


@pytest.mark.parametrize(
    ("confirmed", "said"), [(True, "adresse confirmée par son propriétaire"), (False, "adresse non confirmée")]
)
def test_an_adviser_sees_whether_the_address_is_confirmed(client, client_of, settings, confirmed, said):
    settings.STAFF_MFA_REQUIRED = False
    adviser = UserFactory(adviser=True)
    lay_down()
    if confirmed:
        client.post(link_in(letters_to()[0]))
    page = client_of(adviser).get(ProjectFile.objects.get().get_admin_url()).content.decode()
    assert said in page


def test_no_trial_and_no_account_for_an_address_that_nobody_confirmed(client):
    UserFactory(email=VICTIM)
    lay_down()
    file = ProjectFile.objects.get()
    with pytest.raises(trials.TrialRefused, match="confirm"):
        trials.grant_trial_to_holder(file=file, half_days=4, by=UserFactory(adviser=True))
    assert Holder.objects.get().user is None
    assert User.objects.filter(email=VICTIM).count() == 1
