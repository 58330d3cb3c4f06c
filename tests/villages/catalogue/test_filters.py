"""The questions of the list: AND between them, OR inside one, and figures that keep their word."""

import datetime as dt
import itertools
import random

import pytest
from django.http import QueryDict

from tests.factories.villages import VillageFactory
from villages.catalogue.filters import INTERCOMMUNALITIES_SHOWN, VillageFilter
from villages.catalogue.questions import GROUPS, answers_of_the_day
from villages.enums import VillageStatus
from villages.models import Village, short_intercommunality

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 24)


def ask(query: str = "") -> VillageFilter:
    return VillageFilter(QueryDict(query), on=TODAY)


def names(query: str) -> list[str]:
    return [str(village) for village in ask(query).qs.with_commune()]


def village(name: str, **facts) -> Village:
    return VillageFactory(commune__name=name, **facts)


def test_every_question_that_is_asked_has_answers_and_the_other_way_round():
    asked = {name for _title, names_of_group in GROUPS for name in names_of_group}
    assert asked == {*answers_of_the_day(TODAY), "interco"}  # which there are depends on the villages


def test_nobody_asked_anything_and_all_are_shown_but_those_that_left():
    village("Partenaire"), village("Pause", paused=True), village("Ancien", former=True)
    assert names("") == ["Partenaire", "Pause"]
    assert (ask().found, ask().total) == (2, 2)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("telecentre=10", ["A"]),
        ("telecentre=20", ["A", "B"]),
        ("telecentre=10&telecentre=20", ["A", "B"]),
        ("gare=20", ["B"]),
        ("metropole=60", ["C"]),
        ("metropole=75", ["B", "C"]),
        ("taille=petit", ["A"]),
        ("taille=moyen", ["B", "C"]),
        ("taille=grand", ["D"]),
        ("taille=petit&taille=grand", ["A", "D"]),
        ("telecentre=20&taille=petit", ["A"]),
        ("telecentre=20&taille=petit&taille=moyen", ["A", "B"]),
        ("telecentre=10&gare=20", []),
        ("accueil=oui", ["A", "C"]),
        ("interco=lomagne", ["A", "B"]),
        ("interco=lomagne&interco=saves", ["A", "B", "C"]),
        ("interco=saves&accueil=oui&taille=moyen&metropole=60", ["C"]),
    ],
)
def test_questions_add_up_and_the_answers_of_one_widen_it(query, shown):
    village("A", telecentre_km=10.4, station_km=20.5, commune__population=499, commune__intercommunality="CC de la Lomagne")
    village("B", telecentre_km=10.5, station_km=20.4, metropolis_minutes=75, commune__population=500, monthly_capacity=0,
            commune__intercommunality="CC de la Lomagne")  # fmt: skip
    village("C", telecentre_km=20.5, metropolis_minutes=60, commune__population=1500, commune__intercommunality="CC du Savès")
    village("D", commune__population=1501, paused=True, commune__intercommunality="CA d'Ailleurs")
    assert names(query) == shown


def random_network(dice: random.Random, size: int) -> None:
    for _ in range(size):
        VillageFactory(
            commune__population=dice.choice([90, 499, 500, 1500, 1501, 8000]),
            commune__intercommunality=dice.choice(["CC de la Lomagne", "CC du Savès", "CA d'Ailleurs", ""]),
            commune__name=dice.choice(["Lectoure", "Saint-Clar", "Mirande"]),
            telecentre_km=dice.choice([None, 0, 9.9, 10.4, 10.5, 20.4, 20.5, 31]),
            station_km=dice.choice([None, 5, 20.4, 20.5]),
            metropolis_minutes=dice.choice([None, 45, 60, 61, 75, 76]),
            monthly_capacity=dice.choice([0, 1, 2]),
            **dice.choice([{}, {}, {"paused": True}, {"former": True}, OVER]),
        )


OVER = {"status": VillageStatus.PAUSED, "paused_until": TODAY - dt.timedelta(days=1)}


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_is_what_a_click_then_shows(seed):
    """On random networks and random searches: each unticked box is clicked, and the list counted."""
    dice = random.Random(seed)
    random_network(dice, 40)
    for _ in range(4):
        query = "&".join(
            f"{name}={value}"
            for name, values in {
                "q": ["", "", "saint", "lectour"], "telecentre": ["10", "20"], "gare": ["20"], "metropole": ["60", "75"],
                "taille": ["petit", "moyen", "grand"], "accueil": ["oui"], "interco": ["lomagne", "saves"],
            }.items()
            for value in dice.sample(values, dice.randint(0, 1) if dice.random() < 0.7 else len(values))
        )  # fmt: skip
        asked = ask(query)
        assert asked.found == len(asked.qs) == len({village.pk for village in asked.qs})
        for question in itertools.chain.from_iterable(questions for _title, questions in asked.groups):
            for answer in question.answers:
                if answer.ticked:
                    others = "&".join(part for part in query.split("&") if not part.startswith(f"{answer.name}="))
                    assert answer.count == ask(f"{others}&{answer.name}={answer.value}").found, (query, answer)
                else:
                    clicked = ask(f"{query}&{answer.name}={answer.value}").found
                    assert answer.count == clicked - (asked.found if answer.adds else 0), (query, answer)


