"""The villages that an adviser may choose for a file: what the matching says of them, how they answer, what they have to do."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone

from common.search_words import beginning
from projects.enums import Stage
from projects.household.answers import as_known_now
from projects.introductions.village_record import Record, records_of
from projects.models import ProjectFile
from villages.matching.addresses import answers_of, chief_town
from villages.matching.facts_from_rows import village_facts_for
from villages.matching.household import Household as MatchedHousehold
from villages.matching.ranking import rank
from villages.matching.verdict import Verdict
from villages.matching.village_reasons import places_named, reason_in_words
from villages.models import Village
from villages.searching.communes import NotPartner, nearest_instead, read_commune

SHOWN = 12  # of those that the matching ranks, the best first
LISTED = 60  # of those that are merely listed


@dataclass(frozen=True)
class VillageOnOffer:
    village: Village
    record: Record
    welcomes: bool
    met: Sequence[str] = ()
    failed: Sequence[str] = ()
    unknown: Sequence[str] = ()

    @property
    def is_full(self) -> bool:
        """It has, or will have, all the families that it can welcome this month."""
        return self.record.places_taken >= self.village.monthly_capacity


def villages_on_offer(file: ProjectFile, *, now: dt.datetime, name: str = "") -> list[VillageOnOffer]:
    """Ranked where the file carries answers to the questionnaire; those whose name begins so where one is looked for."""
    today = timezone.localdate(now)
    form = answers_of(file.answers) if file.answers else None
    if form is not None and form.is_valid() and not name:
        household = as_known_now(form.household, getattr(file, "household", None))
        facts = village_facts_for(household, on=today, qualified=file.stage in Stage.qualified())
        verdicts = [verdict for verdict in rank(household, facts) if not verdict.setbacks]
        return ranked(verdicts[:SHOWN], household, today, now)
    villages = Village.objects.public().with_commune().in_french_order()
    if name:
        named = [commune.key for commune in read_commune(name).communes]
        villages = villages.filter(Q(commune__in=named) if named else beginning("commune__sort_name", name))
    found = list(villages[:LISTED])
    records = records_of(found, now=now)
    return [VillageOnOffer(village, records.get(village.pk, Record()), village.welcomes(today)) for village in found]


def not_partner(name: str) -> NotPartner | None:
    """The answer where no village on offer bears the name that was looked for, and a commune that is no partner does."""
    instead = nearest_instead(name, read_commune(name))
    return instead and instead.leading(lambda village: f"?{urlencode({'nom': village.commune.name})}")


def ranked(verdicts: list[Verdict], household: MatchedHousehold, today: dt.date, now: dt.datetime) -> list[VillageOnOffer]:
    found = Village.objects.filter(slug__in=[verdict.facts.key for verdict in verdicts]).with_commune()
    villages = {village.slug: village for village in found}
    places = places_named(villages.values(), household)
    records = records_of(list(villages.values()), now=now)
    town = chief_town()

    def said(verdict: Verdict, which: str) -> list[str]:
        village = villages[verdict.facts.key]
        return [reason_in_words(reason, village, places, town).words for reason in getattr(verdict, which)]

    return [
        VillageOnOffer(
            village=villages[verdict.facts.key],
            record=records.get(villages[verdict.facts.key].pk, Record()),
            welcomes=villages[verdict.facts.key].welcomes(today),
            **{which: said(verdict, which) for which in ("met", "failed", "unknown")},
        )
        for verdict in verdicts
    ]
