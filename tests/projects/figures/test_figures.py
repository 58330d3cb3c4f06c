"""The funders' report: each figure by hand, the same for a past date whatever came after, and nothing in a cell that computes."""

import datetime as dt
import html
import io
import re
import zipfile

import pytest
from django.core.management import call_command

from projects.activity import events
from projects.enums import Direction, EventKind, FundingState, IntroductionState, Stage, Via
from projects.figures.parts import ReportRequest
from projects.figures.report import Report
from projects.figures.table_rows import rows_behind
from projects.figures.workbook import workbook_of
from projects.files import lifecycle
from projects.follow_up.services import answer_follow_up
from projects.introductions.services import answer_introduction, confirm_contact, move_introduction
from projects.models import Export, Scheme
from tests.factories.members import UserFactory
from tests.factories.projects import (
    FundingLineFactory,
    HouseholdFactory,
    IntroductionFactory,
    ProjectFileFactory,
)

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 5, 12, 10, tzinfo=dt.UTC)  # Tuesday
DAY = dt.timedelta(days=1)
YEAR = ReportRequest(dt.date(2026, 1, 1), dt.date(2026, 12, 31), dt.date(2026, 11, 23))


@pytest.fixture
def adviser():
    return UserFactory(adviser=True)


def settled(adviser, at, *, adults=2, children=1, **facts):
    file = ProjectFileFactory(supported=True, adviser=adviser, opened_at=at - 100 * DAY, **facts)
    HouseholdFactory(file=file, adults=adults, children=children)
    return lifecycle.move_file(file=file, to=Stage.SETTLED, by=adviser, now=at)


def numbers(counts):
    return {count.label: count.number for count in counts}


def value(slug, asked=YEAR):
    return next(figure for figure in Report(asked).figures if figure.slug == slug).value


def test_people_who_arrived_are_those_of_the_households_settled_in_the_period(adviser):
    settled(adviser, NOON)
    settled(adviser, NOON, adults=1, children=0)
    settled(adviser, NOON - 365 * DAY)
    lifecycle.move_file(file=ProjectFileFactory(supported=True), to=Stage.SETTLED, by=adviser, now=NOON)  # no household known
    report = Report(YEAR)
    assert report.arrived.value == 5
    assert len(report.arrived.rows) == 3
    assert [(quarter.people, quarter.households) for quarter in report.quarters] == [(0, 0), (5, 3), (0, 0), (0, 0)]
    assert [quarter.is_running for quarter in report.quarters] == [False, False, False, True]


def test_a_past_date_gives_the_same_whatever_came_after(adviser):
    file = settled(adviser, NOON)
    then = ReportRequest(YEAR.first, YEAR.last, NOON.date())
    before = (Report(then).arrived.value, Report(then).stages, Report(then).answers)
    lifecycle.move_file(file=file, to=Stage.CLOSED, by=adviser, closing_reason="done", now=NOON + 10 * DAY)
    settled(adviser, NOON + 150 * DAY)
    IntroductionFactory(sent=True, sent_at=NOON + 5 * DAY, file__opened_at=NOON + 2 * DAY)
    assert (Report(then).arrived.value, Report(then).stages, Report(then).answers) == before
    assert numbers(Report(then).stages)["installé"] == 1
    assert numbers(Report(YEAR).stages)["clos"] == 1


def test_a_file_settled_twice_counts_once(adviser):
    file = settled(adviser, NOON)
    for to, facts in ((Stage.CLOSED, {"closing_reason": "done"}), (Stage.SUPPORTED, {"reason": "retour"}), (Stage.SETTLED, {})):
        file = lifecycle.move_file(file=file, to=to, by=adviser, now=NOON + 30 * DAY, **facts)
    assert value("arrives") == 3


@pytest.mark.parametrize(("asked", "people"), [({"convention": "Région"}, 3), ({"origin": "fair"}, 3), ({"origin": "phone"}, 0)])
def test_a_convention_and_an_origin_narrow_it(adviser, asked, people):
    settled(adviser, NOON, convention="Région", origin="fair")
    settled(adviser, NOON, convention="Autre", origin="web")
    assert value("arrives", ReportRequest(YEAR.first, YEAR.last, YEAR.known, **asked)) == people


def test_businesses_jobs_and_money(adviser):
    settled(adviser, NOON, registered_on=NOON.date(), jobs=2)
    settled(adviser, NOON, registered_on=dt.date(2025, 12, 31))
    scheme = Scheme.objects.create(name="LEADER", funder="GAL", kind="grant")
    granted = {"state": FundingState.GRANTED, "granted": 5000, "decided_on": NOON.date()}
    FundingLineFactory(scheme=scheme, **granted)
    FundingLineFactory(scheme=None, **granted)  # their own
    FundingLineFactory(scheme=scheme, **granted | {"decided_on": dt.date(2025, 6, 1)})
    assert (value("immatriculees"), value("emplois"), value("obtenus")) == (1, 2, 5000)


