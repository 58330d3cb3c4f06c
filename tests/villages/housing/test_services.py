"""Dwellings added, confirmed and withdrawn, with their photos: what each does, and in which words it is refused."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.common.photographs import redrawn
from tests.factories.villages import HousingFactory, VillageFactory
from villages.housing import services
from villages.housing.services import HousingFacts, HousingRefused
from villages.models import BELIEVED_DAYS, Housing, HousingPhoto

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 26)
FACTS = HousingFacts(kind="rent", title="Maison de bourg", price=620, surface_m2=84, rooms=4)


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_whoever_adds_a_dwelling_confirms_it():
    village = VillageFactory()
    housing = services.add_housing(village=village, facts=FACTS, by="Hélène Daubas", on=TODAY)
    assert list(Housing.objects.offered(TODAY)) == [housing]
    assert (housing.added_on, housing.confirmed_on, housing.confirmed_by) == (TODAY, TODAY, "Hélène Daubas")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"most_months": 6}, "Seul un logement passerelle a un nombre de mois"),
        ({"price": 0}, "supérieure ou égale à 1"),
        ({"title": ""}, "vide"),
        ({"kind": "castle"}, "castle"),
    ],
)
def test_what_the_database_would_refuse_is_refused_in_a_sentence(wrong, said):
    with pytest.raises(HousingRefused, match=said):
        services.add_housing(village=VillageFactory(), facts=replace(FACTS, **wrong), by="Hélène", on=TODAY)
    assert not Housing.objects.exists()


def test_a_village_that_left_offers_nothing():
    with pytest.raises(HousingRefused, match="n’est plus dans le réseau"):
        services.add_housing(village=VillageFactory(former=True), facts=FACTS, by="Hélène", on=TODAY)


def test_to_change_the_facts_is_not_to_confirm_them():
    housing = HousingFactory(confirmed_on=ago(40))
    services.change_housing(housing=housing, facts=replace(FACTS, price=590, owner_contact="Par la mairie"))
    housing.refresh_from_db()
    assert (housing.price, housing.owner_contact, housing.confirmed_on) == (590, "Par la mairie", ago(40))


def test_a_confirmation_counts_for_sixty_days():
    housing = HousingFactory(confirmed_on=ago(70))
    assert not Housing.objects.offered(TODAY)
    services.confirm_housing(housing=housing, by="Bernard Lacoste", on=TODAY)
    assert Housing.objects.offered(TODAY + dt.timedelta(days=BELIEVED_DAYS - 1)).get().confirmed_by == "Bernard Lacoste"
    assert not Housing.objects.offered(TODAY + dt.timedelta(days=BELIEVED_DAYS))


def test_what_is_withdrawn_is_kept_and_comes_back_with_a_confirmation():
    housing = HousingFactory(confirmed_on=ago(5))
    services.withdraw_housing(housing=housing, on=ago(2))
    services.withdraw_housing(housing=housing, on=TODAY)
    assert Housing.objects.get().withdrawn_on == ago(2)
    assert not Housing.objects.offered(TODAY)
    services.confirm_housing(housing=housing, by="Hélène", on=TODAY)
    assert Housing.objects.offered(TODAY).get() == housing


@pytest.mark.parametrize("act", ["confirm_housing", "withdraw_housing"])
def test_a_question_is_answered_once(act):
    answer = {"by": "Hélène"} if act == "confirm_housing" else {}
    confirmed, withdrawn = HousingFactory(confirmed_on=ago(3)), HousingFactory(confirmed_on=ago(52), withdrawn_on=ago(1))
    for housing in (confirmed, withdrawn):
        with pytest.raises(HousingRefused, match="déjà répondu"):
            getattr(services, act)(housing=housing, on=TODAY, asked_about=ago(52), **answer)
    open_one = HousingFactory(confirmed_on=ago(52))
    getattr(services, act)(housing=open_one, on=TODAY, asked_about=ago(52), **answer)
    open_one.refresh_from_db()
    assert open_one.confirmed_on == TODAY or open_one.withdrawn_on == TODAY


def test_a_photo_is_kept_in_two_files_that_go_with_it(media, django_capture_on_commit_callbacks):
    housing = HousingFactory()
    first = services.add_photo(housing=housing, picture=redrawn(), alt=" La cuisine ")
    second = services.add_photo(housing=housing, picture=redrawn(), alt="Le jardin")
    assert list(housing.photos.values_list("alt", "position", "width")) == [("La cuisine", 0, 1600), ("Le jardin", 1, 1600)]
    assert len(list((media / "housing").iterdir())) == 4
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_photo(photo=first)
    assert {path.name for path in (media / "housing").iterdir()} == {
        second.picture.name.removeprefix("housing/"),
        second.small_name.removeprefix("housing/"),
    }
    with django_capture_on_commit_callbacks(execute=True):
        housing.delete()
    assert not list((media / "housing").iterdir())


def test_a_photo_says_what_one_sees_and_there_are_only_so_many():
    housing = HousingFactory()
    with pytest.raises(HousingRefused, match="ce que l’on voit"):
        services.add_photo(housing=housing, picture=redrawn(size=(20, 20)), alt="  ")
    for number in range(services.MOST_PHOTOS):
        services.add_photo(housing=housing, picture=redrawn(size=(20, 20)), alt=f"Pièce {number}")
    with pytest.raises(HousingRefused, match="déjà 8 photos"):
        services.add_photo(housing=housing, picture=redrawn(size=(20, 20)), alt="Encore")
    assert HousingPhoto.objects.count() == services.MOST_PHOTOS
