"""What the matching promises, for any household and any villages: and what it says in a few cases one can read."""

from collections.abc import Callable

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from villages.enums import AddressConnection, AmenityKind, HousingKind, Level, Seeks
from villages.facts.estimates import NOWHERE
from villages.matching.criteria import home_wish
from villages.matching.facts import OfferedDwelling, VillageFacts
from villages.matching.household import DeskWish, Destination, Household, LineNeed, PartnerJob, Size, Topic
from villages.matching.ranking import match, rank, ranking_key
from villages.matching.verdict import Code, Fulfilment, Reason, Verdict

# ---- Any household, any village ----------------------------------------------------------------------------------------

KINDS = sorted({level.amenity for level in Level} | {AmenityKind.BAKERY, AmenityKind.GROCERY, AmenityKind.SUPERMARKET})

households = st.builds(
    Household,
    line=st.sampled_from(LineNeed),
    seeks=st.sampled_from(Seeks),
    desk=st.none() | st.sampled_from(DeskWish),
    children=st.lists(st.sampled_from(Level), max_size=3).map(tuple),
    partner=st.none() | st.sampled_from(PartnerJob),
    cars=st.none() | st.integers(0, 2),
    services=st.frozensets(st.sampled_from(KINDS), max_size=3),
    budget=st.none() | st.integers(300, 900),
    rooms=st.none() | st.integers(1, 6),
    metropolis_days=st.sampled_from([0, 2, 5, 12]),
    destinations=st.frozensets(st.sampled_from(Destination)),
    size=st.none() | st.sampled_from(Size),
    ranked=st.permutations(list(Topic)).flatmap(lambda topics: st.integers(0, 3).map(lambda number: tuple(topics[:number]))),
    indispensable=st.frozensets(st.sampled_from(Topic), max_size=3),
)

shares = st.floats(0, 1, allow_nan=False)
distances = st.sampled_from([0.0, 0.4, 2.0, 5.5, 10.4, 10.6, 20.0, NOWHERE]) | st.floats(0, 60, allow_nan=False)
minutes = st.integers(0, 150)
prices = st.floats(1, 30, allow_nan=False)
dwellings = st.builds(
    OfferedDwelling,
    st.sampled_from(HousingKind),
    st.integers(250, 1000),
    st.integers(1, 7),
    st.just(80),
    st.sampled_from(AddressConnection),
    st.integers(1, 9),
)

VALUES: dict[str, st.SearchStrategy] = {
    "population": st.integers(20, 4000),
    "fibre_share": shares,
    "fast_line_share": shares,
    "fast_radio_share": shares,
    "measured_mbps": st.floats(0.5, 900, allow_nan=False),
    "dwellings": st.lists(dwellings, max_size=3).map(tuple),
    "rent_per_m2": prices,
    "sale_per_m2": prices,
    "telecentre_km": distances,
    "station_km": distances,
    "metropolis_minutes": minutes,
    "chief_town_minutes": minutes,
    "chief_town_km": distances,
    "capacity": st.integers(0, 3),
    "is_paused": st.booleans(),
}
BEST = {
    "fibre_share": 1.0,
    "fast_line_share": 1.0,
    "fast_radio_share": 1.0,
    "measured_mbps": 1000.0,
    "rent_per_m2": 0.1,
    "sale_per_m2": 0.1,
    "telecentre_km": 0.0,
    "station_km": 0.0,
    "metropolis_minutes": 0,
    "chief_town_minutes": 0,
    "chief_town_km": 0.0,
    "capacity": 9,
    "is_paused": False,
}
MORE_IS_BETTER = {"fibre_share", "fast_line_share", "fast_radio_share", "measured_mbps", "capacity"}
POINTS = {Fulfilment.MET: (75, 100), Fulfilment.FAILED: (0, 25), Fulfilment.UNKNOWN: (50, 50)}
FITTING = {Size.SMALL: 300, Size.MIDDLE: 900, Size.LARGE: 2500, None: 900}

everything = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})
amenities = st.dictionaries(st.sampled_from(KINDS), distances)


@st.composite
def villages_of(draw, least: int = 1, most: int = 4) -> list[VillageFacts]:
    number = draw(st.integers(least, most))
    names = draw(st.lists(st.sampled_from("abc"), min_size=number, max_size=number))  # some are equal
    return [VillageFacts(key=str(each), name=names[each], amenities=draw(amenities), **draw(everything)) for each in range(number)]


