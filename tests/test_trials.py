"""Try before settling: from the file of a project to a desk."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from members import membership
from members.enums import MemberStatus
from members.models import Member, User
from outbox.models import Letter
from sohosolo import trials
from telecentres.booking.refusals import BookingRefused
from telecentres.booking.services import book_desk
from telecentres.enums import DeskKind, RefusalReason, Stretch
from telecentres.models import Pass
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import ProjectFileFactory
from tests.factories.telecentres import DeskFactory, RateFactory, TelecentreFactory, half_day
from tests.factories.villages import CommuneFactory

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def chief_town():
    return CommuneFactory(insee_code=settings.TERRITORY.chief_town)


@pytest.fixture
def adviser():
    return UserFactory(adviser=True)


@pytest.fixture
def file():
    return ProjectFileFactory(
        holder__email="lucie@example.org", holder__first_name="Lucie", holder__user=None, title="Une librairie"
    )


@pytest.fixture
def desk():
    return DeskFactory(telecentre=TelecentreFactory())


def book(desk, member, *, stretch=Stretch.MORNING, day=MONDAY, key="a"):
    trial = Pass.objects.get(member=member)
    Pass.objects.filter(pk=trial.pk).update(created_at=NOW, valid_from=NOW.date())
    return book_desk(desk=desk, member=member, period=half_day(desk.telecentre, day, stretch), key=key, now=NOW)


def test_a_holder_without_account_gets_one_and_half_days_and_a_letter(adviser, file):
    trial = trials.grant_trial_to_holder(file=file, half_days=4, by=adviser)
    file.holder.refresh_from_db()
    member = trial.member
    assert (member.user, member.status, trial.balance) == (file.holder.user, MemberStatus.TRIAL, 4)
    letter = Letter.objects.get()
    assert (letter.to, letter.key) == ("lucie@example.org", f"telecentres.trial_granted:{trial.pk}")


def test_one_trial_a_file(adviser, file):
    assert len({trials.grant_trial_to_holder(file=file, half_days=4, by=adviser).pk for _press in range(2)}) == 1
    assert (User.objects.filter(email="lucie@example.org").count(), Letter.objects.count()) == (1, 1)


def test_somebody_who_is_a_member_stays_one(adviser, file):
    member = MemberFactory(user__email="lucie@example.org")
    assert trials.grant_trial_to_holder(file=file, half_days=4, by=adviser).member == member
    member.refresh_from_db()
    assert member.status == MemberStatus.ACTIVE


def test_without_an_address_there_is_no_trial(adviser):
    with pytest.raises(trials.TrialRefused):
        trials.grant_trial_to_holder(file=ProjectFileFactory(holder__email="", holder__user=None), half_days=4, by=adviser)
    assert not Member.objects.exists()


def test_a_trial_books_a_desk_in_any_place_for_nothing_until_it_is_used_up(adviser, file, desk):
    RateFactory(telecentre=desk.telecentre, price=6)
    member = trials.grant_trial_to_holder(file=file, half_days=2, by=adviser).member
    booking = book(desk, member, stretch=Stretch.DAY)
    assert (booking.price, booking.units) == (0, 2)
    with pytest.raises(BookingRefused) as refused:
        book(desk, member, day=MONDAY + dt.timedelta(days=1), key="b")
    assert refused.value.reason == RefusalReason.TRIAL_OVER


def test_half_days_count_where_desks_cost_nothing_too(adviser, file, desk):
    member = trials.grant_trial_to_holder(file=file, half_days=2, by=adviser).member
    assert book(desk, member).units == 1


def test_a_trial_opens_no_room(adviser, file):
    room = DeskFactory(kind=DeskKind.ROOM)
    member = trials.grant_trial_to_holder(file=file, half_days=2, by=adviser).member
    with pytest.raises(BookingRefused) as refused:
        book(room, member)
    assert refused.value.reason == RefusalReason.TRIAL_OVER


def test_whoever_is_on_trial_is_not_of_the_directory_and_reads_none_of_it(adviser, file):
    user = trials.grant_trial_to_holder(file=file, half_days=2, by=adviser).member.user
    assert not user.is_member
    assert not user.sees_as_member
    assert not Member.objects.active().exists()


def test_the_trial_ends_in_a_membership(adviser, file, chief_town):
    user = trials.grant_trial_to_holder(file=file, half_days=2, by=adviser).member.user
    member = membership.make_member(user=user, commune=chief_town, activity="libraire", joined_on=MONDAY)
    assert (member.status, member.activity, member.joined_on) == (MemberStatus.ACTIVE, "libraire", MONDAY)


def test_an_adviser_offers_it_from_the_file(client, adviser, file, settings):
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(adviser)
    address = reverse("grant-trial", args=[file.reference])
    assert "Une librairie" in client.get(address).content.decode()
    assert not Pass.objects.exists()
    for wrong in ("0", "21", "beaucoup"):
        assert client.post(address, {"half_days": wrong}).status_code == 422
    assert client.post(address, {"half_days": "4"}).status_code == 302
    assert Pass.objects.get().half_days == 4


@pytest.mark.parametrize(
    "who", [{"adviser": True, "second_step": False}, {"adviser": True, "is_active": False}, {"is_staff": True}]
)
def test_nobody_grants_a_trial_without_the_role_and_its_second_step(who):
    with pytest.raises(PermissionDenied):
        trials.grant_trial_to_holder(file=ProjectFileFactory(), half_days=2, by=UserFactory(**who))
    assert not User.objects.filter(holder__isnull=False).exists()
