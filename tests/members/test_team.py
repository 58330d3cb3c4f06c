import datetime as dt

import pytest

from members.models import User
from tests.factories.members import UserFactory

MONDAY, FRIDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 27)


@pytest.mark.parametrize(
    ("absent_from", "absent_until", "absent_on"),
    [
        (None, None, set()),
        (MONDAY, FRIDAY, {MONDAY, FRIDAY}),
        (MONDAY, None, {MONDAY, FRIDAY, dt.date(2036, 1, 1)}),
        (None, MONDAY, {dt.date(2016, 1, 1), MONDAY}),
    ],
    ids=["present", "both days count", "until further notice", "since ever"],
)
def test_an_absence_lasts_from_its_first_day_to_its_last(absent_from, absent_until, absent_on):
    user = User(absent_from=absent_from, absent_until=absent_until)
    days = {dt.date(2016, 1, 1), MONDAY, FRIDAY, FRIDAY + dt.timedelta(days=1), dt.date(2036, 1, 1)}
    assert {day for day in days if user.is_absent_on(day)} == absent_on


@pytest.mark.django_db
def test_the_team_is_its_advisers_and_leads_who_are_still_here():
    adviser, lead = UserFactory(adviser=True), UserFactory(lead=True)
    UserFactory(admin=True), UserFactory(), UserFactory(adviser=True, is_active=False), UserFactory(lead=True, is_active=False)
    assert set(User.objects.advisers()) == {adviser, lead}
    assert set(User.objects.leads()) == {lead}