def test_the_first_contact_is_counted_in_working_days_and_a_note_is_none(adviser):
    for days in (0, 1, 6):
        file = ProjectFileFactory(adviser=adviser, opened_at=NOON)
        events.log_event(
            file=file, kind=EventKind.NOTE, direction=Direction.INTERNAL, text="lu", author=adviser, at=NOON, now=NOON + 9 * DAY
        )
        at = NOON + days * DAY
        events.log_event(file=file, kind=EventKind.CALL, direction=Direction.OUT, text="appel", author=adviser, at=at, now=at)
    ProjectFileFactory(adviser=adviser, opened_at=NOON)
    figure = Report(YEAR).first_contact
    assert (figure.value, len(figure.rows)) == (1, 3)
    assert "9 sur 10" in figure.definition


def test_nothing_is_known_of_nothing():
    report = Report(YEAR)
    assert (report.first_contact.value, report.answer_days, report.arrived.value) == (None, None, 0)
    assert [cohort.surely for cohort in report.survival] == [None] * 4


def test_the_villages_answers_are_of_all_that_was_sent(adviser):
    def sent(at):
        return IntroductionFactory(file__adviser=adviser, sent=True, sent_at=at)

    yes, no, later = (sent(NOON) for _ in range(3))
    for follow_up, answer, facts in (
        (yes, "yes", {}),
        (no, "no", {"words": "complet"}),
        (later, "later", {"later_on": dt.date(2027, 1, 1)}),
    ):
        answer_introduction(introduction=follow_up, answer=answer, by_name="H", via=Via.LINK, now=NOON + 4 * DAY, **facts)
    confirm_contact(introduction=yes, via=Via.ORAL, by=adviser, now=NOON + 5 * DAY)
    sent(NOON)
    sent(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC))
    for withdrawn in (sent(NOON), later):
        move_introduction(introduction=withdrawn, to=IntroductionState.WITHDRAWN, by=adviser, now=NOON + 20 * DAY)
    report = Report(YEAR)
    assert numbers(report.answers) == {
        "accepté": 1,
        "plus tard": 1,
        "refusé, avec raison": 1,
        "sans réponse à 30 jours": 1,
        "encore attendu": 1,
        "retiré avant une réponse": 1,
    }
    assert report.answer_days == 4


def test_whoever_does_not_answer_is_unknown_and_never_at_work(adviser):
    said = [("yes", "yes"), ("yes", "changed"), ("yes", "stopped"), ("left", "yes"), ("yes", "")]
    for here, active in said:
        news = settled(adviser, NOON).follow_ups.get(months=3)
        facts = {"still_here": here, "still_active": active}
        answer_follow_up(follow_up=news, facts=facts, via=Via.LINK, now=NOON + 100 * DAY)
    settled(adviser, NOON)  # does not answer
    settled(adviser, NOON + 150 * DAY)  # not yet
    three = Report(YEAR).survival[0]
    assert (three.followed, three.active, three.unknown, three.stopped) == (6, 2, 2, 2)
    assert (three.surely, three.perhaps) == (2 / 6, 4 / 6)
    before = Report(ReportRequest(YEAR.first, YEAR.last, (NOON + 95 * DAY).date())).survival[0]
    assert (before.active, before.unknown) == (0, 6), "what was said later was not known then"


def test_no_cell_of_the_workbook_computes_and_its_rows_are_those_behind_the_figures(adviser):
    evil = " =HYPERLINK(0)"
    settled(adviser, NOON, title=evil)
    book, rows = workbook_of(Report(YEAR))
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/")]
        words = parts.read("xl/sharedStrings.xml").decode()
        looks = parts.read("xl/styles.xml").decode()
    assert evil in words
    assert 'quotePrefix="1"' in looks, "it stays a text when somebody edits the cell"
    assert not any("<f>" in sheet for sheet in sheets)
    assert rows > 10


def test_the_command_writes_the_same_and_is_kept(adviser, tmp_path, capsys):
    settled(adviser, NOON)
    call_command("funder_report", "--from", "2026-01-01", "--to", "2026-12-31", "--known", "2026-11-23", str(tmp_path / "r.xlsx"))
    assert (tmp_path / "r.xlsx").read_bytes().startswith(b"PK")
    assert Export.objects.get().by is None
    assert "rows" in capsys.readouterr().out


