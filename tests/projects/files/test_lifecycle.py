"""Project files opened, moved from stage to stage, entrusted."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from members.models import User
from projects.activity import refusals
from projects.enums import ClosingReason, Origin, Stage
from projects.files import lifecycle
from projects.models import Household, ProjectFile, ReferenceCounter, Task, Transition
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory, TaskFactory
from tests.projects.threads import in_threads
from villages.enums import Level

NOON = dt.datetime(2026, 11, 24, 11, 0, tzinfo=dt.UTC)  # Tuesday, noon in Paris
TODAY = dt.date(2026, 11, 24)
NEXT_YEAR = {"paused_until": dt.date(2027, 2, 1), "reason": "Vend son appartement"}
GAVE_UP = {"closing_reason": ClosingReason.GAVE_UP}


# ---- Opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_opens_under_the_next_reference_of_its_year():
    holder = HolderFactory()
    references = [lifecycle.open_file(holder=holder, title="Lutherie", now=NOON).reference for _ in range(2)]
    last_year = lifecycle.open_file(holder=holder, title="Lutherie", now=NOON - dt.timedelta(days=365))
    assert (references, last_year.reference) == (["2026-0001", "2026-0002"], "2025-0001")


@pytest.mark.django_db
def test_the_year_of_a_reference_is_that_of_the_clock_on_the_wall():
    new_year_in_paris = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    file = lifecycle.open_file(holder=HolderFactory(), title="Lutherie", now=new_year_in_paris)
    assert (file.reference, file.opened_on) == ("2027-0001", dt.date(2027, 1, 1))


@pytest.mark.django_db
def test_the_ten_thousandth_file_of_a_year_has_a_reference():
    ReferenceCounter.objects.create(year=2026, last=9999)
    assert lifecycle.open_file(holder=HolderFactory(), title="Lutherie", now=NOON).reference == "2026-10000"


@pytest.mark.django_db
def test_a_file_opens_with_its_household_and_its_adviser():
    adviser = UserFactory(adviser=True)
    file = lifecycle.open_file(
        holder=HolderFactory(),
        title="Lutherie",
        origin=Origin.FAIR,
        household={"adults": 2, "children": 1, "school_levels": [Level.MIDDLE]},
        adviser=adviser,
        now=NOON,
    )
    assert (file.stage, file.adviser, file.adviser_since, file.opened_at) == (Stage.NEW, adviser, NOON, NOON)
    assert (file.household.adults, file.household.school_levels) == (2, ["college"])


@pytest.mark.django_db
def test_a_household_nobody_can_be_undoes_the_opening_and_takes_no_reference():
    with pytest.raises(IntegrityError, match="household_has_an_adult"), transaction.atomic():
        lifecycle.open_file(holder=HolderFactory(), title="Lutherie", household={"adults": 0}, now=NOON)
    assert not ProjectFile.objects.exists()
    assert not Household.objects.exists()
    assert lifecycle.open_file(holder=HolderFactory(), title="Lutherie", now=NOON).reference == "2026-0001"


@pytest.mark.django_db(transaction=True)
def test_twenty_openings_at_once_get_twenty_references_in_a_row():
    holder = HolderFactory()
    opened = in_threads(20, lambda n: lifecycle.open_file(holder=holder, title=f"Projet {n}", now=NOON).reference)
    assert sorted(opened) == [f"2026-{n:04d}" for n in range(1, 21)]


# ---- Stages ----------------------------------------------------------------------------------------------------------

MOVES = {
    Stage.NEW: {Stage.TO_QUALIFY, Stage.CLOSED},
    Stage.TO_QUALIFY: {Stage.SUPPORTED, Stage.CLOSED},
    Stage.SUPPORTED: {Stage.PAUSED, Stage.SETTLED, Stage.CLOSED},
    Stage.PAUSED: {Stage.SUPPORTED, Stage.CLOSED},
    Stage.SETTLED: {Stage.CLOSED},
    Stage.CLOSED: {Stage.SUPPORTED},
    Stage.ANONYMISED: set(),
}
FACTS = {Stage.PAUSED: NEXT_YEAR, Stage.CLOSED: GAVE_UP}


def at_stage(stage):
    facts = {"paused_until": dt.date(2027, 1, 1), "pause_reason": "Vend"} if stage == Stage.PAUSED else {}
    facts |= {"closing_reason": ClosingReason.DONE} if stage in (Stage.CLOSED, Stage.ANONYMISED) else {}
    return ProjectFileFactory(stage=stage, **facts)


@pytest.mark.django_db
@pytest.mark.parametrize("since", Stage)
@pytest.mark.parametrize("to", Stage)
def test_a_person_moves_a_file_where_the_table_says_and_nowhere_else(since, to):
    file, adviser = at_stage(since), UserFactory(adviser=True)
    facts = {"reason": "Le porteur a rappelé", **FACTS.get(to, {})}
    if to in MOVES[since]:
        moved = lifecycle.move_file(file=file, to=to, by=adviser, now=NOON, **facts)
        assert (moved.stage, moved.stage_since) == (to, NOON)
        trace = Transition.objects.get(file=file)
        assert (trace.from_stage, trace.to_stage, trace.by, trace.at) == (since, to, adviser, NOON)
    else:
        with pytest.raises(refusals.StageRefused):
            lifecycle.move_file(file=file, to=to, by=adviser, now=NOON, **facts)
        file.refresh_from_db()
        assert (file.stage, Transition.objects.count()) == (since, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [stage for stage, after in MOVES.items() if Stage.CLOSED in after])
def test_only_a_settled_file_is_closed_as_followed_to_the_end(stage):
    file, closing = at_stage(stage), {"to": Stage.CLOSED, "by": UserFactory(adviser=True), "closing_reason": ClosingReason.DONE}
    if stage == Stage.SETTLED:
        assert lifecycle.move_file(file=file, now=NOON, **closing).closing_reason == ClosingReason.DONE
        return
    with pytest.raises(refusals.StageRefused, match="Personne ne s’est installé"):
        lifecycle.move_file(file=file, now=NOON, **closing)
    file.refresh_from_db()
    assert (file.stage, file.closing_reason) == (stage, "")


@pytest.mark.django_db
def test_only_the_portal_itself_anonymises_and_how_the_file_ended_stays_known():
    moved = lifecycle.move_file(file=at_stage(Stage.CLOSED), to=Stage.ANONYMISED, by=None, now=NOON)
    assert (moved.stage, moved.closing_reason) == (Stage.ANONYMISED, ClosingReason.DONE)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "to", "facts"),
    [
        (Stage.SUPPORTED, Stage.PAUSED, {"reason": "Vend son appartement"}),
        (Stage.SUPPORTED, Stage.PAUSED, {"reason": "Vend son appartement", "paused_until": TODAY}),
        (Stage.SUPPORTED, Stage.PAUSED, {"reason": "  ", "paused_until": dt.date(2027, 2, 1)}),
        (Stage.SUPPORTED, Stage.CLOSED, {"reason": "Ne répond plus"}),
        (Stage.CLOSED, Stage.SUPPORTED, {"reason": ""}),
    ],
    ids=[
        "pause without end",
        "pause that ends today",
        "pause without reason",
        "closing without reason",
        "reopening without reason",
    ],
)
def test_a_move_that_does_not_say_why_is_refused(since, to, facts):
    file = at_stage(since)
    with pytest.raises(refusals.StageRefused):
        lifecycle.move_file(file=file, to=to, by=UserFactory(adviser=True), now=NOON, **facts)
    file.refresh_from_db()
    assert (file.stage, Transition.objects.count()) == (since, 0)


@pytest.mark.django_db
def test_what_a_stage_asked_for_goes_when_the_file_leaves_it():
    adviser, file = UserFactory(adviser=True), at_stage(Stage.SUPPORTED)
    paused = lifecycle.move_file(file=file, to=Stage.PAUSED, by=adviser, now=NOON, **NEXT_YEAR)
    assert (paused.paused_until, paused.pause_reason) == (dt.date(2027, 2, 1), "Vend son appartement")
    closed = lifecycle.move_file(file=file, to=Stage.CLOSED, by=adviser, now=NOON, closing_reason=ClosingReason.NO_NEWS)
    assert (closed.paused_until, closed.pause_reason, closed.closing_reason) == (None, "", "no_news")
    reopened = lifecycle.move_file(file=file, to=Stage.SUPPORTED, by=adviser, now=NOON, reason="A rappelé")
    assert reopened.closing_reason == ""


@pytest.mark.django_db
def test_the_trace_of_a_move_cannot_be_rewritten():
    lifecycle.move_file(file=ProjectFileFactory(), to=Stage.TO_QUALIFY, by=None)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Transition.objects.update(reason="autre chose")


@pytest.mark.django_db
def test_the_trace_of_a_move_goes_with_its_file_only():
    def erase(rows):
        with transaction.atomic():
            rows.delete()
            connection.check_constraints()  # what the end of a transaction does

    file = ProjectFileFactory()
    lifecycle.move_file(file=file, to=Stage.TO_QUALIFY, by=None)
    with pytest.raises(IntegrityError, match="append-only"):
        erase(Transition.objects.all())
    erase(file)
    assert not Transition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_a_file_at_once_one_moves_it_and_one_is_told():
    file, adviser = at_stage(Stage.SUPPORTED), UserFactory(adviser=True)
    ends = [Stage.SETTLED, Stage.PAUSED]  # neither leads to the other
    facts = [{}, NEXT_YEAR]
    outcomes = in_threads(2, lambda n: lifecycle.move_file(file=file, to=ends[n], by=adviser, now=NOON, **facts[n]))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ProjectFile", "StageRefused"]
    assert Transition.objects.count() == 1


# ---- Advisers --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_adviser_takes_a_file_that_nobody_has(adviser):
    file = lifecycle.assign_adviser(file=ProjectFileFactory(), adviser=adviser, by=adviser, now=NOON)
    assert (file.adviser, file.adviser_since) == (adviser, NOON)


@pytest.mark.django_db
def test_an_adviser_takes_no_file_from_a_colleague(adviser):
    file = ProjectFileFactory(adviser=UserFactory(adviser=True, first_name="Sophie", last_name="Dupuy"))
    with pytest.raises(refusals.AssignmentRefused, match="Sophie Dupuy"):
        lifecycle.assign_adviser(file=file, adviser=adviser, by=adviser)
    file.refresh_from_db()
    assert file.adviser.first_name == "Sophie"


@pytest.mark.django_db
def test_an_adviser_gives_no_file_to_a_colleague(adviser):
    with pytest.raises(refusals.AssignmentRefused):
        lifecycle.assign_adviser(file=ProjectFileFactory(), adviser=UserFactory(adviser=True), by=adviser)


@pytest.mark.django_db
def test_the_lead_hands_a_file_over_and_the_open_tasks_go_along(lead, adviser):
    former = UserFactory(adviser=True)
    file = ProjectFileFactory(adviser=former)
    open_task, done_task = TaskFactory(file=file, assignee=former), TaskFactory(file=file, assignee=former, done=True)
    somebody_elses = TaskFactory(file=file)
    lifecycle.assign_adviser(file=file, adviser=adviser, by=lead, deputy=former)
    assignees = dict(Task.objects.values_list("pk", "assignee"))
    assert assignees == {open_task.pk: adviser.pk, done_task.pk: former.pk, somebody_elses.pk: somebody_elses.assignee_id}


@pytest.mark.django_db
def test_a_new_deputy_does_not_make_the_adviser_new(lead, adviser):
    file = lifecycle.assign_adviser(file=ProjectFileFactory(), adviser=adviser, by=lead, now=NOON)
    file = lifecycle.assign_adviser(file=file, adviser=adviser, by=lead, deputy=lead, now=NOON + dt.timedelta(days=9))
    assert (file.deputy, file.adviser_since) == (lead, NOON)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["visitor", "deputy", "inactive"])
def test_a_file_is_entrusted_to_advisers_only(lead, adviser, role):
    people = {
        "visitor": {"adviser": UserFactory()},
        "deputy": {"adviser": adviser, "deputy": UserFactory()},
        "inactive": {"adviser": UserFactory(adviser=True, is_active=False)},
    }[role]
    with pytest.raises(refusals.AssignmentRefused):
        lifecycle.assign_adviser(file=ProjectFileFactory(), by=lead, **people)


@pytest.mark.django_db
def test_the_deputy_is_somebody_else(lead, adviser):
    with pytest.raises(refusals.AssignmentRefused):
        lifecycle.assign_adviser(file=ProjectFileFactory(), by=lead, adviser=adviser, deputy=adviser)


@pytest.mark.django_db
def test_a_closed_file_is_entrusted_to_nobody(lead, adviser):
    with pytest.raises(refusals.AssignmentRefused):
        lifecycle.assign_adviser(file=ProjectFileFactory(closed=True), by=lead, adviser=adviser)


@pytest.mark.django_db(transaction=True)
def test_of_two_advisers_who_take_a_file_at_once_one_has_it():
    file, advisers = ProjectFileFactory(), UserFactory.create_batch(2, adviser=True)
    mine = lambda n: User.objects.get(pk=advisers[n].pk)  # noqa: E731 -- one copy a thread
    outcomes = in_threads(2, lambda n: lifecycle.assign_adviser(file=file, adviser=mine(n), by=mine(n)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AssignmentRefused", "ProjectFile"]