def test_a_chip_takes_away_one_answer_and_keeps_the_rest():
    village("A", commune__intercommunality="CC du Savès")
    asked = ask("taille=petit&q=st+clar&taille=moyen&interco=saves&tri=habitants&page=3")
    assert [(answer.name, answer.value, answer.removal) for answer in asked.ticked] == [
        ("taille", "petit", "?q=st+clar&taille=moyen&interco=saves&tri=habitants"),
        ("taille", "moyen", "?q=st+clar&taille=petit&interco=saves&tri=habitants"),
        ("interco", "saves", "?q=st+clar&taille=petit&taille=moyen&tri=habitants"),
    ]
    assert asked.without_text == "?taille=petit&taille=moyen&interco=saves&tri=habitants"


def test_the_same_search_has_one_address():
    assert ask("tri=nom&taille=grand&q=&telecentre=20&taille=petit&taille=petit").address() == (
        "?telecentre=20&taille=petit&taille=grand"
    )
    assert ask("q=a&tri=nom").address(page=2) == "?q=a&tri=nom&page=2"
    assert ask("q=a&tri=correspondance").address() == "?q=a"


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["Aignan", "Éauze", "Zoé"]),
        ("nom", ["Aignan", "Éauze", "Zoé"]),
        ("habitants", ["Zoé", "Aignan", "Éauze"]),
        ("metropole", ["Éauze", "Zoé", "Aignan"]),
        ("telecentre", ["Aignan", "Éauze", "Zoé"]),
        ("correspondance", ["Aignan", "Éauze", "Zoé"]),
    ],
)
def test_the_list_stands_in_the_order_asked_for_and_what_is_unknown_last(sort, order):
    village("Zoé", commune__population=900, metropolis_minutes=90, telecentre_km=None)
    village("Aignan", commune__population=720, metropolis_minutes=None, telecentre_km=1)
    village("Éauze", commune__population=720, metropolis_minutes=80, telecentre_km=1)
    assert names(f"tri={sort}") == order


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("q=" + "x" * 10_000, "q", "C’est trop long"),
        ("q=%00", "q", "au moins une lettre"),
        ("q=%21%3F", "q", "au moins une lettre"),
        ("taille=enorme", "taille", "Un de ces choix n’existe pas"),
        ("telecentre=-5", "telecentre", "Un de ces choix n’existe pas"),
        ("interco=" + "y" * 10_000, "interco", "Un de ces choix n’existe pas"),
        ("tri=hasard", "tri", "Cet ordre n’existe pas"),
    ],
)
def test_what_cannot_be_understood_is_said_and_left_out(query, name, words):
    village("A", commune__population=300)
    asked = ask(f"{query}&taille=petit")
    assert list(asked.refused) == [name]
    assert words in asked.refused[name]
    assert names(f"{query}&taille=petit") == ["A"]
    assert asked.address() == "?taille=petit"


def test_of_many_intercommunalities_the_largest_are_offered_and_the_one_asked_for():
    for rank in range(INTERCOMMUNALITIES_SHOWN + 3):
        for _ in range(2 if rank else 1):
            VillageFactory(commune__intercommunality=f"CC du Pays {rank:02}")
    offered = [answer.value for answer in ask().groups[-1][1][0].answers]
    assert len(offered) == INTERCOMMUNALITIES_SHOWN
    assert offered == sorted(offered)
    assert "pays-00" not in offered
    assert ask("interco=pays-00").found == 1


def test_two_intercommunalities_with_one_short_name_are_one_answer():
    village("A", commune__intercommunality="CC du Savès")
    village("B", commune__intercommunality="CA du Savès")
    assert names("interco=saves") == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("CC Bastides de Lomagne", "Bastides de Lomagne"),
        ("CC de la Gascogne Toulousaine", "Gascogne Toulousaine"),
        ("CC d'Aire-sur-l'Adour", "Aire-sur-l'Adour"),
        ("CC des Coteaux Arrats Gimone", "Coteaux Arrats Gimone"),
        ("CC de l’Astarac", "Astarac"),
        ("CA Grand Auch Cœur de Gascogne", "Grand Auch Cœur de Gascogne"),
        ("CC du Bas Armagnac", "Bas Armagnac"),
        ("Toulouse Métropole", "Toulouse Métropole"),
        ("", ""),
    ],
)
def test_an_intercommunality_is_called_by_its_country(name, short):
    assert short_intercommunality(name) == short
