"""Communes, partner villages, those who welcome there, how far everything is, and where each fact comes from."""

from villages.models.commune import Commune, short_intercommunality
from villages.models.dataset import Dataset
from villages.models.place import Journey, Place
from villages.models.village import CommitteeMember, Village, welcomes
from villages.models.words import CommuneDocument, PlainWords, Unaccent, VillageDocument

__all__ = [
    "CommitteeMember",
    "Commune",
    "CommuneDocument",
    "Dataset",
    "Journey",
    "Place",
    "PlainWords",
    "Unaccent",
    "Village",
    "VillageDocument",
    "short_intercommunality",
    "welcomes",
]
