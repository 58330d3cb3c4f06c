"""What the matching says in a few cases one can read."""

import pytest

from villages.enums import AmenityKind, Level, Seeks
from villages.facts.estimates import NOWHERE
from villages.matching.facts import OfferedDwelling, VillageFacts
from villages.matching.household import DeskWish, Household, LineNeed, PartnerJob, Size, Topic
from villages.matching.ranking import match, rank
from villages.matching.verdict import Code, Strength, Verdict


def said(verdict: Verdict, topic: Topic) -> list[Code]:
    return [reason.found.code for reason in verdict.reasons if reason.criterion.topic == topic]


def household(**answers) -> Household:
    return Household(**{"line": LineNeed.RARELY, "seeks": Seeks.NOTHING} | answers)


@pytest.mark.parametrize(
    ("dwellings", "code", "ruled_out"),
    [
        (None, Code.HOME_UNKNOWN, False),
        ((), Code.HOME_NONE, True),
        ((OfferedDwelling("sale", 600, 4),), Code.HOME_NONE, True),
        ((OfferedDwelling("rent", 700, 4),), Code.HOME_OVER_BUDGET, True),
        ((OfferedDwelling("rent", 600, 2),), Code.HOME_SMALL, False),
        ((OfferedDwelling("rent", 900, 5), OfferedDwelling("rent", 650, 4)), Code.HOME_FITS, False),
    ],
)
def test_a_budget_is_a_limit_and_what_nobody_knows_is_none(dwellings, code, ruled_out):
    verdict = match(household(seeks=Seeks.RENT, budget=650, rooms=4), VillageFacts(key="a", dwellings=dwellings))
    assert said(verdict, Topic.HOME)[0] == code
    assert verdict.is_ruled_out == ruled_out


def test_without_a_budget_nothing_to_rent_counts_against_and_rules_nothing_out():
    verdict = match(household(seeks=Seeks.RENT), VillageFacts(key="a", dwellings=()))
    assert said(verdict, Topic.HOME) == [Code.HOME_NONE]
    assert not verdict.is_ruled_out


@pytest.mark.parametrize(
    ("cars", "partner", "away", "codes", "ruled_out"),
    [
        (0, None, 3.0, [Code.SCHOOL_NOT_ON_FOOT], True),
        (1, PartnerJob.CHIEF_TOWN, 3.0, [Code.SCHOOL_NOT_ON_FOOT], True),
        (1, PartnerJob.REMOTE, 3.0, [Code.SCHOOL_NEAR], False),
        (2, PartnerJob.CHIEF_TOWN, 3.0, [Code.SCHOOL_NEAR], False),
        (0, None, 0.0, [Code.SCHOOL_NEAR], False),
        (0, None, None, [Code.SCHOOL_UNKNOWN], False),
        (None, None, 8.0, [Code.SCHOOL_FAR], False),
        (0, None, 1.4, [Code.SCHOOL_NEAR], False),
    ],
)
def test_whoever_has_no_car_all_day_needs_the_school_within_a_walk(cars, partner, away, codes, ruled_out):
    facts = VillageFacts(key="a", amenities={} if away is None else {AmenityKind.PRIMARY_SCHOOL: away})
    verdict = match(household(children=(Level.PRIMARY,), cars=cars, partner=partner), facts)
    assert said(verdict, Topic.CHILDREN) == codes
    assert verdict.is_ruled_out == ruled_out


def test_what_is_indispensable_rules_out_where_it_fails_and_nowhere_else():
    asks = household(line=LineNeed.ALL_DAY, indispensable=frozenset({Topic.LINE}))
    wide, rare, unknown = (VillageFacts(key=key, fibre_share=share) for key, share in (("a", 0.96), ("b", 0.4), ("c", None)))
    assert [verdict.facts.key for verdict in rank(asks, [rare, unknown, wide])] == ["a", "c", "b"]
    assert [match(asks, facts).is_ruled_out for facts in (wide, rare, unknown)] == [False, True, False]


def test_a_known_way_that_is_too_thin_does_not_fail_while_another_is_unknown():
    asks = household(line=LineNeed.AT_TIMES)
    thin = VillageFacts(key="a", fibre_share=0.2, fast_line_share=0.3)
    assert said(match(asks, thin), Topic.LINE)[0] == Code.LINE_UNKNOWN
    assert said(match(asks, thin._replace(fast_radio_share=0.9)), Topic.LINE)[0] == Code.LINE_GOOD
    assert said(match(asks, thin._replace(fast_radio_share=0.1)), Topic.LINE)[0] == Code.LINE_POOR


def test_what_is_ranked_first_weighs_three_times_what_is_not_named():
    asks = household(line=LineNeed.ALL_DAY, desk=DeskWish.OFTEN, size=Size.SMALL, ranked=(Topic.DESK, Topic.SIZE))
    weights: dict[Topic, int] = {}
    for reason in match(asks, VillageFacts(key="a")).reasons:
        weights[reason.criterion.topic] = weights.get(reason.criterion.topic, 0) + reason.criterion.weight
    share = weights[Topic.WELCOME]
    assert weights == {Topic.DESK: 3 * share, Topic.SIZE: 2 * share, Topic.LINE: share, Topic.WELCOME: share}


def test_the_order_follows_what_is_ranked():
    near_desk, wide_line = (
        VillageFacts(key="a", telecentre_km=0.0, fibre_share=0.2),
        VillageFacts(key="b", telecentre_km=40.0, fibre_share=1.0),
    )
    answers = {"line": LineNeed.ALL_DAY, "desk": DeskWish.OFTEN}
    by_desk = rank(household(ranked=(Topic.DESK,), **answers), [near_desk, wide_line])
    by_line = rank(household(ranked=(Topic.LINE,), **answers), [near_desk, wide_line])
    assert [verdict.facts.key for verdict in by_desk] == ["a", "b"]
    assert [verdict.facts.key for verdict in by_line] == ["b", "a"]


def test_what_a_page_shows_as_ten_kilometres_is_within_ten():
    asks = household(desk=DeskWish.OFTEN)
    codes = [said(match(asks, VillageFacts(key="a", telecentre_km=away)), Topic.DESK)[0] for away in (10.4, 10.6, NOWHERE)]
    assert codes == [Code.DESK_NEAR, Code.DESK_FAR, Code.DESK_FAR]


def test_a_village_of_which_little_is_known_is_said_to_be_so():
    asks = household(line=LineNeed.ALL_DAY, desk=DeskWish.OFTEN)
    assert match(asks, VillageFacts(key="a")).strength == Strength.LITTLE_KNOWN
    known = VillageFacts(key="a", fibre_share=1.0, measured_mbps=400.0, telecentre_km=0.0, capacity=1, is_paused=False)
    assert match(asks, known).strength == Strength.VERY_WELL
