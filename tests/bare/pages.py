"""Which pages show a row of each model, and to whom. A model that no page shows says why."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from members.models import Member, User
from projects.models import ProjectFile
from telecentres.booking.desk_codes import CODES
from telecentres.calendars.feeds import make_feed
from telecentres.models import Booking, BookingSeries, CalendarFeed, Pass, Telecentre, WaitingEntry
from telecentres.notifications import HELD_LINKS
from tests.bare.page import Page, boss, changed, seat_in, some_member, to
from tests.bare.pages_of_projects import (
    of_consent_request,
    of_document,
    of_file,
    of_holder,
    of_introduction,
    of_merge,
    of_money,
    of_news,
    of_scheme,
    of_task,
    through_file,
)
from tests.bare.rows import bare
from tests.villages.matching.test_views import MUCH
from villages.alerts.services import token_of
from villages.housing.letters import link_to
from villages.models import Favourite, Housing, SavedSearch, Village

# ---- Villages ----------------------------------------------------------------------------------------------------------


def facts_of_village(village: Village) -> list[Page]:
    """Where what is known of it is read."""
    keeper = seat_in(village).user
    return [
        *to(None, "villages:villages", "villages-data:csv"),
        *to(None, "villages:village", args=[village.slug]),
        *to(None, "villages:compare", query=f"?v={village.slug}"),
        *to(None, "villages:matches", query=f"?{MUCH}"),
        *to(keeper, "villages:committee-village", args=[village.slug]),
    ]


def of_village(village: Village) -> list[Page]:
    seat = seat_in(village)
    keeper = seat.user
    return [
        *to(None, "home", "villages:villages", "villages:housings", "villages:find"),
        *to(None, "villages:village", args=[village.slug]),
        *to(None, "villages:keep", args=[village.slug]),
        *to(None, "villages:compare", query=f"?v={village.slug}"),
        *to(None, "villages:matches", query=f"?{MUCH}"),
        *to(None, "villages-data:csv", "villages-data:geojson", "villages-data:new-housing"),
        *to(None, "villages-data:landscape", "villages-data:wide-landscape", args=[village.commune.insee_code]),
        *to(None, "sitemap-section", args=["villages"]),
        *to(None, "projects:lay-down", query=f"?village={village.slug}"),
        *to(keeper, "my-space", "villages:committee"),
        *to(keeper, "villages:committee-village", "villages:committee-page", args=[village.slug]),
        *to(keeper, "villages:committee-project-add", "villages:committee-speed-add", args=[village.slug]),
        *to(keeper, "villages:committee-housings", "villages:committee-housing-add", args=[village.slug]),
        *to(keeper, "villages:committee-absence", args=[village.slug, seat.pk]),
        *to(keeper, "villages:committee-telephone", args=[village.slug]),
        *to(keeper, "villages:committee-fact", args=[village.slug, "connection"]),
        *changed(village),
    ]


def of_commune(commune) -> list[Page]:
    return [*of_village(bare(Village, commune=commune)), *of_place(bare(Telecentre, commune=commune)), *changed(commune)]


def through_commune(row) -> list[Page]:
    return facts_of_village(Village.objects.filter(commune=row.commune).first() or bare(Village, commune=row.commune))


def through_village(row) -> list[Page]:
    return facts_of_village(row.village)


def of_housing(home: Housing) -> list[Page]:
    seat = seat_in(home.village)
    return [
        *to(None, "villages:housing", args=[home.pk]),
        Page(None, link_to(home, seat)),
        *to(seat.user, "villages:committee-housing", args=[home.village.slug, home.pk]),
        *to(None, "villages:housings", "villages-data:new-housing"),
        *to(seat.user, "villages:committee-housings", args=[home.village.slug]),
        *facts_of_village(home.village),
        *changed(home),
    ]


def of_search(search: SavedSearch) -> list[Page]:
    return [*to(None, "villages:search", "villages:end-search", args=[token_of(search)]), *changed(search)]


def of_village_place(place) -> list[Page]:
    village = bare(Village)
    village.journeys.create(place=place, kilometres=1, minutes=1)
    return [*facts_of_village(village), *changed(place)]


def of_village_project(project) -> list[Page]:
    page = to(seat_in(project.village).user, "villages:committee-project", args=[project.village.slug, project.pk])
    return [*page, *through_village(project)]


def of_speed(speed_test) -> list[Page]:
    return [
        *to(seat_in(speed_test.village).user, "villages:committee-speed-remove", args=[speed_test.village.slug, speed_test.pk]),
        *through_village(speed_test),
    ]


def of_favourite(favourite: Favourite) -> list[Page]:
    return to(favourite.user, "villages:favourites", "my-space")


# ---- Members -----------------------------------------------------------------------------------------------------------


def of_user(user: User) -> list[Page]:
    bare(ProjectFile, adviser=user)
    return [
        *to(user, "my-space", "account_email", "mfa_index", "usersessions_list", "telecentres:my-bookings", "members:my-profile"),
        *to(boss(), "admin:projects_hand_over", "admin:projects_projectfile_changelist", "admin:index"),
        *changed(user),
    ]


def of_member(member: Member) -> list[Page]:
    for field in Member._meta.fields:
        if field.name.endswith("_visibility"):
            setattr(member, field.name, "public")
    member.visibility_agreed_at = timezone.now()
    member.save()
    booking = bare(Booking, member=member)
    place = booking.desk.telecentre
    return [
        *to(None, "home", "members:members", "villages:villages"),
        *to(None, "members:member", args=[member.slug]),
        *to(
            member.user,
            "members:my-profile",
            "members:my-visibility",
            "my-space",
            "telecentres:my-passes",
            "telecentres:my-statement",
        ),
        *to(member.user, "telecentres:my-calendar", "telecentres:my-bookings", "telecentres:my-statement-csv"),
        *to(some_member(), "telecentres:telecentre", "telecentres:week", args=[place.slug]),
        *of_booking(booking),
        *changed(member),
    ]


# ---- Télécentres -------------------------------------------------------------------------------------------------------


def of_place(place: Telecentre) -> list[Page]:
    member, host = some_member(), boss()
    kept = ("day", "wall", "occupancy", "place-calendar", "plan", "codes", "close")
    return [
        *to(None, "telecentres:telecentres", "telecentres-data:geojson", "telecentres-data:csv"),
        *to(None, "telecentres:telecentre", "telecentres:week", args=[place.slug]),
        *to(member, "telecentres:telecentre", "telecentres:week", "telecentres:series-new", args=[place.slug]),
        *to(host, *(f"telecentres:{name}" for name in kept), args=[place.slug]),
        *to(host, "telecentres:occupancy-csv", args=[place.slug]),
        *to(host, "telecentres:hosting", "telecentres:hosting-csv", "telecentres:network-occupancy-csv"),
        *changed(place),
    ]


def through_place(row) -> list[Page]:
    place, member = row.telecentre, some_member()
    return [
        *to(member, "telecentres:telecentre", "telecentres:week", args=[place.slug]),
        *to(boss(), *(f"telecentres:{name}" for name in ("day", "wall", "occupancy", "plan")), args=[place.slug]),
        *to(boss(), "telecentres:occupancy-csv", args=[place.slug]),
        *changed(place),
    ]


def of_desk(desk) -> list[Page]:
    return [*to(some_member(), "telecentres:at-desk", args=[CODES.sign(desk.pk)]), *through_place(desk)]


def of_booking(booking: Booking) -> list[Page]:
    place, host = booking.desk.telecentre, boss()
    day = f"?jour={booking.starts_at:%Y-%m-%d}"
    pages = [
        *to(None, "telecentres:held", args=[HELD_LINKS.sign(booking.pk)]),
        *to(host, "telecentres:day", args=[place.slug], query=day),
        *to(None, "telecentres-data:feed", args=[make_feed(by=host, telecentre=place)]),
        *through_place(booking.desk),
        *changed(booking),
    ]
    if booking.member:
        mine = booking.member.user
        pages += to(mine, "telecentres:my-bookings", "my-space", "telecentres:my-statement", "telecentres:my-statement-csv")
        pages += to(mine, "telecentres:cancel", "telecentres:move", "telecentres-data:booking-ics", args=[booking.pk])
        pages += to(None, "telecentres-data:feed", args=[make_feed(by=mine, member=booking.member)])
    return pages


def of_series(series: BookingSeries) -> list[Page]:
    mine = series.member.user
    bookings = bare(Booking, series=series, member=series.member)
    return [
        *to(mine, "telecentres:series", args=[series.pk]),
        *to(mine, "telecentres:my-bookings", "my-space"),
        *of_booking(bookings),
        *changed(series),
    ]


def of_pass(pass_: Pass) -> list[Page]:
    return [*to(pass_.member.user, "telecentres:my-passes", "telecentres:my-bookings", "telecentres:my-statement"), *changed(pass_)]


def of_waiting(entry: WaitingEntry) -> list[Page]:
    return [*to(entry.member.user, "telecentres:my-bookings", "my-space"), *through_place(entry), *changed(entry)]


def of_feed(feed: CalendarFeed) -> list[Page]:
    return of_place(feed.telecentre)


# ---- The table ----------------------------------------------------------------------------------------------------------


PAGES: dict[str, Callable[[Any], list[Page]]] = {
    "villages.Commune": of_commune,
    "villages.Village": of_village,
    "villages.CommitteeMember": lambda seat: of_village(seat.village),
    "villages.CommuneAmenity": through_commune,
    "villages.NearestAmenity": through_village,
    "villages.Connection": through_commune,
    "villages.SpeedTest": of_speed,
    "villages.Dataset": changed,
    "villages.Housing": of_housing,
    "villages.HousingPhoto": lambda photo: of_housing(photo.housing),
    "villages.Favourite": of_favourite,
    "villages.SavedSearch": of_search,
    "villages.TerritoryProject": of_village_project,
    "villages.FactCheck": through_village,
    "villages.Place": of_village_place,
    "villages.Journey": through_village,
    "villages.CommuneRent": through_commune,
    "villages.CommuneSales": through_commune,
    "members.User": of_user,
    "members.Member": of_member,
    "members.JournalEntry": changed,
    "members.Payment": changed,
    "telecentres.Booking": of_booking,
    "telecentres.BookingLimits": changed,
    "telecentres.OpeningHours": through_place,
    "telecentres.Closure": through_place,
    "telecentres.Rate": through_place,
    "telecentres.Desk": of_desk,
    "telecentres.CalendarFeed": of_feed,
    "telecentres.PassOffer": lambda offer: [
        *of_place(bare(Telecentre)),
        *to(some_member(), "telecentres:my-passes"),
        *changed(offer),
    ],
    "telecentres.Pass": of_pass,
    "telecentres.PassEntry": lambda entry: of_pass(entry.pass_of),
    "telecentres.PlanArea": through_place,
    "telecentres.BookingSeries": of_series,
    "telecentres.Telecentre": of_place,
    "telecentres.WaitingEntry": of_waiting,
    "projects.Consent": lambda consent: of_holder(consent.holder),
    "projects.Document": of_document,
    "projects.Transition": through_file,
    "projects.Event": through_file,
    "projects.Export": changed,
    "projects.Change": through_file,
    "projects.Holder": of_holder,
    "projects.Household": through_file,
    "projects.Merge": of_merge,
    "projects.Task": of_task,
    "projects.TaskTemplate": changed,
    "projects.Aside": lambda aside: to(boss(), "admin:index"),
    "projects.ProjectFile": of_file,
    "projects.FollowUp": of_news,
    "projects.Scheme": of_scheme,
    "projects.SchemeStep": lambda step: of_scheme(step.scheme),
    "projects.Need": through_file,
    "projects.FundingLine": of_money,
    "projects.ConsentRequest": of_consent_request,
    "projects.Introduction": of_introduction,
    "projects.IntroductionMove": lambda move: of_introduction(move.introduction),
    "projects.Reminder": changed,
    "projects.RuleSetting": changed,
    "projects.Hold": lambda hold: [*to(boss(), "admin:projects_letters_week"), *changed(hold)],
    "outbox.Letter": changed,
}
ON_NO_PAGE = {
    "villages.Change": "when the pages of villages last changed: caches ask it",
    "projects.Draft": "what a browser's form is filled with again: no field of it is optional",
    "projects.ReferenceCounter": "the last number given",
    "projects.DigestRun": "that the digests of a day are written",
    "outbox.Pulse": "when a task last ran: /readyz reads it",
}