@pytest.fixture
def desk(client, adviser, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(adviser)
    return client


PAGE = "/admin/projects/projectfile/chiffres/"
PERIOD = "du=2026-01-01&au=2026-12-31&connu=2026-11-23"


def test_the_page_shows_each_figure_with_its_definition_and_its_rows(desk, adviser):
    file = settled(adviser, NOON)
    page = desk.get(f"{PAGE}?{PERIOD}&lignes=arrives").content.decode()
    assert "personnes arrivées" in page
    assert file.reference in page
    assert re.search(r"<svg class=.figure.", page)


@pytest.mark.parametrize("wrong", ["du=2026-12-31&au=2026-01-01", "du=hier", "convention=inconnue", "du=1900-01-01&au=2026-01-01"])
def test_what_cannot_be_worked_out_is_said(desk, wrong):
    answer = desk.get(f"{PAGE}?{wrong}")
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()


def test_taking_the_spreadsheet_out_is_kept(desk, adviser):
    settled(adviser, NOON)
    answer = desk.get(f"/admin/projects/projectfile/chiffres.xlsx?{PERIOD}")
    assert answer["Content-Type"].endswith("sheet")
    export = Export.objects.get()
    assert (export.by, export.what) == (adviser, "funder_report")


def test_the_report_costs_the_same_number_of_queries(adviser, queries_of):
    def read() -> None:
        report = Report(YEAR)
        assert all([report.figures, report.quarters, report.stages, report.answers, report.survival])
        assert report.answer_days is None

    def cost(more: int) -> int:
        for _ in range(more):
            settled(adviser, NOON)
            IntroductionFactory(file__adviser=adviser, sent=True, sent_at=NOON)
        return queries_of(read)

    assert cost(2) == cost(38)


def test_every_line_of_every_table_leads_to_exactly_its_rows(desk, adviser):
    for at in (NOON, NOON, NOON + 100 * DAY):
        settled(adviser, at)
    IntroductionFactory(file__adviser=adviser, sent=True, sent_at=NOON)
    ProjectFileFactory(opened_at=NOON)  # new: nothing in its log
    page = desk.get(f"{PAGE}?{PERIOD}").content.decode()
    links = re.findall(r'href="\?([^"#]*lignes=(\w+)\.[^"#]*)#lignes">(\d+)</a>', page)
    assert {kind for _query, kind, _number in links} == {"trimestre", "etape", "reponse", "suivi"}
    for query, _kind, number in links:
        rows = desk.get(f"{PAGE}?{html.unescape(query)}").content.decode().split('id="lignes"')[1].split("</table>")[0]
        assert rows.count('<th scope="row">') == int(number)


def test_the_rows_of_a_past_date_are_those_of_then(adviser):
    file = settled(adviser, NOON)
    lifecycle.move_file(file=file, to=Stage.CLOSED, by=adviser, closing_reason="done", now=NOON + 10 * DAY)
    then = Report(ReportRequest(YEAR.first, YEAR.last, NOON.date()))
    assert [row.file_id for row in rows_behind(then, "etape.settled").rows] == [file.pk]
    assert [row.file_id for row in rows_behind(Report(YEAR), "etape.closed").rows] == [file.pk]
    assert rows_behind(Report(YEAR), "etape.settled").rows == []


@pytest.mark.parametrize(
    "slug", ["", "etape", "etape.", "etape.lost", "suivi.3", "suivi.4.unknown", "reponse.perhaps", "autre.yes"]
)
def test_what_names_no_line_has_no_rows(slug):
    assert rows_behind(Report(YEAR), slug) is None


def test_a_long_list_is_cut_and_says_so(desk, adviser, monkeypatch):
    monkeypatch.setattr("projects.figures.table_rows.MOST_ROWS", 2)
    for _ in range(3):
        settled(adviser, NOON)
    assert rows_behind(Report(YEAR), "trimestre.2026-2").has_more
    page = desk.get(f"{PAGE}?{PERIOD}&lignes=arrives").content.decode()
    assert page.split('id="lignes"')[1].split("</table>")[0].count('<th scope="row">') == 2
    assert "le tableur les contient toutes" in page


@pytest.mark.parametrize("count", [2, 40])
def test_rows_cost_the_same_number_of_queries(adviser, django_assert_num_queries, count):
    for _ in range(count):
        settled(adviser, NOON)
        IntroductionFactory(file__adviser=adviser, sent=True, sent_at=NOON)
    for slug, queries in {"etape.settled": 2, "reponse.awaited": 3, "suivi.3.unknown": 1, "trimestre.2026-2": 0}.items():
        report = Report(YEAR)
        assert report.figures
        with django_assert_num_queries(queries):
            assert rows_behind(report, slug) is not None
