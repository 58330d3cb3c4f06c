"""Which states each figure of the report counts: brought about on the pages of the desk, read from the page of the report."""

import datetime as dt
import html
import io
import re
import zipfile

import pytest
import time_machine
from django.urls import reverse

from projects.enums import ClosingReason, FundingState, Origin, Stage, Via
from projects.introductions.services import answer_introduction
from projects.models import FollowUp, FundingLine, Household, ProjectFile, Scheme
from tests.factories.members import UserFactory
from tests.factories.projects import HouseholdFactory, IntroductionFactory, ProjectFileFactory
from tests.factories.villages import VillageFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 5, 12, 10, tzinfo=dt.UTC)  # a Tuesday
DAY = dt.timedelta(days=1)
PAGE = "/admin/projects/projectfile/chiffres/"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def adviser(clock):
    return UserFactory(adviser=True)


@pytest.fixture
def desk(client, adviser, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(adviser)
    return client


@pytest.fixture
def later(clock, desk, adviser):
    """Moves the clock; whoever was signed in signs in again."""

    def move_to(moment):
        clock.move_to(moment)
        desk.force_login(adviser)

    return move_to


def pressed(client, name, pk, facts):
    answer = client.post(reverse(f"admin:projects_projectfile_{name}", args=[pk]), facts)
    assert answer.status_code == 302, re.findall(r'class="errors?[^>]*>(.*?)</', answer.text, re.DOTALL)
    assert not answer.url.startswith("/comptes"), "asked who they are first"
    return ProjectFile.objects.get(pk=pk)


def refused(client, pk, facts):
    """What the page says beside the fields; the file stays as it was."""
    answer = client.post(reverse("admin:projects_projectfile_move", args=[pk]), facts)
    assert answer.status_code == 200
    return html.unescape(" ".join(re.findall(r'class="errors?[^>]*>(.*?)</', answer.text, re.DOTALL)))


def household(adviser, *, adults=2, children=1, **facts) -> ProjectFile:
    file = ProjectFileFactory(supported=True, adviser=adviser, opened_at=NOON - 100 * DAY, **facts)
    HouseholdFactory(file=file, adults=adults, children=children)
    return file


def told(client, unit, query=""):
    """The number and the definition on the card of this figure."""
    page = client.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    for number, heading, definition in re.findall(
        r'figure-card__n">(.*?)</p>\s*<h2[^>]*>(.*?)</h2>\s*<p[^>]*>(.*?)</p>', page.text, re.DOTALL
    ):
        if html.unescape(heading).strip() == unit:
            return "".join(html.unescape(number).split()), html.unescape(definition)
    raise AssertionError(unit)


ARRIVED, OBTAINED, REGISTERED = "personnes arrivées", "euros obtenus par les porteurs", "entreprises immatriculées"


# ---- Money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", FundingState)
def test_only_a_line_that_stands_granted_or_paid_counts_as_obtained(desk, adviser, state):
    """Granted first, as the page has it; then it becomes what it becomes: the sum stays written in the line."""
    file, scheme = household(adviser), Scheme.objects.create(name="LEADER", funder="GAL", kind="grant")
    line = {"scheme": scheme.pk, "requested": "6000", "granted": "5000", "state": FundingState.GRANTED}
    pressed(desk, "add_line", file.pk, line)
    kept = FundingLine.objects.get()
    address = reverse("admin:projects_projectfile_line", args=[file.pk, kept.pk])
    assert desk.post(address, line | {"state": state, "funder": "GAL", "decided_on": "2026-05-12"}).status_code == 302
    number, definition = told(desk, OBTAINED)
    assert number == ("5000" if state in FundingState.acquired() else "0")
    assert all(str(state.label) in definition for state in FundingState.acquired())


# ---- Arrivals -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ClosingReason)
def test_who_settled_by_mistake_is_no_arrival(desk, adviser, reason):
    file = household(adviser)
    pressed(desk, "move", file.pk, {"to": Stage.SETTLED})
    assert told(desk, ARRIVED)[0] == "3"
    pressed(desk, "move", file.pk, {"to": Stage.CLOSED, "closing_reason": reason})
    by_mistake = {ClosingReason.DUPLICATE, ClosingReason.ELSEWHERE, ClosingReason.NOT_OURS}
    number, definition = told(desk, ARRIVED)
    assert number == ("0" if reason in by_mistake else "3")
    assert all(str(reason.label) in definition for reason in by_mistake)


def test_a_file_reopened_after_it_settled_has_not_settled_until_it_does_again(desk, adviser):
    file = household(adviser)
    for facts, people in (
        ({"to": Stage.SETTLED}, "3"),
        ({"to": Stage.CLOSED, "closing_reason": "done"}, "3"),
        ({"to": Stage.SUPPORTED, "reason": "une erreur"}, "0"),
        ({"to": Stage.CLOSED, "closing_reason": "gave_up"}, "0"),
        ({"to": Stage.SUPPORTED, "reason": "si"}, "0"),
        ({"to": Stage.SETTLED}, "3"),
    ):
        pressed(desk, "move", file.pk, facts)
        assert told(desk, ARRIVED)[0] == people, facts


def test_those_settled_by_mistake_are_not_followed_after_settling(desk, adviser, later):
    file = household(adviser)
    pressed(desk, "move", file.pk, {"to": Stage.SETTLED})
    later(NOON + 100 * DAY)
    followed = re.compile(r"<th scope=\"row\">3 mois</th>\s*<td>(\d+)</td>")
    assert followed.search(desk.get(PAGE).text)[1] == "1"
    pressed(desk, "move", file.pk, {"to": Stage.CLOSED, "closing_reason": "duplicate"})
    assert followed.search(desk.get(PAGE).text)[1] == "0"


# ---- The day they settled ---------------------------------------------------------------------------------------------


def test_the_day_of_settling_is_told(desk, adviser):
    file = household(adviser)
    moved = pressed(desk, "move", file.pk, {"to": Stage.SETTLED, "settled_on": "2026-03-30"})
    assert moved.settled_on == dt.date(2026, 3, 30)
    assert told(desk, ARRIVED, "du=2026-01-01&au=2026-03-31")[0] == "3"
    assert told(desk, ARRIVED, "du=2026-04-01&au=2026-05-12")[0] == "0"
    assert FollowUp.objects.get(months=3).due_on == dt.date(2026, 6, 30)
    assert "30 mars" in desk.get(reverse("admin:projects_projectfile_change", args=[file.pk])).text


def test_the_day_of_settling_left_empty_is_today_on_the_clock_of_the_wall(desk, adviser, later):
    later(dt.datetime(2026, 5, 31, 22, 30, tzinfo=dt.UTC))  # June has begun here
    file = household(adviser)
    assert pressed(desk, "move", file.pk, {"to": Stage.SETTLED, "settled_on": ""}).settled_on == dt.date(2026, 6, 1)
    assert told(desk, ARRIVED, "du=2026-06-01&au=2026-06-30")[0] == "3"


@pytest.mark.parametrize("day", ["2026-05-13", "2024-01-01", "0026-05-01", "hier"])
def test_a_day_of_settling_out_of_bounds_is_refused_beside_its_field(desk, adviser, day):
    file = household(adviser)
    assert refused(desk, file.pk, {"to": Stage.SETTLED, "settled_on": day})
    file.refresh_from_db()
    assert (file.stage, file.settled_on, file.transitions.count()) == (Stage.SUPPORTED, None, 0)


def test_a_wrong_day_of_settling_is_put_right_and_the_past_keeps_what_was_known(desk, adviser, later):
    file = household(adviser)
    pressed(desk, "move", file.pk, {"to": Stage.SETTLED})
    later(NOON + 60 * DAY)
    assert refused(desk, file.pk, {"to": Stage.SETTLED, "settled_on": "2026-05-12"})
    moved = pressed(desk, "move", file.pk, {"to": Stage.SETTLED, "settled_on": "2026-06-20"})
    assert (moved.settled_on, moved.stage_since) == (dt.date(2026, 6, 20), NOON)
    assert told(desk, ARRIVED, "du=2026-06-01&au=2026-06-30")[0] == "3"
    assert told(desk, ARRIVED, "du=2026-05-01&au=2026-05-31")[0] == "0"
    assert told(desk, ARRIVED, "du=2026-05-01&au=2026-05-31&connu=2026-06-30")[0] == "3", "so it was known then"
    assert FollowUp.objects.get(months=12).due_on == dt.date(2027, 6, 20)


def test_the_village_written_down_before_settling_stays(desk, adviser):
    village = VillageFactory()
    file = household(adviser, settled_in=village)
    assert pressed(desk, "move", file.pk, {"to": Stage.SETTLED}).settled_in == village


# ---- What is not there, said --------------------------------------------------------------------------------------------


def test_files_without_a_contact_are_said_beside_the_median(desk, adviser):
    called, _silent, duplicate = (ProjectFileFactory(adviser=adviser, opened_at=NOON - 7 * DAY) for _ in range(3))
    pressed(desk, "note", called.pk, {"text": "Bonjour", "what": "call-out", "at_0": "2026-05-06", "at_1": "09:00"})
    pressed(desk, "move", duplicate.pk, {"to": Stage.CLOSED, "closing_reason": "duplicate"})
    number, definition = told(desk, "jours jusqu’au premier contact")
    assert number == "1"
    assert "1 dossier" in definition
    assert told(desk, "dossiers sans contact")[0] == "1"


def test_who_was_spoken_to_before_the_file_was_opened_waited_no_day(desk, adviser):
    file = ProjectFileFactory(adviser=adviser, opened_at=NOON)
    pressed(desk, "note", file.pk, {"text": "Bonjour", "what": "call-out", "at_0": "2026-05-11", "at_1": "09:00"})
    assert told(desk, "jours jusqu’au premier contact")[0] == "0"
    assert told(desk, "dossiers sans contact")[0] == "0"


def test_a_median_of_two_days_and_a_half_is_three_on_every_page(desk, adviser):
    """A half goes up, as one rounds by hand."""
    village, asked_at = VillageFactory(), NOON - 9 * DAY
    asked = [IntroductionFactory(village=village, sent=True, sent_at=asked_at) for _ in range(5)]
    for follow_up, days in zip(asked, (2, 3), strict=False):
        answer_introduction(introduction=follow_up, answer="yes", by_name="Hélène", via=Via.LINK, now=asked_at + days * DAY)
    assert "Délai médian de première réponse\u202f: 3 jours." in desk.get(PAGE).text
    page = desk.get(reverse("admin:projects_projectfile_choose", args=[ProjectFileFactory(supported=True).pk])).text
    assert "Répond 2 fois sur 5, médiane 3 jours" in page


def test_a_business_counts_once_where_its_file_was_opened_twice(desk, adviser):
    files = [household(adviser, registered_on=NOON.date()) for _ in range(2)]
    assert told(desk, REGISTERED)[0] == "2"
    pressed(desk, "move", files[0].pk, {"to": Stage.CLOSED, "closing_reason": "duplicate"})
    number, definition = told(desk, REGISTERED)
    assert number == "1"
    assert "doublon" in definition


def test_a_past_day_says_which_figures_it_cannot_give_as_they_were(desk, adviser, later):
    file = household(adviser)
    pressed(desk, "move", file.pk, {"to": Stage.SETTLED})
    note = "tels qu’ils sont aujourd’hui"
    assert note not in desk.get(PAGE).text
    later(NOON + 30 * DAY)
    Household.objects.filter(file=file).update(children=4)
    page = desk.get(f"{PAGE}?du=2026-01-01&au=2026-05-12&connu=2026-05-12")
    assert note in html.unescape(page.text)
    assert "foyer" in told(desk, ARRIVED, "du=2026-01-01&au=2026-05-12&connu=2026-05-12")[1]


def test_a_day_to_come_is_not_known_yet(desk, adviser):
    answer = desk.get(f"{PAGE}?connu=2026-05-13")
    assert answer.status_code == 422
    assert 'class="errors"' in answer.text


def test_the_workbook_says_what_was_asked(desk, adviser):
    household(adviser, convention="Région 2026", origin="fair")
    query = "du=2026-01-01&au=2026-03-31&connu=2026-05-11&convention=Région 2026&origine=fair"
    book = desk.get(f"/admin/projects/projectfile/chiffres.xlsx?{query}").content
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        words = html.unescape(parts.read("xl/sharedStrings.xml").decode())
        first = parts.read("xl/workbook.xml").decode()
    assert re.search(r'<sheet name="([^"]+)"', first)[1] == "Paramètres"
    for said in ("1er janvier 2026", "31 mars 2026", "11 mai 2026", "12 mai 2026", "Région 2026", str(Origin.FAIR.label)):
        assert said in words, said
    assert "tels qu’ils sont aujourd’hui" in words
