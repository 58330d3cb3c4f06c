"""bare(): a row of any model with all its optional fields empty."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import JSONField
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from members.enums import PaymentStatus
from projects.enums import IntroductionState, Stage
from projects.models import ConsentRequest, Introduction, ProjectFile
from telecentres.enums import Stretch
from telecentres.models import Booking, BookingLimits, CalendarFeed, Closure, Desk, OpeningHours, PlanArea, Telecentre, WaitingEntry
from tests.common.photographs import redrawn
from tests.factories.telecentres import half_day, next_working_day
from villages.alerts.services import token_of
from villages.housing.services import add_photo
from villages.models import Housing, HousingPhoto, SavedSearch, hash_of

numbers = count(1)
NEEDED: dict[str, Callable[[], dict[str, Any]]] = {  # what the database asks for beside the required fields
    "villages.Commune": lambda: {"latitude": 43.7, "longitude": 0.5, "insee_code": f"{20000 + next(numbers)}"},
    "villages.Place": lambda: {"latitude": 43.7, "longitude": 0.5},
    "villages.Connection": lambda: {"premises": 500},
    "villages.SavedSearch": lambda: {"of": SavedSearch.Of.VILLAGES, "query": "", "language": "fr"},
    "telecentres.OpeningHours": lambda: {"half": "afternoon", "opens_at": dt.time(13, 30), "closes_at": dt.time(18, 30)},
    "members.Payment": lambda: {"status": PaymentStatus.SETTLED, "means": "cash", "ended_on": timezone.localdate()},  # of nobody
    "telecentres.PassEntry": lambda: {"units": 10, "reason": "sold"},
    "telecentres.BookingSeries": lambda: {"weekdays": [0], "last": timezone.localdate() + dt.timedelta(days=50)},
    "telecentres.Pass": lambda: {"valid_until": timezone.localdate() + dt.timedelta(days=50)},
    "projects.ConsentRequest": lambda: {"snapshot": [["Prénom", "Nadia", False]]},
    "projects.FollowUp": lambda: {"months": 3},
    "projects.Reminder": lambda: {"target": "task:1", "occurrence": "2026-11-23:due"},
    "projects.Hold": lambda: {"target": "consent_pending:1"},
    "projects.RuleSetting": lambda: {"delays": [1]},
    "projects.Aside": lambda: {"card": "seen-paper:1"},
    "outbox.Letter": lambda: {"key": f"bare.letter:{next(numbers)}", "to": "nadia@example.org"},
}
IN_STATE: dict[tuple[str, str], dict[str, Any]] = {  # what a state of its own asks for
    ("projects.ProjectFile", Stage.PAUSED): {"paused_until": dt.date(2099, 1, 1), "pause_reason": "Vend"},
    ("projects.ProjectFile", Stage.CLOSED): {"closing_reason": "gave_up"},
    ("members.Payment", PaymentStatus.WAIVED): {"means": "", "reason": "Un geste"},
    ("members.Payment", PaymentStatus.CANCELLED): {"means": "", "reason": "Vendu deux fois"},
    ("projects.Introduction", IntroductionState.LATER): {"later_on": dt.date(2099, 1, 1)},
}


def bare(model: type[models.Model], **facts: Any) -> models.Model:
    """Saved. Raises IntegrityError where the database asks for more, which is then said in NEEDED or by `facts`."""
    if builder := BUILT.get(model):
        return builder(**facts)
    values = NEEDED.get(model._meta.label, dict)() | facts
    for field in model._meta.concrete_fields:
        if field.name not in values and not field.generated and not (field.primary_key and field.auto_created):
            if field.null or field.blank:
                values[field.name] = nothing(field)
            elif not field.has_default():
                values[field.name] = least(field)
    values = {name: value for name, value in values.items() if value is not DEFAULT}
    return model.objects.create(**values)


DEFAULT = object()
SHARED: dict[type[models.Model], models.Model] = {}


@contextmanager
def sharing(*rows: models.Model) -> Iterator[None]:
    """What is made meanwhile and needs a row of these kinds hangs on this one, not each on one of its own."""
    SHARED.update({type(row): row for row in rows})
    try:
        yield
    finally:
        SHARED.clear()


def nothing(field: models.Field) -> Any:
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField | models.FileField):
        return ""
    return DEFAULT  # a list, a date that the row sets itself


def least(field: models.Field) -> Any:
    """The first or smallest that may stand there."""
    number = next(numbers)
    if field.is_relation:
        return SHARED.get(field.related_model) or bare(field.related_model)
    if field.choices:
        return field.flatchoices[0][0]
    match field:
        case PhoneNumberField():
            return "+33562000000"
        case models.URLField():
            return "https://example.org/"
        case models.EmailField():
            return f"somebody{number}@example.org"
        case models.BooleanField():
            return False
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return timezone.localdate()
        case ArrayField():
            return [field.base_field.choices[0][0] if field.base_field.choices else "32100"]
        case JSONField():
            return []
        case models.IntegerField() | models.FloatField() | models.DecimalField():
            return 1
        case models.CharField() | models.TextField():
            return f"x{number}"
    raise NotImplementedError(f"{field}: say in NEEDED what the least of it is")


def place(**facts) -> Telecentre:
    """Open in the mornings: nothing of it could be shown on a day on which it is closed for ever."""
    telecentre = plain(Telecentre, **facts)
    for weekday in range(7):
        OpeningHours.objects.create(
            telecentre=telecentre, weekday=weekday, half="morning", opens_at=dt.time(8, 30), closes_at=dt.time(12, 30)
        )
    return telecentre


def plain(model: type[models.Model], **facts) -> models.Model:
    builder = BUILT.pop(model)
    try:
        return bare(model, **facts)
    finally:
        BUILT[model] = builder


def booking(**facts) -> Booking:
    """Of a passer-by who left a name and no address."""
    desk = facts.pop("desk", None) or bare(Desk)
    period = half_day(desk.telecentre, next_working_day())
    usual = {"guest": "" if facts.get("member") else "Quelqu’un", "stretch": Stretch.MORNING, "period": period}
    return plain(Booking, desk=desk, **usual | facts)


def waiting(**facts) -> WaitingEntry:
    where = bare(Telecentre)
    return plain(WaitingEntry, telecentre=where, period=half_day(where, next_working_day()), **{"stretch": Stretch.MORNING} | facts)


def closure(**facts):
    where = bare(Telecentre)
    return plain(Closure, telecentre=where, period=half_day(where, next_working_day()), **facts)


def photo(**facts) -> HousingPhoto:
    return add_photo(housing=bare(Housing), picture=redrawn(size=(20, 20)), alt="La façade")


def search(**facts) -> SavedSearch:
    search = plain(SavedSearch, token_hash="0" * 64, **facts)
    search.token_hash = hash_of(token_of(search))
    search.save()
    return search


def feed(**facts) -> CalendarFeed:
    return plain(CalendarFeed, **{"telecentre": bare(Telecentre)} | facts)


def area(**facts) -> PlanArea:
    return plain(PlanArea, **{"x": 1, "y": 1, "wide": 10, "deep": 10} | facts)


def file(**facts) -> ProjectFile:
    return plain(ProjectFile, reference=f"2026-{next(numbers):04}", **facts)


def introduction(**facts) -> Introduction:
    """With a consent where it has left the draft: no page shows one without."""
    own = facts.pop("file", None) or bare(ProjectFile)
    if facts.get("state", "draft") != "draft":
        facts.setdefault("request", bare(ConsentRequest, file=own))
    slot = 1 if IntroductionState(facts.get("state", "draft")).is_live else None
    return plain(Introduction, file=own, **{"slot": slot} | facts)


BUILT: dict[type[models.Model], Callable[..., models.Model]] = {
    Telecentre: place,
    Booking: booking,
    WaitingEntry: waiting,
    BookingLimits: lambda **facts: BookingLimits.objects.get_or_create(pk=1)[0],  # one row, which comes with the table
    Closure: closure,
    HousingPhoto: photo,
    SavedSearch: search,
    CalendarFeed: feed,
    PlanArea: area,
    ProjectFile: file,
    Introduction: introduction,
}


def optional(model: type[models.Model]) -> list[models.Field]:
    """Those that are no relation, no state and no file."""
    return [
        field
        for field in model._meta.concrete_fields
        if (field.null or field.blank)
        and not field.primary_key
        and not (field.generated or field.is_relation or field.choices or isinstance(field, models.FileField))
        and (model._meta.label, field.name) not in ANOTHER_ROW
    ]


def words_alone(model: type[models.Model]) -> dict[str, Any]:
    """What is told in words is told; relations, days and numbers are not there."""
    return {field.name: least(field) for field in optional(model) if isinstance(field, models.CharField | models.TextField)}


def all_but_relations(model: type[models.Model]) -> dict[str, Any]:
    return {field.name: least(field) for field in optional(model)}


ANOTHER_ROW = {  # what makes the row another one than it is
    ("telecentres.Booking", "guest"),
    ("projects.ProjectFile", "key"),
}
FILLINGS = {"nothing": lambda model: {}, "words alone": words_alone, "all but relations": all_but_relations}
KINDS_AT_MOST = 6  # of a field with more choices, the first stands for all
STATES = ("state", "status", "stage", "ball", "kind", "rule", "half", "reason", "role", "rhythm", "of")


def variants(model: type[models.Model]) -> list[dict[str, Any]]:
    """The row once in each of its states."""
    fields = [field for field in model._meta.concrete_fields if field.choices and field.name in STATES]
    found: list[dict[str, Any]] = []
    for field in fields:
        values = [value for value, _label in field.flatchoices if value != ""]
        if len(values) <= KINDS_AT_MOST or field.name in ("state", "stage", "status", "rule"):
            found += [{field.name: value} | IN_STATE.get((model._meta.label, value), {}) for value in values]
    return found
