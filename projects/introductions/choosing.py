"""Villages chosen for a candidate: three at a time, none that pauses, and none beyond its month without a written reason."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import User
from projects.activity.refusals import IntroductionRefused
from projects.enums import IntroductionState, Stage
from projects.introductions.leaving import full_villages
from projects.models import AT_ONCE, Introduction, ProjectFile
from projects.models.file import locked
from villages.models import Village

State = IntroductionState


@transaction.atomic
def choose_villages(
    *, file: ProjectFile, reasons: Mapping[Village, Sequence[str]], by: User, beyond: str = "", now: dt.datetime | None = None
) -> list[Introduction]:
    """One draft for each village, with what speaks for it. Nobody is written to. Raises IntroductionRefused: none is made.

    A village that has all the families it can welcome this month needs `beyond`, an adviser's reason, which is kept.
    """
    now, beyond = now or timezone.now(), beyond.strip()
    file = locked(file)
    if Stage(file.stage) != Stage.SUPPORTED:
        raise IntroductionRefused(_("Only a supported file is introduced to villages: change its stage first."))
    refuse_once_chosen(file)
    live = list(file.introductions.live().values_list("slot", "village_id"))
    free = [slot for slot in range(1, AT_ONCE + 1) if slot not in {slot for slot, _village in live}]
    known = {village for _slot, village in live}
    again = [str(village) for village in reasons if village.pk in known]
    if again:
        raise IntroductionRefused(_("Already with this file: %(villages)s.") % {"villages": ", ".join(again)})
    if len(reasons) > len(free):
        raise IntroductionRefused(
            _("Three villages at a time are the most: %(count)d may be chosen now.") % {"count": len(free)}, "villages"
        )
    villages = villages_locked([village.pk for village in reasons])
    refuse_if_closed(villages, timezone.localdate(now))
    full = full_villages(villages, now=now)
    if full and not beyond:
        raise IntroductionRefused(
            _("Already all the families that they can welcome this month: %(villages)s. Choose another, or write why all the same.")
            % {"villages": ", ".join(map(str, full))},
            "beyond",
        )
    return [
        Introduction.objects.create(
            file=file,
            village=village,
            slot=slot,
            reasons=list(said),
            beyond_capacity=beyond if village in full else "",
            created_by=by,
            created_at=now,
            state_since=now,
        )
        for slot, (village, said) in zip(free, reasons.items(), strict=False)
    ]


def refuse_once_chosen(file: ProjectFile) -> None:
    if chosen := file.introductions.filter(state=State.CHOSEN).select_related("village__commune").first():
        raise IntroductionRefused(
            _("The family has chosen %(village)s. If that fell through, say so on its line first.") % {"village": chosen.village}
        )


def refuse_if_closed(villages: Collection[Village], today: dt.date) -> None:
    for village in villages:
        if not village.welcomes(today):
            raise IntroductionRefused(
                _("%(village)s welcomes nobody at present: it is paused or has no room.") % {"village": village}, "villages"
            )


def villages_locked(keys: Collection[int]) -> list[Village]:
    """As they are now; after the file, in the order of their keys: two choices of the same village come one after the other."""
    rows = Village.objects.filter(pk__in=keys).select_related("commune").order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))
