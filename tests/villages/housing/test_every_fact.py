"""A fact that a committee says of a dwelling is asked in its form and told on its page: none is forgotten on the way."""

import datetime as dt
from dataclasses import fields

import pytest
from django.db import models
from django.urls import reverse

from tests.factories.members import UserFactory
from tests.factories.villages import CommitteeMemberFactory, HousingFactory
from villages.housing.services import HousingFacts
from villages.models import Housing

pytestmark = pytest.mark.django_db

FACTS = [fact.name for fact in fields(HousingFacts)]
OF_THE_PORTAL = {"id", "village", "added_on", "confirmed_on", "confirmed_by", "withdrawn_on", "updated_at"}
NOT_TOLD = {"owner_contact", "audience"}  # how to reach the owner; who may read the page


def test_every_field_is_a_fact_of_the_committee_or_kept_by_the_portal():
    assert {field.name for field in Housing._meta.concrete_fields} == {*FACTS, *OF_THE_PORTAL}


def test_the_committees_form_asks_for_every_fact(client):
    seat = CommitteeMemberFactory(user=UserFactory())
    client.force_login(seat.user)
    page = client.get(reverse("villages:committee-housing-add", args=[seat.village.slug])).content.decode()
    assert [fact for fact in FACTS if f'name="{fact}"' not in page] == []


@pytest.mark.parametrize("fact", sorted({*FACTS} - NOT_TOLD))
def test_its_page_tells_every_fact(client, fact):
    housing = HousingFactory(trial=fact == "most_months")
    pages = []
    for value in two_values_of(Housing._meta.get_field(fact)):
        Housing.objects.update(**{fact: value})
        pages.append(client.get(housing.get_absolute_url()).content.decode())
    assert pages[0] != pages[1] == client.get(housing.get_absolute_url()).content.decode()


def two_values_of(field: models.Field) -> tuple:
    if field.choices:
        return field.choices[0][0], field.choices[1][0]
    if isinstance(field, models.BooleanField):
        return False, True
    if isinstance(field, models.DateField):
        return dt.date(2099, 1, 1), dt.date(2099, 2, 2)
    return ("Un mot", "Un autre") if isinstance(field, models.CharField | models.TextField) else (3, 4)
