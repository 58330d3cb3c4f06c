"""The demonstration in small: the same texts and the same rules, few villages, few people, two weeks. Loads in two seconds."""

from dataclasses import replace

from django.conf import settings

from sohosolo.demo.material import Material, read_material

VILLAGES = ("32249", "32416", "32436", "32106", "32132", "32370")
TELECENTRES = ("32132", "32416")
FILES = {"new": 9, "to_qualify": 3, "supported": 5, "paused": 2, "settled": 3, "closed": 4, "anonymised": 1}


def small_material() -> Material:
    whole = read_material(settings.TERRITORY.demo_folder)
    advisers = [facts | {"portfolio": 6} if "portfolio" in facts else facts for facts in whole.team["advisers"]]
    return replace(
        whole,
        villages={code: whole.villages[code] for code in VILLAGES},
        telecentres={code: whole.telecentres[code] for code in TELECENTRES},
        network=whole.network | {"members": 36, "weeks_before": 1, "weeks_after": 2, "files": FILES},
        team=whole.team | {"advisers": advisers},
    )
