"""What is owed ends once, by the service alone; an account takes its name off, and the line stays as long as the law asks."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import ProtectedError
from django.utils import timezone

from members.enums import MeansOfPayment, PaymentStatus
from members.models import Payment, User
from members.payments import services
from members.tasks import forget_payments
from tests.factories.members import PaymentFactory, UserFactory

pytestmark = pytest.mark.django_db

EVENING = dt.datetime(2026, 11, 26, 23, 30, tzinfo=dt.UTC)  # the 27th there
STATE = ("status", "means", "reason", "ended_on", "ended_by")


@pytest.fixture
def host():
    return UserFactory()


def state_of(payment: Payment) -> tuple:
    return Payment.objects.values_list(*STATE).get(pk=payment.pk)


def settle(payment: Payment, by: User, means=MeansOfPayment.CARD) -> Payment:
    return services.settle(payment=payment, means=means, by=by, now=EVENING)


def test_what_is_owed_is_settled_by_some_means_on_a_day_of_the_territory(host):
    payer = UserFactory()
    owed = services.owe(payer=payer, amount=28, what="Salle de réunion, journée", now=EVENING)
    assert (owed.payer, owed.amount, owed.owed_since) == (payer, 28, dt.date(2026, 11, 27))
    assert state_of(owed) == ("owed", "", "", None, None)
    settle(owed, host)
    assert state_of(owed) == ("settled", "card", "", dt.date(2026, 11, 27), host.pk)


def test_what_is_waived_or_cancelled_says_why(host):
    lead, waived, cancelled = UserFactory(lead=True), *PaymentFactory.create_batch(2, owed_since=EVENING.date())
    services.waive(payment=waived, reason="remise pour le retard des travaux", by=lead, now=EVENING)
    services.cancel(payment=cancelled, reason="salle fermée ce jour-là", by=host, now=EVENING)
    day = dt.date(2026, 11, 27)
    assert state_of(waived) == ("waived", "", "remise pour le retard des travaux", day, lead.pk)
    assert state_of(cancelled) == ("cancelled", "", "salle fermée ce jour-là", day, host.pk)


@pytest.mark.parametrize("ended", [status for status in PaymentStatus if status != PaymentStatus.OWED])
def test_what_has_ended_does_not_end_again(host, ended):
    payment = PaymentFactory(owed_since=EVENING.date())
    facts = {"means": "cash"} if ended == PaymentStatus.SETTLED else {"reason": "fermé"}
    services.end(payment, ended, by=host, now=EVENING, **facts)
    before = state_of(payment)
    with pytest.raises(services.PaymentRefused, match=r"Carnet de 10 demi-journées, .* le 27 novembre 2026"):
        settle(payment, host)
    with pytest.raises(services.PaymentRefused):
        services.cancel(payment=payment, reason="erreur", by=host, now=EVENING)
    assert state_of(payment) == before


@pytest.mark.parametrize("who", [{}, {"adviser": True}, {"lead": True, "second_step": False}])
def test_nobody_waives_without_the_role_and_its_second_step(who):
    payment = PaymentFactory(owed_since=EVENING.date())
    with pytest.raises(PermissionDenied):
        services.waive(payment=payment, reason="remise", by=UserFactory(**who), now=EVENING)
    assert state_of(payment)[0] == "owed"


@pytest.mark.parametrize(
    ("who", "seen"), [({}, "own"), ({"adviser": True}, "own"), ({"lead": True}, "all"), ({"admin": True}, "all")]
)
def test_one_sees_ones_own_and_whoever_looks_after_payments_sees_all(who, seen):
    user, somebody_elses = UserFactory(**who), PaymentFactory()
    own = PaymentFactory(payer=user)
    assert set(Payment.objects.visible_to(user)) == ({own, somebody_elses} if seen == "all" else {own})


# ---- Erased, and forgotten ---------------------------------------------------------------------------------------------


def test_an_account_that_is_erased_takes_its_name_off_what_has_ended(host):
    payment = settle(PaymentFactory(owed_since=EVENING.date()), host)
    payment.payer.delete()
    host.delete()
    kept = Payment.objects.get()
    assert (kept.payer, kept.ended_by, kept.amount, kept.means) == (None, None, 48, "card")


def test_an_account_that_still_owes_is_not_erased():
    payment = PaymentFactory()
    PaymentFactory(payer=payment.payer, settled=True)
    with pytest.raises(ProtectedError):
        payment.payer.delete()
    assert Payment.objects.filter(payer=payment.payer).count() == 2


def test_an_account_that_owes_is_named_to_whoever_wants_to_erase_it(client):
    payment = PaymentFactory()
    client.force_login(UserFactory(admin=True))
    page = f"/admin/members/user/{payment.payer.pk}/delete/"
    asked = client.get(page)
    assert (asked.status_code, ["Carnet de 10 demi-journées" in one for one in asked.context["protected"]]) == (200, [True])
    client.post(page, {"post": "yes"})
    assert User.objects.filter(pk=payment.payer.pk).exists()


def test_a_payment_goes_ten_years_after_the_year_of_its_end_and_what_is_owed_stays():
    year = timezone.now().year
    owed = PaymentFactory(owed_since=dt.date(year - 30, 1, 1))
    kept = PaymentFactory(settled=True, owed_since=dt.date(year - 10, 1, 1))
    gone = PaymentFactory(settled=True, owed_since=dt.date(year - 11, 12, 31))
    forget_payments()
    assert set(Payment.objects.all()) == {owed, kept}
    assert not Payment.objects.filter(pk=gone.pk).exists()
