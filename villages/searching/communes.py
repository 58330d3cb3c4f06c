"""The communes of the database, given to the one reader of names; and for a commune that is no partner, the nearest that are."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.conf import settings
from django.core.validators import slug_re
from django.utils.translation import gettext as _

from common.commune_names import CommuneNames, KnownCommune, Reading
from common.typography import kilometres
from villages.models import Change, Commune, Village
from villages.models.commune import DETOUR, crow_kilometres

NEAREST_NAMED = 3
NAMESAKES_NAMED = 5
FACTS = ("pk", "name", "insee_code", "postal_codes")

_cached: dict[tuple, CommuneNames] = {}


def commune_names() -> CommuneNames:
    """The reader, given every commune; a key is the one of its row. One small query while nothing changed."""
    known = settings.TERRITORY.slug, *Change.fingerprint()
    names = _cached.get(known)
    if names is None:
        # The fingerprint was read first: at worst the reader knows a change that came between, and is made once more.
        names = CommuneNames(
            _known_communes(),
            department=settings.TERRITORY.department,
            territory_names=[settings.TERRITORY.name, settings.TERRITORY.of_name, settings.TERRITORY.in_name],
        )
        _cached.clear()
        _cached[known] = names
    return names


def _known_communes() -> list[KnownCommune]:
    """Those of today: one that an older file brought and that is part of another now is read as that other."""
    rows = list(Commune.objects.in_french_order().values_list(*FACTS))
    present = {code for _key, _name, code, _postal_codes in rows}
    names, codes = defaultdict(list), defaultdict(list)
    for former in settings.TERRITORY.former_communes:
        code = settings.TERRITORY.present_code(former.code)
        codes[code].append(former.code)
        if former.name:
            names[code].append(former.name)
    absorbed = {former for code in present for former in codes.get(code, ())}
    return [
        KnownCommune(key, name, code, postal_codes, tuple(names.get(code, ())), tuple(codes.get(code, ())))
        for key, name, code, postal_codes in rows
        if code not in absorbed
    ]


def read_commune(text: str) -> Reading:
    """Which communes a text names. A key of theirs is the one of the row."""
    return commune_names().read(text)


def name_and_postal_code(commune: Commune | KnownCommune) -> str:
    """« Lectoure (32700) »: what a field shows, and reads back."""
    return f"{commune.name} ({commune.postal_codes[0]})"


def in_a_row(communes: Iterable[Commune | KnownCommune]) -> str:
    """The first of them, as a sentence names them."""
    named = [name_and_postal_code(commune) for commune in communes]
    return ", ".join(named[:NAMESAKES_NAMED]) + (", …" if len(named) > NAMESAKES_NAMED else "")


def why_not_read(text: str, reading: Reading) -> str:
    """The sentence beside a field in which a text stands that names no commune, or several."""
    if len(reading.communes) > 1:
        return _("Several communes answer to this: %(names)s. Write the one you mean.") % {"names": in_a_row(reading.communes)}
    if reading.disagreeing:
        return _("The name and the postal code do not go together: %(names)s. Write one or the other.") % {
            "names": in_a_row(reading.disagreeing)
        }
    near = commune_names().near(text)
    if near:
        return _('No commune of the territory is written "%(name)s". Did you mean: %(names)s?') % {
            "name": text,
            "names": in_a_row(near),
        }
    return _('No commune of the territory is written "%(name)s". Write it as on the signs, or give its postal code.') % {
        "name": text
    }


# ---- Partners ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NearVillage:
    """A partner village near a place: estimated kilometres by road, and where a click on it leads."""

    village: Village
    kilometres: float
    address: str


@dataclass(frozen=True)
class NotPartner:
    """The answer about communes that are known and none of which is a partner: `name` of the only one, or what was typed."""

    name: str
    only_one: bool
    nearest: list[NearVillage]

    @property
    def sentence(self) -> str:
        """As plain text; villages/_not_partner.html says the same with its links."""
        named = ", ".join(f"{near.village} ({kilometres(near.kilometres)})" for near in self.nearest)
        facts = {"name": self.name, "villages": named}
        if not named:
            return _("%(name)s is not a partner village.") % facts
        if self.only_one:
            return _("%(name)s is not a partner village; the nearest: %(villages)s.") % facts
        return _("No commune of « %(name)s » is a partner village; the nearest: %(villages)s.") % facts

    def leading(self, address: Callable[[Village], str]) -> "NotPartner":
        """The same, where a click on a village leads elsewhere than to its page."""
        return replace(self, nearest=[replace(near, address=address(near.village)) for near in self.nearest])


@dataclass(frozen=True)
class Called:
    """The partner village that a text names; or else, of `refused` and `not_partner`, the one that says why there is none."""

    village: Village | None = None
    refused: str = ""
    not_partner: NotPartner | None = None


def village_called(text: str) -> Called:
    """The partner that is meant by a name, a postal code, or the address of its page. A slip of the finger is forgiven."""
    text = text.strip()
    partners = Village.objects.public().with_commune()
    if slug_re.fullmatch(text) and (village := partners.filter(slug=text).first()):
        return Called(village)
    reading = read_commune(text)
    near = [] if reading.communes or reading.disagreeing else commune_names().near(text)
    meant = reading.communes or tuple(near if len(near) == 1 else ())
    villages = list(partners.filter(commune__in=[commune.key for commune in meant]).in_french_order())
    if len(villages) == 1:
        return Called(villages[0])
    if villages:
        names = in_a_row(village.commune for village in villages)
        return Called(refused=_("Several villages answer to this: %(names)s. Write the one you mean.") % {"names": names})
    if not_partner := nearest_instead(text, reading):
        return Called(not_partner=not_partner)
    if reading.communes or reading.disagreeing or near:
        return Called(refused=why_not_read(text, reading))
    return Called(refused=_("No village is called that. Its name, or its postal code, will do."))


def nearest_instead(text: str, reading: Reading) -> NotPartner | None:
    """The answer where a text certainly names communes, for whoever has seen that none of them is a partner."""
    if not reading.is_certain:
        return None
    first = Commune.objects.only("latitude", "longitude").get(pk=reading.communes[0].key)
    here = crow_kilometres(first.latitude, first.longitude, of="commune__")
    nearest = Village.objects.public().with_commune().annotate(crow=here).order_by("crow", "pk")[:NEAREST_NAMED]
    return NotPartner(
        name=reading.only.name if reading.only else text,
        only_one=reading.only is not None,
        nearest=[NearVillage(village, village.crow * DETOUR, village.get_absolute_url()) for village in nearest],
    )


def named_by(reading: Reading) -> list[int]:
    """The keys of the communes that a search takes by their name or code before it looks into any prose."""
    return [commune.key for commune in reading.communes] if reading.is_certain else []
