"""Every field that reads a place reads each commune, and each that is part of another now, however it is written."""

import random
import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from members.models import Member
from projects.models import ProjectFile
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import ProjectFileFactory
from tests.factories.telecentres import TelecentreFactory
from tests.factories.villages import HousingFactory, VillageFactory
from tests.places.writings import WRITINGS, Named, of_once, today
from villages.models import Commune, Village
from villages.opendata import communes

pytestmark = pytest.mark.django_db

SAMPLE = 6  # of more than six thousand, for each field: `./run chaos thorough` asks them all
PARTNERS = ("32208", "32160", "32249", "32344", "32079", "32256", "32365", "32462", "32426", "32370")  # with every trap among them
NOT_ONE = "n’est pas partenaire"


def asked() -> list[tuple[Named, str]]:
    return [(named, writing) for named in [*today(), *of_once()] for writing in WRITINGS]


def some(field: str) -> list[tuple[Named, str]]:
    """The same at each run, others for each field, half of them about partners."""
    dice = random.Random(field)
    pairs = asked()
    of_partners = [pair for pair in pairs if pair[0].insee_code in PARTNERS]
    return dice.sample(of_partners, SAMPLE // 2) + dice.sample(pairs, SAMPLE // 2)


@pytest.fixture(scope="module")
def every_commune(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Loaded once for this module and rolled back after it. Every test's own transaction lies within."""
    whole = transaction.atomic()
    with django_db_blocker.unblock():
        whole.__enter__()
        communes.import_communes(path=settings.TERRITORY.communes_file)
        for commune in Commune.objects.filter(insee_code__in=PARTNERS):
            village = VillageFactory(commune=commune, tagline="Lectoure, Riscle, Mirande et Condom ne sont pas loin")
            HousingFactory(village=village, title=f"Maison à {commune.insee_code}")
    yield
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture
def network(every_commune, db, settings) -> None:
    settings.STAFF_MFA_REQUIRED = False


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()).replace("&#x27;", "'"))


# ---- What each field made of a text: the INSEE code of the commune, or None ---------------------------------------------


def profile(typed: str, browser: Client, member: Member) -> str:
    written = {"first_name": "Inès", "last_name": "Daubas", "activity": "Traductrice", "commune": typed, "skills": "", "bio": ""}
    browser.post(reverse("members:my-profile"), written)
    return Member.objects.select_related("commune").get(pk=member.pk).commune.insee_code


def directory(field: str) -> Callable[..., str | None]:
    def look(typed: str, browser: Client, member: Member) -> str | None:
        people = browser.get(reverse("members:members"), {field: typed}).context["people"]
        return member.commune.insee_code if [person.name for person in people] == [member.user.get_full_name()] else None

    return look


def list_of_villages(typed: str, browser: Client, member: Member) -> str | None:
    response = browser.get(reverse("villages:villages"), {"q": typed})
    if NOT_ONE in text_of(response):
        return not_one(response)
    entries = response.context["entries"]
    return entries[0].village.commune.insee_code if entries else None


def homes(typed: str, browser: Client, member: Member) -> str | None:
    response = browser.get(reverse("villages:housings"), {"autour": typed})
    village = response.context["asked"].village
    return village.commune.insee_code if village else not_one(response)


def comparison(typed: str, browser: Client, member: Member) -> str | None:
    response = browser.get(reverse("villages:compare"), {"ajouter": typed})
    if response.status_code == 302:
        return Village.objects.get(slug=response["Location"].partition("v=")[2]).commune.insee_code
    return not_one(response)


def village_of_a_file(typed: str, browser: Client, member: Member) -> str | None:
    file = ProjectFile.objects.first() or ProjectFileFactory(supported=True)
    page = browser.get(reverse("admin:projects_projectfile_choose", args=[file.pk]), {"nom": typed})
    on_offer = page.context["on_offer"]
    return on_offer[0].village.commune.insee_code if on_offer else not_one(page)


def not_one(response) -> str | None:
    """Of the commune of which the page says that it is no partner, and names the nearest that are."""
    before, said, after = text_of(response).partition(NOT_ONE)
    if not said or not re.match(r"\s?; les plus proches\s?: [^()]+ \(\d+\skm\), [^()]+ \(\d+\skm\), [^()]+ \(\d+\skm\)\.", after):
        return None
    names = {named.name: named.insee_code for named in today() if before.rstrip().replace("’", "'").endswith(f" {named.name}")}
    return names[max(names, key=len)]


def lookup(model: str, field: str) -> Callable[..., str | None]:
    """The admin's own field that looks a row up as one types."""

    def look(typed: str, browser: Client, member: Member) -> str | None:
        app, name = model.split(".")
        facts = {"app_label": app, "model_name": name, "field_name": field, "term": typed}
        found = browser.get(reverse("admin:autocomplete"), facts).json()["results"]
        return Commune.objects.get(pk=found[0]["id"]).insee_code if found else None

    return look


