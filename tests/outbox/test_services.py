import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from outbox import services
from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.outbox import LetterFactory

pytestmark = pytest.mark.django_db

WORDS = {"to": "camille@example.org", "subject": "Votre poste est réservé", "text": "Jeudi matin."}


class ForgetIt(Exception):
    pass


def test_a_letter_is_owed_only_if_the_fact_holds(woken, django_capture_on_commit_callbacks):
    @transaction.atomic
    def book_and_fail():
        services.post(key="booking:1", **WORDS)
        raise ForgetIt

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ForgetIt):
        book_and_fail()
    assert Letter.objects.count() == 0
    assert woken == []


def test_the_same_key_twice_is_one_letter_and_changes_nothing(woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = services.post(key="booking:1", **WORDS)
        second = services.post(key="booking:1", **WORDS | {"to": "somebody.else@example.org"})
    assert (second.pk, second.to) == (first.pk, "camille@example.org")
    assert woken == [first.pk]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_same_key_owe_one_letter(woken):
    start, written = threading.Barrier(2), []

    def post():
        start.wait()
        try:
            written.append(services.post(key="booking:1", **WORDS).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(written) == 2
    assert set(written) == {Letter.objects.get().pk}
    assert woken == [Letter.objects.get().pk]


def test_a_letter_for_later_asks_no_worker_now(woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        services.post(key="booking:1", send_after=timezone.now() + dt.timedelta(hours=1), **WORDS)
    assert woken == []


def test_the_message_id_comes_from_the_key_and_the_sender(settings):
    settings.DEFAULT_FROM_EMAIL = "Le réseau <bonjour@villages.example>"
    one, other = services.post(key="booking:1", **WORDS), services.post(key="booking:2", **WORDS)
    assert one.message_id == services.message_id_of("booking:1")
    assert one.message_id != other.message_id
    assert one.message_id.endswith("@villages.example>")


def test_a_subject_is_one_line_that_fits():
    letter = services.post(key="booking:1", **WORDS | {"subject": "Bcc: all@example.org\r\n" + "très " * 100})
    assert "\n" not in letter.subject
    assert len(letter.subject) == 250
    assert letter.subject.endswith("…")


@pytest.mark.parametrize("name", ["Bcc", "cc", "To", "Message-ID", "From"])
def test_a_letter_has_one_recipient_and_its_own_envelope(name):
    with pytest.raises(ValueError, match=name.lower()):
        services.post(key="booking:1", headers={name: "x@example.org"}, **WORDS)
    assert Letter.objects.count() == 0


# ---- Letters written from templates ----------------------------------------------------------------------------------


@pytest.fixture
def templates(settings, tmp_path):
    """A letter of two lines, in a folder of its own."""
    (tmp_path / "seat.subject.txt").write_text("{% load i18n %}\n{% translate 'Home' %} & {{ village }}\n")
    (tmp_path / "seat.txt").write_text(
        "{% extends 'outbox/email/base.txt' %}{% block content %}L'an {{ village }}   \n\n\n\n"
        "{{ site_url }}{% url 'home' %}{% endblock %}"
    )
    (tmp_path / "seat.html").write_text(
        "{% extends 'outbox/email/base.html' %}{% block content %}<p>L'an {{ village }}</p>"
        "{% include 'outbox/email/_action.html' with address=site_url label=village only %}{% endblock %}"
    )
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], tmp_path]}]


def post_seat(**options) -> Letter:
    return services.post_rendered(
        key="seat:1", to="camille@example.org", template="seat", context={"village": "<Bois & Prés>"}, **options
    )


def test_a_letter_is_written_from_its_three_templates(templates, settings):
    letter = post_seat()
    assert letter.subject.endswith("& <Bois & Prés>")
    assert letter.text.startswith(f"L'an <Bois & Prés>\n\n{settings.SITE_URL}/\n")
    assert "<p>L'an &lt;Bois &amp; Prés&gt;</p>" in letter.html
    assert f"<title>{letter.subject.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}" in letter.html


def test_a_letter_speaks_its_readers_language(templates, settings):
    letter = post_seat(language="en")
    assert letter.language == "en"
    assert letter.subject.startswith("Home")
    assert f"{settings.SITE_URL}{reverse('home')}en/" in letter.text
    assert '<html lang="en">' in letter.html


def test_a_letter_is_signed_by_a_person_or_by_the_network(templates, settings):
    by_the_network = post_seat()
    nathalie = services.Signature("Nathalie Sempé, conseillère", "nathalie@example.org")
    by_nathalie = services.post_rendered(
        key="seat:2", to="a@example.org", template="seat", context={"village": "Fleurance"}, signed_by=nathalie
    )
    network = settings.TERRITORY.network
    assert "Nathalie" not in by_the_network.text
    assert network in by_the_network.text
    assert by_nathalie.text.index("Nathalie Sempé, conseillère\n") < by_nathalie.text.index(network)
    assert "Nathalie Sempé, conseillère<br>" in by_nathalie.html


