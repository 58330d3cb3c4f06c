"""Rows as an older portal left them are carried over by the migrations that came since, and none is lost on the way back."""

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.conftest import MIGRATED, of_server

BEFORE = [("projects", "0005_confirmed_addresses"), ("villages", "0003_station_codes")]
RESULTS = "https://soho.example/villages/trouver/resultats/?"
SUMMER_NIGHT = dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)  # half past midnight of the first of July there
DAY = dt.timedelta(days=1)


@pytest.fixture
def old_portal(django_db_setup, django_db_blocker):
    """A database of its own, as it was before; nothing else is in it."""
    name = connection.settings_dict["NAME"]
    own = f"{name}_of_before"
    with django_db_blocker.unblock():
        connection.close()
        of_server(f'CREATE DATABASE "{own}" TEMPLATE "{MIGRATED}"')
        connection.settings_dict["NAME"] = own
        try:
            yield migrated(BEFORE)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = name
            of_server(f'DROP DATABASE "{own}"')


def migrated(targets):
    """The models as they are once the database stands there."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def newest() -> list[tuple[str, str]]:
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


class Old:
    """Writes rows of before, by a word that the test knows them by."""

    def __init__(self, apps) -> None:
        self.model = lambda name: apps.get_model("projects", name)
        self.holder = self.model("Holder").objects.create(first_name="Nadia", last_name="Ferrand")

    def file(self, word: str, **facts):
        facts = {
            "reference": f"2026-{self.model('ProjectFile').objects.count()}",
            "title": word,
            "opened_on": dt.date(2026, 5, 4),
            "holder": self.holder,
        } | facts
        return self.model("ProjectFile").objects.create(**facts)

    def household(self, word: str, *, of_a_form: bool, **facts) -> None:
        file = self.file(word, key=f"form-{word}" if of_a_form else "")
        self.model("Household").objects.create(file=file, **facts)

    def move(self, file, to: str, at: dt.datetime) -> None:
        self.model("Transition").objects.create(file=file, from_stage="supported", to_stage=to, at=at)

    def note(self, file, query: str, at: dt.datetime) -> None:
        text = f"Visios et gros fichiers\n{RESULTS}{query}"
        self.model("Event").objects.create(file=file, kind="note", direction="in", text=text, at=at)


def write_settlings(old: Old) -> None:
    settled = old.file("settled", stage="settled")
    old.move(settled, "settled", SUMMER_NIGHT)
    twice = old.file("closed twice", stage="closed", closing_reason="elsewhere")
    for number, to in enumerate(["closed", "supported", "closed"]):
        old.move(twice, to, SUMMER_NIGHT + number * DAY)
    old.move(old.file("open again", closing_reason=""), "closed", SUMMER_NIGHT)
    old.move(old.file("anonymised", stage="anonymised", closing_reason="no_news"), "closed", SUMMER_NIGHT)


def write_households(old: Old) -> None:
    first_of_month, other_day = dt.date(2027, 9, 1), dt.date(2027, 9, 14)
    old.household("form, untouched", of_a_form=True, adults=1, children=0, wished_on=first_of_month)
    old.household("form, two adults", of_a_form=True, adults=2, children=0, wished_on=other_day)
    old.household("form, a budget", of_a_form=True, adults=1, children=0, housing_budget=700)
    old.household("adviser", of_a_form=False, adults=1, children=0, wished_on=first_of_month)
    old.household("levels", of_a_form=False, adults=2, children=2, school_levels=["elementary", "college"])


FAMILY = "connexion=parfois&adultes=3&elementaire=2&college=1&logement=acheter&budget=180000&pieces=4"


def write_answers(old: Old) -> None:
    joined = old.file("joined twice")
    old.note(joined, "connexion=parfois&logement=louer&budget=500", SUMMER_NIGHT)
    old.note(joined, FAMILY, SUMMER_NIGHT + DAY)
    old.file("laid down with answers", answers="connexion=toujours&logement=deja&elementaire=0")
    known = old.file("known before", answers=FAMILY)
    old.model("Household").objects.create(file=known, adults=2, children=1, housing_budget=900)
    old.note(old.file("forgotten", stage="anonymised"), FAMILY, SUMMER_NIGHT)
    internal = old.file("an adviser's own note")
    old.model("Event").objects.create(file=internal, kind="note", direction="internal", text=RESULTS + FAMILY, at=SUMMER_NIGHT)


def write_asides(old: Old, apps) -> None:
    user = apps.get_model("members", "User").objects.create(email="claire@example.org", first_name="Claire", last_name="Marsan")
    for card, until in (("no-contact:1", None), ("no-contact:2", dt.date(2027, 1, 4))):
        old.model("Aside").objects.create(card=card, until=until, by=user)


@pytest.mark.thorough  # a database of its own, migrated back and forth: fifteen seconds of processor
def test_rows_of_an_older_portal_are_carried_over_and_back(old_portal):
    old = Old(old_portal)
    write_settlings(old)
    write_households(old)
    write_answers(old)
    write_asides(old, old_portal)
    now = migrated(newest())

    moves = now.get_model("projects", "Transition").objects.order_by("file__title", "at")
    assert list(moves.values_list("file__title", "to_stage", "settled_on", "closing_reason")) == [
        ("anonymised", "closed", None, "no_news"),
        ("closed twice", "closed", None, ""),
        ("closed twice", "supported", None, ""),
        ("closed twice", "closed", None, "elsewhere"),
        ("open again", "closed", None, ""),
        ("settled", "settled", dt.date(2026, 7, 1), ""),
    ]

    households = now.get_model("projects", "Household").objects

    def of(word: str, *names: str) -> tuple:
        return households.values_list(*names).get(file__title=word)

    who, when = ("adults", "children"), ("wished_on", "wished_grain")
    assert of("form, untouched", *who, *when) == (None, None, dt.date(2027, 9, 1), "month")
    assert of("form, two adults", *who, *when) == (2, 0, dt.date(2027, 9, 14), "day")
    assert of("form, a budget", *who, *when) == (1, 0, None, "")
    assert of("adviser", *who, *when) == (1, 0, dt.date(2027, 9, 1), "day")
    assert of("levels", *who, "school_levels") == (2, 2, ["elementaire", "college"])

    sought = ("seeks", "housing_budget", "rooms")
    assert of("joined twice", *who, "may_be_more", "school_levels") == (3, 3, True, ["elementaire", "elementaire", "college"])
    assert of("joined twice", "file__answers", *sought) == (FAMILY, "acheter", 180_000, 4)
    assert of("laid down with answers", *who, "may_be_more", *sought) == (None, 0, False, "deja", None, None)
    assert of("known before", *who, *sought) == (2, 1, "", 900, None)
    files = now.get_model("projects", "ProjectFile").objects
    assert set(files.filter(household=None).values_list("title", "answers")) == {
        (word, "") for word in ("settled", "closed twice", "open again", "anonymised", "forgotten", "an adviser's own note")
    }
    assert list(now.get_model("projects", "Aside").objects.values_list("card", flat=True)) == ["no-contact:2"]

    kept = set(files.values_list("title", flat=True))
    before = migrated(BEFORE)
    assert set(before.get_model("projects", "ProjectFile").objects.values_list("title", flat=True)) == kept
    assert before.get_model("projects", "Household").objects.count() == households.count()
