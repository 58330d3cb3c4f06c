"""What a committee tells of its village: what is being prepared there, and which facts it has checked."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.personal_data import NOT_YET_BOUNDED, Ground, PersonalData
from common.states import HasStates
from villages.enums import FactTopic, ProjectStage
from villages.models.village import Village


class TerritoryProject(HasStates, models.Model):
    """Something that will change life in the village, or just did."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="projects", verbose_name=_("village"))
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("in a few words"), max_length=600, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=ProjectStage)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    link = models.URLField(_("to know more"), max_length=300, blank=True)
    confirmed_on = models.DateField(_("confirmed on"))
    confirmed_by = models.CharField(_("confirmed by"), max_length=120)

    states, state_field = ProjectStage, "stage"

    personal_data = PersonalData(
        of=_("welcome committees"),
        purpose=_("to show who found it true, and when"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["confirmed_on", "confirmed_by"],
        erased=["confirmed_by"],
        facts=["village", "title", "text", "stage", "year", "link"],
    )

    class Meta:
        verbose_name = _("territory project")
        verbose_name_plural = _("territory projects")
        constraints = [
            models.CheckConstraint(name="territory_project_stage_known", condition=Q(stage__in=ProjectStage.values)),
        ]

    def __str__(self) -> str:
        return self.title


class FactCheck(models.Model):
    """That somebody of the village looked at what the page says on a topic, and found it true, or had a word to add."""

    village = models.ForeignKey(Village, models.CASCADE, related_name="checks", verbose_name=_("village"))
    topic = models.CharField(_("topic"), max_length=12, choices=FactTopic)
    checked_on = models.DateField(_("checked on"))
    checked_by = models.CharField(_("checked by"), max_length=120)
    note = models.CharField(_("a word to add"), max_length=240, blank=True)

    personal_data = PersonalData(
        of=_("welcome committees"),
        purpose=_("to show who found it true, and when"),
        ground=Ground.INTEREST,
        kept=NOT_YET_BOUNDED,
        told=["topic", "checked_on", "checked_by", "note"],
        erased=["checked_by", "note"],
        facts=["village"],
    )

    class Meta:
        verbose_name = _("fact checked")
        verbose_name_plural = _("facts checked")
        constraints = [
            models.UniqueConstraint(name="fact_check_once", fields=["village", "topic"]),
            models.CheckConstraint(name="fact_check_topic_known", condition=Q(topic__in=FactTopic.values)),
        ]

    def __str__(self) -> str:
        return f"{self.village}, {self.get_topic_display()}"
