"""Partnerships: opened, paused, resumed, ended."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tests.factories.villages import CommitteeMemberFactory, CommuneFactory, PlaceFactory, VillageFactory
from villages.committee import partnerships
from villages.enums import VillageStatus
from villages.models import CommitteeMember, Village

pytestmark = pytest.mark.django_db


def test_opening_a_village_makes_its_page_its_committee_and_its_journeys():
    PlaceFactory(latitude=43.8)
    village = partnerships.open_village(
        commune=CommuneFactory(name="L'Œuvre-sur-Baïse"),
        tagline="Sur la rivière",
        monthly_capacity=2,
        committee=[
            partnerships.NewSeat(name="Hélène Daubas", role="lead"),
            partnerships.NewSeat(name="Bernard Lacoste", about="maraîcher"),
        ],
    )
    assert (village.slug, village.status, village.monthly_capacity) == ("l-oeuvre-sur-baise", VillageStatus.PARTNER, 2)
    assert [(person.name, person.role) for person in village.committee.in_order()] == [
        ("Hélène Daubas", "lead"), ("Bernard Lacoste", "volunteer")
    ]  # fmt: skip
    assert village.station_km == 13.9


def test_two_villages_of_one_name_have_two_addresses():
    first = partnerships.open_village(commune=CommuneFactory(name="Saint-Médard", insee_code="32394"))
    second = partnerships.open_village(commune=CommuneFactory(name="Saint-Médard", insee_code="2A394"))
    assert (first.slug, second.slug) == ("saint-medard", "saint-medard-2a394")


@pytest.mark.parametrize("status", [VillageStatus.PARTNER, VillageStatus.PAUSED])
def test_a_partner_is_not_opened_again(status):
    village = VillageFactory(status=status, tagline="Avant")
    with pytest.raises(partnerships.VillageRefused, match="est déjà un village du réseau"):
        partnerships.open_village(commune=village.commune, tagline="Après")
    village.refresh_from_db()
    assert village.tagline == "Avant"


def test_a_village_that_left_comes_back_at_its_address():
    village = VillageFactory(former=True, slug="ancienne-adresse")
    CommitteeMemberFactory(village=village, lead=True)
    again = partnerships.open_village(commune=village.commune, committee=[partnerships.NewSeat(name="Paul", role="lead")])
    assert (again.pk, again.slug, again.status) == (village.pk, "ancienne-adresse", VillageStatus.PARTNER)
    assert [person.name for person in again.committee.all()] == ["Paul"]


def test_a_committee_with_two_leads_opens_nothing():
    commune = CommuneFactory()
    seats = [partnerships.NewSeat(name="A", role="lead"), partnerships.NewSeat(name="B", role="lead")]
    with pytest.raises(IntegrityError, match="committee_one_lead"), transaction.atomic():
        partnerships.open_village(commune=commune, committee=seats)
    assert not Village.objects.exists()
    assert not CommitteeMember.objects.exists()


@time_machine.travel("2026-11-24T09:00+01:00", tick=False)
def test_a_pause_ends_by_itself_and_by_hand():
    village = VillageFactory()
    village = partnerships.pause_village(village=village, until=dt.date(2026, 12, 1))
    assert [village.is_paused(dt.date(2026, 12, day)) for day in (1, 2)] == [True, False]
    assert [village.welcomes(dt.date(2026, 12, day)) for day in (1, 2)] == [False, True]
    assert partnerships.resume_village(village=village).paused_until is None


@time_machine.travel("2026-11-24T09:00+01:00", tick=False)
def test_a_pause_cannot_end_in_the_past():
    with pytest.raises(partnerships.VillageRefused, match="ne peut pas être passé"):
        partnerships.pause_village(village=VillageFactory(), until=dt.date(2026, 11, 23))


def test_a_former_village_cannot_be_paused_but_comes_back():
    village = partnerships.end_partnership(village=VillageFactory(paused=True))
    assert (village.status, village.paused_until) == (VillageStatus.FORMER, None)
    with pytest.raises(partnerships.VillageRefused, match="n’est plus dans le réseau"):
        partnerships.pause_village(village=village)
    assert partnerships.resume_village(village=village).status == VillageStatus.PARTNER
