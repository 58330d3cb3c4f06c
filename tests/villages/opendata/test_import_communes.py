"""`import_communes`: the official table with every trap, and a database that is right or as it was."""

import gzip

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.factories.villages import CommuneFactory, PlaceFactory, VillageFactory
from villages.committee import partnerships
from villages.models import Commune, Dataset, Journey, Place
from villages.opendata import communes
from villages.opendata.reader import WrongFile

pytestmark = pytest.mark.django_db

HEADER = "insee_code,name,postal_codes,population_2023,latitude,longitude,intercommunality\n"
AIGNAN = "32001,Aignan,32290,720,43.69443,0.08704,CC Armagnac Adour\n"
ANTRAS = "32003,Antras,32360|32361,40,43.72978,0.44405,CA Grand Auch Cœur de Gascogne\n"
ELSEWHERE = "31555,Toulouse,31000|31100,511684,43.6045,1.4440,Toulouse Métropole\n"


@pytest.fixture
def write(tmp_path):
    def write(content: str, name: str = "communes.csv", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(content.encode(encoding))
        return path

    return write


def everything() -> list[tuple]:
    facts = ["insee_code", "name", "postal_codes", "population", "population_year", "latitude", "longitude", "intercommunality"]
    return list(Commune.objects.order_by("insee_code").values_list(*facts))


def test_the_territory_s_own_file_comes_in_whole():
    report = communes.import_communes(path=settings.TERRITORY.communes_file)
    assert (report.read, report.kept, report.changed, report.rejected) == (458, 458, 458, 0)
    commune = Commune.objects.get(insee_code="32160")
    assert (commune.name, commune.sort_name, commune.population_year) == ("L'Isle-Jourdain", "l isle jourdain", 2023)


def test_a_second_run_changes_nothing_and_says_so():
    communes.import_communes(path=settings.TERRITORY.communes_file)
    before, dataset = everything(), Dataset.objects.get()
    report = communes.import_communes(path=settings.TERRITORY.communes_file)
    assert (report.kept, report.changed) == (458, 0)
    assert everything() == before
    assert Dataset.objects.get().imported_at == dataset.imported_at


def test_only_the_territory_s_department_is_kept(write):
    report = communes.import_communes(path=write(HEADER + AIGNAN + ELSEWHERE + ANTRAS))
    assert (report.read, report.kept, report.elsewhere, report.rejected) == (3, 2, 1, 0)
    assert everything() == [
        ("32001", "Aignan", ["32290"], 720, 2023, 43.69443, 0.08704, "CC Armagnac Adour"),
        ("32003", "Antras", ["32360", "32361"], 40, 2023, 43.72978, 0.44405, "CA Grand Auch Cœur de Gascogne"),
    ]


def test_columns_may_be_reordered_and_others_added(write):
    path = write("name;extra;longitude;latitude;population_2031;postal_codes;intercommunality;insee_code\n"
                 "Aignan;x;0,08704;43,69443;1 720;32290;CC Armagnac Adour;32001\n")  # fmt: skip
    communes.import_communes(path=path)
    assert everything() == [("32001", "Aignan", ["32290"], 1720, 2031, 43.69443, 0.08704, "CC Armagnac Adour")]


def test_a_file_in_cp1252_and_one_with_a_mark_say_the_same(write):
    communes.import_communes(path=write(HEADER + ANTRAS, encoding="cp1252"))
    report = communes.import_communes(path=write(HEADER + ANTRAS, encoding="utf-8-sig"))
    assert report.changed == 0
    assert Commune.objects.get().intercommunality == "CA Grand Auch Cœur de Gascogne"


@pytest.mark.parametrize("column", ["insee_code", "name", "postal_codes", "population_2023", "latitude", "intercommunality"])
def test_a_renamed_column_is_named_and_nothing_changes(write, column):
    CommuneFactory(insee_code="32001", name="Avant")
    named = column if column != "population_2023" else "population_<année>"
    with pytest.raises(WrongFile, match=f"il y manque {named}"):
        communes.import_communes(path=write(HEADER.replace(column, "autre") + AIGNAN))
    assert Commune.objects.get().name == "Avant"
    assert not Dataset.objects.exists()


def test_a_file_of_another_department_is_refused(write):
    with pytest.raises(WrongFile, match="aucune commune du département 32"):
        communes.import_communes(path=write(HEADER + ELSEWHERE))
    assert not Dataset.objects.exists()


def test_a_truncated_file_leaves_the_database_as_it_was(tmp_path):
    CommuneFactory(insee_code="32001", name="Avant")
    path = tmp_path / "communes.csv.gz"
    path.write_bytes(gzip.compress((HEADER + AIGNAN + ANTRAS).encode())[:-8])
    with pytest.raises(WrongFile, match="abîmé ou incomplet"):
        communes.import_communes(path=path)
    assert [commune.name for commune in Commune.objects.all()] == ["Avant"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("3201,Aignan,32290,720,43.6,0.1,CC\n", "« 3201 » n’est pas un code INSEE"),
        ("32002,,32290,720,43.6,0.1,CC\n", "le nom manque"),
        (f"32002,{'x' * 101},32290,720,43.6,0.1,CC\n", "trop long"),
        ("32002,Ansan,32270,-1,43.6,0.1,CC\n", "hors limites"),
        ("32002,Ansan,3227,75,43.6,0.1,CC\n", "un code postal"),
        ("32002,Ansan,32270,beaucoup,43.6,0.1,CC\n", "« population_2023 » n’est pas un nombre : « beaucoup »"),
        ("32002,Ansan,32270,75,nan,0.1,CC\n", "pas sur Terre"),
        ("32002,Ansan,32270,75,4368.7,0.1,CC\n", "pas sur Terre"),
        ("32002,Ansan,,75,43.6,0.1,CC\n", "un code postal"),
        ("32002,Ansan,32270|3227x!,75,43.6,0.1,CC\n", "un code postal"),
        ("32002,Ansan,32270,75,43.6,0.1\n", "pas autant de cases"),
        (f"32002,Ansan,32270,75,43.6,0.1,{'x' * 121}\n", "trop longue"),
        ("32002,\0\u200b,32270,75,43.6,0.1,CC\n", "le nom manque"),
        ("32001,Encore Aignan,32290,720,43.6,0.1,CC\n", "32001 a déjà été lu à la ligne 2"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_line_and_reason_and_the_others_stay(write, row, reason):
    report = communes.import_communes(path=write(HEADER + AIGNAN + row + ANTRAS))
    assert (report.read, report.kept, report.rejected) == (3, 2, 1)
    [(line, told)] = report.reasons
    assert line == 3
    assert reason in told.replace("\u202f", " ")
    assert [commune.insee_code for commune in Commune.objects.order_by("insee_code")] == ["32001", "32003"]


def test_a_file_longer_than_a_batch_comes_in_whole(write, monkeypatch):
    monkeypatch.setattr(communes, "COMMUNES_AT_ONCE", 7)
    rows = "".join(f"32{200 + n},Commune {n},32000,10,43.5,0.5,CC\n" for n in range(1, 31))
    report = communes.import_communes(path=write(HEADER + rows))
    assert (report.kept, report.changed, Commune.objects.count()) == (30, 30, 30)
    assert communes.import_communes(path=write(HEADER + rows.replace("Commune 17,", "Nouveau,"))).changed == 1


def test_where_the_facts_come_from_is_kept_with_them(write):
    communes.import_communes(path=write(HEADER + AIGNAN))
    dataset = Dataset.objects.get(key="communes")
    territory = settings.TERRITORY
    assert (dataset.source, dataset.licence, dataset.edition, dataset.file_name) == (
        territory.communes_source, territory.communes_licence, territory.communes_edition, "communes.csv"
    )  # fmt: skip
    communes.import_communes(path=write(HEADER + AIGNAN), edition="2027")
    assert Dataset.objects.get(key="communes").edition == "2027"


def test_journeys_follow_a_commune_that_moved(write):
    communes.import_communes(path=write(HEADER + AIGNAN))
    PlaceFactory(latitude=43.69443, longitude=0.08704)
    village = partnerships.open_village(commune=Commune.objects.get())
    assert village.station_km == 0.0
    communes.import_communes(path=write(HEADER + AIGNAN.replace("43.69443", "43.79443")))
    village.refresh_from_db()
    assert village.station_km == Journey.objects.get().kilometres == 13.9


def test_the_command_takes_the_territory_s_file_and_registers_its_places(capsys):
    call_command("import_communes")
    told = capsys.readouterr().out.replace("\u202f", " ")
    assert told == "458 lignes lues, 458 gardées, 458 changées, 0 rejetées, 0 d’ailleurs.\n"
    assert {(place.kind, place.name) for place in Place.objects.all()} == {
        (place.kind, place.name) for place in settings.TERRITORY.places
    }
    call_command("import_communes")
    assert "Rien n’a changé" in capsys.readouterr().out


def test_the_command_names_what_it_rejects(write, capsys):
    call_command("import_communes", write(HEADER + AIGNAN + "32002,Ansan,32270,x,43.6,0.1,CC\n"))
    assert "ligne 3 : « population_2023 » n’est pas un nombre : « x »" in capsys.readouterr().err.replace("\u202f", " ")


def test_the_command_refuses_a_wrong_file_in_one_sentence(write):
    with pytest.raises(CommandError, match=r"^autre\.csv n’est pas le fichier attendu.: il y manque insee_code"):
        call_command("import_communes", write("a,b\n1,2\n", "autre.csv"))


def test_a_village_of_a_commune_the_file_does_not_name_stays(write):
    village = VillageFactory(commune__insee_code="32999")
    communes.import_communes(path=write(HEADER + AIGNAN))
    village.commune.refresh_from_db()
    assert Commune.objects.count() == 2


def test_progress_is_told_while_the_file_is_read(write):
    rows = "".join(f"31{n:03},Commune {n},31000,10,43.5,0.5,CC\n" for n in range(1000)) * 3
    told = []
    communes.import_communes(path=write(HEADER + rows + AIGNAN), progress=told.append)
    assert len(told) == 6
    assert told == sorted(told)
    assert 0 < told[0] < 0.5 < told[-1] <= 1
