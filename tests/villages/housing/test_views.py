"""The pages and files of the dwellings: what they show, to whom, at what cost."""

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.enums import Stage
from tests.common.photographs import redrawn
from tests.factories.members import MemberFactory, UserFactory
from tests.factories.projects import HolderFactory, ProjectFileFactory
from tests.factories.villages import CommitteeMemberFactory, HousingFactory, VillageFactory
from villages.committee import partnerships
from villages.drawings import houses
from villages.housing import services, views
from villages.models import Housing

pytestmark = pytest.mark.django_db

LIST = "/logements/"
FEED = "/logements/nouveautes.xml"


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


def text_of(response) -> str:
    page = re.sub(r"<svg.*?</svg>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("\u202f", " ").replace("\xa0", " ")).replace(" ,", ",")


def status_of(client, url: str) -> int:
    response = client.get(url)
    getattr(response, "getvalue", lambda: None)()  # read to its end, a file is closed
    return response.status_code


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


ASKED_FOR = "?type=louer&autour=saint-clar&km=60&fraicheur=mois&retires=oui&tri=prix"


# ---- The list ----------------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_for_two_and_for_two_hundred(client_of, django_assert_max_num_queries):
    """To a visitor and to somebody of a committee, all of it and what they ask for."""

    def publish(number: int) -> None:
        for _ in range(number):
            services.add_photo(housing=HousingFactory(), picture=picture, alt="La façade")

    def costs() -> list[int]:
        return [cost(browser, query) for browser in browsers for query in ("", ASKED_FOR)]

    def cost(browser, query: str) -> int:
        with django_assert_max_num_queries(9) as queries:
            response = browser.get(LIST + query)
        shown = response.content.decode().count('<li class="listing"')
        assert shown == min(views.HOUSINGS_A_PAGE, Housing.objects.count())
        return len(queries)

    picture = redrawn(size=(20, 20))
    village = VillageFactory(slug="saint-clar", commune__name="Saint-Clar")
    browsers = [client_of(None), client_of(CommitteeMemberFactory(village=village, user=UserFactory()).user)]
    publish(2)
    few = costs()
    publish(198)
    assert costs() == few


def test_a_card_says_what_one_looks_for(client):
    village = VillageFactory(commune__name="Saint-Clar")
    HousingFactory(
        village=village,
        title="Ancien relais",
        trial=True,
        rooms=3,
        surface_m2=61,
        has_workroom=True,
        is_furnished=True,
        connection="fibre",
        energy_rating="D",
        confirmed_on=ago(6),
        owner_contact="06 secret",
    )
    said = text_of(client.get(LIST))
    for words in (
        "Logement passerelle, Saint-Clar",
        "Ancien relais",
        "380 € par mois, six mois au plus",
        "61 m², 3 pièces dont un bureau, meublé",
        "Fibre raccordée, DPE D",
        "confirmé il y a 6 jours",
    ):
        assert words in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "confirmé aujourd’hui"), (1, "confirmé hier"), (49, "il y a 49 jours"), (51, "il y a 51 jours : à vérifier")],
)
def test_a_card_says_how_fresh_it_is(client, days, words):
    HousingFactory(confirmed_on=ago(days))
    assert words in text_of(client.get(LIST))


def test_what_fell_off_the_list_is_shown_on_request_with_the_reason_and_without_a_page(client):
    housing = HousingFactory(title="Longère perdue", confirmed_on=ago(63))
    assert "Longère perdue" not in text_of(client.get(LIST))
    response = client.get(f"{LIST}?retires=oui")
    assert "Aucun logement et un retiré" in text_of(response)
    assert "Retirée depuis trois jours. Passé 60 jours sans nouvelles" in text_of(response)
    assert housing.get_absolute_url() not in response.content.decode()
    assert client.get(housing.get_absolute_url()).status_code == 404
    asked = f"/alertes/nouvelle/?of=housing&amp;type=louer&amp;autour={housing.village.slug}&amp;km=1"
    assert f'href="{asked}"' in response.content.decode()
    alert = text_of(client.get(asked.replace("&amp;", "&")))
    assert "À louer" in alert
    assert f"autour de {housing.village.commune.name}" in alert