@st.composite
def better(draw, household: Household, facts: VillageFacts) -> VillageFacts:
    """The same village with one fact made better, or one that was unknown now known, without anything that fails."""
    name = draw(st.sampled_from(["amenities", *VALUES]))
    value = getattr(facts, name)
    if name == "amenities":
        kind = draw(st.sampled_from(KINDS))
        away = draw(st.just(0.0) | distances) if kind in value else 0.0
        assume(away <= value.get(kind, 0.0))
        return facts._replace(amenities=value | {kind: away})
    if name == "population":
        assume(household.size is None or value is None or not household.size.holds(value))
        return facts._replace(population=FITTING[household.size])
    if name == "dwellings":
        if value is None:
            kind = household.seeks.housing or HousingKind.RENT
            return facts._replace(dwellings=(OfferedDwelling(kind, 1, 9),))
        if value and draw(st.booleans()):
            first = value[0]
            cheaper, larger = draw(st.integers(1, first.price)), draw(st.integers(first.rooms, 9))
            offered = (first._replace(price=cheaper, rooms=larger), *value[1:])
        else:
            offered = (*value, draw(dwellings))
        # The first home that fits, without fibre, tells more of the village than the share of its commune: it may lower it.
        wish = home_wish(household)
        first_fitting = wish and not wish.best_of(value) and wish.best_of(offered)
        assume(not first_fitting or first_fitting.connection != AddressConnection.NO_FIBRE)
        return facts._replace(dwellings=offered)
    if value is None:
        known = facts._replace(**{name: draw(st.just(BEST[name]) | VALUES[name])})
        assume(len(match(household, known).failed) == len(match(household, facts).failed))
        return known
    if name == "is_paused":
        return facts._replace(is_paused=False)
    changed = draw(VALUES[name])
    assume(changed >= value if name in MORE_IS_BETTER else changed <= value)
    return facts._replace(**{name: changed})


# ---- The promises, each of any way to score and to order -----------------------------------------------------------------

Scorer = Callable[[Household, VillageFacts], Verdict]
Order = Callable[[Verdict], tuple]


def ranked(scorer: Scorer, order: Order, household: Household, villages: list[VillageFacts]) -> list[Verdict]:
    return sorted((scorer(household, facts) for facts in villages), key=order)


def keys(verdicts: list[Verdict]) -> list[str]:
    return [verdict.facts.key for verdict in verdicts]


def told(verdicts: list[Verdict]) -> list[tuple]:
    return [
        (
            verdict.facts.key,
            verdict.is_ruled_out,
            verdict.score,
            [(reason.found, reason.criterion.weight) for reason in verdict.reasons],
        )
        for verdict in verdicts
    ]


def a_better_fact_never_lowers_a_village(scorer: Scorer, order: Order, data) -> None:
    household, villages = data.draw(households), data.draw(villages_of(most=3))
    improved = data.draw(better(household, villages[0]))
    before, after = (ranked(scorer, order, household, [first, *villages[1:]]) for first in (villages[0], improved))
    assert scorer(household, improved).score >= scorer(household, villages[0]).score
    assert keys(after).index("0") <= keys(before).index("0")


def learning_that_a_wish_is_met_never_lowers_a_village(scorer: Scorer, order: Order, data) -> None:
    household, learned = data.draw(households), data.draw(st.sampled_from(sorted(BEST)))
    before = VillageFacts(key="0", capacity=1, is_paused=False)._replace(**{learned: None})
    after = before._replace(**{learned: data.draw(VALUES[learned])})
    assume(len(match(household, after).failed) == len(match(household, before).failed))
    assert scorer(household, after).score >= scorer(household, before).score
    assert order(scorer(household, after)) <= order(scorer(household, before))


def an_unmet_limit_never_ranks_above_a_village_that_meets_all(scorer: Scorer, order: Order, data) -> None:
    household, villages = data.draw(households), data.draw(villages_of(least=2))
    fails = [bool(match(household, verdict.facts).limits) for verdict in ranked(scorer, order, household, villages)]
    assert fails == sorted(fails)


def forgetting_a_fact_that_fails_never_lowers_a_village(scorer: Scorer, order: Order, data) -> None:
    """Unknown is never as bad as failing: whatever is forgotten of a village where everything fails, it does not fall."""
    household, forgotten = data.draw(households), data.draw(st.sampled_from(["amenities", *VALUES]))
    bad = {name: 0 if name in MORE_IS_BETTER else 500 for name in BEST} | {"telecentre_km": NOWHERE, "station_km": NOWHERE}
    bad |= {"is_paused": True, "dwellings": (), "population": 4000 if household.size == Size.SMALL else 1}
    worst = VillageFacts(key="0", amenities=dict.fromkeys(KINDS, NOWHERE), **bad)
    unsaid = worst._replace(**{forgotten: {} if forgotten == "amenities" else None})
    before, after = scorer(household, worst), scorer(household, unsaid)
    assert after.score >= before.score
    assert order(after) <= order(before)


def nothing_known_rules_nothing_out(scorer: Scorer, order: Order, data) -> None:
    household = data.draw(households)
    assert not scorer(household, VillageFacts(key="0")).is_ruled_out


