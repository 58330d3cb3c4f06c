"""Opening a télécentre."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from members.models import User
from telecentres.enums import Weekday
from telecentres.half_days import crossing_weekday
from telecentres.models import Desk, OpeningHours, Rate, Telecentre
from villages.distances.journeys import forget_place, register_place
from villages.enums import PlaceKind
from villages.models import Commune, Place


@transaction.atomic
def open_telecentre(
    *,
    commune: Commune,
    name: str,
    address: str,
    postal_code: str,
    opening_hours: Iterable[OpeningHours],
    desks: Iterable[Desk],
    rates: Iterable[Rate] = (),
    hosts: Iterable[User] = (),
    slug: str = "",
    **facts,
) -> Telecentre:
    """A place with its hours, desks and rates (unsaved rows, their place not yet filled in), known to the villages around.

    Desks stand in the order given. `facts` are further fields of Telecentre (tagline, phone, access_notes, …). Whatever
    does not hold together raises ValidationError.
    """
    opening_hours = list(opening_hours)
    if (weekday := crossing_weekday(opening_hours)) is not None:
        raise ValidationError(
            _("On %(weekday)s the afternoon opens before the morning closes.") % {"weekday": Weekday(weekday).label}
        )
    telecentre = Telecentre(
        commune=commune,
        name=name,
        address=address,
        postal_code=postal_code,
        slug=slug or slugify(commune.name.replace("’", "-").replace("'", "-")),
        **facts,
    )
    telecentre.full_clean()
    telecentre.save()
    telecentre.hosts.set(hosts)
    for model, rows in ((OpeningHours, opening_hours), (Desk, list(desks)), (Rate, list(rates))):
        for position, row in enumerate(rows, start=1):
            row.telecentre = telecentre
            if model is Desk:
                row.position = position
            row.clean_fields()
        model.objects.bulk_create(rows)
    register_as_place(telecentre=telecentre)
    return telecentre


def register_as_place(*, telecentre: Telecentre) -> None:
    """Register the télécentre as a place of reference of the villages, which measure journeys to it; a closed one is taken away.

    To be called again when it moves, is renamed, closes or opens.
    """
    if not telecentre.is_open:
        for place in Place.objects.at(telecentre.get_absolute_url()):
            forget_place(place=place)
        return
    register_place(
        kind=PlaceKind.TELECENTRE,
        name=telecentre.name,
        latitude=telecentre.commune.latitude,
        longitude=telecentre.commune.longitude,
        commune=telecentre.commune,
        path=telecentre.get_absolute_url(),
    )
