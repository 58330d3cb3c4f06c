"""What the page says of a connection and of prices follows from the counts, and what nobody knows is said."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from tests.factories.villages import ConnectionFactory, FactCheckFactory, TerritoryProjectFactory, VillageFactory
from villages.enums import DwellingKind
from villages.models import CommuneRent, CommuneSales, Connection, Dataset, SpeedTest

CONNECTION, PRICES = "villages/_connection.html", "villages/_prices.html"


NO_DATASETS = {"rents_dataset": None, "sales_dataset": None}


def words(template: str, **context) -> str:
    return " ".join(render_to_string(template, NO_DATASETS | context).split()).replace("\u202f", " ")


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(1, "everywhere"), (0.9, "everywhere"), (0.89, "mostly"), (0.6, "mostly"), (0.2, "partly"), (0, "hardly")],
)
def test_the_verdict_follows_from_the_share_with_fibre(share, verdict):
    assert Connection(premises=100, fibre_share=share).verdict == verdict


def test_a_connection_that_nobody_counted_is_unknown():
    assert Connection(premises=0, fibre_share=None).verdict == "unknown"
    page = words(CONNECTION, connection=None, speed_tests=[], dataset=None, check=None)
    assert "Personne n’a compté ici" in page
    assert "%" not in page


def test_the_parts_of_the_bar_fill_it():
    connection = Connection(premises=500, best_total=480, best_fibre=450, best_4g=25, best_copper_8=5)
    shares = connection.shares
    assert [part.technology for part in shares] == ["fibre", "4g", "slow", "copper_8"]
    assert sum(part.share for part in shares) == pytest.approx(1)
    assert [part.starts_at for part in shares] == [0, 90, 95, 99]


@pytest.mark.django_db
def test_the_page_says_the_shares_their_source_and_what_was_measured():
    connection = ConnectionFactory(best_total=490, best_fibre=450, best_4g=38, best_copper_8=2)
    connection.refresh_from_db()
    test = SpeedTest(where="médiathèque", measured_on=date(2026, 10, 12), down_mbps=Decimal("412.0"), up_mbps=Decimal("305.5"))
    page = words(CONNECTION, connection=connection, speed_tests=[test], dataset=Dataset(source="Arcep", edition="2026"), check=None)
    assert "Oui, vous pouvez travailler d’ici." in page
    assert "<b>90 %</b> fibre" in page
    assert "<b>&lt; 1 %</b> cuivre, 8 Mb/s et plus" in page
    assert 'x="90.0" width="7.6"' in page
    assert "500 locaux. Arcep, édition 2026." in page
    assert "Mesuré (médiathèque) le 12 octobre 2026" in page
    assert "412 Mb/s" in page


def rent(**facts) -> CommuneRent:
    usual = {"kind": DwellingKind.HOUSE, "euros_per_m2": Decimal("7.12"), "lowest": Decimal("5.3"), "highest": Decimal("9.55")}
    return CommuneRent(**usual | {"is_of_the_area": False, "offers": 40} | facts)


def test_a_rent_of_the_area_says_so():
    assert "Estimé pour le secteur" in words(PRICES, rents=[rent(is_of_the_area=True)], sales=[])
    page = words(PRICES, rents=[rent()], sales=[])
    assert "7,12 €" in page
    assert "environ 570 € pour 80 m²" in page
    assert "secteur" not in page


def test_too_few_sales_have_no_price():
    sold = {"kind": DwellingKind.HOUSE, "first_on": date(2023, 1, 1), "last_on": date(2025, 3, 1)}
    few = words(PRICES, rents=[], sales=[CommuneSales(count=3, **sold)])
    assert "Trop peu de maisons vendues" in few
    assert "3 ventes de 2023 à 2025" in few
    assert "€" not in few
    many = CommuneSales(count=12, median_price=Decimal(142_000), median_per_m2=Decimal("1350.00"), **sold)
    assert "142 000 €" in words(PRICES, rents=[], sales=[many]).replace("\xa0", " ")


def test_unknown_prices_are_said_to_be_unknown():
    assert "ni loyers ni ventes" in words(PRICES, rents=[], sales=[])


@pytest.mark.django_db
def test_what_has_not_been_checked_for_long_shows_its_age_and_the_rest_does_not(client):
    village, today = VillageFactory(reviewed_on=date(2020, 5, 1), reviewed_by="Hélène Daubas"), timezone.localdate()
    FactCheckFactory(village=village, topic="connection", checked_on=today - timedelta(days=200))
    FactCheckFactory(village=village, topic="welcome", checked_on=today, note="Le samedi, tout le monde est là.")
    TerritoryProjectFactory(village=village, confirmed_on=today - timedelta(days=800))
    page = " ".join(client.get(village.get_absolute_url()).content.decode().split())
    assert re.findall(r'class="fresh.*?<span>(.*?)</span>', page) == [
        f"à revérifier : {today.year - 2020 - (today < date(today.year, 5, 1))} ans",
        "à revérifier : 6 mois",
        "à revérifier : 2 ans",
    ]
    assert "« Le samedi, tout le monde est là. »" in page


@pytest.mark.parametrize(
    ("edition", "day"),
    [
        ("2024", date(2024, 12, 31)),
        ("2021–2025", date(2025, 12, 31)),
        ("2026-03-31", date(2026, 3, 31)),
        ("T4 2025", date(2025, 12, 31)),
        ("2025-13-45", date(2025, 12, 31)),
        ("20251-02-03", None),
        ("", None),
        ("v2", None),
    ],
)
def test_an_edition_is_as_old_as_the_last_day_it_speaks_of(edition, day):
    assert Dataset(edition=edition).edition_on == day


def test_an_old_edition_says_its_age_and_a_new_one_does_not():
    this_year = timezone.localdate().year
    for year, old in ((this_year - 1, False), (this_year - 4, True)):
        dataset = Dataset(source="Carte des loyers", edition=str(year))
        page = words(PRICES, rents=[rent()], sales=[], rents_dataset=dataset, sales_dataset=None)
        assert ("une édition ancienne" in page) is old
