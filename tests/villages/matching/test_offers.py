"""A limit is judged on the best that is really offered, and whoever has no car goes on foot, by bicycle or by train."""

import re

import pytest
from django.conf import settings

from tests.factories.villages import (
    CommuneFactory,
    ConnectionFactory,
    HousingFactory,
    JourneyFactory,
    NearestAmenityFactory,
    PlaceFactory,
    SpeedTestFactory,
    VillageFactory,
)
from tests.villages.catalogue.test_views import text_of
from tests.villages.matching.test_views import MATCHES, ranked
from villages.enums import AddressConnection, AmenityKind, DwellingKind
from villages.models import CommuneRent, Village

pytestmark = pytest.mark.django_db

RENT = "connexion=toujours&logement=louer"
NO_CAR = "connexion=rarement&logement=deja&voitures=0"


@pytest.fixture(autouse=True)
def chief_town():
    return CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu")


def village_with(name: str, *, fibre: int, **home) -> Village:
    """Of 500 premises so many can have fibre; one home to rent, as told."""
    village = VillageFactory(commune__name=name)
    ConnectionFactory(commune=village.commune, can_fibre=fibre)
    HousingFactory(village=village, **home)
    return village


def rent_of(village: Village, per_m2: float) -> None:
    CommuneRent.objects.create(
        commune=village.commune, kind=DwellingKind.HOUSE, euros_per_m2=per_m2, lowest=5, highest=15, is_of_the_area=False, offers=9
    )


def asked(client, query: str):
    return client.get(f"{MATCHES}?{query}", follow=True)


def set_aside(client, query: str) -> list[str]:
    """The villages that a limit rules out; none where all of them fit."""
    page = asked(client, f"{query}&ecartes=oui")
    return ranked(page) if page.context["shows_aside"] else []


# ---- This home's line --------------------------------------------------------------------------------------------------


def test_the_home_that_has_fibre_meets_the_limit_whatever_the_commune_has(client):
    village = village_with("Ici", fibre=100, connection=AddressConnection.FIBRE)
    SpeedTestFactory(village=village, down_mbps=8)
    page = asked(client, f"{RENT}&indispensable=connexion")
    assert "Un village vous irait" in text_of(page) or "Aucun village n’est écarté" in text_of(page)
    assert ranked(page) == ["Ici"]
    assert "La fibre est raccordée au logement à louer" in text_of(page)
    assert "une de vos limites" not in text_of(page)


def test_the_home_without_fibre_fails_the_limit_though_the_commune_has_it(client):
    village_with("Sans", fibre=495, connection=AddressConnection.NO_FIBRE)
    village_with("Avec", fibre=495, connection=AddressConnection.NEAR)
    assert ranked(asked(client, f"{RENT}&indispensable=connexion")) == ["Avec"]
    assert "le logement à louer n’a pas la fibre (une de vos limites)" in text_of(
        asked(client, f"{RENT}&indispensable=connexion&ecartes=oui")
    )


def test_a_line_that_nobody_checked_rules_no_home_out(client):
    village_with("À vérifier", fibre=100, connection=AddressConnection.UNKNOWN)
    page = asked(client, f"{RENT}&indispensable=connexion")
    assert set_aside(client, f"{RENT}&indispensable=connexion") == []
    assert "Quelle ligne atteint le logement à louer : 20 % des locaux en ont une bonne" in text_of(page)


def test_of_two_homes_that_fit_the_one_with_the_line_is_in_question(client):
    village = village_with("Deux", fibre=100, price=500, connection=AddressConnection.NO_FIBRE)
    HousingFactory(village=village, price=640, connection=AddressConnection.FIBRE)
    page = asked(client, f"{RENT}&budget=650&indispensable=connexion&indispensable=logement")
    assert set_aside(client, f"{RENT}&budget=650&indispensable=connexion") == []
    assert "640 € par mois" in text_of(page)


def test_where_no_home_fits_the_commune_is_read(client):
    village_with("Trop cher", fibre=495, price=900, connection=AddressConnection.NO_FIBRE)
    page = asked(client, f"{RENT}&budget=650&indispensable=connexion")
    assert "La fibre pour 99 % des locaux" in text_of(page)
    assert text_of(page).count("(une de vos limites)") == 1


# ---- This home's price -------------------------------------------------------------------------------------------------


def test_a_home_that_fits_is_not_ruled_out_by_the_usual_rent(client):
    rent_of(village_with("Ici", fibre=495, price=640, rooms=4), 10)
    query = f"{RENT}&budget=650&pieces=4&indispensable=logement"
    assert set_aside(client, query) == []
    said = text_of(asked(client, query))
    assert "ailleurs au village, le loyer habituel pour 80 m² est au-dessus de votre budget : environ 800 € par mois" in said
    assert "une de vos limites" not in said


def test_a_rent_with_cents_is_the_one_of_its_page(client):
    village_with("Ici", fibre=495, price="650.40")
    said = text_of(asked(client, f"{RENT}&budget=650"))
    assert "coûte 650,40 € par mois, soit 0,40 € de plus que votre budget" in said


# ---- Without a car -----------------------------------------------------------------------------------------------------


def village_at(name: str, *, station: float | None = None, chief: float | None = None, food: float | None = 0.0) -> Village:
    village = VillageFactory(commune__name=name)
    if station is not None:
        JourneyFactory(village=village, place=PlaceFactory(name=f"Gare de {name}"), kilometres=station)
    if chief is not None:
        city, _new = PlaceFactory._meta.model.objects.get_or_create(
            kind="city", name="Chef-lieu", defaults={"latitude": 43.6, "longitude": 0.6}
        )
        JourneyFactory(village=village, place=city, kilometres=chief, minutes=20)
    Village.objects.filter(pk=village.pk).update(station_km=station)
    if food is not None:
        NearestAmenityFactory(village=village, kind=AmenityKind.GROCERY, kilometres=food)
        NearestAmenityFactory(village=village, kind=AmenityKind.SUPERMARKET, kilometres=30)
    return village


