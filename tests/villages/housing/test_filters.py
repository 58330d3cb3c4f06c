"""The questions of the list of dwellings: each alone, together, misunderstood, and the figures beside the answers."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.urls import reverse

from tests.factories.members import UserFactory
from tests.factories.villages import CommitteeMemberFactory, CommuneFactory, HousingFactory, VillageFactory
from villages.housing.filters import ORDER, HousingFilter

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 26)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def ask(query: str = "", *, qualified: bool = False, keeper=None) -> HousingFilter:
    return HousingFilter(QueryDict(query), on=TODAY, qualified=qualified, keeper=keeper)


def titles(query: str = "", **sight) -> list[str]:
    asked = ask(query, **sight)
    found = [housing.title for housing in asked.qs]
    assert len(found) == asked.found + asked.lapsed
    return found


@pytest.fixture
def homes():
    """Three in a village, one 20 km away; one that fell off the list, one that nobody remembers, one withdrawn."""
    village = VillageFactory(commune__name="Saint-Clar", slug="saint-clar", commune__latitude=43.9, commune__longitude=0.77)
    far = VillageFactory(slug="loin", commune=CommuneFactory(name="L'Isle-Loin", latitude=43.9 + 20 / 111.2, longitude=0.77))
    made = {"village": village, "added_on": ago(10)}
    HousingFactory(**made, title="louer", price=620, rooms=4, surface_m2=84, connection="fibre", confirmed_on=ago(2))
    HousingFactory(**made, title="acheter", sale=True, price=214_000, rooms=6, surface_m2=148, confirmed_on=ago(51))
    HousingFactory(**made, title="essayer", trial=True, price=380, rooms=3, surface_m2=61, confirmed_on=ago(8))
    HousingFactory(
        village=far, title="loin", price=850, rooms=5, surface_m2=90, has_workroom=True, confirmed_on=ago(20), added_on=ago(1)
    )
    HousingFactory(**made, title="perdu", price=560, confirmed_on=ago(63))
    HousingFactory(**made, title="oublié", confirmed_on=ago(90))
    HousingFactory(**made, title="retiré", confirmed_on=ago(1), withdrawn_on=ago(1))
    return village


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["louer", "essayer", "loin", "acheter"]),
        ("type=louer", ["louer", "loin"]),
        ("type=acheter&type=essayer", ["essayer", "acheter"]),
        ("loyer=800", ["louer", "essayer", "acheter"]),  # a limit on the rent says nothing of a sale
        ("type=louer&loyer=800", ["louer"]),
        ("prix=200000", ["louer", "essayer", "loin"]),
        ("pieces=4", ["louer", "loin", "acheter"]),
        ("autour=saint-clar&km=10", ["louer", "essayer", "acheter"]),
        ("autour=saint-clar&km=24", ["louer", "essayer", "acheter"]),  # 20 km as the crow flies are 25 by road
        ("autour=saint-clar&km=26", ["louer", "essayer", "loin", "acheter"]),
        ("bureau=oui", ["loin"]),
        ("fibre=oui", ["louer"]),
        ("fraicheur=mois", ["louer", "essayer", "loin"]),
        ("fraicheur=semaine", ["louer"]),
        ("retires=oui", ["louer", "essayer", "loin", "acheter", "perdu"]),
        ("retires=oui&tri=prix", ["essayer", "louer", "loin", "acheter", "perdu"]),
        ("retires=oui&loyer=400", ["essayer", "acheter"]),
        ("tri=surface", ["acheter", "loin", "louer", "essayer"]),
        ("tri=nouveautes", ["loin", "essayer", "acheter", "louer"]),
    ],
)
def test_each_question_keeps_what_answers_it(homes, query, found):
    assert titles(query) == found


@pytest.mark.parametrize("typed", ["saint-clar", "Saint-Clar", "st clar", "SAINT CLAR"])
def test_a_village_is_known_by_its_address_or_its_name(homes, typed):
    asked = ask(f"autour={typed}")
    assert asked.village == homes
    assert asked.address() == "?autour=saint-clar"
    assert asked.around.typed == "Saint-Clar"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("type=voler", "type"),
        ("type=louer&fraicheur=an", "fraicheur"),
        ("retires=non", "retires"),
        ("loyer=cher", "loyer"),
        ("loyer=-3", "loyer"),
        ("loyer=99999999999999999999", "loyer"),
        ("pieces=0", "pieces"),
        ("pieces=²", "pieces"),
        ("autour=atlantis", "autour"),
        ("autour=" + "x" * 300, "autour"),
        ("autour=saint-clar&km=mille", "km"),
        ("tri=beaute", "tri"),
        ("type=%00", "type"),
    ],
)
def test_what_cannot_be_understood_is_told_and_the_rest_holds(homes, query, name):
    asked = ask(f"bureau=oui&{query}")
    assert set(asked.refused) == {name}
    assert "bureau=oui" in asked.address()
    assert name not in dict(asked.data)
    assert [housing.title for housing in asked.qs] == ([] if name == "km" else ["loin"])  # 20 km where none is understood


def test_the_same_search_has_one_address(homes):
    asked = ask("tri=prix&retires=oui&km=40&autour=Saint-Clar&pieces=03&type=essayer&type=louer&loyer=&fibre=oui&page=3&tri=")
    tidy = "?type=louer&type=essayer&pieces=3&autour=saint-clar&km=40&fibre=oui&retires=oui&tri=prix"
    assert ask(asked.address()[1:]).address() == asked.address()
    assert ask(tidy[1:]).address() == tidy
    assert ask(tidy[1:]).address(without=("type", "louer")) == tidy.replace("type=louer&", "")
    assert ask("tri=recent&km=20&autour=saint-clar").address() == "?autour=saint-clar"
    assert ask(tidy[1:]).around.removal == tidy.replace("&autour=saint-clar&km=40", "")


def test_the_page_asks_every_question(client, homes):
    page = client.get(reverse("villages:housings")).content.decode()
    assert [name for name in ORDER if f'name="{name}"' not in page] == []


def test_a_figure_beside_a_box_is_what_a_click_then_shows(homes):
    for start in ("", "type=louer", "loyer=800&retires=oui", "autour=saint-clar&fraicheur=mois", "type=acheter&bureau=oui"):
        asked = ask(start)
        for name, question in asked.questions.items():
            for answer in question.answers:
                if not answer.ticked:
                    after = ask(f"{start}&{name}={answer.value}")
                    shown, before = after.found + after.lapsed, asked.found + asked.lapsed
                    if name != "retires":
                        shown, before = after.found, asked.found
                    assert answer.count == (shown - before if answer.adds else shown), f"{start} {name}={answer.value}"


def test_leads_are_for_qualified_candidates_and_for_the_committee_that_keeps_them(homes):
    HousingFactory(village=homes, title="piste", audience="qualified", price=100, confirmed_on=TODAY)
    elsewhere, ours = CommitteeMemberFactory(user=UserFactory()), CommitteeMemberFactory(village=homes, user=UserFactory())
    assert "piste" not in titles()
    assert "piste" not in titles(keeper=elsewhere.user)
    assert (ask().total, ask(qualified=True).total, ask(keeper=ours.user).total) == (4, 5, 5)
    assert titles("type=louer", qualified=True) == titles("type=louer", keeper=ours.user) == ["piste", "louer", "loin"]
    (question,) = [question for name, question in ask().questions.items() if name == "type"]
    assert [answer.count for answer in question.answers] == [2, 1, 1]


def test_the_figures_cost_one_query_whatever_is_asked(homes, django_assert_num_queries):
    with django_assert_num_queries(2):  # the village, the figures
        asked = ask("type=louer&autour=saint-clar&km=40&loyer=800&retires=oui")
        assert [asked.found, asked.lapsed, asked.total, len(asked.questions), len(asked.limits)] == [1, 1, 4, 5, 3]


def test_on_the_first_of_a_month_nothing_confirmed_before_is_of_this_month(client, time_machine):
    time_machine.move_to(dt.datetime(2026, 12, 1, 11, 0, tzinfo=dt.UTC), tick=False)
    HousingFactory(confirmed_on=dt.date(2026, 11, 20))
    said = " ".join(client.get("/logements/?fraicheur=mois").text.split())
    assert "Confirmé depuis 30 jours au plus" in said
    assert "Confirmé ce mois-ci" not in said
    assert "1 logement" in said
