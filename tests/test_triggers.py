"""What triggers of the database refuse and write, asked with plain SQL: no model and no service stands between."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

import pgtrigger
import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from members.models import JournalEntry
from projects.models import IntroductionMove, Transition
from telecentres.models import Pass
from tests.factories.members import PaymentFactory
from tests.factories.projects import ConsentRequestFactory, IntroductionFactory, ProjectFileFactory, TaskFactory
from tests.factories.telecentres import PassFactory
from tests.factories.villages import VillageFactory
from villages.models import Change

pytestmark = pytest.mark.django_db

CHECKED_AT_THE_END = "SET CONSTRAINTS ALL IMMEDIATE"  # what the end of a transaction does
ANONYMISE = "UPDATE projects_projectfile SET stage = 'anonymised'"
WORDS_GO = "UPDATE projects_consentrequest SET snapshot = '[]', words = ''"
NAMES_GO = "UPDATE projects_introductionmove SET by_name = '', reason = ''"
SOME_DAY = dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC)
SHOWN_IN_LISTS = ("commune", "village", "place", "connection", "nearestamenity", "housing")


def run(statement: str, *facts) -> int:
    """Returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return cursor.rowcount


def line_of_the_journal(**facts) -> JournalEntry:
    return JournalEntry.objects.create(what="signed_in", **facts)


def stage_move() -> Transition:
    return Transition.objects.create(file=ProjectFileFactory(), from_stage="new", to_stage="to_qualify")


def step_of_an_introduction() -> IntroductionMove:
    introduction = IntroductionFactory(sent=True)
    return introduction.moves.create(from_state="sent", to_state="accepted", by_name="Mme Daste", reason="Bienvenue")


def answered_consent():
    return ConsentRequestFactory(given=True)


class Refusal(NamedTuple):
    row: Callable
    state: str
    sentence: str
    statements: list[str]
    at_the_end: bool = False


REFUSED = {
    "journal_is_append_only": Refusal(
        line_of_the_journal,
        "23000",
        "the journal is append-only for twelve months",
        ["UPDATE members_journalentry SET about = 'nothing'", "DELETE FROM members_journalentry"],
    ),
    "payment_is_not_changed": Refusal(
        PaymentFactory, "23000", "a payment is not changed but to end it", ["UPDATE members_payment SET amount = 1"]
    ),
    "payment_is_not_removed": Refusal(
        PaymentFactory, "23000", "a payment is kept for ten years after the year of its end", ["DELETE FROM members_payment"]
    ),
    "transition_is_append_only": Refusal(
        stage_move, "23001", "stage moves are append-only", ["UPDATE projects_transition SET reason = 'another'"]
    ),
    "transition_goes_with_its_file": Refusal(
        stage_move, "23001", "stage moves are append-only", ["DELETE FROM projects_transition"], at_the_end=True
    ),
    "introduction_move_is_append_only": Refusal(
        step_of_an_introduction,
        "23001",
        "steps of introductions are append-only",
        ["UPDATE projects_introductionmove SET to_state = 'declined'", NAMES_GO],
    ),
    "introduction_move_goes_with_its_introduction": Refusal(
        step_of_an_introduction,
        "23001",
        "steps of introductions are append-only",
        ["DELETE FROM projects_introductionmove"],
        at_the_end=True,
    ),
    "answered_consent_is_kept": Refusal(
        answered_consent,
        "23001",
        "a consent is kept as it was asked and answered",
        ["UPDATE projects_consentrequest SET agreed = false", WORDS_GO],
    ),
    "passentry_is_not_changed": Refusal(
        PassFactory,
        "23000",
        "the ledger of passes is append-only",
        [
            "UPDATE telecentres_passentry SET id = id + 1",
            "UPDATE telecentres_passentry SET pass_of_id = pass_of_id + 1",
            "UPDATE telecentres_passentry SET units = 99",
            "UPDATE telecentres_passentry SET reason = 'granted'",
            "UPDATE telecentres_passentry SET booking_id = 1",
            "UPDATE telecentres_passentry SET at = now()",
        ],
    ),
    "passentry_is_not_removed": Refusal(
        PassFactory, "23000", "the ledger of passes is append-only", ["DELETE FROM telecentres_passentry"]
    ),
    "pass_balance_is_of_the_ledger": Refusal(
        PassFactory, "23000", "the balance of a pass is the sum of its ledger", ["UPDATE telecentres_pass SET balance = 99"]
    ),
    "pass_begins_empty": Refusal(
        PassFactory,
        "23000",
        "the balance of a pass is the sum of its ledger",
        [
            "INSERT INTO telecentres_pass (member_id, kind, half_days, balance, price, valid_from, valid_until, key, created_at) "
            "SELECT member_id, kind, half_days, 5, price, valid_from, valid_until, 'forged', created_at FROM telecentres_pass"
        ],
    ),
}
WRITING = {"passentry_keeps_balance", "task_day_was_chosen", "note_change"}


