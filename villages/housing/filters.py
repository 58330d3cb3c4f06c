"""The questions a visitor may ask of the list of dwellings, and how many dwellings each answer would show."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from urllib.parse import urlencode

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from villages.enums import AddressConnection, HousingKind
from villages.models import BELIEVED_DAYS, Commune, Housing, Village
from villages.models.commune import DETOUR
from villages.searching.communes import Called, NotPartner, village_called
from villages.searching.questions import Answer, Answers, Question

LONGEST_PLACE = 100
PLACES_PROPOSED = 200  # names offered while one types; any other may be typed in full
TOO_LONG = _("That is too long for a name. A village, or its postal code, will do.")
A_MONTH, A_WEEK = 30, 7  # days
RENTED = [HousingKind.RENT, HousingKind.TRIAL]

BOXES: dict[str, Answers] = {
    "type": {
        "louer": (_("To rent"), Q(kind=HousingKind.RENT)),
        "acheter": (_("For sale"), Q(kind=HousingKind.SALE)),
        "essayer": (_("To try, for a few months"), Q(kind=HousingKind.TRIAL)),
    },
    "bureau": {"oui": (_("A room to work in"), Q(has_workroom=True))},
    "fibre": {"oui": (_("Fibre connected"), Q(connection=AddressConnection.FIBRE))},
}
# A limit on the rent says nothing of what is sold, nor one on the price of what is let.
LIMITS = {
    "loyer": (_("Rent, at most"), [400, 500, 600, 700, 800, 1000], 100_000),
    "prix": (_("Price, at most"), [100_000, 150_000, 200_000, 250_000, 300_000], 10_000_000),
    "pieces": (_("Rooms, at least"), [2, 3, 4, 5], 20),
}
KILOMETRES, USUAL_KILOMETRES, FURTHEST = [10, 20, 30, 40, 60], 20, 200

USUAL_SORT = "recent"
SORTS: dict[str, tuple[str, list]] = {
    USUAL_SORT: (_("Confirmed lately"), ["-confirmed_on"]),
    "nouveautes": (_("New ones first"), ["-added_on"]),
    "prix": (_("Price, the lowest first"), [Case(When(kind=HousingKind.SALE, then=Value(1)), default=Value(0)), "price"]),
    "surface": (_("Surface, the largest first"), ["-surface_m2"]),
}
WHAT, *OTHER_BOXES = BOXES
ORDER = (WHAT, *LIMITS, "autour", "km", *OTHER_BOXES, "fraicheur", "retires", "tri")  # in the address


@dataclass(frozen=True)
class Limit:
    """A figure that is chosen, or typed into the address."""

    name: str
    label: str
    value: int | None
    choices: list[int]
    refused: str
    removal: str  # the address of the same search without it


@dataclass(frozen=True)
class Around:
    """The village that a search looks around, `kilometres` far by road; or what was typed for it and is no village."""

    typed: str
    village: Village | None
    kilometres: int
    choices: list[int]
    refused: str
    removal: str


class HousingFilter:
    """Every question asked must be met; inside one, any ticked answer will do.

    `qs` holds the dwellings that pass, in the order asked for: those offered, and after them, where the address says
    `retires=oui`, those that fell off the list for want of a confirmation less than a month ago. What the address asks and
    cannot be understood is left out and told in `refused`, by name; the rest of it holds. `qualified` and `keeper` are those of
    `Housing.objects.visible_to_candidates`.
    """

    def __init__(self, data: QueryDict, *, on: dt.date, qualified: bool, keeper=None) -> None:
        self.on = on
        self.offered = Q(confirmed_on__gt=on - dt.timedelta(days=BELIEVED_DAYS))
        self._all = Housing.objects.remembered(on).visible_to_candidates(qualified=qualified, keeper=keeper)
        self.boxes: dict[str, Answers] = BOXES | {
            "fraicheur": {
                "semaine": (_("Confirmed within 7 days"), Q(confirmed_on__gt=on - dt.timedelta(days=A_WEEK))),
                "mois": (_("Confirmed within 30 days"), Q(confirmed_on__gt=on - dt.timedelta(days=A_MONTH))),
            }
        }
        self.refused: dict[str, str] = defaultdict(str)  # a page asks it for names that nothing was refused of
        self.typed_place = data.get("autour", "").strip()
        self.village: Village | None = None
        self._not_partner: NotPartner | None = None
        self.data = self._understood(data)

    # ---- What passes -------------------------------------------------------------------------------------------------

    @property
    def qs(self) -> QuerySet[Housing]:
        found = self._all.filter(self._everything_asked)
        keys = [*SORTS[self.sort][1], "-pk"]
        if not self.with_lapsed:
            return found.filter(self.offered).order_by(*keys)
        return found.alias(gone=ExpressionWrapper(~self.offered, output_field=BooleanField())).order_by("gone", *keys)

    @property
    def found(self) -> int:
        """How many of those offered pass."""
        return self._counts["found"]

    @property
    def lapsed(self) -> int:
        """How many of those that fell off the list pass, where they are asked for."""
        return self._counts["retires=oui"] if self.with_lapsed else 0

    @property
    def total(self) -> int:
        """How many are offered, whatever is asked."""
        return self._counts["total"]

    @property
    def with_lapsed(self) -> bool:
        return "retires" in self.data

    # ---- What the page shows of the questions --------------------------------------------------------------------------

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Those with boxes to tick, by name."""
        return {name: self._question(name, answers) for name, answers in self.boxes.items()} | {"retires": self._retires()}

    @cached_property
    def limits(self) -> dict[str, Limit]:
        return {name: self._limit(name) for name in LIMITS}

    @cached_property
    def around(self) -> Around:
        kilometres = int(self.data.get("km", USUAL_KILOMETRES))
        return Around(
            typed=str(self.village) if self.village else self.typed_place[:LONGEST_PLACE],
            village=self.village,
            kilometres=kilometres,
            choices=sorted({*KILOMETRES, kilometres}),
            refused=self.refused.get("autour", ""),
            removal=self.address(autour="", km=""),
        )

    @cached_property
    def not_partner(self) -> NotPartner | None:
        """The answer where a commune was asked for that is no partner: a click on one that is looks around that one."""
        return self._not_partner and self._not_partner.leading(lambda village: self.address(autour=village.slug))

    @property
    def proposed_places(self) -> list[str]:
        places = Village.objects.public().in_french_order().values_list("commune__name", flat=True)
        return list(places[:PLACES_PROPOSED])

    @cached_property
    def ticked(self) -> list[Answer]:
        return [answer for question in self.questions.values() for answer in question.ticked]

    @property
    def asked_limits(self) -> list[Limit]:
        return [limit for limit in self.limits.values() if limit.value is not None]

    @property
    def how_many_asked(self) -> int:
        return len(self.ticked) + len(self.asked_limits) + bool(self.village)

    @property
    def sort(self) -> str:
        return self.data.get("tri", USUAL_SORT)

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """Value, words and whether it is the one; the usual order has no value."""
        return [("" if value == USUAL_SORT else value, label, value == self.sort) for value, (label, _keys) in SORTS.items()]

    @property
    def query(self) -> str:
        """The address of this search without its question mark."""
        return self.address().removeprefix("?")

    def address(self, *, without: tuple[str, str] | None = None, **changes: str | int) -> str:
        """The query of this search, in one order and without what was refused, so that the same search has one address."""
        said = [(name, value) for name in ORDER for value in self.data.getlist(name)]
        said = [(name, value) for name, value in said if (name, value) != without and name not in changes]
        return f"?{urlencode(said + [(name, value) for name, value in changes.items() if value])}"

    # ---- Inside --------------------------------------------------------------------------------------------------------

    @cached_property
    def _conditions(self) -> dict[str, Q]:
        conditions = {name: _any_of(self.boxes[name], self.data.getlist(name)) for name in self.boxes}
        if rent := self.data.get("loyer"):
            conditions["loyer"] = Q(price__lte=rent) | ~Q(kind__in=RENTED)
        if price := self.data.get("prix"):
            conditions["prix"] = Q(price__lte=price) | ~Q(kind=HousingKind.SALE)
        if rooms := self.data.get("pieces"):
            conditions["pieces"] = Q(rooms__gte=rooms)
        if self.village:
            here, reach = self.village.commune, self.around.kilometres / DETOUR
            near = Commune.objects.within(reach, latitude=here.latitude, longitude=here.longitude)
            conditions["autour"] = Q(village__commune__in=near.values("pk"))
        return conditions

    @property
    def _everything_asked(self) -> Q:
        return reduce(and_, self._conditions.values(), Q())

    @cached_property
    def _counts(self) -> dict[str, int]:
        """All the figures of the page, in one query."""
        everything = self._everything_asked
        counts = {
            "total": Count("pk", filter=self.offered),
            "found": Count("pk", filter=self.offered & everything),
            "retires=oui": Count("pk", filter=~self.offered & everything),
        }
        for name, answers in self.boxes.items():
            asked = self.data.getlist(name)
            elsewhere = reduce(and_, (other for key, other in self._conditions.items() if key != name), self.offered)
            for value, (_label, true_of) in answers.items():
                shown = elsewhere & true_of
                if asked and value not in asked:
                    shown &= ~self._conditions[name]
                counts[f"{name}={value}"] = Count("pk", filter=shown)
        return self._all.aggregate(**counts)

    def _question(self, name: str, answers: Answers) -> Question:
        asked = self.data.getlist(name)
        return Question(
            name=name,
            answers=[
                Answer(
                    name=name,
                    value=value,
                    label=label,
                    count=self._counts[f"{name}={value}"],
                    adds=bool(asked) and value not in asked,
                    ticked=value in asked,
                    removal=self.address(without=(name, value)),
                )
                for value, (label, _condition) in answers.items()
            ],
            refused=self.refused.get(name, ""),
        )

    def _retires(self) -> Question:
        """Not a condition on what is offered: it adds, so its figure always says how many it adds."""
        answer = Answer(
            name="retires",
            value="oui",
            label=_("Show those that were not confirmed in time"),
            count=self._counts["retires=oui"],
            adds=not self.with_lapsed,
            ticked=self.with_lapsed,
            removal=self.address(retires=""),
        )
        return Question(name="retires", answers=[answer], refused=self.refused.get("retires", ""))

    def _limit(self, name: str) -> Limit:
        label, choices, _most = LIMITS[name]
        value = int(self.data[name]) if name in self.data else None
        return Limit(
            name=name,
            label=label,
            value=value,
            choices=sorted({*choices, value} - {None}),
            refused=self.refused.get(name, ""),
            removal=self.address(**{name: ""}),
        )

    def _understood(self, data: QueryDict) -> QueryDict:
        understood = QueryDict(mutable=True)
        for name, answers in {**self.boxes, "retires": {"oui": None}}.items():
            values = dict.fromkeys(value for value in data.getlist(name) if value)
            known = [value for value in answers if value in values]
            if len(known) < len(values):
                self.refused[name] = _("One of these answers does not exist, or no longer does: it was left out.")
            if known:
                understood.setlist(name, known)
        for name, (_label, _choices, most) in LIMITS.items():
            self._understand_figure(data, name, most, understood)
        if self.typed_place:
            called = village_called(self.typed_place) if len(self.typed_place) <= LONGEST_PLACE else Called(refused=TOO_LONG)
            self.village, self._not_partner = called.village, called.not_partner
            if self.village:
                understood["autour"] = self.village.slug
                self._understand_figure(data, "km", FURTHEST, understood)
                if understood.get("km") == str(USUAL_KILOMETRES):
                    del understood["km"]
            else:
                self.refused["autour"] = called.refused or called.not_partner.sentence
        if sort := data.get("tri"):
            if sort not in SORTS:
                self.refused["tri"] = _("This order does not exist: the list stands in its usual one.")
            elif sort != USUAL_SORT:
                understood["tri"] = sort
        return understood

    def _understand_figure(self, data: QueryDict, name: str, most: int, understood: QueryDict) -> None:
        typed = data.get(name, "").strip()
        if not typed:
            return
        if typed.isascii() and typed.isdigit() and len(typed) <= 9 and 1 <= int(typed) <= most:
            understood[name] = str(int(typed))
        else:
            self.refused[name] = _("Write a whole number: this one was left out.")


def _any_of(answers: Answers, values: Iterable[str]) -> Q:
    return reduce(or_, (answers[value][1] for value in values), Q())
