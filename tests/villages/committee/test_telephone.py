"""A committee's telephone numbers: given by their owners, with the day on which they agreed, for the advisers alone."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.factories.members import UserFactory
from tests.factories.villages import CommitteeMemberFactory
from villages.models import CommitteeMember

pytestmark = pytest.mark.django_db

MINE = "05 62 00 00 01"


@pytest.fixture
def seat():
    return CommitteeMemberFactory(user=UserFactory(), lead=True, name="Hélène")


@pytest.fixture
def browser(client_of, seat):
    return client_of(seat.user)


def page(seat):
    return reverse("villages:committee-telephone", args=[seat.village.slug])


def kept(seat) -> tuple[str, dt.date | None]:
    seat.refresh_from_db()
    return str(seat.phone), seat.phone_agreed_on


def test_ones_own_number_is_kept_with_the_day_of_the_agreement(browser, seat):
    desk = reverse("villages:committee-village", args=[seat.village.slug])
    assert page(seat) in browser.get(desk).content.decode()
    assert browser.post(page(seat), {"phone": MINE, "agreed": "on"}).url == desk
    assert kept(seat) == ("+33562000001", timezone.localdate())
    assert 'value="05 62 00 00 01"' in browser.get(page(seat)).content.decode()
    public = browser.get(seat.village.get_absolute_url()).content.decode()
    assert "62 00 00 01" not in public.replace("\xa0", " ")


def test_a_number_without_the_agreement_is_refused_beside_it_and_what_was_typed_stays(browser, seat):
    html = browser.post(page(seat), {"phone": MINE}).content.decode()
    assert "Cochez pour que le numéro soit gardé" in html
    assert f'value="{MINE}"' in html
    assert kept(seat) == ("", None)


def test_what_is_no_number_is_refused_beside_it(browser, seat):
    html = browser.post(page(seat), {"phone": "zéro cinq", "agreed": "on"}).content.decode()
    assert 'id="id_phone_error"' in html
    assert 'value="zéro cinq"' in html
    assert kept(seat) == ("", None)


def test_the_same_number_keeps_its_first_day_another_has_its_own_and_none_ends_it(browser, seat, time_machine):
    for day, typed, expected in [
        (1, MINE, ("+33562000001", dt.date(2027, 2, 1))),
        (5, MINE, ("+33562000001", dt.date(2027, 2, 1))),
        (9, "05 62 00 00 02", ("+33562000002", dt.date(2027, 2, 9))),
        (10, "0692 12 34 56", ("+262692123456", dt.date(2027, 2, 10))),
        (12, "", ("", None)),
    ]:
        time_machine.move_to(dt.datetime(2027, 2, day, 9, tzinfo=dt.UTC), tick=False)
        browser.force_login(seat.user)
        browser.post(page(seat), {"phone": typed, "agreed": "on"})
        assert kept(seat) == expected


def test_nobody_gives_the_number_of_another(client_of, browser, seat):
    other = CommitteeMemberFactory(village=seat.village, name="Marc", user=UserFactory())
    browser.post(page(seat), {"phone": MINE, "agreed": "on"})
    assert kept(other) == ("", None)
    assert client_of(UserFactory()).post(page(seat), {"phone": MINE, "agreed": "on"}).status_code == 404


def test_the_database_keeps_no_number_without_its_day_nor_a_day_alone(seat):
    for facts in ({"phone": "+33562000001"}, {"phone_agreed_on": dt.date(2026, 11, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CommitteeMember.objects.filter(pk=seat.pk).update(**facts)


# ---- In the admin, for those who have no account -----------------------------------------------------------------------


def inline(seat, **facts):
    prefixes = {"projects": 0, "checks": 0, "speed_tests": 0}
    values = {f"{prefix}-{name}": count for prefix, count in prefixes.items() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    row = {"id": seat.pk, "village": seat.village_id, "name": seat.name, "role": seat.role, "about": "", "email": "", "user": ""}
    row |= {"absent_from": "", "absent_until": "", "phone": "", "phone_agreed_on": ""} | facts
    return (
        {"monthly_capacity": 1, "tagline": "", "description": "", "reviewed_by": "", "partner_since": "", "reviewed_on": ""}
        | values
        | {"committee-TOTAL_FORMS": 1, "committee-INITIAL_FORMS": 1}
        | {f"committee-0-{name}": value for name, value in row.items()}
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"phone": MINE}, "Dites quel jour"),
        ({"phone_agreed_on": "2026-11-01"}, "Pour quel numéro"),
        ({"phone": MINE, "phone_agreed_on": "2199-01-01"}, "encore à venir"),
    ],
)
def test_the_lead_writes_a_number_with_its_day_or_is_told_why_not(client_of, settings, seat, facts, said):
    settings.STAFF_MFA_REQUIRED = False
    browser, address = client_of(UserFactory(lead=True)), reverse("admin:villages_village_change", args=[seat.village_id])
    refused = browser.post(address, inline(seat, **facts))
    assert refused.status_code == 200
    assert said in refused.content.decode()
    assert kept(seat) == ("", None)
    assert browser.post(address, inline(seat, phone=MINE, phone_agreed_on="2026-11-01")).status_code == 302
    assert kept(seat) == ("+33562000001", dt.date(2026, 11, 1))
