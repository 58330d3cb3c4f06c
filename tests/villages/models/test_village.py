"""What a village says of itself: whether it welcomes, who of its committee comes first, its order and address."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse

from tests.factories.villages import CommitteeMemberFactory, VillageFactory
from villages.enums import CommitteeRole, VillageStatus
from villages.models import Village, welcomes

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({}, True),
        ({"monthly_capacity": 0}, False),
        ({"paused": True}, False),
        ({"status": VillageStatus.PAUSED}, False),
        ({"status": VillageStatus.PAUSED, "paused_until": dt.date(2026, 11, 23)}, True),
        ({"former": True}, False),
    ],
)
def test_the_question_and_the_count_of_who_welcomes_agree(facts, answer):
    village, day = VillageFactory(**facts), dt.date(2026, 11, 24)
    assert village.welcomes(day) is answer
    assert Village.objects.public().filter(welcomes(day)).exists() is answer


def test_the_database_keeps_the_end_of_a_pause_for_paused_villages():
    with pytest.raises(IntegrityError, match="village_end_of_pause_only_when_paused"):
        VillageFactory(paused_until=dt.date(2027, 1, 1))


def test_a_committee_is_shown_lead_first():
    village = VillageFactory()
    for name, role in (("Zoé", "volunteer"), ("Anne", "volunteer"), ("Yves", "deputy"), ("Wilma", "lead")):
        CommitteeMemberFactory(village=village, name=name, role=CommitteeRole(role))
    assert [person.name for person in village.committee.in_order()] == ["Wilma", "Yves", "Anne", "Zoé"]


def test_french_order_heeds_neither_accents_nor_hyphens():
    names = ["Zoé-sur-Save", "L'Isle-Jourdain", "Éauze", "Eauze-Bas", "Lectoure", "Saint-Clar", "Saint Antoine", "Œuilly", "Ordan"]
    for name in names:
        VillageFactory(commune__name=name)
    assert [str(village) for village in Village.objects.with_commune().in_french_order()] == [
        "Éauze", "Eauze-Bas", "L'Isle-Jourdain", "Lectoure", "Œuilly", "Ordan", "Saint Antoine", "Saint-Clar", "Zoé-sur-Save"
    ]  # fmt: skip


def test_the_address_of_a_village_is_in_every_language():
    village = VillageFactory(slug="saint-clar")
    assert village.get_absolute_url() == reverse("villages:village", args=["saint-clar"]) == "/villages/saint-clar/"