@pytest.mark.parametrize("where", ["trajets=gare", "jours=4"])
def test_without_a_car_a_station_far_away_rules_out(client, where):
    village_at("Loin", station=56.0)
    village_at("À vélo", station=6.0)
    village_at("À pied", station=1.4)
    assert ranked(asked(client, f"{NO_CAR}&{where}")) == ["À pied", "À vélo"]
    said = text_of(asked(client, f"{NO_CAR}&{where}"))
    assert "Une gare à pied, à 1 km" in said
    assert "Une gare à vélo, à 6 km" in said
    assert set_aside(client, f"{NO_CAR}&{where}") == ["Loin"]


def test_without_a_car_and_without_a_word_of_journeys_a_far_station_is_a_reserve(client):
    village_at("Loin", station=56.0)
    page = asked(client, NO_CAR)
    assert "Convient, avec des réserves" in text_of(page)
    assert "sans voiture, la gare est à 56 km, Gare de Loin" in text_of(page)
    assert set_aside(client, NO_CAR) == []


def test_without_a_car_food_far_away_is_a_reserve(client):
    village_at("Ici", station=0.0, food=0.0)
    village_at("À vélo", station=0.0, food=5.0)
    village_at("Loin", station=0.0, food=12.0)
    page = asked(client, NO_CAR)
    assert ranked(page) == ["Ici", "À vélo", "Loin"]
    assert "avec des réserves" in text_of(page).split("Loin")[1]
    assert "De quoi manger à vélo, à 5 km" in text_of(page)
    assert "De quoi manger à pied, au village" in text_of(page)


def test_without_a_car_a_grocery_that_was_asked_for_is_not_said_twice(client):
    village_at("Ici", station=0.0, food=0.0)
    assert text_of(asked(client, f"{NO_CAR}&services=grocery")).count("Épicerie au village") == 1


@pytest.mark.parametrize("where", ["adultes=2&partenaire=chef-lieu", "trajets=chef-lieu"])
def test_without_a_car_the_chief_town_is_reached_by_bicycle_or_from_a_station(client, where):
    village_at("À vélo", station=20.0, chief=7.0)
    village_at("Par le train", station=1.0, chief=40.0)
    village_at("Loin", station=30.0, chief=40.0)
    query = f"{NO_CAR}&{where}"
    assert set(ranked(asked(client, query))) == {"À vélo", "Par le train"}
    said = text_of(asked(client, query))
    assert "en voiture" not in said.split("Emporter ces réponses")[0]
    assert set_aside(client, query) == ["Loin"]


def test_without_a_car_a_desk_is_within_reach_by_bicycle(client):
    near, far = village_at("Près", station=0.0), village_at("Loin", station=0.0)
    desk = PlaceFactory(telecentre=True, name="Halle")
    for village, away in ((near, 6.0), (far, 18.0)):
        JourneyFactory(village=village, place=desk, kilometres=away)
        Village.objects.filter(pk=village.pk).update(telecentre_km=away)
    said = text_of(asked(client, f"{NO_CAR}&bureau=parfois"))
    assert "Un télécentre à vélo, à 6 km : Halle" in said
    assert "sans voiture, le télécentre est à 18 km, Halle" in said


def test_a_school_in_the_next_street_but_another_commune_is_on_foot(client):
    for name, away in (("À pied", 1.4), ("Loin", 3.0)):
        village = village_at(name, station=0.0)
        NearestAmenityFactory(village=village, kind=AmenityKind.PRIMARY_SCHOOL, kilometres=away)
    query = f"{NO_CAR}&elementaire=1"
    assert ranked(asked(client, query)) == ["À pied"]
    assert set_aside(client, query) == ["Loin"]


# ---- The page that says it ---------------------------------------------------------------------------------------------


def test_what_is_said_of_limits_counts_them_and_no_budget_is_made_up(client):
    village_with("Tout contre", fibre=10, price=235_000, kind="sale", rooms=4)
    village = Village.objects.get(commune__name="Tout contre")
    Village.objects.filter(pk=village.pk).update(monthly_capacity=0)
    query = "connexion=toujours&logement=acheter&budget=180000&indispensable=connexion&indispensable=accueil"
    page = asked(client, query)
    said = text_of(page)
    assert "Écarté : trois de vos limites ne sont pas tenues" in said
    assert "le logement à vendre coûte 235 000 €, soit 55 000 € de plus que votre budget" in said
    assert "votre budget de" not in said
    assert "ni pour un village ni contre lui" not in said
    assert "Ce qu’on ne sait pas compte pour moitié" in said


def test_a_result_leads_to_the_home_and_to_the_act(client):
    village = village_with("Ici", fibre=495)
    home = village.housings.get()
    page = asked(client, RENT).content.decode()
    line = re.search(r"<li>(?:(?!</li>).)*Un logement à louer(?:(?!</li>).)*</li>", page, re.DOTALL)[0]
    assert f'href="{home.get_absolute_url()}"' in line
    act = re.search(rf'href="(/projets/deposer/\?village={village.slug}[^"]*)"', page)
    assert act
    form = client.get(act[1].replace("&amp;", "&"))
    assert form.context["form"].initial["village"] == village.slug
    assert form.context["form"].initial["answers"] == "connexion=toujours&logement=louer"
