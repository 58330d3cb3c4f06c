"""The demonstration's mailbox in a real browser: accessible, and the letter drawn with its own styles and nothing else."""

import pytest
from django.utils import timezone

from outbox import mailbox, services
from outbox.delivery import deliver_due

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(settings, tmp_path) -> str:
    """The name of a letter that has left, written on the house's own sheet."""
    settings.DEMO = True
    settings.EMAIL_BACKEND = "outbox.backends.FolderBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    (tmp_path / "seat.subject.txt").write_text("Votre poste est réservé")
    (tmp_path / "seat.txt").write_text(
        "{% extends 'outbox/email/base.txt' %}{% block content %}Jeudi : {{ site_url }}{% endblock %}"
    )
    (tmp_path / "seat.html").write_text(
        "{% extends 'outbox/email/base.html' %}{% block content %}<h1>Votre poste est réservé</h1><p>Jeudi.</p>"
        "{% include 'outbox/email/_action.html' with address=site_url label='Voir' only %}{% endblock %}"
    )
    engine = settings.TEMPLATES[0]
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], tmp_path]}]
    services.post_rendered(key="seat:1", to="camille@example.org", template="seat", context={})
    deliver_due(now=timezone.now())
    return mailbox.letter_names()[0]


def test_nothing_is_wrong_with_the_mailbox_nor_with_a_letter(visit, letter):
    visit = visit()
    for path in ("/courrier/", f"/courrier/{letter}/"):
        assert visit.faults(path) == []


def test_the_letter_is_drawn_with_its_own_styles_under_a_strict_policy(visit, letter):
    visit = visit()
    visit.open(f"/courrier/{letter}/")
    action = visit.page.frame_locator("iframe").get_by_role("link", name="Voir")
    assert action.evaluate("link => getComputedStyle(link).backgroundColor") == "rgb(242, 182, 50)"
    heading = visit.page.frame_locator("iframe").get_by_role("heading")
    assert heading.evaluate("heading => getComputedStyle(heading).fontSize") == "24px"
    assert visit.complaints == []


def test_a_link_of_the_letter_opens_in_a_tab_of_its_own(visit, letter, live_server):
    visit = visit()
    visit.open(f"/courrier/{letter}/")
    with visit.context.expect_page() as opened:
        visit.page.frame_locator("iframe").get_by_role("link", name="Voir").click()
    assert opened.value != visit.page
