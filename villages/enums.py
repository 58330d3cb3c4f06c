from django.db import models
from django.utils.translation import gettext_lazy as _

from common.states import States, StateSet


class VillageStatus(States):
    PARTNER = "partner", _("partner")
    PAUSED = "paused", _("paused")
    FORMER = "former", _("former")

    # The site shows those villages, and their dwellings.
    public = StateSet("PARTNER PAUSED", out="FORMER")

    @property
    def next_states(self) -> frozenset["VillageStatus"]:
        return frozenset(
            {
                VillageStatus.PARTNER: {VillageStatus.PAUSED, VillageStatus.FORMER},
                VillageStatus.PAUSED: {VillageStatus.PAUSED, VillageStatus.PARTNER, VillageStatus.FORMER},  # until another day
                VillageStatus.FORMER: {VillageStatus.PARTNER},
            }[self]
        )


class CommitteeRole(models.TextChoices):
    LEAD = "lead", _("lead")
    DEPUTY = "deputy", _("deputy")
    VOLUNTEER = "volunteer", _("volunteer")


class PlaceKind(models.TextChoices):
    CITY = "city", _("city")
    STATION = "station", _("railway station")
    AIRPORT = "airport", _("airport")
    TELECENTRE = "telecentre", _("télécentre")


class AmenityKind(models.TextChoices):
    """What a village lives by, in the words of a household; `opendata/amenities.toml` says which official codes make each."""

    BAKERY = "bakery", _("bakery")
    GROCERY = "grocery", _("grocery")
    SUPERMARKET = "supermarket", _("supermarket")
    BUTCHER = "butcher", _("butcher")
    RESTAURANT = "restaurant", _("restaurant")
    NEWSPAPERS = "newspapers", _("newspapers")
    HAIRDRESSER = "hairdresser", _("hairdresser")
    FUEL = "fuel", _("petrol station")
    CHARGING = "charging", _("charging point")
    BANK = "bank", _("bank")
    POST = "post", _("post counter")
    FRANCE_SERVICES = "france-services", _("France Services counter")
    CRECHE = "creche", _("crèche")
    NURSERY_SCHOOL = "nursery-school", _("nursery school")
    PRIMARY_SCHOOL = "primary-school", _("primary school")
    AFTER_SCHOOL = "after-school", _("after-school club")
    MIDDLE_SCHOOL = "middle-school", _("collège (11 to 15)")
    HIGH_SCHOOL = "high-school", _("lycée (15 to 18)")
    DOCTOR = "doctor", _("doctor")
    HEALTH_CENTRE = "health-centre", _("health centre")
    NURSE = "nurse", _("nurse")
    DENTIST = "dentist", _("dentist")
    MIDWIFE = "midwife", _("midwife")
    PHYSIOTHERAPIST = "physiotherapist", _("physiotherapist")
    PHARMACY = "pharmacy", _("pharmacy")
    EMERGENCY = "emergency", _("emergency department")
    MATERNITY = "maternity", _("maternity ward")
    LIBRARY = "library", _("library")
    CINEMA = "cinema", _("cinema")
    MUSIC_SCHOOL = "music-school", _("music school")
    POOL = "pool", _("swimming pool")


class FactTopic(models.TextChoices):
    """What a committee can say is still true, or add a word to."""

    CONNECTION = "connection", _("the connection")
    SHOPS = "shops", _("shops and services")
    CHILDREN = "children", _("schools and childcare")
    HEALTH = "health", _("health")
    WELCOME = "welcome", _("the welcome")


class DwellingKind(models.TextChoices):
    HOUSE = "house", _("house")
    FLAT = "flat", _("flat")


class ProjectStage(States):
    STUDY = "study", _("under study")
    DECIDED = "decided", _("decided")
    UNDER_WAY = "under-way", _("under way")
    DONE = "done", _("done")

    @property
    def next_states(self) -> frozenset["ProjectStage"]:
        """Any: committees say how far it is, and put their slips right. The same, when other words are changed."""
        return frozenset(ProjectStage)


class HousingKind(models.TextChoices):
    RENT = "rent", _("to rent")
    SALE = "sale", _("for sale")
    TRIAL = "trial", _("to try, for a few months")  # logement passerelle


class HousingAudience(models.TextChoices):
    PUBLIC = "public", _("everybody")
    QUALIFIED = "qualified", _("qualified candidates only")


class AddressConnection(models.TextChoices):
    """What reaches the dwelling itself."""

    FIBRE = "fibre", _("fibre connected")
    NEAR = "near", _("fibre near, to be ordered")
    NO_FIBRE = "none", _("no fibre")
    UNKNOWN = "unknown", _("connection to be checked")


class EnergyRating(models.TextChoices):
    """The letter of the energy performance diagnosis (DPE)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"
    G = "G"


class AlertRhythm(models.TextChoices):
    DAILY = "daily", _("at most once a day")
    WEEKLY = "weekly", _("at most once a week")


class Level(models.TextChoices):
    """Where a child goes, from before school to the lycée, in the words of the questionnaire."""

    CRECHE = "creche", _("Under 3, in childcare")
    NURSERY = "maternelle", _("At nursery school")
    PRIMARY = "elementaire", _("At primary school")
    MIDDLE = "college", _("At collège")
    HIGH = "lycee", _("At lycée")

    @property
    def amenity(self) -> AmenityKind:
        return {
            Level.CRECHE: AmenityKind.CRECHE,
            Level.NURSERY: AmenityKind.NURSERY_SCHOOL,
            Level.PRIMARY: AmenityKind.PRIMARY_SCHOOL,
            Level.MIDDLE: AmenityKind.MIDDLE_SCHOOL,
            Level.HIGH: AmenityKind.HIGH_SCHOOL,
        }[self]


class Seeks(models.TextChoices):
    """What a household wants to do about its home, in the words of the questionnaire."""

    RENT = "louer", _("Rent")
    SALE = "acheter", _("Buy")
    TRIAL = "essayer", _("Try first, for a few months")
    NOTHING = "deja", _("I have a home already")

    @property
    def housing(self) -> HousingKind | None:
        return {Seeks.RENT: HousingKind.RENT, Seeks.SALE: HousingKind.SALE, Seeks.TRIAL: HousingKind.TRIAL}.get(self)

    @property
    def is_monthly(self) -> bool:
        """Whether a budget for it is euros a month."""
        return self in (Seeks.RENT, Seeks.TRIAL)