def test_htmx_gets_the_results_with_their_title_their_figures_and_the_tidy_address(client):
    HousingFactory(title="Maison")
    response = client.get(f"{LIST}?loyer=0800&type=louer&tri=recent&bureau=", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == "/logements/?type=louer&loyer=800"
    page = response.content.decode()
    assert "<!doctype" not in page
    assert "<title>1 logement sur 1" in page
    assert 'id="n-type-acheter" hx-swap-oob="true"' in page
    assert "HX-Request" in response["Vary"]


def test_the_list_is_whole_for_the_reader_who_goes_back(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<!doctype html>" in client.get(LIST, headers=headers).content.decode()


def test_the_pages_of_a_long_list_keep_what_is_asked(client):
    HousingFactory.create_batch(views.HOUSINGS_A_PAGE + 1)
    page = client.get(f"{LIST}?type=louer").content.decode()
    assert 'href="?type=louer&amp;page=2"' in page
    assert client.get(f"{LIST}?type=louer&page=2").content.decode().count('<li class="listing"') == 1


@pytest.mark.parametrize("path", [LIST, FEED])
def test_what_has_not_changed_is_not_sent_again_and_visitors_get_no_cookie(client, path):
    HousingFactory()
    first = client.get(path)
    assert not first.cookies
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    HousingFactory()
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


# ---- Who sees leads ----------------------------------------------------------------------------------------------------


@pytest.fixture
def lead():
    """A dwelling for qualified candidates, with a photo."""
    housing = HousingFactory(title="La piste", audience="qualified")
    services.add_photo(housing=housing, picture=redrawn(size=(20, 20)), alt="La façade")
    return housing


def person(kind: str, housing: Housing):
    if kind == "adviser":
        return UserFactory(adviser=True)
    if kind == "own committee":
        return CommitteeMemberFactory(village=housing.village, user=UserFactory()).user
    if kind == "another committee":
        return CommitteeMemberFactory(user=UserFactory()).user
    if kind == "member":
        return MemberFactory().user
    holder = HolderFactory(user=UserFactory())
    ProjectFileFactory(holder=holder, stage=Stage(kind), closing_reason="done" if kind == "closed" else "")
    return holder.user


@pytest.mark.parametrize(
    ("kind", "sees"),
    [
        ("adviser", True),
        ("own committee", True),
        ("supported", True),
        ("settled", True),
        ("to_qualify", False),
        ("closed", False),
        ("another committee", False),
        ("member", False),
        (None, False),
    ],
)
def test_leads_are_seen_by_those_an_adviser_knows_and_by_nobody_else(client, lead, kind, sees):
    if kind:
        client.force_login(person(kind, lead))
    photo = lead.photos.get().pk
    page = client.get(LIST)
    assert ("La piste" in text_of(page), page.context["asked"].total) == (sees, int(sees))
    for url in (
        lead.get_absolute_url(),
        reverse("villages-data:housing-photo", args=[photo]),
        reverse("villages-data:housing-small-photo", args=[photo]),
    ):
        assert status_of(client, url) == (200 if sees else 404)
    assert "La piste" not in client.get(FEED).content.decode()


# ---- The page of one ---------------------------------------------------------------------------------------------------


def test_a_page_tells_what_is_known_and_until_when_and_nothing_of_the_owner(client):
    housing = HousingFactory(
        title="Maison d'angle",
        description="Un poêle.",
        owner_contact="06 secret",
        confirmed_on=ago(6),
        confirmed_by="Hélène Daubas",
        free_from=dt.date(2027, 1, 1),
    )
    response = client.get(housing.get_absolute_url())
    said = text_of(response)
    for words in ("Maison d’angle", "Un poêle.", "620 € par mois", "84 m²", "par Hélène Daubas", "1er janvier 2027", "non connue"):
        assert words in said
    assert "secret" not in said
    assert housing.village.get_absolute_url() in response.content.decode()


@pytest.mark.parametrize("facts", [{"confirmed_on": dt.date(2020, 1, 1)}, {"withdrawn_on": dt.date(2026, 1, 1)}])
def test_a_page_goes_with_the_offer(client, facts):
    assert client.get(HousingFactory(**facts).get_absolute_url()).status_code == 404


def test_a_village_that_left_takes_its_dwellings_along(client):
    housing = HousingFactory()
    partnerships.end_partnership(village=housing.village)
    assert client.get(housing.get_absolute_url()).status_code == 404
    assert client.get(LIST).context["asked"].total == 0


# ---- Pictures ----------------------------------------------------------------------------------------------------------


def test_photos_are_described_and_stand_in_the_place_of_the_drawing(client):
    housing = HousingFactory()
    assert housing.drawing_url in client.get(LIST).content.decode()
    services.add_photo(housing=housing, picture=redrawn(), alt="La cuisine & son poêle")
    page = client.get(housing.get_absolute_url()).content.decode()
    assert 'alt="La cuisine &amp; son poêle"' in page
    assert housing.drawing_url not in page
    response = client.get(reverse("villages-data:housing-photo", args=[housing.photos.get().pk]))
    assert response.getvalue().startswith(b"\xff\xd8")
    assert response["Cache-Control"] == "private, no-cache"


def test_photos_of_what_is_no_longer_offered_are_for_its_committee(client):
    housing = HousingFactory(confirmed_on=ago(61))
    services.add_photo(housing=housing, picture=redrawn(size=(20, 20)), alt="La façade")
    url = reverse("villages-data:housing-photo", args=[housing.photos.get().pk])
    assert status_of(client, url) == 404
    client.force_login(person("own committee", housing))
    assert status_of(client, url) == 200


def test_a_drawing_is_kept_for_a_year_and_has_no_other_shape(client):
    url = HousingFactory(title="Ferme").drawing_url
    response = client.get(url)
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/svg+xml", "public, max-age=31536000, immutable")
    assert response.content.decode() == houses.house("farm", Housing.objects.get().pk)
    assert client.get("/logements/dessins/castle-3.svg").status_code == 404


# ---- News --------------------------------------------------------------------------------------------------------------


def test_the_feed_holds_what_everybody_may_see_the_newest_first(client):
    village = VillageFactory(commune__name="Saint-Clar")
    HousingFactory(village=village, title="Ancien", added_on=ago(30))
    HousingFactory(village=village, title="Neuf <vif>", sale=True, added_on=ago(1))
    HousingFactory(audience="qualified")
    HousingFactory(confirmed_on=ago(70))
    response = client.get(FEED)
    assert response["Content-Type"].startswith("application/atom+xml")
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(response.content)  # noqa: S314 -- written by this code
    entries = feed.findall(f"{atom}entry")
    assert [entry.findtext(f"{atom}title") for entry in entries] == ["Neuf <vif>, Saint-Clar", "Ancien, Saint-Clar"]
    assert "180\u202f000\u202f€" in entries[0].findtext(f"{atom}summary")
    assert entries[0].find(f"{atom}link").get("href").endswith(Housing.objects.get(title="Neuf <vif>").get_absolute_url())
    assert feed.find(f"{atom}link[@rel='self']").get("href").endswith(FEED)


def test_the_feed_costs_one_query(client, django_assert_num_queries):
    HousingFactory.create_batch(5)
    with django_assert_num_queries(1):
        client.get(FEED)
