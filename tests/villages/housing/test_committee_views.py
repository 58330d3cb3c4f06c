"""A committee's own dwellings: added, changed, confirmed and withdrawn there; anybody else finds nothing."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.common.photographs import photograph, redrawn, sent
from tests.factories.members import UserFactory
from tests.factories.villages import CommitteeMemberFactory, HousingFactory, VillageFactory
from villages.committee import partnerships
from villages.housing import services
from villages.models import Housing, Village

pytestmark = pytest.mark.django_db

TYPED = {
    "kind": "rent",
    "title": "Maison de bourg",
    "price": "620,50",
    "surface_m2": "84",
    "rooms": "4",
    "connection": "fibre",
    "audience": "public",
    "free_from": "2027-01-15",
    "owner_contact": "Par la mairie",
}


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def village() -> Village:
    village = VillageFactory(slug="saint-clar")
    CommitteeMemberFactory(village=village, user=UserFactory(), name="Hélène Daubas")
    return village


@pytest.fixture
def kept(client, village):
    """The browser of somebody who sits on the committee."""
    client.force_login(village.committee.get().user)
    return client


def address(name: str, village: Village, *args) -> str:
    return reverse(f"villages:{name}", args=[village.slug, *args])


def test_the_committee_adds_a_dwelling_that_it_thereby_confirms(kept, village):
    response = kept.post(address("committee-housing-add", village), TYPED)
    housing = Housing.objects.get()
    assert response.url == address("committee-housing", village, housing.pk)
    assert (housing.village, str(housing.price), housing.confirmed_by) == (village, "620.50", "Hélène Daubas")
    assert (housing.confirmed_on, housing.free_from) == (timezone.localdate(), dt.date(2027, 1, 15))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"price": "cher"}, "price"),
        ({"price": "0"}, "price"),
        ({"surface_m2": "-4"}, "surface_m2"),
        ({"rooms": "99999999999"}, "rooms"),
        ({"kind": "castle"}, "kind"),
        ({"most_months": "6"}, "most_months"),
        ({"free_from": "demain"}, "free_from"),
        ({"title": "x" * 101}, "title"),
        ({"energy_rating": "Z"}, "energy_rating"),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field_and_all_is_kept(kept, village, wrong, field):
    response = kept.post(address("committee-housing-add", village), TYPED | wrong)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert f'id="id_{field}_error"' in page
    assert "Tout ce que vous avez écrit est gardé" in page
    assert 'value="Par la mairie"' in page
    assert not Housing.objects.exists()


def test_the_committee_changes_what_is_said_without_confirming_it(kept, village):
    housing = HousingFactory(village=village, confirmed_on=ago(20))
    url = address("committee-housing", village, housing.pk)
    assert 'value="620"' in kept.get(url).content.decode()
    assert kept.post(url, TYPED | {"title": "Plus grande"}).url == url
    housing.refresh_from_db()
    assert (housing.title, housing.confirmed_on) == ("Plus grande", ago(20))
    assert kept.post(url, TYPED | {"title": ""}).status_code == 200
    housing.refresh_from_db()
    assert housing.title == "Plus grande"


def test_one_press_confirms_and_one_takes_off_the_list(kept, village):
    housing = HousingFactory(village=village, confirmed_on=ago(63), confirmed_by="Bernard")
    kept.post(address("committee-housing-confirm", village, housing.pk))
    housing.refresh_from_db()
    assert (housing.confirmed_on, housing.confirmed_by) == (timezone.localdate(), "Hélène Daubas")
    kept.post(address("committee-housing-withdraw", village, housing.pk))
    housing.refresh_from_db()
    assert housing.withdrawn_on == timezone.localdate()


def test_what_waits_for_a_word_comes_first(kept, village):
    for title, facts in {
        "offert": {"confirmed_on": ago(3)},
        "en attente": {"confirmed_on": ago(51)},
        "retiré": {"confirmed_on": ago(55), "withdrawn_on": ago(1)},
        "perdu": {"confirmed_on": ago(200)},
    }.items():
        HousingFactory(village=village, title=title, **facts)
    HousingFactory(title="ailleurs")
    context = kept.get(address("committee-housings", village)).context
    titles = {name: [home.housing.title for home in context[name]] for name in ("to_confirm", "offered", "withdrawn")}
    assert titles == {"to_confirm": ["perdu", "en attente"], "offered": ["offert"], "withdrawn": ["retiré"]}


def test_the_list_costs_the_same_for_two_and_for_forty(kept, village, django_assert_max_num_queries):
    def cost(number: int) -> int:
        HousingFactory.create_batch(number, village=village)
        with django_assert_max_num_queries(8) as queries:
            kept.get(address("committee-housings", village))
        return len(queries)

    assert cost(2) == cost(38)


def test_a_photo_is_added_with_its_words_and_taken_away(kept, village, media, django_capture_on_commit_callbacks):
    housing = HousingFactory(village=village)
    url = address("committee-housing-photos", village, housing.pk)
    assert kept.post(url, {"photo": sent(photograph()), "alt": "La cuisine"}).status_code == 302
    photo = housing.photos.get()
    assert (photo.alt, photo.width, photo.height) == ("La cuisine", 1600, 800)
    assert "ines" not in photo.picture.name
    with django_capture_on_commit_callbacks(execute=True):
        kept.post(address("committee-housing-photo-remove", village, housing.pk, photo.pk))
    assert not list(media.rglob("*.jpg"))


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"alt": " "}, "alt", "obligatoire"),
        ({"alt": "x" * 201}, "alt", "200"),
        ({"photo": b"<svg/>"}, "photo", "photo que nous sachions lire"),
        ({"photo": None}, "photo", "obligatoire"),
    ],
)
def test_a_photo_that_cannot_be_taken_is_told_beside_its_field(kept, village, wrong, field, said):
    housing = HousingFactory(village=village)
    content = wrong.get("photo", photograph(size=(20, 20)))
    data = {"alt": wrong.get("alt", "La cuisine")} | ({"photo": sent(content)} if content else {})
    response = kept.post(address("committee-housing-photos", village, housing.pk), data)
    assert response.status_code == 200
    assert said in response.context["photo_form"].errors[field][0]
    assert not housing.photos.exists()


@pytest.mark.parametrize("who", ["another committee", "adviser", "nobody in particular"])
def test_a_foreign_dwelling_is_not_there(client, village, who):
    own = VillageFactory()
    user = UserFactory(adviser=who == "adviser")
    if who == "another committee":
        CommitteeMemberFactory(village=own, user=user)
    client.force_login(user)
    housing = HousingFactory(village=village, confirmed_on=ago(20))
    photo = services.add_photo(housing=housing, picture=redrawn(size=(20, 20)), alt="La façade")
    for where in (village, own):  # through its own village's address, and through theirs
        assert client.get(address("committee-housing", where, housing.pk)).status_code == 404
        for name, args in {
            "committee-housing": [],
            "committee-housing-confirm": [],
            "committee-housing-withdraw": [],
            "committee-housing-photos": [],
            "committee-housing-photo-remove": [photo.pk],
        }.items():
            assert client.post(address(name, where, housing.pk, *args), TYPED).status_code == 404
    assert client.post(address("committee-housing-add", village), TYPED).status_code == 404
    housing.refresh_from_db()
    assert (housing.confirmed_on, housing.withdrawn_on, housing.photos.count(), Housing.objects.count()) == (ago(20), None, 1, 1)


def test_a_village_that_left_is_kept_by_nobody(kept, village):
    partnerships.end_partnership(village=village)
    assert kept.get(address("committee-housings", village)).status_code == 404
