"""Partnerships: opened, paused, resumed and ended."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from villages.distances.amenities import measure_amenities
from villages.distances.journeys import measure_journeys
from villages.enums import CommitteeRole, VillageStatus
from villages.models import CommitteeMember, Commune, Village


class VillageRefused(Exception):
    """The message is written for the person who asked and may be shown as it stands."""


@dataclass(frozen=True, kw_only=True)
class NewSeat:
    """Somebody of the committee that `open_village` sets up."""

    name: str
    role: CommitteeRole | str = CommitteeRole.VOLUNTEER
    about: str = ""
    email: str = ""
    phone: str = ""
    phone_agreed_on: dt.date | None = None
    user_id: int | None = None


@transaction.atomic
def open_village(
    *,
    commune: Commune,
    tagline: str = "",
    description: str = "",
    partner_since: dt.date | None = None,
    monthly_capacity: int = 1,
    committee: Iterable[NewSeat] = (),
    reviewed_on: dt.date | None = None,
    reviewed_by: str = "",
) -> Village:
    """Make a commune a partner village, with its committee, and measure its journeys.

    A village that left comes back at the address it had, with the words and the committee given now. Raises VillageRefused
    when the commune is a partner already.
    """
    commune = Commune.objects.select_for_update(of=("self",), no_key=True).get(pk=commune.pk)
    village = Village.objects.select_for_update(of=("self",), no_key=True).filter(commune=commune).first()
    if village and village.status != VillageStatus.FORMER:
        raise already_of_the_network(village)
    if village:
        village.step(VillageStatus.PARTNER)
    village = village or Village(commune=commune, slug=_free_slug(commune))
    village.tagline, village.description = tagline, description
    village.partner_since, village.monthly_capacity = partner_since, monthly_capacity
    village.reviewed_on, village.reviewed_by = reviewed_on, reviewed_by
    village.save()
    village.committee.all().delete()
    CommitteeMember.objects.bulk_create(CommitteeMember(village=village, **asdict(seat)) for seat in committee)
    measure_journeys(villages=[village])
    measure_amenities(villages=[village])
    village.refresh_from_db()
    return village


def _free_slug(commune: Commune) -> str:
    """Its name; with its INSEE code where another village has that name. « L’Œuf » is l-oeuf."""
    slug = slugify(re.sub("['’]", "-", commune.name).translate({ord("œ"): "oe", ord("Œ"): "Oe", ord("æ"): "ae", ord("Æ"): "Ae"}))
    return f"{slug}-{commune.insee_code.lower()}" if Village.objects.filter(slug=slug).exists() or not slug else slug


@transaction.atomic
def pause_village(*, village: Village, until: dt.date | None = None) -> Village:
    """Stop sending families to a village, until the end of a day when one is given. Its page stays and says so."""
    village = locked_village(village)
    refuse_former(village)
    if until and until < timezone.localdate():
        raise VillageRefused(_("The last day of a pause cannot be over."))
    village.move(VillageStatus.PAUSED, paused_until=until, updated_at=timezone.now())
    return village


@transaction.atomic
def resume_village(*, village: Village) -> Village:
    """End a pause, or bring back a village that left, with the page and the committee it had."""
    village = locked_village(village)
    if village.status == VillageStatus.PARTNER:
        raise already_of_the_network(village)
    village.move(VillageStatus.PARTNER, paused_until=None, updated_at=timezone.now())
    return village


@transaction.atomic
def end_partnership(*, village: Village) -> Village:
    """Take a village off the site. What was written about it is kept, for the day it comes back."""
    village = locked_village(village)
    refuse_former(village)
    village.move(VillageStatus.FORMER, paused_until=None, updated_at=timezone.now())
    return village


def refuse_former(village: Village) -> None:
    if village.status == VillageStatus.FORMER:
        raise VillageRefused(_("%(village)s is no longer in the network.") % {"village": village})


def already_of_the_network(village: Village) -> VillageRefused:
    return VillageRefused(_("%(commune)s is a village of the network already.") % {"commune": village.commune})


def locked_village(village: Village) -> Village:
    """The row itself, nobody else's to change until the transaction is over."""
    return Village.objects.select_for_update(of=("self",), no_key=True).select_related("commune").get(pk=village.pk)
