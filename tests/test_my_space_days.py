"""What stands under « ce qui vient » is to come: a visit that is planned, never the day on which a file was opened."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from projects.enums import IntroductionState
from projects.models import Introduction, ProjectFile
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, IntroductionFactory
from tests.villages.catalogue.test_views import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder():
    return HolderFactory(user=UserFactory())


def days_on(page: str) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in re.findall(r'<time class="leaf" datetime="(\d{4}-\d\d-\d\d)', page)]


def test_no_day_that_passed_stands_under_what_is_coming(client_of, holder):
    today = timezone.localdate()
    one = IntroductionFactory(file__holder=holder)
    ProjectFile.objects.filter(pk=one.file_id).update(opened_on=today - dt.timedelta(days=40))
    response = client_of(holder.user).get("/mon-espace/")
    assert one.file.title in text_of(response)
    assert "Votre projet" in text_of(response)
    assert days_on(response.content.decode()) == []


@pytest.mark.parametrize(("hours", "is_coming"), [(30, True), (-1, True), (-30, False)])
def test_a_visit_stands_there_until_it_is_over(client_of, holder, hours, is_coming):
    one = IntroductionFactory(file__holder=holder)
    at = timezone.now() + dt.timedelta(hours=hours)
    Introduction.objects.filter(pk=one.pk).update(
        state=IntroductionState.CONTACT_MADE, slot=1, visit_at=at, state_since=timezone.now()
    )
    response = client_of(holder.user).get("/mon-espace/")
    assert (f"Visite de {one.village.commune.name}" in text_of(response)) is is_coming
    assert days_on(response.content.decode()) == ([timezone.localdate(at)] if is_coming else [])
