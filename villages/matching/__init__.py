from villages.enums import Level, Seeks
from villages.estimates import NOWHERE
from villages.matching.criteria import criteria_of
from villages.matching.facts import Dwelling, Facts
from villages.matching.findings import FOOD_SHOPS
from villages.matching.household import DeskWish, Destination, Household, LineNeed, PartnerJob, Size, Topic
from villages.matching.ranking import judge, match, rank, standing_order
from villages.matching.verdict import Code, Criterion, Found, Reason, Standing, Strength, Verdict

__all__ = [
    "FOOD_SHOPS",
    "NOWHERE",
    "Code",
    "Criterion",
    "DeskWish",
    "Destination",
    "Dwelling",
    "Facts",
    "Found",
    "Household",
    "Level",
    "LineNeed",
    "PartnerJob",
    "Reason",
    "Seeks",
    "Size",
    "Standing",
    "Strength",
    "Topic",
    "Verdict",
    "criteria_of",
    "judge",
    "match",
    "rank",
    "standing_order",
]
