"""Every commune of the territory, and what was one, in the writings that people and files use."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings

ARTICLE = re.compile(r"(?P<article>L'|Le |La |Les )(?P<rest>.*)")


@dataclass(frozen=True)
class Named:
    """A name in today's use or not, and the commune that it means today."""

    name: str
    insee_code: str
    postal_code: str


@cache
def today() -> list[Named]:
    with settings.TERRITORY.communes_file.open(encoding="utf-8", newline="") as file:
        return [Named(row["name"], row["insee_code"], row["postal_codes"].split("|")[0]) for row in csv.DictReader(file)]


@cache
def of_once() -> list[Named]:
    present = {named.insee_code: named for named in today()}
    with (settings.TERRITORY.folder / "former_communes.csv").open(encoding="utf-8", newline="") as file:
        return [
            Named(row["former_name"], row["code"], present[row["code"]].postal_code)
            for row in csv.DictReader(file)
            if row["former_name"]
        ]


def _article_behind(named: Named) -> str:
    found = ARTICLE.fullmatch(named.name)
    return f"{found['rest']} ({found['article'].strip()})" if found else named.name.upper()


def _article_missing(named: Named) -> str:
    found = ARTICLE.fullmatch(named.name)
    return found["rest"] if found else named.name.lower()


def _abbreviated(named: Named) -> str:
    return re.sub(r"\bSaint\b", "St", re.sub(r"\bSainte\b", "Ste", named.name))


def _of(named: Named) -> str:
    """« mairie du Houga », « mairie d’Auch », « mairie de L’Isle-Jourdain »."""
    if named.name.startswith("Le "):
        return f"mairie du {named.name[3:]}"
    return f"mairie d’{named.name}" if named.name[0] in "AEIOUÉ" else f"mairie de {named.name}"


WRITINGS: dict[str, Callable[[Named], str]] = {
    "as INSEE has it": lambda named: named.name,
    "with the typographic apostrophe": lambda named: named.name.replace("'", "’"),
    "with a backtick and a hard space": lambda named: named.name.replace("'", "`").replace(" ", "\u00a0"),
    "as the post writes it": lambda named: re.sub(r"[-']", " ", _abbreviated(named)).upper(),
    "with St and Ste": _abbreviated,
    "the article behind, in brackets": _article_behind,
    "the article missing": _article_missing,
    "the code in front": lambda named: f"{named.postal_code} {named.name}",
    "the code behind, in two parts": lambda named: f"{named.name} ({named.postal_code[:2]}\u202f{named.postal_code[2:]})",
    "the department behind": lambda named: f"{named.name} ({settings.TERRITORY.department})",
    "the territory behind": lambda named: f"{named.name} {settings.TERRITORY.of_name}",
    "an address": lambda named: f"12 place de la Mairie, {named.postal_code} {named.name}, France",
    "with CEDEX": lambda named: f"{named.name.upper()} CEDEX 2",
    "the town hall": _of,
}
