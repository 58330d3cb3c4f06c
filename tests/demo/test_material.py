"""The files of the demonstration's folder, as a reader would check them."""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings

from sohosolo import demo
from sohosolo.demo.material import read_material
from villages.models import Village

FOLDER = settings.TERRITORY.demo_folder
FICTION = re.compile(r"\+33(?:19900|26191|35301|46571|53649)\d{4}")  # what the Arcep keeps for fiction


@pytest.fixture(scope="module")
def material():
    return read_material(FOLDER)


def texts(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from chain.from_iterable(map(texts, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(texts, value))


def everything_said() -> list[tuple[str, str]]:
    return [(path.name, text) for path in sorted(FOLDER.glob("*.toml")) for text in texts(tomllib.loads(path.read_text("utf-8")))]


def test_the_network_is_as_large_as_the_published_one(material):
    assert (len(material.villages), len(material.telecentres), material.network["members"]) == (52, 8, 260)
    assert sum(material.network["files"].values()) == 300
    assert sum(spot.get("count", 1) for place in material.telecentres.values() for spot in place["spots"]) == 90


def test_every_village_is_told_in_one_sentence_of_its_own(material):
    taglines = [facts["tagline"] for facts in material.villages.values()]
    assert len(set(taglines)) == len({facts["welcome"] for facts in material.villages.values()}) == 52
    for tagline in taglines:
        assert len(tagline) <= Village._meta.get_field("tagline").max_length
        assert tagline.endswith(".")


@pytest.mark.parametrize(
    "word", ["école", "médecin", "pharmacie", "boulangerie", "marché", "église", "collégiale", "château", "festival"]
)
def test_nothing_is_invented_about_a_real_village(material, word):
    """Services, feasts and monuments can be checked by anybody: the demonstration leaves them to the data."""
    told = [facts[key] for facts in material.villages.values() for key in ("tagline", "welcome")]
    told += [facts["tagline"] for facts in material.telecentres.values()]
    assert [text for text in told if re.search(rf"\b{word}", text, re.IGNORECASE)] == []


def test_french_is_set_as_french():
    wrong = re.compile(r" [:;!?»]|« |[^ \u202f]»|«[^\u202f]|!|'(?!$)|\d h\b")
    assert [(name, text) for name, text in everything_said() if wrong.search(text) and "://" not in text] == []


def test_every_telephone_number_is_kept_for_fiction(material):
    phones = [place["phone"] for place in material.telecentres.values()] + [material.team["member"]["phone"]]
    prefixes = [material.network["phones"], *(town["phones"] for town in material.projects["towns"] if "phones" in town)]
    assert [phone for phone in phones + [prefix + "0000" for prefix in prefixes] if not FICTION.fullmatch(phone)] == []


def test_every_moment_has_something_to_say_to_anybody(material):
    """Texts that suit only some households or trades never stand alone."""
    phases = material.projects["events"] | material.projects["tasks"] | {"pause_reasons": material.projects["pause_reasons"]}
    assert [phase for phase, said in phases.items() if all("needs" in text for text in said)] == []
    assert {text["needs"] for said in phases.values() for text in said if "needs" in text} <= {
        "couple",
        "children",
        "employee",
        "own",
    }


def test_a_file_closes_in_words_for_each_reason(material):
    assert {f"closed_{reason}" for reason in material.network["closing"]} <= material.projects["events"].keys()


def test_every_address_of_the_team_is_of_the_demonstration(material):
    domain = material.network["mail_domain"]
    addresses = [text for text in texts(material.team) if "@" in text]
    assert len(addresses) >= 11
    assert [address for address in addresses if not address.endswith(f"@{domain}")] == []


def test_the_python_of_the_demonstration_knows_no_territory(material):
    """Another department brings its own folder and runs the same modules."""
    places = [place.name for place in settings.TERRITORY.places] + [settings.TERRITORY.name, settings.TERRITORY.operator]
    places += [facts["name"] for facts in material.villages.values()] + [facts["name"] for facts in material.telecentres.values()]
    for path in Path(demo.__file__).parent.glob("*.py"):
        python = path.read_text("utf-8")
        assert [place for place in places if re.search(rf"\b{re.escape(place)}\b", python)] == [], path.name