@pytest.mark.parametrize(
    ("trigger", "statement"), [(name, statement) for name, refusal in REFUSED.items() for statement in refusal.statements]
)
def test_the_database_refuses_and_says_why(trigger, statement):
    refusal = REFUSED[trigger]
    refusal.row()
    with transaction.atomic():
        if refusal.at_the_end:
            assert run(statement) == 1
            statement = CHECKED_AT_THE_END
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            run(statement)
        transaction.set_rollback(True)
    assert (error.value.__cause__.sqlstate, error.value.__cause__.diag.message_primary) == (refusal.state, refusal.sentence)


@pytest.mark.parametrize(
    ("row", "before", "statement"),
    [
        (lambda: line_of_the_journal(at=timezone.now() - dt.timedelta(days=367)), [], "DELETE FROM members_journalentry"),
        (stage_move, ["DELETE FROM projects_transition"], "DELETE FROM projects_projectfile"),
        (step_of_an_introduction, ["DELETE FROM projects_introductionmove"], "DELETE FROM projects_introduction"),
        (step_of_an_introduction, [ANONYMISE], NAMES_GO),
        (ConsentRequestFactory, [], "UPDATE projects_consentrequest SET agreed = true, via = 'link', answered_at = now()"),
        (answered_consent, [ANONYMISE], WORDS_GO),
        (PassFactory, [], "UPDATE telecentres_passentry SET by_id = NULL, note = 'of nobody'"),
        (PassFactory, [], "UPDATE telecentres_pass SET balance = 10, price = 40"),
    ],
    ids=[
        "a line of the journal is a year old",
        "a stage move goes with its file",
        "a step goes with its introduction",
        "an anonymous file names nobody in its steps",
        "a consent is answered",
        "an anonymous file keeps no words",
        "the ledger forgets who wrote",
        "the balance stays what it is",
    ],
)
def test_the_database_lets_through_what_is_due(row, before, statement):
    row()
    for earlier in before:
        run(earlier)
    assert run(statement) == 1
    run(CHECKED_AT_THE_END)


def test_no_session_can_have_a_trigger_ignored():
    PassFactory()
    with pgtrigger.ignore():
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            run("UPDATE telecentres_passentry SET units = 99")
        with pytest.raises(IntegrityError, match="sum of its ledger"), transaction.atomic():
            run("UPDATE telecentres_pass SET balance = 99")


def test_the_ledger_keeps_the_balance():
    pass_ = PassFactory()
    run("INSERT INTO telecentres_passentry (pass_of_id, units, reason, note, at) VALUES (%s, -3, 'corrected', '', now())", pass_.pk)
    assert Pass.objects.get().balance == 7


@pytest.mark.parametrize(
    ("statement", "is_chosen_now"),
    [
        ("UPDATE projects_task SET due_on = due_on + 1", True),
        ("UPDATE projects_task SET due_on = due_on + 1, due_set_at = '2026-04-04 09:00Z'", False),
        ("UPDATE projects_task SET title = 'another'", False),
    ],
)
def test_the_day_of_a_task_was_chosen_when_it_was_changed(statement, is_chosen_now):
    task = TaskFactory(due_set_at=SOME_DAY)
    assert run(statement) == 1
    task.refresh_from_db()
    assert (timezone.now() - task.due_set_at < dt.timedelta(days=1)) == is_chosen_now


@pytest.mark.parametrize("table", SHOWN_IN_LISTS)
def test_each_statement_on_what_lists_show_is_noted_once(table):
    VillageFactory()
    VillageFactory()
    noted = Change.objects.count()
    for statement in ("UPDATE {} SET id = id", "DELETE FROM {} WHERE id = -1", "INSERT INTO {} (id) SELECT 1 WHERE false"):
        run(statement.format(f"villages_{table}"))
    assert Change.objects.count() == noted + 3


def test_the_database_has_the_declared_triggers_and_no_others():
    declared = {
        (model._meta.db_table, trigger.get_pgid(model), trigger.name)
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", [])
    }
    assert {name for _table, _id, name in declared} == {*REFUSED, *WRITING}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, proname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE NOT tgisinternal"
        )
        assert set(cursor.fetchall()) == {(table, name, name) for table, name, _name in declared}
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype AND pronamespace = current_schema::regnamespace"
        )
        assert {name for (name,) in cursor.fetchall()} == {name for _table, name, _name in declared}
