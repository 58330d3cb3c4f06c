"""The questionnaire « Quel village pour vous ? ». Its answers live in the address alone: nothing is kept."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from villages.enums import AmenityKind, Level, Seeks
from villages.matching.budget import MOST_IN_ALL, budget_in_words, fault_of_budget
from villages.matching.criteria import criteria_of
from villages.matching.household import DeskWish, Destination, Household, LineNeed, PartnerJob, Size, Topic
from villages.matching.questionnaire import (
    AnswerBox,
    AskedQuestion,
    OneAnswerField,
    QuestionnairePart,
    SeveralAnswersField,
    WholeNumberField,
)

MOST_CHILDREN = 9  # of one level
MOST_ROOMS = 15
MOST_DAYS = 25  # a month

TOPICS = {
    Topic.LINE: gettext_lazy("The line"),
    Topic.DESK: gettext_lazy("A desk nearby"),
    Topic.CHILDREN: gettext_lazy("School and childcare"),
    Topic.SERVICES: gettext_lazy("Shops and services in the village"),
    Topic.HOME: gettext_lazy("The home"),
    Topic.JOURNEYS: gettext_lazy("The journeys"),
    Topic.SIZE: gettext_lazy("The size of the village"),
    Topic.WELCOME: gettext_lazy("A committee with room for us"),
}
SERVICES = (
    AmenityKind.BAKERY,
    AmenityKind.GROCERY,
    AmenityKind.RESTAURANT,
    AmenityKind.DOCTOR,
    AmenityKind.PHARMACY,
    AmenityKind.POST,
    AmenityKind.LIBRARY,
    AmenityKind.AFTER_SCHOOL,
)
CHILDREN = {level: level.label for level in Level}
WISHES = ("voeu1", "voeu2", "voeu3")


def choices(*pairs: tuple) -> list[tuple[str, str]]:
    return [(value.value, label) for value, label in pairs]


class MatchingForm(forms.Form):
    """Two questions have to be answered. `household`, `address()` and `answers_in_words()` are for a form that is valid."""

    connexion = OneAnswerField(
        label=gettext_lazy("What line do you need?"),
        choices=choices(
            (LineNeed.ALL_DAY, gettext_lazy("Video calls and large files, all day long")),
            (LineNeed.AT_TIMES, gettext_lazy("Mail and a few video calls")),
            (LineNeed.RARELY, gettext_lazy("I can often do without")),
        ),
    )
    bureau = OneAnswerField(
        label=gettext_lazy("A desk outside your home?"),
        required=False,
        choices=choices(
            (DeskWish.OFTEN, gettext_lazy("Several days a week")),
            (DeskWish.AT_TIMES, gettext_lazy("Now and then")),
            (DeskWish.NO, gettext_lazy("No, I work at home")),
            (DeskWish.UNDECIDED, gettext_lazy("I do not know yet")),
        ),
    )
    adultes = OneAnswerField(
        label=gettext_lazy("How many adults?"),
        required=False,
        choices=[("1", gettext_lazy("One alone")), ("2", gettext_lazy("Two")), ("3", gettext_lazy("Three or more"))],
    )
    creche = WholeNumberField(label=CHILDREN[Level.CRECHE], most=MOST_CHILDREN)
    maternelle = WholeNumberField(label=CHILDREN[Level.NURSERY], most=MOST_CHILDREN)
    elementaire = WholeNumberField(label=CHILDREN[Level.PRIMARY], most=MOST_CHILDREN)
    college = WholeNumberField(label=CHILDREN[Level.MIDDLE], most=MOST_CHILDREN)
    lycee = WholeNumberField(label=CHILDREN[Level.HIGH], most=MOST_CHILDREN)
    partenaire = OneAnswerField(
        label=gettext_lazy("Your partner's work"),
        required=False,
        choices=choices(
            (PartnerJob.REMOTE, gettext_lazy("At a distance too")),
            (PartnerJob.CHIEF_TOWN, ""),
            (PartnerJob.METROPOLIS, format_lazy(gettext_lazy("On site, in {city}"), city=settings.TERRITORY.metropolis)),
            (PartnerJob.LOOKING, gettext_lazy("Still to be found, around the village")),
            (PartnerJob.NONE, gettext_lazy("Nothing to plan for")),
        ),
    )
    services = SeveralAnswersField(
        label=gettext_lazy("What has to be in the village itself"),
        required=False,
        choices=[(kind.value, capfirst(kind.label)) for kind in SERVICES],
    )
    logement = OneAnswerField(label=gettext_lazy("You want to"), choices=Seeks.choices)
    budget = WholeNumberField(
        label=gettext_lazy("Your budget, in euros"),
        help_text=gettext_lazy("A month, charges included, to rent or to try; in all, to buy."),
        least=1,
        most=MOST_IN_ALL,
    )
    pieces = WholeNumberField(
        label=gettext_lazy("How many rooms at least?"),
        help_text=gettext_lazy("The living room, the bedrooms and the room to work in."),
        least=1,
        most=MOST_ROOMS,
    )
    voitures = OneAnswerField(
        label=gettext_lazy("How many cars?"),
        required=False,
        choices=[
            ("0", pgettext_lazy("cars", "None")),
            ("1", pgettext_lazy("cars", "One")),
            ("2", pgettext_lazy("cars", "Two or more")),
        ],
    )
    jours = WholeNumberField(
        label=format_lazy(gettext_lazy("Days a month in {city}"), city=settings.TERRITORY.metropolis),
        help_text=gettext_lazy("The more there are, the closer we look."),
        most=MOST_DAYS,
    )
    trajets = SeveralAnswersField(
        label=gettext_lazy("Where else do you go often?"),
        required=False,
        choices=choices((Destination.STATION, gettext_lazy("A station, to travel far")), (Destination.CHIEF_TOWN, "")),
    )
    taille = OneAnswerField(
        label=gettext_lazy("What size of village?"),
        required=False,
        choices=[
            *choices(
                (Size.SMALL, pgettext_lazy("size of a village", "Fewer than 500 inhabitants")),
                (Size.MIDDLE, pgettext_lazy("size of a village", "From 500 to 1,500 inhabitants")),
                (Size.LARGE, pgettext_lazy("size of a village", "More than 1,500 inhabitants")),
            ),
            ("indifferent", gettext_lazy("It does not matter")),
        ],
    )
    voeu1 = forms.ChoiceField(label=pgettext_lazy("a wish", "First of all"), required=False)
    voeu2 = forms.ChoiceField(label=pgettext_lazy("a wish", "Next"), required=False)
    voeu3 = forms.ChoiceField(label=pgettext_lazy("a wish", "Then"), required=False)
    indispensable = SeveralAnswersField(
        label=gettext_lazy("What you cannot do without"),
        required=False,
        help_text=gettext_lazy("A village where we know that it is missing is set aside."),
        choices=choices(*TOPICS.items()),
    )

    PARTS = (
        (gettext_lazy("Your work"), ("connexion", "bureau")),
        (gettext_lazy("Your family"), ("adultes", tuple(CHILDREN), "partenaire", "services")),
        (gettext_lazy("Your home"), ("logement", "budget", "pieces")),
        (gettext_lazy("Your journeys"), ("voitures", "jours", "trajets")),
        (gettext_lazy("What matters most"), ("taille", WISHES, "indispensable")),
    )
    SEVERAL = {
        tuple(CHILDREN): (gettext_lazy("How many children, and where?"), gettext_lazy("Leave empty what is not yours.")),
        WISHES: (
            gettext_lazy("What matters most, in order"),
            gettext_lazy("What comes first weighs three times as much as what is not named."),
        ),
    }
    HINTS: Mapping[tuple[str, str], str] = {
        ("connexion", LineNeed.ALL_DAY): gettext_lazy("Fibre at the address"),
        ("connexion", LineNeed.AT_TIMES): gettext_lazy("Fibre, a good line or a good 4G"),
        ("logement", Seeks.TRIAL): gettext_lazy("A home to try"),
        ("taille", Size.SMALL): gettext_lazy("Everybody knows everybody"),
        ("taille", Size.MIDDLE): gettext_lazy("A school, a few shops"),
        ("taille", Size.LARGE): gettext_lazy("A collège, a market, doctors"),
    }

    def __init__(self, data: QueryDict | None = None, *, chief_town: str = "", initial: dict | None = None) -> None:
        self.left_out = False  # whether the address said something that means nothing here
        super().__init__(data, initial=initial)
        self.chief_town = chief_town
        self._name("partenaire", PartnerJob.CHIEF_TOWN, _("On site, in {city}"))
        self._name("trajets", Destination.CHIEF_TOWN, "{city}")
        for name in WISHES:
            self.fields[name].choices = [("", pgettext_lazy("a wish", "no preference")), *choices(*TOPICS.items())]
        if data is not None:
            self.data = self._understood(data)

    @classmethod
    def filled_in(cls, data: QueryDict, *, chief_town: str) -> "MatchingForm":
        """The form with the answers of an address, before anybody says that something is missing."""
        initial = {
            name: data.getlist(name) if isinstance(field, forms.MultipleChoiceField) else data[name]
            for name, field in cls.base_fields.items()
            if data.get(name)
        }
        return cls(initial=initial, chief_town=chief_town)

    def _name(self, field: str, value: str, label: str) -> None:
        """Give the answer about the chief town its name, which the database knows; without one, there is no such answer."""
        kept = [pair for pair in self.fields[field].choices if pair[0] != value or self.chief_town]
        self.fields[field].choices = [
            (each, label.format(city=self.chief_town) if each == value else words) for each, words in kept
        ]

    def _understood(self, data: QueryDict) -> QueryDict:
        """What is typed stays as it is. An answer to choose that does not exist is left out: nobody can have chosen it here."""
        understood = QueryDict(mutable=True)
        for name, sent in data.lists():
            values, field = sent, self.fields.get(name)
            if field is None:
                self.left_out = True
                continue
            if isinstance(field, forms.ChoiceField):
                said = [value for value in values if value]
                values = [value for value in said if field.valid_value(value)]
                self.left_out = self.left_out or len(values) < len(said)
            understood.setlist(name, values)
        return understood

    def clean(self) -> dict:
        cleaned = super().clean()
        budget, seeks = cleaned.get("budget"), cleaned.get("logement")
        if fault := fault_of_budget(budget, seeks):
            self.add_error("budget", fault)
        if cleaned.get("adultes") == "1" and cleaned.get("partenaire") not in ("", None, PartnerJob.NONE):
            self.add_error("partenaire", _("You said that one adult comes: leave this question, or say above that you are two."))
        named: set[str] = set()
        for name in WISHES:
            wish = cleaned.get(name)
            if wish and wish in named:
                self.add_error(name, _("You named it above already: choose something else, or no preference."))
            named.add(wish or "")
        return cleaned

    @property
    def household(self) -> Household:
        said = self.cleaned_data
        return Household(
            line=LineNeed(said["connexion"]),
            seeks=Seeks(said["logement"]),
            desk=DeskWish(said["bureau"]) if said["bureau"] else None,
            adults=int(said["adultes"]) if said["adultes"] else None,
            children=tuple(level for level in Level for _child in range(said[level.value] or 0)),
            partner=PartnerJob(said["partenaire"]) if said["partenaire"] else None,
            cars=int(said["voitures"]) if said["voitures"] else None,
            services=frozenset(AmenityKind(kind) for kind in said["services"]),
            budget=said["budget"],
            rooms=said["pieces"],
            metropolis_days=said["jours"],
            destinations=frozenset(map(Destination, said["trajets"])),
            size=Size(said["taille"]) if said["taille"] in list(Size) else None,
            ranked=tuple(Topic(said[name]) for name in WISHES if said[name]),
            indispensable=frozenset(map(Topic, said["indispensable"])),
        )

    def address(self) -> str:
        """The query of these answers: the same answers always have the same one."""
        said = []
        for name, field in self.fields.items():
            value = self.cleaned_data[name]
            if isinstance(field, forms.MultipleChoiceField):
                said += [(name, choice) for choice, _label in field.choices if choice in value]
            elif value or value == 0:
                said.append((name, value))
        return urlencode(said)

    @property
    def number_of_children(self) -> int | None:
        """None where no number was written at all: nobody has said that there are no children."""
        numbers = [self.cleaned_data[level.value] for level in Level if self.cleaned_data[level.value] is not None]
        return sum(numbers) if numbers else None

    @property
    def partner_words(self) -> str:
        """What was said of the partner's work."""
        return self._label("partenaire")

    @property
    def parts(self) -> list[QuestionnairePart]:
        return [
            QuestionnairePart(
                number=number,
                title=title,
                questions=[self._question(name) for name in names],
                is_answered=any(self._is_answered(name) for name in names),
            )
            for number, (title, names) in enumerate(self.PARTS, start=1)
        ]

    @property
    def answered(self) -> int:
        """How many of the parts have an answer."""
        return sum(part.is_answered for part in self.parts)

    def _is_answered(self, name: str | tuple[str, ...]) -> bool:
        if isinstance(name, tuple):
            return any(map(self._is_answered, name))
        value = self[name].value()
        return any(value) if isinstance(value, list) else bool(value)

    def _question(self, name: str | tuple[str, ...]) -> AskedQuestion:
        if isinstance(name, tuple):
            label, hint = self.SEVERAL[name]
            return AskedQuestion(label=label, hint=hint, fields=[self[each] for each in name])
        field = self[name]
        boxes = field.widget_type in ("radioselect", "checkboxselectmultiple")
        options = [AnswerBox(box, self.HINTS.get((name, box.data["value"]), "")) for box in field] if boxes else None
        return AskedQuestion(label=field.label, field=field, options=options, hint=field.help_text)

    def answers_in_words(self) -> list[str]:
        """Each answer in a few words, in the order of the questions."""
        return list(self._sentences())

    def _sentences(self) -> Iterator[str]:
        said, household = self.cleaned_data, self.household
        yield self._label("connexion")
        if household.desk:
            yield _("A desk outside: %(wish)s") % {"wish": lowered(self._label("bureau"))}
        if said["adultes"]:
            yield _("Adults: %(number)s") % {"number": lowered(self._label("adultes"))}
        for level, label in CHILDREN.items():
            if number := said[level.value]:
                yield ngettext("%(number)d child: %(where)s", "%(number)d children: %(where)s", number) % {
                    "number": number,
                    "where": lowered(label),
                }
        if self.number_of_children == 0:
            yield _("No children")
        if household.partner:
            yield _("Your partner's work: %(work)s") % {"work": lowered(self._label("partenaire"))}
        if household.services:
            named = [lowered(label) for _value, label in self._chosen("services")]
            yield _("In the village itself: %(services)s") % {"services": ", ".join(named)}
        yield self._label("logement")
        if household.budget:
            yield budget_in_words(household.budget, household.seeks)
        if household.rooms:
            yield ngettext("%(number)d room at least", "%(number)d rooms at least", household.rooms) % {"number": household.rooms}
        if said["voitures"]:
            yield _("Cars: %(number)s") % {"number": lowered(self._label("voitures"))}
        if household.metropolis_days is not None:
            yield ngettext(
                "%(number)d day a month in %(city)s", "%(number)d days a month in %(city)s", household.metropolis_days
            ) % {"number": household.metropolis_days, "city": settings.TERRITORY.metropolis}
        if household.destinations:
            named = [label if value == Destination.CHIEF_TOWN else lowered(label) for value, label in self._chosen("trajets")]
            yield _("Often: %(places)s") % {"places": ", ".join(named)}
        if household.size:
            yield _("The village: %(size)s") % {"size": lowered(self._label("taille"))}
        if household.ranked:
            yield _("What matters most, in order: %(wishes)s") % {
                "wishes": ", ".join(lowered(TOPICS[topic]) for topic in household.ranked)
            }
        if household.indispensable:
            named = [lowered(label) for topic, label in TOPICS.items() if topic in household.indispensable]
            yield _("Cannot do without: %(wishes)s") % {"wishes": ", ".join(named)}

    @property
    def not_counted(self) -> list[str]:
        """What was ranked or called indispensable, but about which the answers ask nothing."""
        asked = {criterion.topic for criterion in criteria_of(self.household)}
        named = {*self.household.ranked, *self.household.indispensable}
        return [lowered(label) for topic, label in TOPICS.items() if topic in named - asked]

    def _chosen(self, name: str) -> list[tuple[str, str]]:
        value = self.cleaned_data[name]
        chosen = value if isinstance(value, list) else [value]
        return [(each, str(label)) for each, label in self.fields[name].choices if each in chosen]

    def _label(self, name: str) -> str:
        return ", ".join(label for _value, label in self._chosen(name))


def lowered(label: str) -> str:
    """As it stands inside a sentence. A name keeps its capital elsewhere than at its head."""
    text = str(label)
    return text[:1].lower() + text[1:]