def the_order_of_the_input_changes_nothing(scorer: Scorer, order: Order, data) -> None:
    household, villages = data.draw(households), data.draw(villages_of(least=2))
    villages = [
        facts._replace(**{name: getattr(villages[0], name) for name in data.draw(st.sampled_from([[], [*VALUES, "amenities"]]))})
        for facts in villages
    ]
    shuffled = data.draw(st.permutations(villages))
    assert keys(ranked(scorer, order, household, shuffled)) == keys(ranked(scorer, order, household, villages))


PROMISES = [
    a_better_fact_never_lowers_a_village,
    learning_that_a_wish_is_met_never_lowers_a_village,
    an_unmet_limit_never_ranks_above_a_village_that_meets_all,
    forgetting_a_fact_that_fails_never_lowers_a_village,
    nothing_known_rules_nothing_out,
    the_order_of_the_input_changes_nothing,
]


def hold(promise: Callable, scorer: Scorer = match, order: Order = ranking_key, *, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(st.data())
    def attempt(data) -> None:
        promise(scorer, order, data)

    attempt()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_the_matching_keeps_its_promises(promise):
    hold(promise, examples=150)


def rescored(quality_of: Callable[[Reason], float]) -> Scorer:
    def scorer(household: Household, facts: VillageFacts) -> Verdict:
        verdict = match(household, facts)
        return verdict._replace(score=sum(reason.criterion.weight * quality_of(reason) for reason in verdict.reasons))

    return scorer


def quality_where_unknown_is(value: int) -> Scorer:
    return rescored(lambda reason: value if reason.found.code.fulfilment == Fulfilment.UNKNOWN else reason.found.quality)


def without_limits(household: Household, facts: VillageFacts) -> Verdict:
    return match(household, facts)._replace(setbacks=frozenset())


def unknown_limits_rule_out(household: Household, facts: VillageFacts) -> Verdict:
    verdict = match(household, facts)
    doubts = {reason.criterion.topic for reason in verdict.unknown} & household.indispensable
    return verdict._replace(setbacks=verdict.setbacks | doubts)


def only_those_asked_about(household: Household, facts: VillageFacts) -> Verdict:
    """The mean of what is known: the most tempting mistake, since a fact that becomes known can then lower a village."""
    verdict = match(household, facts)
    known = [reason for reason in verdict.reasons if reason.found.code.fulfilment != Fulfilment.UNKNOWN]
    weight = sum(reason.criterion.weight for reason in known)
    return verdict._replace(score=sum(reason.criterion.weight * reason.found.quality for reason in known) / weight if weight else 0)


farther_is_better = rescored(lambda reason: 100 - reason.found.quality)


def by_points_alone(verdict: Verdict) -> tuple:
    return verdict.is_ruled_out, -verdict.score


WRONG = {
    "unknown counts as met": (quality_where_unknown_is(100), ranking_key, learning_that_a_wish_is_met_never_lowers_a_village),
    "unknown counts as failing": (quality_where_unknown_is(0), ranking_key, forgetting_a_fact_that_fails_never_lowers_a_village),
    "farther is better": (
        rescored(lambda reason: 100 - reason.found.quality),
        ranking_key,
        a_better_fact_never_lowers_a_village,
    ),
    "the mean of what is known": (only_those_asked_about, ranking_key, learning_that_a_wish_is_met_never_lowers_a_village),
    "limits are but points": (without_limits, ranking_key, an_unmet_limit_never_ranks_above_a_village_that_meets_all),
    "an unknown limit rules out": (unknown_limits_rule_out, ranking_key, nothing_known_rules_nothing_out),
    "equals stay as they came": (
        match,
        lambda verdict: (verdict.is_ruled_out, -verdict.score),
        the_order_of_the_input_changes_nothing,
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_wrong_way_to_score_is_found_out(mistake):
    """The control: were the promises too weak to fail, they would prove nothing."""
    scorer, order, promise = WRONG[mistake]
    with pytest.raises(AssertionError):
        hold(promise, scorer, order, examples=2000)


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(households, villages_of())
def test_rank_is_match_in_order_and_says_the_same_twice(household, villages):
    verdicts = rank(household, villages)
    assert told(verdicts) == told(rank(household, villages)) == told(ranked(match, ranking_key, household, villages))
    for verdict in verdicts:
        assert all(isinstance(reason.found.code, Code) for reason in verdict.reasons)
        assert len(verdict.met) + len(verdict.failed) + len(verdict.unknown) == len(verdict.reasons) > 0
        assert 0 <= verdict.score <= verdict.most
        for reason in verdict.reasons:
            least, most = {Fulfilment.MET: (75, 100), Fulfilment.FAILED: (0, 25), Fulfilment.UNKNOWN: (50, 50)}[
                reason.found.code.fulfilment
            ]
            assert least <= reason.found.quality <= most