def changelist(name: str, code: Callable[[object], str]) -> Callable[..., str | None]:
    """The search of one of the admin's lists."""

    def look(typed: str, browser: Client, member: Member) -> str | None:
        found = browser.get(reverse(f"admin:{name}_changelist"), {"q": typed}).context["cl"].result_list
        return code(found[0]) if found else None

    return look


FIELDS: dict[str, Callable[..., str | None]] = {
    "profile": profile,
    "directory, commune": directory("commune"),
    "directory, anything": directory("q"),
    "list of villages": list_of_villages,
    "homes around": homes,
    "comparison": comparison,
    "village of a file": village_of_a_file,
    "admin, commune of a village": lookup("villages.village", "commune"),
    "admin, communes": changelist("villages_commune", lambda commune: commune.insee_code),
    "admin, villages": changelist("villages_village", lambda village: village.commune.insee_code),
    "admin, homes": changelist("villages_housing", lambda housing: housing.village.commune.insee_code),
    "admin, members": changelist("members_member", lambda member: member.commune.insee_code),
    "admin, télécentres": changelist("telecentres_telecentre", lambda place: place.commune.insee_code),
}
KNOW_PARTNERS_ALONE = {"admin, villages", "admin, homes"}


def browser_for(field: str, member: Member) -> Client:
    """Of somebody who has that field before them."""
    browser = Client()
    if field == "profile":
        browser.force_login(member.user)
    elif field == "village of a file":
        browser.force_login(UserFactory(lead=True))
    elif field.startswith("admin"):
        browser.force_login(UserFactory(admin=True))
    return browser


def ask(field: str, pairs: list[tuple[Named, str]]) -> list[str]:
    """What was not read right."""
    wrong = []
    nobody = MemberFactory(commune=Commune.objects.get(insee_code="32013"), shown=True)
    browser = browser_for(field, nobody)
    for named, writing in pairs:
        if field in KNOW_PARTNERS_ALONE and named.insee_code not in PARTNERS:
            continue
        commune = Commune.objects.get(insee_code=named.insee_code)
        if field.startswith(("directory", "admin, members")) and nobody.commune_id != commune.pk:
            nobody.commune = commune
            nobody.save(update_fields=["commune"])
        if field == "admin, télécentres":
            TelecentreFactory(commune=commune)
        typed = WRITINGS[writing](named)
        if (read := FIELDS[field](typed, browser, nobody)) != named.insee_code:
            wrong.append(f"{typed!r}: {read} and not {named.insee_code} ({writing})")
    return wrong


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_reads_a_commune_however_it_is_written(network, field):
    assert ask(field, some(field)) == []


@pytest.mark.thorough
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_reads_every_commune_in_every_writing(network, field):
    assert ask(field, asked()) == []


def test_every_option_of_every_list_is_read_by_every_field(network):
    """What a field proposes, it takes: the names of the page of homes, and the villages of « Déposer mon projet »."""
    homes_page = Client().get(reverse("villages:housings")).content.decode()
    intake_page = Client().get(reverse("projects:lay-down")).content.decode()
    proposed = re.findall(r'<option value="([^"]+)"></option>', homes_page)
    chosen = re.findall(
        r'<option value="[a-z][^"]*">\s*([^<]+?)\s*</option>', intake_page.partition('name="village"')[2].partition("</select>")[0]
    )
    assert len(proposed) == len(PARTNERS) == len(chosen)
    known = {village.commune.name: village.commune.insee_code for village in Village.objects.with_commune()}
    slugs = dict(Village.objects.values_list("slug", "commune__insee_code"))
    member = MemberFactory(shown=True)
    for field in ("profile", "list of villages", "homes around", "comparison", "village of a file"):
        browser = browser_for(field, member)
        for option in {*proposed, *chosen}:
            option = option.replace("&#x27;", "'")
            assert FIELDS[field](option, browser, member) == known[option.replace("’", "'")], (field, option)
    for slug, code in slugs.items():
        assert FIELDS["homes around"](slug, Client(), member) == code


def test_of_a_commune_that_is_no_partner_the_list_says_no_more_than_that(network):
    """And of a name that is no commune's, that nothing is written so."""
    said = text_of(Client().get(reverse("villages:villages"), {"q": "Ste Dode"}))
    assert f"Sainte-Dode {NOT_ONE}" in said
    assert "Aucun village du réseau ne porte ce nom" in said
    assert "Rien ne s’écrit ainsi ici" not in said
    said = text_of(Client().get(reverse("villages:villages"), {"q": "Bordeaux"}))
    assert NOT_ONE not in said
    assert "Rien ne s’écrit ainsi ici" in said
