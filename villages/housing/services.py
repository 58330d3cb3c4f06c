"""Dwellings: added and changed by the committee, said to be still there, withdrawn; and their photos."""

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from common.pictures import Picture
from villages.enums import AddressConnection, HousingAudience, HousingKind, VillageStatus
from villages.models import Housing, HousingPhoto, Village

MOST_PHOTOS = 8  # of one dwelling


class HousingRefused(Exception):
    """The message is written for the person who asked and may be shown as it stands."""


@dataclass(frozen=True, kw_only=True)
class HousingFacts:
    """What a committee says of a dwelling; the fields of `Housing` by the same names, as its form asks them."""

    kind: HousingKind | str
    title: str
    price: Decimal | int  # euros: a month for a rent, charges included; the whole for a sale
    surface_m2: int
    rooms: int
    bedrooms: int | None = None
    has_workroom: bool = False
    is_furnished: bool = False
    connection: AddressConnection | str = AddressConnection.UNKNOWN
    energy_rating: str = ""
    most_months: int | None = None
    free_from: dt.date | None = None
    description: str = ""
    audience: HousingAudience | str = HousingAudience.PUBLIC
    owner_contact: str = ""


@transaction.atomic
def add_housing(*, village: Village, facts: HousingFacts, by: str, on: dt.date) -> Housing:
    """Offer a dwelling. Whoever adds it says that it is free: it counts as confirmed on that day, by them."""
    village = Village.objects.select_for_update(of=("self",), no_key=True).get(pk=village.pk)
    if village.status not in VillageStatus.public():
        raise HousingRefused(_("%(village)s is no longer in the network.") % {"village": village})
    housing = Housing(village=village, **asdict(facts), added_on=on, confirmed_on=on, confirmed_by=by)
    check_row(housing)
    housing.save()
    return housing


@transaction.atomic
def change_housing(*, housing: Housing, facts: HousingFacts) -> Housing:
    """Put what is said of a dwelling right. It is not confirmed by that: somebody may mend a word without having asked."""
    housing = locked_housing(housing)
    for name, value in asdict(facts).items():
        setattr(housing, name, value)
    check_row(housing)
    housing.save(update_fields=[*asdict(facts), "updated_at"])
    return housing


@transaction.atomic
def confirm_housing(*, housing: Housing, by: str, on: dt.date, asked_about: dt.date | None = None) -> Housing:
    """Say that a dwelling is still free: it is believed for BELIEVED_DAYS from that day. One that was withdrawn comes back.

    `asked_about` is the confirmation that the person was asked about. When the dwelling was confirmed or withdrawn since, the
    question is answered already, and HousingRefused says so.
    """
    housing = locked_housing(housing, asked_about=asked_about)
    housing.confirmed_on, housing.confirmed_by, housing.withdrawn_on = max(housing.confirmed_on, on), by, None
    housing.save(update_fields=["confirmed_on", "confirmed_by", "withdrawn_on", "updated_at"])
    return housing


@transaction.atomic
def withdraw_housing(*, housing: Housing, on: dt.date, asked_about: dt.date | None = None) -> Housing:
    """Take a dwelling off the lists: rented, sold, or no longer offered. Its facts and photos are kept. `asked_about` as above."""
    housing = locked_housing(housing, asked_about=asked_about)
    housing.withdrawn_on = housing.withdrawn_on or on
    housing.save(update_fields=["withdrawn_on", "updated_at"])
    return housing


@transaction.atomic
def add_photo(*, housing: Housing, picture: Picture, alt: str) -> HousingPhoto:
    """Show a picture of a dwelling, after those it has. `alt` says what one sees on it to whoever does not see it."""
    housing = locked_housing(housing)
    if not alt.strip():
        raise HousingRefused(_("Say in a few words what one sees on the photo: not everybody sees it."))
    if housing.photos.count() >= MOST_PHOTOS:
        raise HousingRefused(_("This dwelling has %(count)s photos already. Take one away first.") % {"count": MOST_PHOTOS})
    last = housing.photos.aggregate(last=Max("position"))["last"]
    photo = HousingPhoto(housing=housing, alt=alt.strip(), position=0 if last is None else last + 1)
    photo.picture.save(f"{uuid4()}.jpg", picture.large, save=False)  # a name nobody can guess, and nothing of the name it had
    photo.picture.storage.save(photo.small_name, picture.small)
    photo.save()
    return photo


@transaction.atomic
def remove_photo(*, photo: HousingPhoto) -> None:
    """The files go with it, once that is certain."""
    locked_housing(photo.housing)
    photo.delete()


def locked_housing(housing: Housing, *, asked_about: dt.date | None = None) -> Housing:
    housing = Housing.objects.select_for_update(of=("self",), no_key=True).with_village().get(pk=housing.pk)
    if asked_about is not None and (housing.confirmed_on != asked_about or housing.withdrawn_on):
        raise HousingRefused(_("Somebody has answered already."))
    return housing


def check_row(housing: Housing) -> None:
    """Raise HousingRefused, with a sentence, where the database would refuse the dwelling."""
    try:
        housing.full_clean(exclude=["village"])
    except ValidationError as refusal:
        raise HousingRefused(" ".join(refusal.messages)) from refusal
