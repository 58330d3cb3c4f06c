"""The questionnaire and its answer: what is asked, what is said, in which address, at what cost."""

import re
from urllib.parse import parse_qs, urlencode

import pytest
from django.conf import settings

from tests.factories.villages import (
    CommuneFactory,
    ConnectionFactory,
    HousingFactory,
    JourneyFactory,
    NearestAmenityFactory,
    PlaceFactory,
    VillageFactory,
)
from tests.villages.catalogue.test_views import text_of
from villages.matching import views
from villages.matching.forms import MatchingForm
from villages.matching.household import Topic
from villages.models import Village

pytestmark = pytest.mark.django_db

FIND, MATCHES = "/villages/trouver/", "/villages/trouver/resultats/"
LEAST = "connexion=toujours&logement=louer"
MUCH = (
    "connexion=toujours&bureau=parfois&adultes=2&elementaire=2&partenaire=chef-lieu&services=bakery&services=doctor"
    "&logement=louer&budget=650&pieces=4&voitures=1&jours=4&trajets=gare&trajets=chef-lieu&taille=moyen"
    "&voeu1=logement&voeu2=connexion&indispensable=connexion"
)


@pytest.fixture(autouse=True)
def chief_town():
    return CommuneFactory(insee_code=settings.TERRITORY.chief_town, name="Chef-lieu")


def village_with(name: str, *, fibre: int = 480, price: int | None = 600, **facts) -> Village:
    village = VillageFactory(commune__name=name, **facts)
    ConnectionFactory(commune=village.commune, can_fibre=fibre)
    if price:
        HousingFactory(village=village, price=price)
    return village


def ranked(response) -> list[str]:
    return re.findall(r'<h2 id="m\d+"><a [^>]*>([^<]+)</a>', response.content.decode())


def errors_of(response, name: str) -> str:
    found = re.search(rf'<ul class="errors" id="id_{name}_error">(.*?)</ul>', response.content.decode(), re.DOTALL)
    return text_of(type("Said", (), {"content": found[1].encode()})) if found else ""


# ---- The questions -----------------------------------------------------------------------------------------------------


def test_the_questionnaire_starts_empty_and_without_a_reproach(client):
    response = client.get(FIND)
    assert "0 sur 5 parties répondues" in text_of(response)
    assert 'class="errors"' not in response.content.decode()
    assert "Sur place, à Chef-lieu" in text_of(response)
    assert not response.cookies


def test_answers_in_the_address_are_filled_in(client):
    page = client.get(f"{FIND}?{LEAST}&elementaire=2&services=bakery&voeu1=enfants").content.decode()
    assert re.search(r'name="connexion" value="toujours"[^>]* checked', page)
    assert re.search(r'name="services" value="bakery"[^>]* checked', page)
    assert re.search(r'name="elementaire" value="2"', page)
    assert '<option value="enfants" selected>' in page
    assert re.search(r"<b>4 sur 5</b>", page)


@pytest.mark.parametrize(
    ("query", "name", "said"),
    [
        ("logement=louer", "connexion", "obligatoire"),
        ("connexion=parfois", "logement", "obligatoire"),
        (f"{LEAST}&budget=beaucoup", "budget", "nombre entier"),
        (f"{LEAST}&budget=180000", "budget", "beaucoup pour un mois"),
        ("connexion=parfois&logement=acheter&budget=650", "budget", "en tout"),
        (f"{LEAST}&elementaire=-1", "elementaire", "de 0 à 9"),
        (f"{LEAST}&jours=40", "jours", "de 0 à 25"),
        (f"{LEAST}&adultes=1&partenaire=distance", "partenaire", "un seul adulte"),
        (f"{LEAST}&voeu1=taille&voeu3=taille", "voeu3", "déjà nommé"),
    ],
)
def test_an_answer_that_cannot_stand_is_told_beside_it_and_nothing_is_lost(client, query, name, said):
    response = client.get(f"{MATCHES}?{query}&services=doctor&maternelle=3")
    page = response.content.decode()
    assert said in errors_of(response, name)
    assert len(re.findall('<ul class="errors"', page)) == 1
    assert re.search(r'name="services" value="doctor"[^>]* checked', page)
    assert re.search(r'name="maternelle" value="3"', page)
    for typed in re.findall(r"budget=(\w+)", query):
        assert f'value="{typed}"' in page


# ---- The address -------------------------------------------------------------------------------------------------------


def test_the_form_as_a_browser_sends_it_leads_to_the_one_address_of_its_answers(client):
    """Every field left empty is in it: none stays in the address that people share."""
    everything = [(name, "") for name in MatchingForm.base_fields if name not in ("connexion", "logement", "budget")]
    sent = urlencode([("logement", "louer"), ("budget", "1 200 €"), *everything, ("connexion", "toujours"), ("page", "2")])
    response = client.get(f"{MATCHES}?{sent}")
    assert response.status_code == 302
    assert response["Location"] == f"{MATCHES}?connexion=toujours&logement=louer&budget=1200&page=2"
    assert client.get(response["Location"]).status_code == 200


