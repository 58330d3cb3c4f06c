"""`/telecentres.csv`, of the schema « lieux de médiation numérique » 1.0.2."""

import csv
import datetime as dt
import io
import re

import pytest
import time_machine

from telecentres.enums import HalfDay, Public
from telecentres.models import Telecentre
from telecentres.places.mediation_numerique import COLUMNS
from tests.factories.members import UserFactory
from tests.factories.telecentres import RateFactory, TelecentreFactory

pytestmark = pytest.mark.django_db

SIRET = "43493312300029"
REQUIRED = ("id", "pivot", "nom", "commune", "code_postal", "adresse", "date_maj")
CODE_INSEE = r"([013-9]\d|2[AB1-9])\d{3}"
PHONE = r"(\+33|\+590|\+594|\+262|\+596|\+269|\+687|\+689|\+508|\+681)(\d){6,9}"
SERVICE = (
    "Aide aux démarches administratives|Maîtrise des outils numériques du quotidien|Insertion professionnelle via le numérique|"
    "Utilisation sécurisée du numérique|Parentalité et éducation avec le numérique|Loisirs et créations numériques|"
    "Compréhension du monde numérique|Accès internet et matériel informatique|Acquisition de matériel informatique à prix solidaire"
)
ACCESS = (
    "Se présenter|Téléphoner|Contacter par mail|Prendre un RDV en ligne|Ce lieu n'accueille pas de public|"
    "Envoyer un mail avec une fiche de prescription"
)
PATTERNS = {  # of the schema, column by column
    "pivot": r"[a-zA-Z0-9]{9,14}",
    "code_postal": r"\d{5}",
    "code_insee": CODE_INSEE,
    "latitude": r"-?\d+(\.\d+)?",
    "longitude": r"-?\d+(\.\d+)?",
    "telephone": PHONE,
    "itinerance": r"(?:(?:^|\|)(Itinérant|Fixe))+",
    "date_maj": r"\d{4}-\d{2}-\d{2}",
    "services": rf"(?:(?:^|\|)({SERVICE}))+",
    "frais_a_charge": r"(?:(?:^|\|)(Gratuit|Gratuit sous condition|Payant))+",
    "modalites_acces": rf"(?:(?:^|\|)({ACCESS}))+",
    "modalites_accompagnement": r"(?:(?:^|\|)(En autonomie|Accompagnement individuel|Dans un atelier collectif|À distance))+",
    "presentation_resume": r".{0,280}",
}


def rows_of(client) -> list[dict[str, str]]:
    response = client.get("/telecentres.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    text = response.getvalue().decode("utf-8")
    assert text.startswith("id,pivot,nom,commune,code_postal,")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def with_siret(**facts) -> Telecentre:
    return TelecentreFactory(siret=SIRET, **facts)


def test_each_open_place_with_a_siret_stands_there_and_no_other(client):
    with_siret(slug="fleurance"), TelecentreFactory(slug="sans-numero"), with_siret(slug="ferme", is_open=False)
    assert [row["id"] for row in rows_of(client)] == ["fleurance"]


def test_every_line_is_valid_against_the_schema(client):
    longest = "x" * Telecentre._meta.get_field("tagline").max_length
    place = with_siret(name="Télécentre\n« A »", tagline=longest, phone="+33562060606")
    RateFactory(telecentre=place, public=Public.VISITOR, price=8)
    with_siret(phone="+4930123456", weekdays=())
    rows = rows_of(client)
    assert len(rows) == 2
    for row in rows:
        assert tuple(row) == COLUMNS
        assert all(row[column] for column in REQUIRED)
        for column, pattern in PATTERNS.items():
            assert not row[column] or re.fullmatch(pattern, row[column], re.ASCII if column == "pivot" else 0), (
                column,
                row[column],
            )
    assert (rows[0]["telephone"], rows[1]["telephone"]) == ("+33562060606", "")


def test_it_says_what_the_portal_knows(client, settings):
    with time_machine.travel(dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC)):
        place = with_siret(slug="fleurance", commune__name="Fleurance", weekdays=range(4))
    place.opening_hours.filter(weekday=3, half=HalfDay.AFTERNOON).delete()
    RateFactory(telecentre=place, public=Public.VISITOR, price=8)
    (row,) = rows_of(client)
    assert row["horaires"] == "Mo-We 08:30-12:30,13:30-18:30; Th 08:30-12:30; PH off"
    assert (row["commune"], row["pivot"], row["frais_a_charge"]) == ("Fleurance", SIRET, "Payant")
    assert row["date_maj"] == "2026-11-25", "by the calendar of the territory"
    assert row["prise_rdv"] == f"{settings.SITE_URL}/telecentres/fleurance/reserver/"


def test_no_cell_of_it_is_a_formula(client):
    with_siret(name=" =1+1", tagline="\t@SUM(A1)")
    (row,) = rows_of(client)
    assert (row["nom"], row["presentation_resume"]) == ("'=1+1", "'@SUM(A1)")


@pytest.mark.parametrize("count", [2, 60])
def test_it_costs_the_same_for_two_and_sixty_places(client, django_assert_num_queries, count):
    for number in range(count):
        with_siret(slug=f"lieu-{number}")
    with django_assert_num_queries(1):
        assert len(rows_of(client)) == count


def test_the_admin_says_whether_a_place_stands_there_and_takes_a_number_as_printed(client):
    client.force_login(UserFactory(lead=True))
    place = TelecentreFactory(weekdays=())
    address = f"/admin/telecentres/telecentre/{place.pk}/change/"
    page = client.get(address)
    assert "ce lieu n’y est pas, car le schéma national demande un SIRET" in page.content.decode()
    form = page.context["adminform"].form
    typed = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in typed.items() if value not in (None, [])} | {"is_open": "on"}
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        sent |= {f"{management.prefix}-{name}": management[name].value() for name in management.fields}
    refused = client.post(address, sent | {"siret": "434 933 123 00028"})
    assert "Ce n’est pas un SIRET" in refused.content.decode()
    assert "434 933 123 00028" in refused.content.decode()
    taken = client.post(address, sent | {"siret": "434 933 123 00029"})
    assert taken.status_code == 302, taken.context["errors"]
    place.refresh_from_db()
    assert place.siret == SIRET
    assert "avec ses horaires et sa page" in client.get(address).content.decode()
