"""The letters about desks."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from members.enums import MemberStatus, Visibility
from members.models import Member
from telecentres import tasks
from telecentres.models import Booking, BookingSeries, Telecentre
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import ProjectFileFactory
from tests.factories.telecentres import BookingFactory, DeskFactory, TelecentreFactory, half_day
from tests.factories.villages import CommuneFactory
from tests.letters.world import DAY, Case, World


def place_with(desks: int, **facts) -> Telecentre:
    place = TelecentreFactory(every_day=True, **facts)
    DeskFactory.create_batch(desks, telecentre=place)
    place.hosts.add(UserFactory())
    return place


def page(name: str, *args) -> str:
    return reverse(f"telecentres:{name}", args=args)


def slot(world: World, desk: int | str, days: int) -> dict:
    return {"slot": f"{desk} {world.today + days * DAY} morning", "key": f"key-{days}"}


def booked(world: World, *, place: Telecentre | None = None, days: int = 2, member: Member | None = None) -> Booking:
    place, member = place or place_with(1), member or MemberFactory()
    world.press(world.browser(member.user), page("week", place.slug), slot(world, place.desks.first().pk, days))
    world.send()
    return Booking.objects.get(member=member)


def cancelled(world: World) -> None:
    booking = booked(world)
    world.press(world.browser(booking.member.user), page("cancel", booking.pk))


def called_off_by_the_host(world: World) -> None:
    booking = booked(world)
    place = booking.desk.telecentre
    world.press(world.browser(place.hosts.get()), page("call-off", place.slug, booking.pk))


def moved(world: World) -> None:
    booking = booked(world)
    world.press(world.browser(booking.member.user), page("move", booking.pk), slot(world, "any", 4))


def moved_to_and_fro(world: World) -> None:
    booking = booked(world)
    for days in (4, 2, 4):
        world.press(world.browser(booking.member.user), page("move", booking.pk), slot(world, "any", days))
        world.send()


def reminded(world: World) -> None:
    booked(world, days=2)
    world.go_to(world.today + DAY, dt.time(20))
    tasks.remind_upcoming()


def closed(world: World, *, desks: int, desk: bool) -> None:
    booking = booked(world, place=place_with(desks))
    place = booking.desk.telecentre
    facts = {"first": str(world.today + 2 * DAY), "last": "", "stretch": "day", "reason": "l’électricien", "close": "1"}
    facts["desk"] = booking.desk_id if desk else ""
    world.press(world.browser(place.hosts.get()), page("close", place.slug), facts)


def newcomer_comes(world: World) -> None:
    place = place_with(2)
    known = {"level": Visibility.MEMBERS, "meets_newcomers_since": timezone.now(), "activity": "traductrice"}
    for number, status in enumerate((MemberStatus.TRIAL, MemberStatus.ACTIVE)):
        desk = place.desks.order_by("pk")[number]
        person = MemberFactory(commune=CommuneFactory(), status=status, **known)
        BookingFactory(desk=desk, member=person, day=world.today + 2 * DAY)
    world.go_to(world.today + DAY, dt.time(20))
    tasks.introduce_newcomers()


def place_held(world: World) -> None:
    first = booked(world)
    place, waits = first.desk.telecentre, MemberFactory()
    period = half_day(place, world.today + 2 * DAY)
    wish = {"start": period.lower.isoformat(), "end": period.upper.isoformat(), "kind": "desk"}
    world.press(world.browser(waits.user), page("wait", place.slug), wish)
    world.press(world.browser(first.member.user), page("cancel", first.pk))
    tasks.keep_lines()


def held_place_closed(world: World) -> None:
    place_held(world)
    world.send()
    place = Telecentre.objects.get()
    facts = {"first": str(world.today + 2 * DAY), "last": "", "stretch": "day", "reason": "l’électricien", "close": "1", "desk": ""}
    world.press(world.browser(place.hosts.get()), page("close", place.slug), facts)


def weekly(world: World, *, desks: int = 2, taken: int | None = None, **facts) -> BookingSeries:
    place, member = place_with(desks, horizon_days=15), MemberFactory()
    first = world.today + DAY
    if taken:
        BookingFactory.create_batch(1, desk=place.desks.first(), day=first + taken * 7 * DAY)
    usual = {"desk": place.desks.order_by("pk").first().pk, "weekdays": [first.weekday()], "stretch": "morning"}
    usual |= {"first": str(first), "last": str(first + 60 * DAY), "key": "series", "book": "1"}
    world.press(world.browser(member.user), page("series-new", place.slug), usual | facts)
    world.send()
    return BookingSeries.objects.get()


def weekly_days_refused(world: World) -> None:
    weekly(world, desks=1, taken=3)
    world.send()
    world.wait(days=10)
    tasks.carry_series_on()


def weekly_called_off(world: World) -> None:
    series = weekly(world)
    facts = {"first": str(world.today), "last": "", "desk": ""}
    world.press(world.browser(series.member.user), page("series", series.pk), facts)


def weekly_moved(world: World) -> None:
    series = weekly(world)
    other = series.telecentre.desks.exclude(pk=series.desk_id).get()
    facts = {"first": str(world.today), "last": "", "desk": other.pk}
    world.press(world.browser(series.member.user), page("series", series.pk), facts)


def trial_granted(world: World) -> None:
    CommuneFactory(insee_code=settings.TERRITORY.chief_town)
    file = ProjectFileFactory()
    world.press(world.browser(world.adviser()), reverse("grant-trial", args=[file.reference]), {"half_days": 4})


def case(name: str, provoke) -> Case:
    return Case(f"telecentres/email/{name}", f"telecentres.{name}", provoke)


CASES = [
    case("booking_confirmed", booked),
    case("booking_cancelled", cancelled),
    case("booking_cancelled", called_off_by_the_host),
    case("booking_moved", moved),
    case("booking_moved", moved_to_and_fro),
    case("booking_reminder", reminded),
    case("booking_reseated", lambda world: closed(world, desks=2, desk=True)),
    case("booking_closed_out", lambda world: closed(world, desks=1, desk=False)),
    case("newcomer_introduced", newcomer_comes),
    case("newcomer_comes", newcomer_comes),
    case("place_held", place_held),
    case("held_place_closed", held_place_closed),
    case("series_booked", weekly),
    case("series_days_refused", weekly_days_refused),
    case("series_called_off", weekly_called_off),
    case("series_moved", weekly_moved),
    case("trial_granted", trial_granted),
]
