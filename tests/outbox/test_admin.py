import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from outbox.enums import LetterState
from outbox.models import Letter
from tests.factories.members import UserFactory
from tests.factories.outbox import LetterFactory

pytestmark = pytest.mark.django_db

LIST = reverse("admin:outbox_letter_changelist")


def open_letter(client, letter: Letter):
    return client.get(reverse("admin:outbox_letter_change", args=[letter.pk]))


@pytest.fixture(autouse=True)
def _no_second_step(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def lead(client):
    user = UserFactory(lead=True)
    client.force_login(user)
    return user


WHO_MAY_READ = {"admin": 200, "lead": 200, "adviser": 403, "somebody": 302, "visitor": 302}


@pytest.mark.parametrize(("who", "answer"), WHO_MAY_READ.items())
def test_only_leads_and_administrators_read_letters(client, who, answer):
    letter = LetterFactory()
    if who != "visitor":
        client.force_login(UserFactory(**{who: True} if who != "somebody" else {}))
    assert client.get(LIST).status_code == answer
    assert open_letter(client, letter).status_code == answer


def test_an_adviser_cannot_send_again_by_hand(client):
    client.force_login(UserFactory(adviser=True))
    letter = LetterFactory(failed=True)
    assert client.post(LIST, {"action": "send_again", "_selected_action": [letter.pk]}).status_code == 403
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("page", ["add", "delete", "change"])
def test_nothing_is_written_added_or_deleted_by_hand(client, page):
    client.force_login(UserFactory(admin=True))
    letter = LetterFactory()
    address = reverse(f"admin:outbox_letter_{page}", args=[] if page == "add" else [letter.pk])
    assert client.post(address, {"subject": "Autre chose", "post": "yes"}).status_code == 403
    letter.refresh_from_db()
    assert letter.subject == "Votre poste est réservé"


def test_there_is_no_deleting_many(client, lead):
    LetterFactory()
    page = client.get(LIST).content.decode()
    assert "delete_selected" not in page
    assert "send_again" in page


def test_a_letter_is_shown_with_its_text_escaped(client, lead):
    page = open_letter(client, LetterFactory(text="Bonjour <script>alert(1)</script>\nJeudi")).content.decode()
    assert "Bonjour &lt;script&gt;alert(1)&lt;/script&gt;<br>Jeudi" in page


def test_a_secret_is_shown_to_nobody(client):
    client.force_login(UserFactory(admin=True))
    letter = LetterFactory(secret=True, html="<p>482 913</p>")
    page = open_letter(client, letter).content.decode()
    assert "482 913" not in page
    assert letter.subject in page


def test_a_letter_sent_again_shows_every_sending(client, lead, django_capture_on_commit_callbacks):
    letter = LetterFactory(failed=True)
    response = client.post(LIST, {"action": "send_again", "_selected_action": [letter.pk]}, follow=True)
    again = Letter.objects.get(again=1)
    assert (again.key, again.state) == (letter.key, LetterState.TO_SEND)
    assert [message.level_tag for message in response.context["messages"]] == ["success"]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (lead, str(again.pk))
    page = open_letter(client, letter).content.decode()
    assert f'<a href="../../{again.pk}/change/">' in page
    assert f'<a href="../../{letter.pk}/change/">' in page


def test_sending_again_says_why_it_did_not(client, lead):
    due, dropped = LetterFactory(), LetterFactory(state=LetterState.DROPPED)
    response = client.post(LIST, {"action": "send_again", "_selected_action": [due.pk, dropped.pk]}, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["warning", "warning"]
    assert Letter.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "camille@"}, {"camille"}),
        ({"q": "dossier"}, {"dossier"}),
        ({"state__exact": "failed"}, {"failed"}),
        ({"state__exact": "uncertain"}, set()),
    ],
)
def test_letters_are_found_by_recipient_subject_and_state(client, lead, query, found):
    letters = {
        "camille": LetterFactory(to="camille@example.org"),
        "dossier": LetterFactory(subject="Votre dossier avance"),
        "failed": LetterFactory(failed=True),
    }
    listed = {letter.pk for letter in client.get(LIST, query).context["cl"].result_list}
    assert listed == {letters[name].pk for name in found}


@pytest.mark.parametrize("count", [2, 200])
def test_the_list_costs_the_same_for_two_and_for_two_hundred(client, lead, count, django_assert_num_queries):
    LetterFactory.create_batch(count, sent_at=timezone.now(), state=LetterState.SENT)
    client.get(LIST)
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get(LIST)


QUERIES_OF_THE_LIST = 5  # session, account, its roles, how many letters, the letters
