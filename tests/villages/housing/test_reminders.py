"""« Toujours libre ? »: who is asked, when, once, and what the link in the letter does."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from outbox import stops
from outbox.models import Letter
from tests.factories.villages import CommitteeMemberFactory, HousingFactory, VillageFactory
from villages.housing import reminders, services
from villages.models import Housing

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 26, 10, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def village():
    village = VillageFactory(commune__name="Saint-Clar")
    CommitteeMemberFactory(village=village, lead=True, name="Hélène Daubas", email="helene@example.org")
    return village


def tick(days: int = 0) -> int:
    with time_machine.travel(NOW + dt.timedelta(days=days), tick=False):
        return reminders.remind_committees(now=timezone.now())


def links() -> list[str]:
    said = "\n".join(Letter.objects.values_list("text", flat=True))
    return re.findall(r"https?://[^/]+(/logements/\d+/toujours-libre/\S+)", said)


# ---- When, and to whom -------------------------------------------------------------------------------------------------


def test_a_dwelling_is_asked_about_at_fifty_days_and_not_before(village):
    HousingFactory(village=village, confirmed_on=ago(49))
    assert tick() == 0
    assert tick(days=1) == 1
    letter = Letter.objects.get()
    assert (letter.to, letter.subject) == ("helene@example.org", "Saint-Clar : ce logement est-il toujours libre ?")


def test_an_outage_of_three_weeks_loses_nothing(village):
    HousingFactory(village=village, confirmed_on=ago(49))
    assert tick(days=22) == 1


def test_a_home_that_left_the_list_is_said_to_be_on_it_again(client, village):
    HousingFactory(village=village, confirmed_on=ago(60))
    tick()
    assert "est dans la liste jusqu’au" in client.post(links()[0], {"reponse": "oui"}).text


@pytest.mark.parametrize("facts", [{"withdrawn_on": ago(1)}, {"confirmed_on": ago(90)}, {"village__former": True}])
def test_nobody_is_asked_about_what_is_withdrawn_forgotten_or_of_a_village_that_left(facts):
    housing = HousingFactory(**{"confirmed_on": ago(55)} | facts)
    CommitteeMemberFactory(village=housing.village, lead=True, email="helene@example.org")
    assert tick() == 0


def test_a_village_gets_one_letter_a_day_for_all_its_dwellings(village):
    for days in (50, 53, 58):
        HousingFactory(village=village, confirmed_on=ago(days))
    HousingFactory(village=village, confirmed_on=ago(49))
    assert [tick(), tick(), tick(days=1), tick(days=1), tick(days=2)] == [1, 0, 1, 0, 0]
    assert [text.count("toujours-libre/") for text in Letter.objects.order_by("pk").values_list("text", flat=True)] == [3, 1]


def test_a_confirmation_is_asked_about_once_and_the_next_one_again(village):
    housing = HousingFactory(village=village, confirmed_on=ago(52))
    assert [tick(), tick(days=3)] == [1, 0]
    services.confirm_housing(housing=housing, by="Hélène", on=TODAY)
    assert [tick(days=49), tick(days=50), tick(days=51)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("away", "reader"), [([], "lead@example.org"), (["lead"], "deputy@example.org"), (["lead", "deputy"], "lead@example.org")]
)
def test_the_lead_reads_or_the_deputy_while_the_lead_is_away(away, reader):
    village = VillageFactory()
    for role in ("deputy", "lead"):
        absence = {"absent_from": ago(3), "absent_until": ago(-3)} if role in away else {}
        CommitteeMemberFactory(village=village, role=role, email=f"{role}@example.org", **absence)
    CommitteeMemberFactory(village=village, role="volunteer")  # without an address
    HousingFactory(village=village, confirmed_on=ago(50))
    tick()
    assert Letter.objects.get().to == reader


def test_a_village_without_an_address_is_asked_as_soon_as_it_has_one():
    housing = HousingFactory(confirmed_on=ago(50))
    assert tick() == 0
    CommitteeMemberFactory(village=housing.village, email="new@example.org")
    assert tick(days=1) == 1


def test_nobody_is_written_to_before_eight(village):
    HousingFactory(village=village, confirmed_on=ago(50))
    with time_machine.travel(dt.datetime(2026, 11, 25, 23, 5, tzinfo=dt.UTC), tick=False):  # five past midnight there
        reminders.remind_committees(now=timezone.now())
    assert Letter.objects.get().send_after == dt.datetime(2026, 11, 26, 7, tzinfo=dt.UTC)


def test_a_tick_costs_the_same_for_two_and_for_forty_villages(django_assert_max_num_queries):
    def cost(number: int) -> int:
        for _ in range(number):
            housing = HousingFactory(confirmed_on=ago(50))
            CommitteeMemberFactory(village=housing.village, lead=True, email="a@example.org")
        tick()
        with django_assert_max_num_queries(8) as queries:
            tick()
        return len(queries)

    assert cost(2) == cost(38)


# ---- What stops it -----------------------------------------------------------------------------------------------------


def test_the_letter_stays_while_one_of_its_dwellings_waits_for_an_answer(village):
    first, second = (HousingFactory(village=village, confirmed_on=ago(days)) for days in (50, 51))
    tick()
    key = Letter.objects.get().key
    assert not stops.reason_has_gone(key)
    services.confirm_housing(housing=first, by="Hélène", on=TODAY)
    assert not stops.reason_has_gone(key)
    services.withdraw_housing(housing=second, on=TODAY)
    assert stops.reason_has_gone(key)


def test_what_an_earlier_letter_asked_about_does_not_keep_a_later_one(village):
    HousingFactory(village=village, confirmed_on=ago(50))
    late = HousingFactory(village=village, confirmed_on=ago(49))
    tick()
    tick(days=1)
    services.confirm_housing(housing=late, by="Hélène", on=TODAY)
    first, second = Letter.objects.order_by("pk")
    assert (stops.reason_has_gone(first.key), stops.reason_has_gone(second.key)) == (False, True)


# ---- The link ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(village) -> tuple[Housing, str]:
    housing = HousingFactory(village=village, title="Ferme en pierre", confirmed_on=ago(52))
    tick()
    return housing, links()[0]


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_get_of_the_still_free_link_changes_nothing(client, asked, method):
    housing, link = asked
    getattr(client, method)(link)
    housing.refresh_from_db()
    assert (housing.confirmed_on, housing.withdrawn_on) == (ago(52), None)


def test_the_page_asks_without_an_account_and_without_being_stored(client, asked):
    _housing, link = asked
    response = client.get(link)
    assert response.status_code == 200
    assert "Ferme en pierre" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_yes_confirms_in_the_name_of_the_reader_and_the_link_is_spent(client, asked):
    housing, link = asked
    assert "C’est noté" in client.post(link, {"reponse": "oui"}).content.decode()
    housing.refresh_from_db()
    assert (housing.confirmed_on, housing.confirmed_by) == (TODAY, "Hélène Daubas")
    for again in (client.get(link), client.post(link, {"reponse": "non"})):
        assert again.status_code == 410
        assert "Cette question a sa réponse" in again.content.decode()
    housing.refresh_from_db()
    assert housing.withdrawn_on is None


def test_answering_no_withdraws_the_dwelling(client, asked):
    housing, link = asked
    client.post(link, {"reponse": "non"})
    housing.refresh_from_db()
    assert housing.withdrawn_on == TODAY
    assert client.get(link).status_code == 410


def test_a_press_that_says_neither_asks_again(client, asked):
    housing, link = asked
    assert client.post(link, {"reponse": "peut-être"}).status_code == 200
    housing.refresh_from_db()
    assert housing.confirmed_on == ago(52)


def test_a_link_of_another_dwelling_or_a_forged_one_is_dead(client, asked):
    housing, link = asked
    other = HousingFactory(village=housing.village, confirmed_on=ago(52))
    borrowed = link.replace(f"/{housing.pk}/", f"/{other.pk}/")
    nowhere = link.replace(f"/{housing.pk}/", "/999999/")
    for dead in (borrowed, nowhere, link[:-2] + "/", f"/logements/{housing.pk}/toujours-libre/oui/"):
        response = client.post(dead, {"reponse": "oui"})
        assert response.status_code == 410
        assert "Ce lien ne mène plus nulle part" in response.content.decode()
    assert not Housing.objects.filter(confirmed_on=TODAY).exists()


def test_a_link_dies_of_age_and_when_its_reader_leaves_the_committee(client, asked, clock):
    housing, link = asked
    clock.shift(dt.timedelta(days=41))
    assert client.post(link, {"reponse": "oui"}).status_code == 410
    clock.shift(dt.timedelta(days=-41))
    housing.village.committee.all().delete()
    assert client.post(link, {"reponse": "oui"}).status_code == 410


def test_the_press_is_guarded_against_other_sites(asked):
    _housing, link = asked
    assert Client(enforce_csrf_checks=True).post(link, {"reponse": "oui"}).status_code == 403