def test_a_shared_address_shows_anybody_the_same_and_leaves_no_cookie(client, client_of):
    village_with("Ici")
    pages = [browser.get(f"{MATCHES}?{MUCH}") for browser in (client, client_of())]
    assert pages[0].content == pages[1].content
    assert not pages[0].cookies
    assert client.get(f"{MATCHES}?{MUCH}", HTTP_IF_NONE_MATCH=pages[0]["ETag"]).status_code == 304


@pytest.mark.parametrize("odd", ["taille=enorme", "utm_source=lettre", "services=bakery&services=casino", "voeu1=soleil", "x[]=1"])
def test_what_means_nothing_is_left_out_with_a_sentence(client, odd):
    village_with("Ici")
    response = client.get(f"{MATCHES}?{LEAST}&{odd}")
    assert response.status_code == 200
    assert "Une partie de cette adresse ne veut rien dire ici" in text_of(response)
    assert ranked(response) == ["Ici"]


def test_without_answers_the_results_lead_to_the_questions(client):
    assert client.get(MATCHES)["Location"] == FIND
    assert client.get(f"{MATCHES}?page=3")["Location"] == FIND


@pytest.mark.parametrize(
    "query",
    [
        f"{LEAST}&%C3%A9=%C3%A9",
        "connexion=%C3%A9",
        f"{LEAST}&budget={'9' * 400}",
        f"{LEAST}&page=%C3%A9",
        f"{LEAST}&pieces=beaucoup",
    ],
)
def test_addresses_with_odd_parameters_are_answered_without_an_error(client, query):
    assert client.get(f"{MATCHES}?{query}").status_code == 200


