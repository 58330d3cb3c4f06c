import datetime as dt

import pytest

from members.models import User
from tests.factories.members import UserFactory

MONDAY, FRIDAY, SATURDAY = (dt.date(2026, 11, day) for day in (23, 27, 28))
LONG_AGO, LATER = dt.date(2016, 1, 1), dt.date(2036, 1, 1)


@pytest.mark.parametrize(
    ("absent_from", "absent_until", "absent_on"),
    [
        (None, None, set()),
        (MONDAY, FRIDAY, {MONDAY, FRIDAY}),
        (MONDAY, None, {MONDAY, FRIDAY, SATURDAY, LATER}),
        (None, MONDAY, {LONG_AGO, MONDAY}),
    ],
    ids=["present", "both days count", "until further notice", "since ever"],
)
def test_an_absence_lasts_from_its_first_day_to_its_last(absent_from, absent_until, absent_on):
    user = User(absent_from=absent_from, absent_until=absent_until)
    assert {day for day in (LONG_AGO, MONDAY, FRIDAY, SATURDAY, LATER) if user.is_absent_on(day)} == absent_on


@pytest.mark.django_db
def test_the_team_is_its_advisers_and_leads_who_are_still_here():
    adviser, lead = UserFactory(adviser=True), UserFactory(lead=True)
    UserFactory(admin=True), UserFactory(), UserFactory(adviser=True, is_active=False), UserFactory(lead=True, is_active=False)
    assert set(User.objects.advisers()) == {adviser, lead}
