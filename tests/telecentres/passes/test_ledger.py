"""Passes: the database sums the ledger, lets nothing be changed, and never goes below zero."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import override

from members.enums import MeansOfPayment, MemberStatus, PaymentStatus
from members.models import Payment
from members.payments import services as payments
from telecentres.booking import cancelling
from telecentres.booking.services import book_desk
from telecentres.enums import BookingStatus, EntryReason, PassKind
from telecentres.models import Booking, Pass, PassEntry, PassOffer
from telecentres.passes import ledger
from tests.factories.members import MemberFactory, PaymentFactory, UserFactory
from tests.factories.telecentres import DeskFactory, PassFactory, RateFactory, TelecentreFactory, half_day

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)


@pytest.fixture
def offer():
    return PassOffer.objects.create(half_days=10, price=48, valid_days=365)


def sell(offer, member, now=NOW) -> Pass:
    return ledger.sell_pass(offer=offer, member=member, key="a", means=MeansOfPayment.CASH, by=UserFactory(), now=now)


def test_a_pass_is_sold_as_it_is_on_sale(offer):
    sold = sell(offer, MemberFactory())
    assert (sold.balance, sold.price, sold.valid_from, sold.valid_until) == (10, 48, NOW.date(), dt.date(2027, 11, 26))
    assert list(sold.entries.values_list("units", "reason")) == [(10, EntryReason.SOLD)]


def test_selling_twice_with_the_same_key_is_selling_once(offer):
    member = MemberFactory()
    assert len({sell(offer, member).pk for _ in range(2)}) == 1
    assert Pass.objects.get().balance == 10


@pytest.mark.parametrize("status", [MemberStatus.TRIAL, MemberStatus.FORMER, None])
def test_a_pass_is_sold_to_members_only(offer, status):
    person = status and MemberFactory(status=status)
    with pytest.raises(ledger.LedgerRefused, match="se vend à un membre"):
        sell(offer, person)
    assert not Pass.objects.exists()


def test_what_is_sold_is_owed_and_settled_in_one_go(offer):
    member, host = MemberFactory(), UserFactory()
    with override("en"):
        sold = ledger.sell_pass(offer=offer, member=member, key="a", means=MeansOfPayment.CHEQUE, by=host, now=NOW)
    paid = Payment.objects.get()
    assert sold.payment == paid
    assert (paid.payer, paid.amount, paid.what) == (member.user, 48, "Carnet de 10 demi-journées")
    assert (paid.status, paid.means, paid.owed_since, paid.ended_on, paid.ended_by) == (
        *(PaymentStatus.SETTLED, MeansOfPayment.CHEQUE, NOW.date()),
        *(NOW.date(), host),
    )


def test_nothing_is_sold_whose_payment_is_not_kept(offer, monkeypatch):
    def refuse(**facts):
        raise payments.PaymentRefused

    monkeypatch.setattr(payments, "settle", refuse)
    with pytest.raises(payments.PaymentRefused):
        sell(offer, MemberFactory())
    assert (Pass.objects.count(), Payment.objects.count()) == (0, 0)


def test_what_costs_nothing_is_not_paid(offer):
    offer.price = 0
    assert sell(offer, MemberFactory()).payment is None
    assert not Payment.objects.exists()


def test_a_trial_is_for_nothing():
    trial = ledger.grant_trial(member=MemberFactory(), half_days=2, valid_days=30, key="file-7", now=NOW)
    assert (trial.kind, trial.balance, trial.price) == (PassKind.TRIAL, 2, 0)


def test_a_booking_takes_from_the_pass_and_calling_it_off_gives_back(offer):
    place, member = TelecentreFactory(), MemberFactory()
    RateFactory(telecentre=place, price=6)
    desk = DeskFactory(telecentre=place)
    sold = sell(offer, member)
    booking = book_desk(desk=desk, member=member, period=half_day(place, MONDAY), key="b", now=NOW)
    sold.refresh_from_db()
    assert (booking.price, booking.units, booking.paid_with, sold.balance) == (0, 1, sold, 9)
    for _press in range(2):
        cancelling.cancel_booking(booking=booking, by=member.user, now=NOW)
    sold.refresh_from_db()
    assert sold.balance == 10
    assert list(sold.entries.order_by("pk").values_list("units", flat=True)) == [10, -1, 1]


def test_a_pass_bought_later_pays_nothing_booked_before(offer):
    place, member = TelecentreFactory(), MemberFactory()
    RateFactory(telecentre=place, price=6)
    sell(offer, member, NOW + dt.timedelta(hours=1))
    booking = book_desk(desk=DeskFactory(telecentre=place), member=member, period=half_day(place, MONDAY), key="b", now=NOW)
    assert (booking.price, booking.units) == (6, 0)


def test_a_correction_says_why_and_never_goes_below_zero():
    pass_ = PassFactory(left=3)
    ledger.correct_pass(of=pass_, units=-3, note="deux fois la même", by=UserFactory(lead=True))
    pass_.refresh_from_db()
    assert pass_.balance == 0
    for units in (-1, 0):
        with pytest.raises(ledger.LedgerRefused):
            ledger.correct_pass(of=pass_, units=units, note="", by=UserFactory(lead=True))
    assert pass_.entries.count() == 3


# ---- What the database holds by itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        lambda pass_, entry: PassEntry.objects.filter(pk=entry.pk).update(units=99),
        lambda pass_, entry: PassEntry.objects.filter(pk=entry.pk).delete(),
        lambda pass_, entry: Pass.objects.filter(pk=pass_.pk).update(balance=99),
        lambda pass_, entry: Pass.objects.filter(pk=pass_.pk).update(balance=-1),
        lambda pass_, entry: Pass.objects.create(
            member=pass_.member, half_days=5, balance=5, valid_from=NOW, valid_until=NOW, key="forged"
        ),
        lambda pass_, entry: Pass.objects.filter(pk=pass_.pk).update(kind=PassKind.TRIAL, payment=PaymentFactory()),
        lambda pass_, entry: PassEntry.objects.create(pass_of=pass_, units=-11, reason=EntryReason.CORRECTED),
        lambda pass_, entry: PassEntry.objects.create(pass_of=pass_, units=1, reason=EntryReason.USED),
        lambda pass_, entry: PassEntry.objects.create(pass_of=pass_, units=-1, reason=EntryReason.USED),
    ],
    ids=[
        "changed",
        "removed",
        "balance",
        "below",
        "begun full",
        "a trial paid",
        "overdrawn",
        "wrong sign",
        "of no booking",
    ],
)
def test_the_database_refuses_what_would_falsify_the_ledger(wrong):
    pass_ = PassFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong(pass_, pass_.entries.get())
    pass_.refresh_from_db()
    assert (pass_.balance, pass_.entries.get().units) == (10, 10)


def test_an_erased_account_takes_its_name_off_the_ledger():
    seller = UserFactory()
    pass_ = PassFactory()
    PassEntry.objects.create(pass_of=pass_, units=-1, reason=EntryReason.CORRECTED, by=seller)
    seller.delete()
    assert pass_.entries.filter(by=None).count() == 2


def test_a_booking_has_units_and_a_pass_or_neither():
    with pytest.raises(IntegrityError, match="booking_units_are_of_a_pass"):
        Booking.objects.create(
            desk=DeskFactory(), member=MemberFactory(), period=half_day(TelecentreFactory(), MONDAY), key="a",
            stretch="morning", status=BookingStatus.CONFIRMED, units=1,
        )  # fmt: skip


@pytest.mark.parametrize("who", [{"lead": True, "second_step": False}, {"lead": True, "is_active": False}, {"adviser": True}, {}])
def test_nobody_puts_a_pass_right_without_the_role_and_its_second_step(who):
    pass_ = PassFactory()
    with pytest.raises(PermissionDenied):
        ledger.correct_pass(of=pass_, units=1, note="", by=UserFactory(**who))
    assert not pass_.entries.filter(reason=EntryReason.CORRECTED).exists()
