from django.db import models
from django.utils.translation import gettext_lazy as _


class VillageStatus(models.TextChoices):
    PARTNER = "partner", _("partner")
    PAUSED = "paused", _("paused")
    FORMER = "former", _("former")


class CommitteeRole(models.TextChoices):
    LEAD = "lead", _("lead")
    DEPUTY = "deputy", _("deputy")
    VOLUNTEER = "volunteer", _("volunteer")


class PlaceKind(models.TextChoices):
    CITY = "city", _("city")
    STATION = "station", _("railway station")
    AIRPORT = "airport", _("airport")
    TELECENTRE = "telecentre", _("télécentre")
