"""A place, a desk of it and a member who is signed in, on a Tuesday morning; for whoever asks for them by name."""

import pytest
import time_machine

from members.models import Member
from telecentres.models import Desk, Telecentre
from tests.factories.members import MemberFactory
from tests.factories.telecentres import DeskFactory, TelecentreFactory
from tests.telecentres.pages import NOW

pytest.register_assert_rewrite("tests.telecentres.happenings", "tests.telecentres.booking.asking")


@pytest.fixture
def clock(db):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place() -> Telecentre:
    return TelecentreFactory(
        name="Télécentre de Fleurance",
        slug="fleurance",
        commune__name="Fleurance",
        phone="+33536490132",
        on_the_spot="Fibre\n\nImprimante",
        access_notes="Code de la porte : 7316",
    )


@pytest.fixture
def desk(place) -> Desk:
    return DeskFactory(telecentre=place, name="Poste 1", note="fenêtre sur la halle")


@pytest.fixture
def member(client) -> Member:
    member = MemberFactory(user__first_name="Inès", user__last_name="Daubas")
    client.force_login(member.user)
    return member
