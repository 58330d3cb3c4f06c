"""The day of a place, for whoever keeps it."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from members.enums import MemberStatus
from members.models import Payment
from outbox.models import Letter
from telecentres.enums import BookingStatus, PassKind, Stretch
from telecentres.half_days import instant
from telecentres.models import Booking, Closure, Pass, PassOffer
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.telecentres import BookingFactory, ClosureFactory, DeskFactory, PassFactory, RateFactory, TelecentreFactory

TUESDAY, WEDNESDAY = dt.date(2026, 11, 24), dt.date(2026, 11, 25)
NOW = instant(TUESDAY, dt.time(9))
MORNING, AFTERNOON, _DAY = Stretch.of_opening_hours()
NONSENSE = [{"who": ""}, {"day": "demain"}, {"day": "2026-11-29"}, {"stretch": "night"}, {"desk": "99"}, {"key": ""}]


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place():
    return TelecentreFactory(name="Télécentre de Fleurance", slug="fleurance", commune__name="Fleurance")


@pytest.fixture
def desk(place):
    return DeskFactory(telecentre=place, name="Poste 1")


@pytest.fixture
def host(client, place):
    host = UserFactory(host=True)
    place.hosts.add(host)
    client.force_login(host)
    return host


def said(response) -> list[str]:
    """Without the spaces that French typography makes narrow."""
    return [str(message).replace("\u202f", " ") for message in response.context["messages"]]


def day(client, shown=TUESDAY) -> str:
    return client.get(reverse("telecentres:day", args=["fleurance"]) + f"?jour={shown}").content.decode()


def press(client, name, *args, **data):
    return client.post(reverse(f"telecentres:{name}", args=["fleurance", *args]), data, follow=True)


def test_the_day_says_who_sits_where_and_who_is_expected(client, host, desk):
    DeskFactory(telecentre=desk.telecentre)
    BookingFactory(desk=desk, day=TUESDAY, member__user__last_name="Daubas", note="première venue")
    page = re.sub(r"[ \n]+", " ", day(client))
    assert "Daubas" in page
    assert "première venue" in page
    assert "0 personne est là, 1 est attendue, 1 poste reste libre." in page


def test_an_arrival_is_one_press(client, host, desk):
    booking = BookingFactory(desk=desk, day=TUESDAY)
    press(client, "arrival", booking.pk)
    booking.refresh_from_db()
    assert (booking.status, booking.checked_in_at) == (BookingStatus.CHECKED_IN, NOW)
    assert "1 personne est là" in day(client)


def test_who_did_not_come_before_is_the_hosts_to_know(client, host, desk):
    booking = BookingFactory(desk=desk, day=TUESDAY)
    for week in (1, 2):
        BookingFactory(member=booking.member, desk=desk, day=TUESDAY - dt.timedelta(weeks=week), status=BookingStatus.NO_SHOW)
    assert "n’est pas venu 2 fois en un an" in day(client)
    client.force_login(booking.member.user)
    assert "n’est pas venu 2 fois" not in client.get(reverse("telecentres:my-bookings")).content.decode()


def test_a_host_does_not_open_the_day_of_another_place(client, host):
    foreign = BookingFactory(day=TUESDAY)
    for name, args in (("day", []), ("close", [])):
        assert client.get(reverse(f"telecentres:{name}", args=[foreign.desk.telecentre.slug, *args])).status_code == 404
    own_address = reverse("telecentres:arrival", args=["fleurance", foreign.pk])
    assert client.post(own_address).status_code == 404


def caller(**changes) -> dict:
    return {"who": "Inès Daubas", "day": str(WEDNESDAY), "stretch": "morning", "desk": "any", "note": "", "key": "a"} | changes


def test_a_member_on_the_telephone_is_booked_by_name(client, host, desk):
    member = MemberFactory(user__first_name="Inès", user__last_name="Daubas")
    answer = press(client, "book-for", **caller(who="daubas ines"))
    assert said(answer) == ["Réservé : Poste 1, Inès Daubas, mercredi 25 novembre au matin."]
    booking = Booking.objects.get()
    assert (booking.member, booking.booked_by) == (member, host)
    assert Letter.objects.get().to == member.user.email


def test_a_passer_by_pays_the_visitors_rate_and_gets_a_letter_where_they_have_an_address(client, host, desk):
    RateFactory(telecentre=desk.telecentre, price=6)
    RateFactory(telecentre=desk.telecentre, public="visitor", price=8)
    press(client, "book-for", **caller(who="Madame Duprat"))
    booking = Booking.objects.get()
    assert (booking.member, booking.guest, booking.price) == (None, "Madame Duprat", 8)
    assert not Letter.objects.exists()
    press(client, "book-for", **caller(who="duprat@example.org", stretch="afternoon", key="b"))
    assert Letter.objects.get().to == "duprat@example.org"


@pytest.mark.parametrize("who", ["lena.moreau@example.org", "Léna Moreau"])
def test_somebody_on_trial_who_calls_is_booked_with_their_own_half_days(client, host, desk, who):
    RateFactory(telecentre=desk.telecentre, public="visitor", price=8)
    person = {"user__first_name": "Léna", "user__last_name": "Moreau", "user__email": "lena.moreau@example.org"}
    newcomer = MemberFactory(status=MemberStatus.TRIAL, **person)
    PassFactory(member=newcomer, kind=PassKind.TRIAL, price=0, valid_from=TUESDAY, created_at=NOW)
    press(client, "book-for", **caller(who=who))
    booking = Booking.objects.get()
    assert (booking.member, booking.guest, booking.units, booking.price) == (newcomer, "", 1, 0)
    PassOffer.objects.create(half_days=10, price=48, valid_days=365)
    answer = press(client, "sell-pass", who=who, offer=PassOffer.objects.get().pk, means="cash", key="b")
    assert (answer.status_code, "Un carnet se vend à un membre." in answer.content.decode()) == (422, True)


def test_two_of_one_name_are_told_apart_by_what_they_let_one_see(client, host, desk):
    for email, activity, shown in (("ines@example.org", "Traductrice", True), ("ines.d@example.org", "Graphiste", False)):
        MemberFactory(
            user__first_name="Inès",
            user__last_name="Daubas",
            user__email=email,
            activity=activity,
            shown=shown,
            commune__name="Lectoure" if shown else "Condom",
        )
    answer = press(client, "book-for", **caller())
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Inès Daubas, Traductrice, Lectoure; Inès Daubas" in page.replace("&#x27;", "'")
    for hidden in ("ines@example.org", "ines.d@example.org", "Graphiste", "Condom"):
        assert hidden not in page
    assert not Booking.objects.exists()
    press(client, "book-for", **caller(who="ines.d@example.org"))
    assert Booking.objects.get().member.user.email == "ines.d@example.org"


@pytest.mark.parametrize("typed", ["an", "ar", "el", "Le", "a", "mar", "arie", "dup", "example"])
def test_a_host_cannot_list_the_network_by_its_syllables(client, host, desk, typed):
    for number, name in enumerate(["Marie", "Manel", "Armand", "Ariane"]):
        MemberFactory(
            user__first_name=name, user__last_name="Dupland", user__email=f"{name.lower()}{number}@example.net", shown=True
        )
    offer = PassOffer.objects.create(half_days=10, price=48)
    for answer in (
        press(client, "book-for", **caller(who=typed)),
        press(client, "sell-pass", who=typed, offer=offer.pk, means="cash", key="a"),
    ):
        page = answer.content.decode()
        assert "example.net" not in page
        assert "Dupland" not in page
    assert not Booking.objects.exclude(member=None).exists()
    assert not Pass.objects.exists()


@pytest.mark.parametrize("typed", ["an", "L.", "—"])
def test_less_than_three_letters_is_refused_and_kept(client, host, desk, typed):
    answer = press(client, "book-for", **caller(who=typed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Écrivez au moins trois lettres du nom" in page
    assert f'value="{typed}"' in page
    assert not Booking.objects.exists()


def test_whoever_has_been_here_is_found_by_the_beginning_of_their_name(client, host, desk):
    known = BookingFactory(desk=desk, day=TUESDAY, member__user__first_name="Inès", member__user__last_name="Daubas").member
    MemberFactory(user__first_name="Paul", user__last_name="Daubigny")  # never here
    press(client, "book-for", **caller(who="dau"))
    assert Booking.objects.latest("pk").member == known


def test_a_member_without_a_name_is_not_called_by_their_address(client, host, desk):
    nameless = {"member__user__first_name": "", "member__user__last_name": "", "member__user__email": "secrete@example.org"}
    BookingFactory(desk=desk, day=TUESDAY, **nameless)
    for name in ("day", "wall"):
        page = client.get(reverse(f"telecentres:{name}", args=["fleurance"])).content.decode()
        assert "Un membre" in page
        assert "secrete" not in page


def test_a_desk_given_back_is_said_to_be_free_on_the_wall_and_in_the_day(client, host, desk):
    BookingFactory(desk=desk, day=TUESDAY, status=BookingStatus.NO_SHOW)
    wall = client.get(reverse("telecentres:wall", args=["fleurance"])).content.decode()
    assert "<b>Poste 1</b><span>libre</span>" in wall
    assert '<span class="today__free">libre</span>' in day(client)
    press(client, "book-for", **caller(who="Un passant", day=str(TUESDAY)))
    assert Booking.objects.filter(guest="Un passant").exists()


def test_somebody_who_stands_there_takes_what_has_begun(client, host, desk):
    press(client, "book-for", **caller(who="Un passant", day=str(TUESDAY)))
    assert Booking.objects.get().starts_at < NOW


@pytest.mark.parametrize("wrong", NONSENSE)
def test_a_call_that_is_not_understood_books_nothing_and_keeps_what_was_typed(client, host, desk, wrong):
    answer = press(client, "book-for", **caller(note="avec son chien", **wrong))
    assert answer.status_code == 422
    assert "avec son chien" in answer.content.decode()
    assert not Booking.objects.exists()


def test_a_refusal_stands_beside_the_field_of_the_desk(client, host, desk):
    BookingFactory(desk=desk, day=WEDNESDAY)
    answer = press(client, "book-for", **caller())
    assert answer.status_code == 409
    assert "Tout est pris" in answer.content.decode()


def test_a_booking_is_called_off_by_the_host(client, host, desk):
    booking = BookingFactory(desk=desk, day=WEDNESDAY)
    press(client, "call-off", booking.pk)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CANCELLED


# ---- Closing -----------------------------------------------------------------------------------------------------------


def closing(**changes) -> dict:
    return {"first": str(WEDNESDAY), "last": "", "stretch": "day", "desk": "", "reason": "l’électricien"} | changes


def test_nothing_is_closed_before_those_concerned_were_seen(client, host, desk):
    booking = BookingFactory(desk=desk, day=WEDNESDAY, member__user__last_name="Daubas")
    other = DeskFactory(telecentre=desk.telecentre, name="Poste 2")
    page = press(client, "close", **closing(desk=desk.pk)).content.decode()
    assert "Daubas" in page
    assert "passe à Poste 2" in page
    assert not Closure.objects.exists()
    press(client, "close", **closing(desk=desk.pk, close="1"))
    booking.refresh_from_db()
    assert (Closure.objects.get().desk, booking.desk) == (desk, other)


def test_the_whole_place_closes_from_noon_on(client, host, desk):
    morning, afternoon = (BookingFactory(desk=desk, day=WEDNESDAY, stretch=stretch) for stretch in (MORNING, AFTERNOON))
    press(client, "close", **closing(stretch="afternoon", close="1"))
    status = dict(Booking.objects.values_list("pk", "status"))
    assert (status[morning.pk], status[afternoon.pk]) == (BookingStatus.CONFIRMED, BookingStatus.CANCELLED)


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"first": ""}, {"last": "2026-11-01"}, {"last": "2026-11-27", "stretch": "morning"}, {"desk": "999"}]
)
def test_a_closure_that_makes_no_sense_closes_nothing(client, host, desk, wrong):
    assert press(client, "close", **closing(close="1", **wrong)).status_code == 422
    assert not Closure.objects.exists()


def test_a_closure_of_a_time_that_is_over_is_refused(client, host, desk):
    answer = press(client, "close", **closing(first="2026-11-20", close="1"))
    assert answer.status_code == 409
    assert "passé" in answer.content.decode()


def test_a_day_is_opened_again(client, host, place):
    closure = ClosureFactory(telecentre=place, day=WEDNESDAY)
    press(client, "reopen", closure.pk)
    assert not Closure.objects.exists()


# ---- Passes ------------------------------------------------------------------------------------------------------------


def test_a_pass_is_sold_once_for_two_presses(client, host, place):
    offer, member = PassOffer.objects.create(half_days=10, price=48), MemberFactory()
    for means in ("card", "cash"):
        answer = press(client, "sell-pass", who=member.user.email, offer=offer.pk, means=means, key="a")
        assert said(answer)[0].endswith("10 demi-journées sur 10\u00a0; 48 €, réglé par carte le 24 novembre 2026.")
    sold = Pass.objects.get()
    assert (sold.member, sold.balance, sold.sold_at) == (member, 10, place)
    paid = Payment.objects.get()
    assert (paid, paid.payer, paid.amount, paid.means, paid.ended_by) == (sold.payment, member.user, 48, "card", host)


@pytest.mark.parametrize("means", ["", "gold"])
def test_a_pass_is_not_sold_before_it_is_said_how_it_is_paid(client, host, place, means):
    offer = PassOffer.objects.create(half_days=10, price=48)
    answer = press(client, "sell-pass", who=MemberFactory().user.email, offer=offer.pk, means=means, key="a")
    assert answer.status_code == 422
    assert 'id="sale_means_error"' in answer.content.decode()
    assert (Pass.objects.count(), Payment.objects.count()) == (0, 0)


def test_a_pass_is_not_sold_to_a_passer_by(client, host, place):
    offer = PassOffer.objects.create(half_days=10, price=48)
    answer = press(client, "sell-pass", who="Madame Duprat", offer=offer.pk, means="cash", key="a")
    assert answer.status_code == 422
    assert not Pass.objects.exists()


@pytest.mark.parametrize("count", [2, 30])
def test_the_day_costs_the_same(client, host, place, django_assert_num_queries, count):
    for _ in range(count):
        BookingFactory(desk=DeskFactory(telecentre=place), day=TUESDAY)
    # session, person, place, whether they keep it; hours, desks, closures, who waits, what keeps others off; bookings, no-shows;
    # offers twice; closures to come
    with django_assert_num_queries(15):
        day(client)
