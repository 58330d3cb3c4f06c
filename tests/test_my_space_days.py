"""What stands under « ce qui vient » is to come: a visit that is planned, never the day on which a file was opened."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from projects.enums import IntroductionState
from projects.models import Introduction, ProjectFile
from tests.factories.members import UserFactory
from tests.factories.projects import HolderFactory, IntroductionFactory, ProjectFileFactory, TaskFactory
from tests.villages.catalogue.test_views import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def holder():
    return HolderFactory(user=UserFactory())


def days_on(page: str) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in re.findall(r'<time class="leaf" datetime="(\d{4}-\d\d-\d\d)', page)]


def test_no_day_that_passed_stands_under_what_is_coming(client_of, holder):
    today = timezone.localdate()
    introduction = IntroductionFactory(file__holder=holder)
    ProjectFile.objects.filter(pk=introduction.file_id).update(opened_on=today - dt.timedelta(days=40))
    response = client_of(holder.user).get("/mon-espace/")
    assert introduction.file.title in text_of(response)
    assert "Votre projet" in text_of(response)
    assert days_on(response.content.decode()) == []


@pytest.mark.parametrize(("hours", "is_coming"), [(30, True), (-1, True), (-30, False)])
def test_a_visit_stands_there_until_it_is_over(client_of, holder, hours, is_coming):
    introduction = IntroductionFactory(file__holder=holder)
    at = timezone.now() + dt.timedelta(hours=hours)
    Introduction.objects.filter(pk=introduction.pk).update(
        state=IntroductionState.CONTACT_MADE, slot=1, visit_at=at, state_since=timezone.now()
    )
    response = client_of(holder.user).get("/mon-espace/")
    assert (f"Visite de {introduction.village.commune.name}" in text_of(response)) is is_coming
    assert days_on(response.content.decode()) == ([timezone.localdate(at)] if is_coming else [])


def test_a_deputy_reads_the_figures_that_their_desk_shows(client_of, settings):
    """What they do for a colleague who is away counts in both."""
    settings.STAFF_MFA_REQUIRED = False
    today, day = timezone.localdate(), dt.timedelta(days=1)
    claire = UserFactory(adviser=True)
    away = UserFactory(adviser=True, absent_from=today, absent_until=today + day)
    file = ProjectFileFactory(adviser=away, deputy=claire, supported=True)
    for assignee, due_on in ((claire, today - day), (away, today - day), (away, today)):
        TaskFactory(file=file, assignee=assignee, due_on=due_on)
    client = client_of(claire)
    assert "Échéances en retard 2" in text_of(client.get("/admin/"))
    assert "2 échéances en retard, 1 pour aujourd’hui" in text_of(client.get("/mon-espace/"))


def test_own_files_stand_in_the_order_in_which_they_were_laid_down(client_of, holder):
    for title in ("Librairie", "Atelier"):
        ProjectFileFactory(holder=holder, title=title)
    said = text_of(client_of(holder.user).get("/mon-espace/"))
    assert said.index("Librairie") < said.index("Atelier")
