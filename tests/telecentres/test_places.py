"""What the villages are told of a télécentre."""

import pytest

from telecentres import services
from tests.factories.telecentres import TelecentreFactory
from tests.factories.villages import VillageFactory
from villages.models import Place

pytestmark = pytest.mark.django_db


def test_a_place_that_closes_is_nobody_s_nearest_until_it_opens_again():
    village = VillageFactory()
    telecentre = TelecentreFactory(commune=village.commune)
    kilometres = []
    for is_open in (True, False, False, True):
        telecentre.is_open = is_open
        services.make_known(telecentre=telecentre)
        village.refresh_from_db()
        kilometres.append(village.telecentre_km)
    assert kilometres == [0, None, None, 0]
    assert Place.objects.get().get_absolute_url() == telecentre.get_absolute_url()
