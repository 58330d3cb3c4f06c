"""From the questionnaire to the page that a village reads: what it is told of a household is what the household said."""

import random
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from outbox.models import Letter
from projects.enums import Stage
from projects.files import lifecycle
from projects.introductions.services import send_ready
from projects.models import ProjectFile
from tests.factories.members import UserFactory
from tests.factories.villages import CommitteeMemberFactory, CommuneFactory, VillageFactory

pytestmark = pytest.mark.django_db

MATCHES, INTAKE = "/villages/trouver/resultats/", "/projets/deposer/"
HOUSEHOLDS = [10, pytest.param(50, marks=pytest.mark.thorough)]

CHILDREN = {
    "creche": "moins de 3 ans, à faire garder",
    "maternelle": "en maternelle",
    "elementaire": "à l’école élémentaire",
    "college": "au collège",
    "lycee": "au lycée",
}
ADULTS = {"1": "1 adulte", "2": "2 adultes", "3": "3 adultes ou davantage"}
PARTNERS = {
    "distance": "À distance aussi",
    "chef-lieu": "Sur place, à Auch",
    "metropole": "Sur place, à Toulouse",
    "cherche": "À trouver, autour du village",
    "aucun": "Rien à prévoir",
}
HOMES = {
    "louer": "Louer",
    "acheter": "Acheter",
    "essayer": "Essayer d’abord, quelques mois",
    "deja": "J’ai déjà un logement",
}
UNITS = {"louer": "par mois au plus", "essayer": "par mois au plus", "acheter": "en tout au plus", "deja": "au plus"}
MONTHS = {"septembre 2027": "septembre 2027", "03/2028": "mars 2028", "2027-12": "décembre 2027", "": ""}


def drawn(dice: random.Random) -> tuple[dict, dict]:
    """Somebody's answers to the questionnaire, and what they type in the form after it. Much is left unsaid."""
    home = dice.choice(list(HOMES))
    adults = dice.choice(["", "1", "2", "3"])
    answers = {"connexion": dice.choice(["toujours", "parfois", "rarement"]), "logement": home, "adultes": adults}
    if dice.random() < 0.6:
        answers |= {level: str(dice.choice([1, 1, 2, 3])) for level in CHILDREN if dice.random() < 0.4}
    elif dice.random() < 0.4:
        answers |= {"elementaire": "0"}
    answers["partenaire"] = dice.choice(["", "aucun"] if adults == "1" else ["", *PARTNERS])
    if dice.random() < 0.7:
        answers["budget"] = str(dice.randrange(60, 400) * 1000 if home == "acheter" else dice.randrange(300, 2500))
    if dice.random() < 0.6:
        answers["pieces"] = str(dice.randint(1, 8))
    typed = {
        "title": dice.choice(["Traductrice", "Ébéniste d’art", "Développeur & formateur"]),
        "summary": dice.choice(["", "Une maison, un jardin.", "On voudrait\nun atelier <clair>."]),
        "wished_on": dice.choice(list(MONTHS)),
    }
    return {name: value for name, value in answers.items() if value}, typed


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number < 2 else many}"


def said_by(first_name: str, answers: dict, typed: dict) -> list[tuple[str, str]]:
    """The lines that a village may read before its yes, worked out from what was ticked and typed and nothing else."""
    lines = [("Prénom", first_name), ("Projet", typed["title"])]
    if typed["summary"]:
        lines.append(("En quelques mots", typed["summary"]))
    levels = {level: int(answers[level]) for level in CHILDREN if level in answers}
    people = [ADULTS[answers["adultes"]]] if "adultes" in answers else []
    if levels:
        number = sum(levels.values())
        people.append(counted(number, "enfant", "enfants") if number else "sans enfant")
    if people:
        lines.append(("Foyer", ", ".join(people)))
    if any(levels.values()):
        told = [f"{counted(n, 'enfant', 'enfants')}\u202f: {CHILDREN[level]}" for level, n in levels.items() if n]
        lines.append(("Les enfants", "\u202f; ".join(told)))
    if "partenaire" in answers:
        lines.append(("Le travail du conjoint", PARTNERS[answers["partenaire"]]))
    home = [HOMES[answers["logement"]]]
    if "budget" in answers:
        euros = re.sub(r"(?<=\d)(?=(\d{3})+$)", "\u202f", answers["budget"])
        home.append(f"{euros}\u202f€ {UNITS[answers['logement']]}")
    if "pieces" in answers:
        home.append(counted(int(answers["pieces"]), "pièce au moins", "pièces au moins"))
    lines.append(("Logement", ", ".join(home)))
    if typed["wished_on"]:
        lines.append(("Arrivée", MONTHS[typed["wished_on"]]))
    return lines