def test_a_letter_loads_nothing_from_anywhere(templates):
    html = post_seat().html
    assert "<p>L'an" in html
    assert "<img" not in html
    assert "url(" not in html
    assert "<link" not in html


def test_the_plain_text_ends_with_a_signature_mail_programs_know(templates):
    assert "\n-- \n" in post_seat().text


# ---- Sending again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.FAILED, LetterState.UNCERTAIN])
def test_a_letter_sent_again_is_a_new_message_and_leaves_the_first_as_a_trace(state, woken, django_capture_on_commit_callbacks):
    first = LetterFactory(state=state, sent_at=timezone.now(), attempts=4, last_fault="550 no", headers={"Reply-To": "a@b.fr"})
    with django_capture_on_commit_callbacks(execute=True):
        again = services.send_again(letter=first)
    before = Letter.objects.get(pk=first.pk)
    assert (before.state, before.attempts, before.last_fault) == (state, 4, "550 no")
    assert (again.key, again.again, again.state, again.attempts, again.last_fault) == (first.key, 1, LetterState.TO_SEND, 0, "")
    assert (again.to, again.subject, again.text, again.headers) == (first.to, first.subject, first.text, first.headers)
    assert again.message_id not in {first.message_id, services.message_id_of(first.key)}
    assert woken == [again.pk]


def test_a_letter_on_its_way_is_not_sent_again():
    first = LetterFactory(failed=True)
    services.send_again(letter=first)
    with pytest.raises(services.NotSentAgain):
        services.send_again(letter=first)
    assert Letter.objects.count() == 2


def test_a_letter_can_be_sent_a_third_time():
    first = LetterFactory(failed=True)
    second = services.send_again(letter=first)
    Letter.objects.filter(pk=second.pk).update(state=LetterState.FAILED)
    third = services.send_again(letter=first)
    assert (third.again, len({first.message_id, second.message_id, third.message_id})) == (2, 3)


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_letter_again_at_once_send_it_once(woken):
    first, start, refused = LetterFactory(failed=True), threading.Barrier(2), []

    def send_again():
        start.wait()
        try:
            services.send_again(letter=first)
        except services.NotSentAgain as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=send_again) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert Letter.objects.count() == 2
    assert len(refused) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"state": LetterState.DROPPED},
        {"failed": True, "useless_after": timezone.now() - dt.timedelta(minutes=1)},
        {"sent": True, "confidential": True, "text": ""},
    ],
    ids=["dropped", "too late", "its secret is gone"],
)
def test_what_has_no_use_any_more_is_not_sent_again(facts):
    with pytest.raises(services.NotSentAgain):
        services.send_again(letter=LetterFactory(**facts))
    assert Letter.objects.count() == 1


def test_the_database_keeps_no_secret_of_a_letter_that_has_left():
    with pytest.raises(IntegrityError, match="letter_gone_keeps_no_secret"), transaction.atomic():
        LetterFactory(sent=True, secret=True)
    LetterFactory(sent=True, secret=True, text="")


# ---- Many at once --------------------------------------------------------------------------------------------------------


def test_many_letters_are_owed_at_once_and_a_key_that_is_there_changes_nothing(woken, django_capture_on_commit_callbacks):
    first = services.post(key="digest:1", **WORDS)
    woken.clear()
    letters = [services.compose(key=f"digest:{pk}", **WORDS | {"to": f"p{pk}@example.org"}) for pk in (1, 2, 3)]
    later = services.compose(key="digest:4", **WORDS, send_after=timezone.now() + dt.timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        services.post_all([*letters, later])
    kept = {letter.key: letter for letter in Letter.objects.all()}
    assert {key: letter.to for key, letter in kept.items()} == {
        "digest:1": first.to,
        "digest:2": "p2@example.org",
        "digest:3": "p3@example.org",
        "digest:4": first.to,
    }
    assert sorted(woken) == sorted([kept["digest:2"].pk, kept["digest:3"].pk]), "neither what was owed nor what comes later"
    assert len({letter.message_id for letter in kept.values()}) == 4


def test_many_letters_cost_the_same_number_of_queries(queries_of):
    few = queries_of(lambda: services.post_all(services.compose(key=f"digest:{pk}", **WORDS) for pk in range(2)))
    many = queries_of(lambda: services.post_all(services.compose(key=f"digest:{pk}", **WORDS) for pk in range(2, 202)))
    assert few == many


def test_many_letters_are_not_owed_in_silence():
    with services.silence():
        services.post_all([services.compose(key="digest:1", **WORDS)])
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_letters_owed_by_two_at_once_are_owed_once():
    barrier = threading.Barrier(2)

    def owe():
        letters = [services.compose(key=f"digest:{pk}", **WORDS) for pk in range(50)]
        barrier.wait()
        with transaction.atomic():
            services.post_all(letters)
        connection.close()

    threads = [threading.Thread(target=owe) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Letter.objects.count() == 50
