"""The places and their bookings in the admin."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from telecentres.admin import RULES
from telecentres.enums import BookingStatus, HalfDay
from telecentres.models import Booking, Closure, PassOffer, Telecentre
from tests.factories.members import UserFactory
from tests.factories.telecentres import (
    BookingFactory,
    ClosureFactory,
    DeskFactory,
    PassFactory,
    RateFactory,
    SeriesFactory,
    TelecentreFactory,
    WaitingEntryFactory,
    next_working_day,
    whole_day,
)
from villages.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_second_step_asked(settings):
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture
def lead(client):
    user = UserFactory(lead=True)
    client.force_login(user)
    return user


def page(name: str, *args) -> str:
    return reverse(f"admin:telecentres_{name}", args=args)


@pytest.mark.parametrize(
    ("who", "places", "bookings", "adding"),
    [("lead", 200, 200, 200), ("admin", 200, 200, 200), ("adviser", 200, 200, 403), (None, 302, 302, 302)],
)
def test_each_role_enters_only_its_pages_of_the_telecentres_admin(client, who, places, bookings, adding):
    client.force_login(UserFactory(**({who: True} if who else {})))
    assert client.get(page("telecentre_changelist")).status_code == places
    assert client.get(page("booking_changelist")).status_code == bookings
    assert client.get(page("telecentre_add")).status_code == adding


@pytest.mark.parametrize("name", ["pass", "waitingentry", "bookingseries", "passoffer"])
def test_rows_that_services_write_are_read_only_in_the_admin(client, name):
    PassFactory(), WaitingEntryFactory(), SeriesFactory()
    client.force_login(UserFactory(adviser=True))
    assert client.get(page(f"{name}_changelist")).status_code == 200
    assert client.get(page(f"{name}_add")).status_code == 403


def test_a_pass_is_shown_with_its_ledger_and_put_right_by_a_line_more(client, lead):
    pass_ = PassFactory(left=3)
    assert "-7" in client.get(page("pass_change", pass_.pk)).content.decode()
    client.post(page("pass_changelist"), {"action": "give_one", "_selected_action": [pass_.pk]})
    pass_.refresh_from_db()
    assert pass_.balance == 4
    assert pass_.entries.latest("pk").by == lead


def test_an_adviser_puts_no_pass_right(client):
    pass_ = PassFactory(left=3)
    client.force_login(UserFactory(adviser=True))
    client.post(page("pass_changelist"), {"action": "give_one", "_selected_action": [pass_.pk]})
    pass_.refresh_from_db()
    assert pass_.balance == 3


def test_what_is_on_sale_is_the_leads_to_say(client, lead):
    facts = {"half_days": 10, "price": "48", "valid_days": 365, "is_sold": "on"}
    assert client.post(page("passoffer_add"), facts).status_code == 302
    assert PassOffer.objects.get().price == 48


@pytest.mark.parametrize("count", [2, 20])
@pytest.mark.parametrize(("name", "queries"), [("pass", 9), ("waitingentry", 8), ("bookingseries", 8)])
def test_the_lists_of_passes_and_waiting_cost_the_same_for_any_number(
    client, lead, name, queries, count, django_assert_num_queries
):
    {"pass": PassFactory, "waitingentry": WaitingEntryFactory, "bookingseries": SeriesFactory}[name].create_batch(count)
    client.get(page(f"{name}_changelist"))
    # session, person, rights of their own and of their groups, for passes roles; places to choose from; counted twice, read
    with django_assert_num_queries(queries):
        client.get(page(f"{name}_changelist"))


def test_bookings_are_read_and_never_written_by_hand(client):
    client.force_login(UserFactory(admin=True))
    booking = BookingFactory()
    assert client.get(page("booking_change", booking.pk)).status_code == 200
    client.post(page("booking_change", booking.pk), {"status": "cancelled", "key": "another"})
    assert client.get(page("booking_add")).status_code == 403
    assert client.post(page("booking_delete", booking.pk), {"post": "yes"}).status_code == 403
    assert client.post(page("telecentre_delete", booking.desk.telecentre_id), {"post": "yes"}).status_code == 403
    before, booking = booking, Booking.objects.get()
    assert (booking.status, booking.key) == (before.status, before.key)


def call_off(client, *bookings: Booking):
    return client.post(
        page("booking_changelist"), {"action": "call_off", "_selected_action": [booking.pk for booking in bookings]}, follow=True
    )


def test_bookings_are_called_off_through_the_service(client, lead):
    soon = BookingFactory(period=whole_day(timezone.localdate() + dt.timedelta(days=3)))
    begun = BookingFactory(period=whole_day(timezone.localdate()))
    off = BookingFactory(cancelled=True)
    answer = call_off(client, soon, begun, off)
    said = [str(message).replace("\u202f", " ") for message in answer.context["messages"]]
    assert len(said) == 2
    assert said[0].endswith("Ce moment a commencé : il ne peut plus être annulé.")
    assert said[1] == "1 réservation est annulée."
    assert set(Booking.objects.filter(status=BookingStatus.CANCELLED)) == {soon, off}


def test_an_adviser_reads_but_calls_nothing_off(client):
    client.force_login(UserFactory(adviser=True))
    booking = BookingFactory()
    call_off(client, booking)
    booking.refresh_from_db()
    assert booking.status == BookingStatus.CONFIRMED


def test_the_list_of_bookings_costs_the_same(client, lead, queries_of):
    place = TelecentreFactory()

    def cost(more: int) -> int:
        for _ in range(more):
            BookingFactory(desk=DeskFactory(telecentre=place))
        return queries_of(lambda: client.get(page("booking_changelist")))

    client.get(page("booking_changelist"))
    assert cost(2) == cost(28)


def test_the_list_of_places_costs_the_same(client, lead, queries_of):
    def cost(more: int) -> int:
        DeskFactory.create_batch(more)
        return queries_of(lambda: client.get(page("telecentre_changelist")))

    client.get(page("telecentre_changelist"))
    assert cost(2) == cost(28)


def test_the_page_of_a_place_costs_the_same(client, lead, queries_of):
    place = TelecentreFactory()

    def cost(more: int) -> int:
        for desk in DeskFactory.create_batch(more, telecentre=place):
            ClosureFactory(telecentre=place, desk=desk)
        return queries_of(lambda: client.get(page("telecentre_change", place.pk)))

    client.get(page("telecentre_change", place.pk))
    assert cost(2) == cost(18)


def test_bookings_are_found_by_who_where_and_when(client, lead):
    mine = BookingFactory(member__user__last_name="Quincampoix")
    past = BookingFactory(day=timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday() + 7))

    def found(**query) -> set[Booking]:
        return set(client.get(page("booking_changelist"), query).context["cl"].queryset)

    assert found(q="quincampoix") == {mine}
    assert found(desk__telecentre__id__exact=past.desk.telecentre_id) == {past}
    assert (found(when="coming"), found(when="past"), found()) == ({mine}, {past}, {mine, past})


# ---- A place -----------------------------------------------------------------------------------------------------------


def form_of(place: Telecentre, **closure) -> dict:
    facts = {
        name: getattr(place, name)
        for name in ("name", "slug", "address", "postal_code", *RULES)
        if getattr(place, name) is not None
    } | {
        "commune": place.commune_id,
        "is_open": "on",
        "hosts": "",
        "phone": "",
        "tagline": "",
        "on_the_spot": "",
        "access_notes": "",
    }
    for prefix, rows in {
        "closures": [closure] if closure else [],
        "opening_hours": list(place.opening_hours.order_by("weekday", "-half").values()),
        "desks": list(place.desks.in_order().values()),
        "rates": list(place.rates.values()),
    }.items():
        initial = 0 if prefix == "closures" else len(rows)
        facts |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
        for number, row in enumerate(rows):
            facts |= {f"{prefix}-{number}-{name}": value for name, value in row.items() if value is not None and value is not False}
    return facts


def closure(day: dt.date, **facts) -> dict:
    return {"period_0": f"{day} 00:00", "period_1": f"{day + dt.timedelta(days=1)} 00:00", "reason": "travaux"} | facts


def test_a_place_is_changed_with_all_that_belongs_to_it_and_the_villages_hear_of_it(client, lead):
    place = DeskFactory().telecentre
    RateFactory(telecentre=place)
    facts = form_of(place) | {"name": "Nouveau nom", "desks-0-name": "Poste repeint", "rates-0-price": "7"}
    answer = client.post(page("telecentre_change", place.pk), facts)
    assert answer.status_code == 302, answer.context["errors"]
    assert (place.desks.get().name, place.rates.get().price) == ("Poste repeint", 7)
    assert Place.objects.get().name == "Nouveau nom"


@pytest.mark.parametrize("typed", ["32600", "32 600", " 32\u202f600 ", "32.600"])
def test_a_postal_code_is_read_as_people_write_it(client, lead, typed):
    place = TelecentreFactory(postal_code="32000")
    answer = client.post(page("telecentre_change", place.pk), form_of(place) | {"postal_code": typed})
    assert answer.status_code == 302, answer.context["errors"]
    assert Telecentre.objects.get().postal_code == "32600"


@pytest.mark.parametrize("typed", ["Lectoure", "3260", "326000", "32 6OO"])
def test_what_is_no_postal_code_is_said_beside_its_field_and_nothing_changes(client, lead, typed):
    place = TelecentreFactory(postal_code="32000")
    answer = client.post(page("telecentre_change", place.pk), form_of(place) | {"postal_code": typed})
    assert "Un code postal a cinq chiffres" in answer.content.decode()
    assert typed in answer.content.decode()
    assert Telecentre.objects.get().postal_code == "32000"


def test_a_place_is_opened_in_the_admin_too(client, lead):
    model = TelecentreFactory()
    facts = form_of(model) | {"name": "Télécentre de Lombez", "slug": "lombez"}
    facts |= {"opening_hours-TOTAL_FORMS": 1, "opening_hours-INITIAL_FORMS": 0, "opening_hours-0-id": "", "desks-TOTAL_FORMS": 0}
    assert client.post(page("telecentre_add"), facts).status_code == 302
    assert Telecentre.objects.get(slug="lombez").opening_hours.count() == 1
    assert Place.objects.get().name == "Télécentre de Lombez"


def test_closures_are_read_in_the_admin_and_made_where_those_concerned_are_listed(client, lead):
    desk, day = DeskFactory(), next_working_day()
    answer = client.post(page("telecentre_change", desk.telecentre_id), form_of(desk.telecentre, **closure(day, desk=desk.pk)))
    assert answer.status_code == 302, answer.context["errors"]
    assert not Closure.objects.exists()
    ClosureFactory(telecentre=desk.telecentre, reason="peinture des volets")
    assert "peinture des volets" in client.get(page("telecentre_change", desk.telecentre_id)).content.decode()


def test_an_afternoon_does_not_open_before_the_morning_closes(client, lead):
    place = TelecentreFactory()
    facts = form_of(place)
    number = next(n for n in range(10) if facts[f"opening_hours-{n}-half"] == HalfDay.MORNING)
    answer = client.post(page("telecentre_change", place.pk), facts | {f"opening_hours-{number}-closes_at": "15:00"})
    assert answer.status_code == 200
    assert "l’après-midi ouvre avant que le matin ne ferme" in answer.content.decode()