def lines_of(page: str) -> list[tuple[str, str]]:
    """What stands in the list of what is shared, as one reads it."""
    told = re.search(r'<dl class="shared">(.*?)</dl>', page, re.DOTALL)[1]
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", told, re.DOTALL)
    return [(unescape(label), unescape(re.sub(r"<br ?/?>", "\n", value)).strip()) for label, value in found]


def laid_down(answers: dict, typed: dict, number: int) -> ProjectFile:
    """The results of the questionnaire, the form that they lead to, and what its own page sends; the address is confirmed."""
    browser = Client(REMOTE_ADDR=f"192.0.2.{number}")
    page = browser.get(f"{MATCHES}?{urlencode(answers)}", follow=True).content.decode()
    form = browser.get(unescape(re.search(r'href="(/[^"]*\?reponses=[^"]*)"', page)[1])).content.decode()
    hidden = {name: unescape(re.search(rf'name="{name}" value="([^"]*)"', form)[1]) for name in ("key", "answers")}
    who = {"first_name": f"Camille {number}", "last_name": "Ferrand", "email": f"camille{number}@example.org"}
    response = browser.post(INTAKE, {**who, **typed, **hidden, "consent": "on"})
    assert response.status_code == 302, response.content.decode()
    browser.post(link_in(who["email"], "mon-adresse"))
    return ProjectFile.objects.get(holder__email=who["email"])


def link_in(address: str, kind: str) -> str:
    """That of the last letter to this address."""
    return re.search(rf"/{kind}/[\w:-]+/", Letter.objects.filter(to=address, text__contains=f"/{kind}/").latest("pk").text)[0]


def introduced(desk: Client, holder: Client, file: ProjectFile, village, adviser) -> None:
    """The adviser chooses the village and asks, the holder agrees: each on their own page."""
    for stage in (Stage.TO_QUALIFY, Stage.SUPPORTED):
        lifecycle.move_file(file=file, to=stage, by=adviser, now=timezone.now())
    page = file.get_admin_url().replace("/change/", "/villages/")
    assert desk.post(f"{page}?nom={village.commune.name.lower()}", {"villages": [village.pk]}).status_code == 302
    assert desk.post(page.replace("/villages/", "/accord/")).status_code == 302
    agreed = holder.post(link_in(file.holder.email, "accord"), {"answer": "yes", "villages": [village.pk]})
    assert agreed.status_code == 200


@pytest.mark.parametrize("households", HOUSEHOLDS)
def test_random_households_are_read_by_a_village_word_for_word(client_of, client, settings, households):
    settings.STAFF_MFA_REQUIRED = False
    dice = random.Random(13)
    CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Auch")
    village = VillageFactory(commune__name="Saint-Clar", slug="saint-clar", monthly_capacity=households)
    reader = CommitteeMemberFactory(village=village, lead=True, name="Hélène", email="helene@example.org")
    adviser, expected = UserFactory(adviser=True), {}
    desk = client_of(adviser)
    for number in range(households):
        answers, typed = drawn(dice)
        file = laid_down(answers, typed, number)
        introduced(desk, client, file, village, adviser)
        expected[file.pk] = said_by(file.holder.first_name, answers, typed)
    send_ready(now=timezone.now())
    letter = Letter.objects.get(to=reader.email).text
    links = re.findall(r"/mise-en-relation/[\w:-]+/", letter)
    assert len(links) == households
    for link, lines in zip(links, expected.values(), strict=True):
        assert lines_of(client.get(link).content.decode()) == lines
        assert "\n".join(f"{label}\u202f: {value}" for label, value in lines) in letter
