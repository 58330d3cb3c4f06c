"""How well a commune is connected: what the regulator counts, and what somebody measured there."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, NOTHING_PERSONAL, Ground, PersonalData
from villages.models.change import NOTE_CHANGE
from villages.models.commune import Commune
from villages.models.village import Village

# From which share of the premises on, the best word first.
VERDICTS = ((0.9, "everywhere"), (0.6, "mostly"), (0.2, "partly"), (0.0, "hardly"))
BEST = ("fibre", "coax", "copper_30", "fast_radio", "copper_8", "4g", "radio", "satellite")

COUNT = {"null": True, "blank": True}


@dataclass(frozen=True)
class Share:
    """A part of the premises, by the best that reaches them: `share` from 0 to 1, `start` where the parts before it end."""

    technology: str  # of `BEST`, or "slow" for what has less than 8 Mb/s
    share: float
    start: float

    @property
    def hundredths(self) -> float:
        return round(self.share * 100, 2)

    @property
    def starts_at(self) -> float:
        return round(self.start * 100, 2)


class Connection(models.Model):
    """Premises of a commune by what they can have, from the three files of the regulator (Arcep, « Ma connexion internet »).

    Each file fills its own part and dates it; a part that was not imported is empty. `speed_…` are cumulative (who can have
    100 Mb/s is among those who can have 30), `can_…` overlap (one premises may have several), `best_…` are a partition.
    """

    commune = models.OneToOneField(Commune, models.CASCADE, related_name="connection", verbose_name=_("commune"))
    premises = models.PositiveIntegerField(_("premises"))

    speeds_on = models.DateField(_("speeds: as of"), null=True, blank=True)
    speed_none = models.PositiveIntegerField(_("none at all"), **COUNT)
    speed_half = models.PositiveIntegerField(_("0.5 Mb/s and more"), **COUNT)
    speed_3 = models.PositiveIntegerField(_("3 Mb/s and more"), **COUNT)
    speed_8 = models.PositiveIntegerField(_("8 Mb/s and more"), **COUNT)
    speed_30 = models.PositiveIntegerField(_("30 Mb/s and more"), **COUNT)
    speed_100 = models.PositiveIntegerField(_("100 Mb/s and more"), **COUNT)
    speed_1000 = models.PositiveIntegerField(_("1 Gb/s and more"), **COUNT)

    technologies_on = models.DateField(_("technologies: as of"), null=True, blank=True)
    can_fibre = models.PositiveIntegerField(_("fibre"), **COUNT)
    can_coax = models.PositiveIntegerField(_("coaxial cable"), **COUNT)
    can_copper = models.PositiveIntegerField(_("copper"), **COUNT)
    can_fast_radio = models.PositiveIntegerField(_("fast radio"), **COUNT)
    can_4g = models.PositiveIntegerField(_("fixed 4G"), **COUNT)
    can_radio = models.PositiveIntegerField(_("radio"), **COUNT)
    can_satellite = models.PositiveIntegerField(_("satellite"), **COUNT)

    best_on = models.DateField(_("best technology: as of"), null=True, blank=True)
    best_total = models.PositiveIntegerField(_("premises with 8 Mb/s and more"), **COUNT)
    best_fibre = models.PositiveIntegerField(_("best: fibre"), **COUNT)
    best_coax = models.PositiveIntegerField(_("best: coaxial cable"), **COUNT)
    best_copper_30 = models.PositiveIntegerField(_("best: copper, 30 Mb/s and more"), **COUNT)
    best_fast_radio = models.PositiveIntegerField(_("best: fast radio"), **COUNT)
    best_copper_8 = models.PositiveIntegerField(_("best: copper, 8 Mb/s and more"), **COUNT)
    best_4g = models.PositiveIntegerField(_("best: fixed 4G"), **COUNT)
    best_radio = models.PositiveIntegerField(_("best: radio"), **COUNT)
    best_satellite = models.PositiveIntegerField(_("best: satellite"), **COUNT)

    fibre_share = models.GeneratedField(
        expression=Case(When(premises__gt=0, then=Cast(F("can_fibre"), models.FloatField()) / F("premises")), default=Value(None)),
        output_field=models.FloatField(null=True),
        db_persist=True,
        verbose_name=_("share with fibre"),
    )  # from 0 to 1; empty where nobody counted

    personal_data = NOTHING_PERSONAL

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.CheckConstraint(
                name="connection_fibre_among_premises", condition=Q(can_fibre__isnull=True) | Q(can_fibre__lte=F("premises"))
            ),
        ]
        triggers = [NOTE_CHANGE]

    def __str__(self) -> str:
        return str(self.commune)

    @property
    def verdict(self) -> str:
        """What somebody may expect who does not know the address yet: `everywhere`, `mostly`, `partly`, `hardly` or `unknown`."""
        if self.fibre_share is None:
            return "unknown"
        return next(word for least, word in VERDICTS if self.fibre_share >= least)

    @property
    def shares(self) -> list[Share]:
        """The premises by the best that reaches them, the largest share first; empty where nobody counted that."""
        if not self.best_total or not self.premises:
            return []
        counts = {technology: getattr(self, f"best_{technology}") or 0 for technology in BEST}
        counts["slow"] = max(self.premises - self.best_total, 0)
        whole, start, shares = sum(counts.values()), 0.0, []
        for technology, count in sorted(counts.items(), key=lambda told: -told[1]):
            if count:
                shares.append(Share(technology, count / whole, start))
                start += count / whole
        return shares


class SpeedTest(models.Model):
    """What somebody measured at a place of the village on a day."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="speed_tests", verbose_name=_("village"))
    where = models.CharField(_("where"), max_length=120)
    measured_on = models.DateField(_("measured on"))
    down_mbps = models.DecimalField(_("received, Mb/s"), max_digits=7, decimal_places=1)
    up_mbps = models.DecimalField(_("sent, Mb/s"), max_digits=7, decimal_places=1)
    measured_by = models.CharField(_("measured by"), max_length=120, blank=True)

    personal_data = PersonalData(
        of=_("welcome committees"),
        purpose=_("to show who measured, and where"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["where", "measured_on", "measured_by"],
        erased=["measured_by"],
        facts=["village", "down_mbps", "up_mbps"],
        stays={"where": _("a place of the village")},
    )

    class Meta:
        verbose_name = _("speed measured")
        verbose_name_plural = _("speeds measured")
        constraints = [
            models.CheckConstraint(name="speed_test_measured_something", condition=Q(down_mbps__gt=0, up_mbps__gte=0)),
        ]
        indexes = [models.Index(fields=["village", "-measured_on"], name="speed_test_latest")]

    def __str__(self) -> str:
        return f"{self.where}, {self.down_mbps}"
