"""Two people of one committee, at the same instant."""

import datetime as dt
import threading
from functools import partial

import pytest
from django.db import connections
from django.utils import timezone

from tests.factories.villages import HousingFactory, TerritoryProjectFactory, VillageFactory
from villages.committee import upkeep, village_life
from villages.housing import services
from villages.models import FactCheck

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, ROUNDS = 6, 5


def all_at_once(act) -> list[Exception | None]:
    """`act(by=…)` by each of them, let go together; what each got raised."""
    gate, errors = threading.Barrier(PEOPLE), [None] * PEOPLE

    def run(number: int) -> None:
        try:
            gate.wait(30)
            act(by=f"Personne {number}", on=timezone.localdate())
        except Exception as raised:  # noqa: BLE001 -- whatever it is, it is the outcome
            errors[number] = raised
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def test_one_check_is_kept_when_all_press_together():
    village = VillageFactory()
    assert all_at_once(partial(upkeep.check_fact, village=village, topic="shops")) == [None] * PEOPLE
    assert FactCheck.objects.get().village == village


def test_one_of_two_who_write_the_page_is_told_and_nothing_is_lost():
    village = VillageFactory(tagline="Avant")
    seen = upkeep.page_version(village)

    def write(*, by, on):
        upkeep.write_page(village=village, tagline=f"De {by}", description="", by=by, on=on, seen=seen)

    errors = all_at_once(write)
    assert errors.count(None) == 1
    assert {type(error) for error in errors if error} == {upkeep.ChangedMeanwhile}
    village.refresh_from_db()
    winner = errors.index(None)
    assert (village.tagline, village.reviewed_by) == (f"De Personne {winner}", f"Personne {winner}")


def test_one_of_two_who_add_the_same_project_is_told():
    village = VillageFactory()
    TerritoryProjectFactory.create_batch(village_life.MOST_PROJECTS - 2, village=village)
    errors = all_at_once(partial(village_life.add_project, village=village, title="La crèche", stage="study"))
    assert errors.count(None) == 1
    assert village.projects.count() == village_life.MOST_PROJECTS - 1


def test_a_house_confirmed_and_withdrawn_at_the_same_instant_ends_as_one_of_the_two():
    """Each answers the same letter: whoever comes second is told that somebody has answered."""
    asked_about = timezone.localdate() - dt.timedelta(days=52)
    for _ in range(ROUNDS):
        house = HousingFactory(confirmed_on=asked_about, confirmed_by="Avant")

        def answer(*, by, on, house=house):
            if int(by.rpartition(" ")[2]) % 2:
                services.withdraw_housing(housing=house, on=on, asked_about=asked_about)
            else:
                services.confirm_housing(housing=house, by=by, on=on, asked_about=asked_about)

        errors = all_at_once(answer)
        assert errors.count(None) == 1
        assert {type(error) for error in errors if error} == {services.HousingRefused}
        winner = errors.index(None)
        house.refresh_from_db()
        if winner % 2:
            assert (house.withdrawn_on, house.confirmed_on, house.confirmed_by) == (timezone.localdate(), asked_about, "Avant")
        else:
            assert (house.withdrawn_on, house.confirmed_on) == (None, timezone.localdate())
            assert house.confirmed_by == f"Personne {winner}"
