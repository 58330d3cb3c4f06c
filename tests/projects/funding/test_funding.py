"""Money: what is needed, asked, granted, missing; and the tasks counted back from the day the committee sits."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.working_days import is_working_day, working_days_before
from projects.activity import refusals, to_do
from projects.enums import Ball, FundingState
from projects.funding.services import gap_of, save_line
from projects.models import FundingLine, Need, Scheme, SchemeStep, Task
from tests.factories.members import UserFactory
from tests.factories.projects import FundingLineFactory, ProjectFileFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)
COMMITTEE = dt.date(2026, 12, 10)


@pytest.fixture
def adviser():
    return UserFactory(adviser=True)


@pytest.fixture
def file(adviser):
    return ProjectFileFactory(supported=True, adviser=adviser)


@pytest.fixture
def scheme():
    scheme = Scheme.objects.create(name="Prêt d’honneur", funder="Initiative Gers", kind="honour_loan")
    for title, days in (("Devis", 11), ("Dossier complet", 10), ("Oral préparé", 4)):
        SchemeStep.objects.create(scheme=scheme, title=title, working_days_before=days)
    return scheme


def line(file, **facts):
    return FundingLine(**{"file": file, "funder": "Initiative Gers", "requested": Decimal(6000)} | facts)


def save(saved, now=NOON):
    return save_line(line=saved, by=saved.file.adviser, now=now)


def days(saved) -> dict[str, dt.date]:
    return dict(saved.tasks.to_do().values_list("title", "due_on"))


def test_the_gap_is_what_nobody_has_been_asked_for(file):
    for label, amount in (("Poste de travail", 5900), ("Trésorerie", 9000), ("Site", 3500)):
        Need.objects.create(file=file, label=label, amount=amount)
    FundingLineFactory(file=file, requested=7000, granted=7000, state=FundingState.GRANTED, decided_on=NOON.date())
    FundingLineFactory(file=file, requested=6000, state=FundingState.TO_COMPLETE)
    FundingLineFactory(file=file, requested=3000, state=FundingState.LODGED)
    FundingLineFactory(file=file, requested=9999, state=FundingState.REFUSED)
    gap = gap_of(file)
    assert (gap.needs, gap.acquired, gap.asked, gap.missing) == (18400, 7000, 9000, 2400)


def test_nothing_is_missing_where_nothing_is_needed_nor_where_too_much_was_found(file):
    assert gap_of(file).missing == 0
    Need.objects.create(file=file, label="Site", amount=100)
    FundingLineFactory(file=file, requested=6000)
    assert gap_of(file).missing == 0


def test_the_steps_are_counted_back_over_working_days(file, scheme):
    saved = save(line(file, scheme=scheme, committee_on=COMMITTEE, deadline=dt.date(2026, 11, 26)))
    assert days(saved) == {
        "Devis, Initiative Gers": dt.date(2026, 11, 25),
        "Dossier complet, Initiative Gers": dt.date(2026, 11, 26),
        "Oral préparé, Initiative Gers": dt.date(2026, 12, 4),
        "Déposer la demande auprès de\u202f: Initiative Gers": dt.date(2026, 11, 26),
    }
    assert set(saved.tasks.values_list("assignee", flat=True)) == {file.adviser_id}


def test_another_day_of_the_committee_moves_what_is_still_to_be_done(file, scheme):
    saved = save(line(file, scheme=scheme, committee_on=COMMITTEE))
    to_do.finish_task(task=saved.tasks.get(title__startswith="Devis"), by=file.adviser, now=NOON)
    saved.committee_on = COMMITTEE + dt.timedelta(days=7)
    save(saved)
    assert "Devis, Initiative Gers" not in days(saved), "what was done stays done"
    assert days(saved)["Oral préparé, Initiative Gers"] == dt.date(2026, 12, 11)
    assert saved.tasks.count() == 3


@pytest.mark.parametrize(
    ("facts", "left"),
    [
        ({"state": FundingState.LODGED}, 3),
        ({"state": FundingState.REFUSED}, 0),
        ({"state": FundingState.GIVEN_UP}, 0),
        ({"state": FundingState.GRANTED, "granted": Decimal(5000)}, 0),
    ],
)
def test_what_is_of_no_use_any_more_ends(file, scheme, facts, left):
    saved = save(line(file, scheme=scheme, committee_on=COMMITTEE, deadline=COMMITTEE))
    assert saved.tasks.to_do().count() == 4
    for name, value in facts.items():
        setattr(saved, name, value)
    save(saved)
    assert saved.tasks.to_do().count() == left


def test_a_state_sets_its_date_and_passes_the_ball(file):
    saved = save(line(file))
    saved.state = FundingState.LODGED
    save(saved)
    file.refresh_from_db()
    assert (saved.lodged_on, file.ball) == (NOON.date(), Ball.FUNDER)
    saved.state, saved.granted = FundingState.GRANTED, Decimal(5000)
    save(saved)
    file.refresh_from_db()
    assert (saved.decided_on, file.ball) == (NOON.date(), Ball.ADVISER)
    saved.state = FundingState.PAID
    save(saved)
    assert (saved.paid, saved.paid_on) == (5000, NOON.date())


@pytest.mark.parametrize(
    "facts",
    [
        {"requested": Decimal(0)},
        {"state": FundingState.GRANTED},
        {"state": FundingState.PAID, "granted": Decimal(10), "paid": Decimal(11)},
        {"deadline": COMMITTEE + dt.timedelta(days=1), "committee_on": COMMITTEE},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_by_the_database(file, facts):
    with pytest.raises(refusals.FundingRefused):
        save(line(file, **facts))
    with pytest.raises(IntegrityError), transaction.atomic():
        line(file, **facts).save()
    assert not FundingLine.objects.exists()
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("day", "count", "before"),
    [
        (dt.date(2026, 4, 7), 1, dt.date(2026, 4, 3)),  # the Tuesday after Easter Monday
        (dt.date(2026, 11, 2), 0, dt.date(2026, 11, 2)),
        (dt.date(2026, 11, 1), 0, dt.date(2026, 10, 30)),  # a Sunday and a holiday
        (dt.date(2027, 1, 4), 1, dt.date(2026, 12, 31)),
        (dt.date(2026, 12, 10), 11, dt.date(2026, 11, 25)),
    ],
)
def test_working_days_are_counted_back(day, count, before):
    assert working_days_before(day, count) == before
    assert is_working_day(before)


def test_on_its_page_a_state_brings_its_date_and_what_cannot_be_is_said(client, file, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(file.adviser)
    line = FundingLineFactory(file=file)
    page = f"/admin/projects/projectfile/{file.pk}/financement/{line.pk}/"
    typed = {"funder": "Initiative Gers", "requested": "6000", "state": "granted"}
    answer = client.post(page, typed)
    assert "dit combien" in answer.content.decode()
    assert client.post(page, typed | {"granted": "5000"}).status_code == 302
    line.refresh_from_db()
    assert (line.state, line.granted, line.decided_on is not None) == (FundingState.GRANTED, 5000, True)


def test_a_source_without_a_scheme_leaves_the_page_of_its_file_open(client, file, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(file.adviser)
    facts = {"funder": "Crédit Agricole", "label": "Prêt d’honneur", "requested": "8000", "state": "planned"}
    page = f"/admin/projects/projectfile/{file.pk}/"
    assert client.post(f"{page}financement/", facts).status_code == 302
    assert re.search(r"Crédit Agricole</a>\s*<small>Prêt d’honneur</small>", client.get(file.get_admin_url()).text)


@pytest.mark.parametrize(("state", "date"), [("lodged", "lodged_on"), ("refused", "decided_on"), ("paid", "paid_on")])
def test_what_has_happened_to_a_line_has_no_day_to_come(client, file, settings, state, date):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(file.adviser)
    line = FundingLineFactory(file=file)
    page = f"/admin/projects/projectfile/{file.pk}/financement/{line.pk}/"
    typed = {"funder": "Initiative Gers", "requested": "6000", "granted": "5000", "state": state}
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    answer = client.post(page, typed | {date: tomorrow})
    assert "Ce jour est à venir" in " ".join(answer.context["form"].errors[date])
    assert tomorrow in answer.text
    line.refresh_from_db()
    assert line.state == FundingState.PLANNED
    assert client.post(page, typed | {date: timezone.localdate().isoformat()}).status_code == 302
