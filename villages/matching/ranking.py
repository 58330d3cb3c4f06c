"""Which villages suit a household, and why: a pure function of what it says and what is known. No database, no clock, no words.

The answers ask each village the same questions (`criteria_of`). A question finds the wish met, failed or unknown, and how well:

* met gives from 75 to 100 points: nearer, faster, wider is more;
* failed gives from 0 to 25, so that two villages that fail are still told apart;
* unknown gives 50, whatever the wish: it counts neither as met nor as failing.

A topic weighs 2; the topics that the household ranked weigh 6, 4 and 3. The questions of one topic share its weight equally. The
score is the sum of points times weights.

A limit rules a village out when it fails, never while it is unknown: whatever the household calls indispensable; a home within
the budget, where a budget is told (nothing offered today fails too, or an offer too dear would lower a village that has none);
crèche, nursery school and primary school within a walk, where somebody has no car all day; without any car, where the household
says that it goes and that neither a bicycle nor a train takes it. Whoever is ruled out comes after all the others; before them
come those with a reserve: without a car, no food shop, desk or station within reach of a bicycle. Between equals the order is
that of their names, then of their keys.

A limit is judged on the best that is really offered. Where a home that fits is offered, its own line and its own price are read;
what the commune has elsewhere rules nothing out. Where none is, or none is looked for, the commune's figures are read. One thing
follows that is no fault: a first home that fits and has no fibre says more of a village than the share of its commune did.

So a better fact never lowers a village, and the order does not depend on the order of input.
"""

from collections.abc import Iterable

from villages.matching.criteria import criteria_of
from villages.matching.facts import VillageFacts
from villages.matching.household import Household
from villages.matching.verdict import Criterion, Verdict


def match(household: Household, facts: VillageFacts) -> Verdict:
    return judge(criteria_of(household), facts)


def rank(household: Household, villages: Iterable[VillageFacts]) -> list[Verdict]:
    """The verdicts, the best first."""
    criteria = criteria_of(household)
    return sorted((judge(criteria, facts) for facts in villages), key=ranking_key)


def judge(criteria: tuple[Criterion, ...], facts: VillageFacts) -> Verdict:
    reasons = tuple([criterion.of(facts) for criterion in criteria])
    return Verdict(
        facts=facts,
        reasons=reasons,
        score=sum([reason.points for reason in reasons]),
        setbacks=frozenset([reason.setback for reason in reasons if reason.setback]),
    )


def ranking_key(verdict: Verdict) -> tuple:
    return verdict.is_ruled_out, verdict.has_reserves, -verdict.score, verdict.facts.name, verdict.facts.key
