"""The public pages and files of the villages: what they show, to whom, at what cost."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse

from tests.factories.members import UserFactory
from tests.factories.villages import (
    CommitteeMemberFactory,
    CommuneFactory,
    ConnectionFactory,
    HousingFactory,
    JourneyFactory,
    NearestAmenityFactory,
    PlaceFactory,
    TerritoryProjectFactory,
    VillageFactory,
)
from villages.catalogue import views
from villages.committee import partnerships
from villages.enums import AmenityKind, HousingAudience
from villages.models import Journey, Village

pytestmark = pytest.mark.django_db

LIST = "/villages/"


def text_of(response) -> str:
    """What the page says, without its tags and with plain spaces."""
    page = re.sub(r"<svg.*?</svg>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page).replace("\u202f", " ").replace("\xa0", " "))


def listed(response) -> list[str]:
    return re.findall(r'<li class="entry" id="v\d+" data-place="(\w+)"', response.content.decode())


@pytest.fixture
def ground():
    """The communes under the map: the chief town is enough to draw it."""
    return CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu", latitude=43.65, longitude=0.57)


# ---- The list --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?q=village&taille=moyen&accueil=oui&tri=telecentre"])
def test_the_list_costs_the_same_for_two_and_for_two_hundred(client, django_assert_max_num_queries, ground, query):
    def cost(number: int) -> int:
        for _ in range(number):
            village = VillageFactory(commune__name="Village", commune__population=600)
            JourneyFactory(village=village, place=place)
        with django_assert_max_num_queries(12):  # the first after a change reads the sets, the names, and the ground of the map
            client.get(LIST + query)
        with django_assert_max_num_queries(8) as queries:
            response = client.get(LIST + query)
        assert len(listed(response)) == min(views.VILLAGES_A_PAGE, Village.objects.count())
        return len(queries)

    place = PlaceFactory(telecentre=True, commune=CommuneFactory())
    assert cost(2) == cost(198)


def test_the_map_carries_the_numbers_of_the_list(client, ground):
    for name in ("B", "A", "C"):
        VillageFactory(commune__name=name)
    page = client.get(f"{LIST}?page=1").content.decode()
    numbers = dict(re.findall(r'<g class="map__pin" data-place="(\w+)".*?<text y="8">(\d+)</text>', page))
    assert [numbers[code] for code in listed(client.get(LIST))] == ["1", "2", "3"]


def test_the_map_shows_the_others_and_the_telecentres(client, ground):
    shown, other = VillageFactory(commune__name="Montré"), VillageFactory(commune__name="Autre")
    place = PlaceFactory(telecentre=True, name="La Poste", commune=CommuneFactory())
    page = client.get(f"{LIST}?q=montré").content.decode()
    assert listed(client.get(f"{LIST}?q=montré")) == [shown.commune.insee_code]
    assert f'<circle class="map__other" data-place="{other.commune.insee_code}"' in page
    assert f'<path class="map__house" data-place="{place.commune.insee_code}"' in page


def test_before_any_commune_is_there_the_list_says_that_there_is_none(client):
    response = client.get(LIST)
    assert response.status_code == 200
    assert "Aucun village pour le moment" in text_of(response)
    assert "sur 0" not in text_of(response)


def test_the_pages_of_the_list_follow_each_other(client):
    VillageFactory.create_batch(30)
    seen = [code for page in (1, 2, 3) for code in listed(client.get(f"{LIST}?page={page}"))]
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize(("page", "nearest"), [("abc", 1), ("-5", 3), ("0", 3), ("999999999999999999999", 3), ("", 1)])
def test_a_page_that_does_not_exist_is_the_nearest_sensible_one(client, page, nearest):
    VillageFactory.create_batch(30)
    assert listed(client.get(f"{LIST}?page={page}")) == listed(client.get(f"{LIST}?page={nearest}"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("taille=enorme", "Un de ces choix n’existe pas"),
        ("taille=petit&taille=-5", "Un de ces choix n’existe pas"),
        ("tri=%27%3B--", "Cet ordre n’existe pas"),
        ("q=%C2%AB%C2%BB", "Écrivez au moins une lettre"),
        ("q=" + "%F0%9F%8C%BB" * 3000, "C’est trop long"),
    ],
)
def test_bad_input_gets_a_sentence_beside_its_field_and_what_was_typed_is_kept(client, query, said):
    VillageFactory(commune__population=300)
    response = client.get(f"{LIST}?{query}")
    name = query.partition("=")[0]
    assert response.status_code == 200
    assert len(listed(response)) == 1
    errors = re.search(rf'<ul class="errors" id="{name}_error">(.*?)</ul>', response.content.decode(), re.DOTALL)
    assert said in errors[1]
    if name == "q":
        assert len(response.context["asked"].typed) > 0


@pytest.mark.parametrize(
    "query", ["q=%C2%AB", "q=a&q=b", "page=1&page=2", "min=-5", "inconnu[]=x", "q=" + "+".join("mot" * 30), "tri"]
)
def test_lists_with_odd_parameters_are_answered_without_an_error(client, query):
    assert client.get(f"{LIST}?{query}").status_code == 200


def test_what_was_typed_is_never_markup(client):
    VillageFactory()
    page = client.get(LIST, {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_htmx_gets_the_results_the_figures_and_the_map_alone(client, ground):
    VillageFactory(commune__population=300)
    response = client.get(f"{LIST}?taille=petit&tri=nom&q=", headers={"HX-Request": "true"})
    page = response.content.decode()
    assert "<html" not in page
    assert page.count('id="resultats"') == page.count('id="carte"') == 1
    assert 'id="n-taille-grand" hx-swap-oob="true"' in page
    assert response["HX-Push-Url"] == "/villages/?taille=petit"
    assert client.get(LIST, headers={"HX-Request": "true"})["HX-Push-Url"] == "/villages/"


def test_htmx_going_back_gets_the_whole_page(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(LIST, headers=headers).content.decode()


def test_a_cache_keeps_the_page_and_its_fragment_apart(client):
    assert "HX-Request" in client.get(LIST)["Vary"]


def test_what_is_ticked_stays_ticked_and_has_a_chip(client):
    VillageFactory(commune__population=300)
    page = " ".join(client.get(f"{LIST}?taille=petit&q=Commune").content.decode().split())
    assert '<input type="checkbox" id="taille-petit" name="taille" value="petit" checked>' in page
    assert re.search(r'<a class="chip" href="\?q=Commune">', page)
    assert re.search(r'<a class="chip" href="\?taille=petit">', page)


# ---- Visitors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "village/", "geojson", "landscape"])
def test_a_visitor_gets_no_cookie_and_a_304_for_what_they_have(client, address):
    village = VillageFactory(slug="village")
    path = {
        "geojson": reverse("villages-data:geojson"),
        "landscape": village.commune.landscape_url,
    }.get(address, LIST + address)
    first = client.get(path)
    assert first.status_code == 200
    assert not first.cookies
    second = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, second.content) == (304, b"")


def test_a_page_that_changed_is_sent_again(client):
    village = VillageFactory(slug="village")
    before = client.get("/villages/village/")["ETag"]
    partnerships.pause_village(village=village)
    assert client.get("/villages/village/", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize(
    "path", [LIST, "/villages/village/", "/villages.geojson", "/paysages/32001.svg", "/paysages/32001-large.svg"]
)
def test_the_list_of_villages_answers_get_and_head_alone(client, path):
    VillageFactory(slug="village", commune__insee_code="32001")
    assert client.head(path).status_code == 200
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(path).status_code == 405


# ---- A village -------------------------------------------------------------------------------------------------------


@time_machine.travel("2026-11-24T09:00+01:00", tick=False)
def test_the_page_of_a_village_says_what_is_found_and_what_is_missing(client):
    village = VillageFactory(
        slug="saint-clar",
        commune__name="Saint-Clar",
        commune__population=1062,
        commune__postal_codes=["32380", "32381"],
        commune__intercommunality="CC Bastides de Lomagne",
        tagline="Deux places à arcades",
        reviewed_on=dt.date(2026, 11, 9),
        partner_since=dt.date(2019, 3, 1),
        monthly_capacity=2,
    )
    CommitteeMemberFactory(village=village, name="Hélène Daubas", role="lead", about="ancienne libraire")
    telecentre = PlaceFactory(telecentre=True, name="La Poste", commune=CommuneFactory(name="Fleurance"), path="/telecentres/x/")
    JourneyFactory(village=village, place=telecentre, kilometres=14.2, minutes=16)
    JourneyFactory(village=village, place=PlaceFactory(name="Auch"), kilometres=38, minutes=42)
    JourneyFactory(village=village, place=PlaceFactory(city=True, name=settings.TERRITORY.metropolis), kilometres=80, minutes=77)
    page = text_of(client.get("/villages/saint-clar/"))
    for said in [
        "1 062 habitants INSEE, 2023",
        "32380, 32381 Bastides de Lomagne",
        "Partenaire depuis 2019",
        "Un télécentre à 14 km : Fleurance",
        "Un comité d’accueil d’une personne",
        "Le village peut accueillir 2 familles par mois",
        "La gare est à 38 km, Auch",
        f"{settings.TERRITORY.metropolis} est loin : 1 h 17 en voiture",
        "Relu par le comité d’accueil le 9 novembre 2026.",
        "HD Hélène Daubas mène le comité, ancienne libraire",
        "La Poste , à 14 km, 16 min en voiture",
        "Durées estimées",
    ]:
        assert said in page
    assert 'href="/telecentres/x/"' in client.get("/villages/saint-clar/").content.decode()


def test_a_village_about_which_nothing_is_known_has_a_page_all_the_same(client):
    VillageFactory(slug="village", monthly_capacity=0)
    page = text_of(client.get("/villages/village/"))
    for said in [
        "Aucune gare que nous connaissions",
        "Pas encore de comité",
        "Le village n’a pas encore relu",
        "Nous ne le savons pas",
    ]:
        assert said in page


@time_machine.travel("2026-11-24T09:00+01:00", tick=False)
def test_a_paused_village_says_so_until_its_pause_is_over(client):
    village = VillageFactory(slug="village")
    partnerships.pause_village(village=village, until=dt.date(2026, 12, 1))
    assert "Accueil en pause jusqu’au 1er décembre 2026" in text_of(client.get("/villages/village/"))
    with time_machine.travel("2026-12-02T09:00+01:00", tick=False):
        assert "en pause" not in text_of(client.get("/villages/village/"))


def test_a_committee_that_is_away_is_not_promised(client):
    village = VillageFactory(slug="village")
    CommitteeMemberFactory(village=village, absent_from=dt.date(2000, 1, 1), absent_until=dt.date(2100, 1, 1))
    assert "Le comité d’accueil est absent en ce moment" in text_of(client.get("/villages/village/"))


@pytest.mark.parametrize("slug", ["ancien", "inconnu"])
def test_a_former_or_unknown_village_has_no_page(client, slug):
    VillageFactory(slug="ancien", former=True)
    assert client.get(f"/villages/{slug}/").status_code == 404


def test_the_page_costs_the_same_with_a_large_committee_and_many_places(client, django_assert_num_queries):
    village = VillageFactory(slug="village")
    for number in (1, 20):
        for _ in range(number):
            CommitteeMemberFactory(village=village)
            JourneyFactory(village=village, place=PlaceFactory(commune=CommuneFactory()))
            HousingFactory(village=village)
            TerritoryProjectFactory(village=village)
        with django_assert_num_queries(13):  # one more with homes: their photos
            client.get("/villages/village/")


def test_a_village_nobody_has_counted_says_so_on_neither_side(client):
    VillageFactory(slug="village")
    page = text_of(client.get("/villages/village/"))
    for unknown in ("Personne n’a compté ici les locaux", "Personne n’a encore compté ici les commerces", "ni loyers ni ventes"):
        assert unknown in page
    in_short = page.split("La connexion")[0].replace("Pas de télécentre", "")
    assert "Pas de" not in in_short
    assert "Sans " not in in_short


def test_what_is_there_and_what_is_missing_follow_from_the_facts(client):
    village = VillageFactory(slug="village", commune__name="Aignan")
    ConnectionFactory(commune=village.commune)
    NearestAmenityFactory(village=village, kind=AmenityKind.BAKERY)
    elsewhere = CommuneFactory(name="Nogaro")
    NearestAmenityFactory(village=village, kind=AmenityKind.DOCTOR, commune=elsewhere, kilometres=13.6, minutes=18)
    HousingFactory(village=village, title="Maison de bourg", price=620)
    HousingFactory(village=village, title="Pour un candidat", audience=HousingAudience.QUALIFIED)
    TerritoryProjectFactory(village=village, title="La halle rénovée")
    page = text_of(client.get("/villages/village/"))
    for found in ("La fibre pour 90 % des locaux", "Au village : boulangerie", "Un logement à louer aujourd’hui"):
        assert found in page
    for missing in ("Médecin généraliste : pas avant 14 km, Nogaro", "Pharmacie : introuvable aux alentours"):
        assert missing in page
    assert "Maison de bourg" in page
    assert "La halle rénovée" in page
    assert "Pour un candidat" not in page


def test_the_roof_may_add_to_the_page_what_this_app_does_not_know():
    village = VillageFactory(slug="village")
    journey = JourneyFactory(village=village, place=PlaceFactory(telecentre=True, name="La Poste"))
    asked = []

    def beside(village: Village, telecentre: Journey | None) -> dict:
        asked.append((village, telecentre))
        return {"beside_template": "components/status.html", "text": "Il reste 2 postes", "kind": "yes"}

    response = views.village(anybody("/villages/village/"), "village", beside=beside)
    assert asked == [(village, journey)]
    assert "Il reste 2 postes" in response.content.decode()


def anybody(path: str) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user, request.htmx = AnonymousUser(), False
    return request


def test_somebody_signed_in_sees_the_same_pages(client):
    VillageFactory(slug="village")
    client.force_login(UserFactory())
    assert client.get(LIST).status_code == client.get("/villages/village/").status_code == 200
