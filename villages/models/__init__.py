"""Communes, partner villages, what is known of them and by whom, and what visitors keep of them."""

from villages.models.amenity import CommuneAmenity, NearestAmenity
from villages.models.change import Change
from villages.models.commune import Commune, short_intercommunality
from villages.models.connection import Connection, SpeedTest
from villages.models.dataset import Dataset
from villages.models.housing import ASKED_AFTER_DAYS, BELIEVED_DAYS, REMEMBERED_DAYS, Housing, HousingPhoto
from villages.models.interest import CONFIRMED_WITHIN_DAYS, Favourite, SavedSearch, hash_of
from villages.models.life import FactCheck, TerritoryProject
from villages.models.place import Journey, Place
from villages.models.prices import FEWEST_SALES, CommuneRent, CommuneSales
from villages.models.village import CommitteeMember, Village, welcomes
from villages.models.words import CommuneDocument, PlainWords, Unaccent, VillageDocument

__all__ = [
    "ASKED_AFTER_DAYS",
    "BELIEVED_DAYS",
    "CONFIRMED_WITHIN_DAYS",
    "FEWEST_SALES",
    "REMEMBERED_DAYS",
    "Change",
    "CommitteeMember",
    "Commune",
    "CommuneAmenity",
    "CommuneDocument",
    "CommuneRent",
    "CommuneSales",
    "Connection",
    "Dataset",
    "FactCheck",
    "Favourite",
    "Housing",
    "HousingPhoto",
    "Journey",
    "NearestAmenity",
    "Place",
    "PlainWords",
    "SavedSearch",
    "SpeedTest",
    "TerritoryProject",
    "Unaccent",
    "Village",
    "VillageDocument",
    "hash_of",
    "short_intercommunality",
    "welcomes",
]