def test_to_change_ones_answers_leads_back_to_the_form_as_it_was(client):
    page = client.get(f"{MATCHES}?{MUCH}").content.decode()
    back = re.search(r'href="(/villages/trouver/\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert parse_qs(back.partition("?")[2]) == parse_qs(MUCH)
    assert re.search(r"<b>5 sur 5</b>", client.get(back).content.decode())


# ---- The answer --------------------------------------------------------------------------------------------------------


def test_the_villages_come_ranked_with_what_speaks_for_and_against_and_what_nobody_knows(client):
    near = village_with("Près", fibre=480)
    far = village_with("Loin", fibre=300)
    desk = PlaceFactory(telecentre=True, name="La Poste", commune=CommuneFactory(name="Simorre"))
    for village, kilometres in ((near, 7.0), (far, 38.0)):
        JourneyFactory(village=village, place=desk, kilometres=kilometres)
        Village.objects.filter(pk=village.pk).update(telecentre_km=kilometres)
    response = client.get(f"{MATCHES}?{LEAST}&bureau=parfois", follow=True)
    assert ranked(response) == ["Près", "Loin"]
    said = text_of(response)
    assert "La fibre pour 96 % des locaux" in said
    assert "Un télécentre à 7 km : Simorre" in said
    assert "le télécentre est à 38 km, Simorre" in said
    assert "Quelle ligne atteint le logement à louer : 60 % des locaux en ont une bonne" in said
    assert "Le débit : personne ne l’a encore mesuré" in said
    assert "Aucun village n’est écarté" in said


def test_those_set_aside_are_counted_by_limit_and_can_be_looked_at_all_the_same(client):
    village_with("Convient")
    village_with("Cher", price=900)
    village_with("Vide", price=None)
    slow = village_with("Lent", fibre=100, price=900)
    response = client.get(f"{MATCHES}?{LEAST}&budget=650&indispensable=connexion", follow=True)
    said = text_of(response)
    assert ranked(response) == ["Convient"]
    assert "Un village vous irait" in said
    assert "3 villages écartés" in said
    assert "2 n’ont que des logements au-dessus de votre budget" in said
    assert "1 n’a rien à louer aujourd’hui" in said
    assert "1 a une ligne trop lente" in said
    again = re.search(r'href="([^"]+ecartes=oui)"', response.content.decode())[1].replace("&amp;", "&")
    aside = client.get(again)
    assert set(ranked(aside)) == {"Cher", "Vide", slow.commune.name}
    assert text_of(aside).count("(une de vos limites)") == 4


def test_where_no_village_keeps_every_limit_the_nearest_ones_are_shown_at_once(client):
    village_with("Cher", price=900)
    response = client.get(f"{MATCHES}?{LEAST}&budget=650")
    assert ranked(response) == ["Cher"]
    assert "Aucun village ne tient toutes vos limites" in text_of(response)
    assert "le logement à louer coûte 900 € par mois, soit 250 € de plus que votre budget" in text_of(response)


def test_whoever_says_little_is_told_that_the_order_means_little(client):
    village_with("Ici")
    assert "Vous avez dit peu de choses" in text_of(client.get(f"{MATCHES}?connexion=rarement&logement=deja"))
    assert "Vous avez dit peu de choses" not in text_of(client.get(f"{MATCHES}?{MUCH}"))


def test_before_any_village_is_there_the_page_says_so(client):
    assert "Aucun village pour le moment" in text_of(client.get(f"{MATCHES}?{LEAST}"))


def test_what_was_said_is_said_again_and_what_could_not_count_too(client):
    said = text_of(client.get(f"{MATCHES}?{MUCH.replace('&voeu2=connexion', '&voeu2=accueil')}"))
    for sentence in (
        "Visios et gros fichiers, toute la journée",
        "2 enfants : à l’école élémentaire",
        "Le travail de votre partenaire : sur place, à Chef-lieu",
        "Budget : 650 euros par mois",
        "Souvent : une gare, pour aller loin, Chef-lieu",
        "Ce qui compte le plus, dans l’ordre : le logement, un comité qui a de la place",
    ):
        assert sentence in said
    assert "n’a pas pu compter" not in said
    assert "n’a pas pu compter" in text_of(client.get(f"{MATCHES}?{LEAST}&indispensable=enfants"))


def test_one_compares_the_first_three(client):
    for name in "ABCD":
        village_with(name)
    page = client.get(f"{MATCHES}?{LEAST}").content.decode()
    asked = re.search(r'href="/villages/comparer/\?([^"]+)"', page)[1].replace("&amp;", "&")
    assert parse_qs(asked)["v"] == [Village.objects.get(commune__name=name).slug for name in "ABC"]


def test_a_long_answer_has_pages_that_keep_the_answers(client):
    for number in range(views.MATCHES_A_PAGE + 3):
        village_with(f"V{number:02}")
    first, second = (client.get(f"{MATCHES}?{LEAST}{page}") for page in ("", "&page=2"))
    assert len(ranked(first)) == views.MATCHES_A_PAGE
    assert len(set(ranked(first) + ranked(second))) == views.MATCHES_A_PAGE + 3
    assert 'href="?connexion=toujours&amp;logement=louer&amp;page=2"' in first.content.decode()
    assert ranked(client.get(f"{MATCHES}?{LEAST}&page=99")) == ranked(second)


def test_the_answer_costs_the_same_for_two_and_for_two_hundred(client, django_assert_max_num_queries):
    desk = PlaceFactory(telecentre=True, commune=CommuneFactory())

    def cost(number: int) -> int:
        for each in range(number):
            village = village_with(f"V{each:03}")
            NearestAmenityFactory(village=village)
            JourneyFactory(village=village, place=desk)
        with django_assert_max_num_queries(9) as queries:
            assert client.get(f"{MATCHES}?{MUCH}").status_code == 200
        return len(queries)

    assert cost(2) == cost(198)


def test_every_topic_has_its_words_and_every_setback_its_sentence(client):
    """One household that calls everything indispensable, and a village where everything fails."""
    village = village_with("Loin de tout", fibre=0, price=None, paused=True, commune__population=5000)
    for place in (PlaceFactory(telecentre=True), PlaceFactory(), PlaceFactory(city=True, name="Chef-lieu")):
        JourneyFactory(village=village, place=place, kilometres=90, minutes=120)
    Village.objects.update(telecentre_km=90, station_km=90, metropolis_minutes=150)
    HousingFactory(village=VillageFactory(commune__name="Autre"))
    NearestAmenityFactory(village=village, kilometres=40)
    query = MUCH.replace("&indispensable=connexion", "".join(f"&indispensable={topic}" for topic in Topic))
    response = client.get(f"{MATCHES}?{query}&ecartes=oui", follow=True)
    page = re.sub(r">\s+<", "><", response.content.decode())
    setbacks = re.search(r'<ul class="setbacks">(.*?)</ul>', page, re.DOTALL)[1]
    sentences = [re.sub(r"<[^>]+>", "", line).strip() for line in setbacks.split("</li>")[:-1]]
    assert len(sentences) == len(Topic)
    assert all(sentences)
    lines = re.findall(r'<li class="is-no">.*?<span>(.*?)</span></li>', page, re.DOTALL)
    assert len(lines) >= 10
    assert all(re.sub(r"<em>.*?</em>", "", line).strip() for line in lines)


def test_the_results_are_in_english_where_the_reader_is(client):
    village_with("Here")
    response = client.get(f"/en{MATCHES}?{MUCH}")
    assert "Fibre for 96% of the premises" in text_of(response)
    assert "/en/villages/comparer/" not in response.content.decode()  # one village is compared with nothing


def test_the_way_to_the_questions_is_on_the_home_page_and_beside_the_search(client):
    village_with("Cologne")  # where there is no village, there is nothing to look for
    for page in ("/", "/villages/"):
        assert f'href="{FIND}"' in client.get(page).content.decode()


def test_a_village_of_the_answer_is_kept_in_one_press_and_the_page_varies_on_it(client):
    village = village_with("Cologne")
    kept = f'id="keep-{village.slug}" aria-pressed="{{}}"'
    page = client.get(f"{MATCHES}?{LEAST}")
    assert "Cookie" in page["Vary"]
    assert kept.format("false") in page.content.decode()
    client.post(f"/villages/{village.slug}/garder/", {"keep": "1"})
    assert kept.format("true") in client.get(f"{MATCHES}?{LEAST}").content.decode()
