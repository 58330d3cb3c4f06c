"""What the whole country's equipment costs to bring in: 2.9 million rows of the official shape. `./run bench equipment`."""

import os
import random
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from villages.opendata.amenities import kinds_of_codes

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = int(os.environ.get("BENCH_ROWS", 2_900_000))
COMMUNES = 458
MOST_MEGABYTES = 300
ELSEWHERE = ("01", "31", "2A", "75")
COLUMNS = 95  # of the real file: those that nobody reads are filled too
READ = {"AN": "2025", "DEPCOM": "", "TYPEQU": ""}
NAMES = [*READ, *(f"COLONNE_{number}" for number in range(COLUMNS - len(READ)))]

IMPORT = textwrap.dedent(
    """
    import resource, sys, time
    import django
    django.setup()
    from django.db import connection
    connection.settings_dict["NAME"] = sys.argv[2]
    from villages import services
    started = time.perf_counter()
    report = services.import_amenities(path=sys.argv[1])
    seconds = time.perf_counter() - started
    print(report.read, report.kept, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    """
)


def official_file(folder: Path) -> Path:
    """As `BPE25.zip`: quoted, 95 columns, one row for each thing; one in seventy-six in the territory, as in life."""
    dice, codes = random.Random(25), [*kinds_of_codes(), *(f"Z{number:03}" for number in range(120))]
    department = settings.TERRITORY.department
    filling = ";".join(f'"{value}"' for value in ("_Z", "0.5867", "Rue de la République", "") * 23)
    path = folder / "BPE25.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("BPE25.csv", "w", force_zip64=True) as file,
    ):
        file.write((";".join(f'"{name}"' for name in NAMES) + "\n").encode())
        for start in range(0, ROWS, 10_000):
            lines = []
            for _ in range(min(10_000, ROWS - start)):
                here = dice.random() < COMMUNES / 34_900
                code = (
                    f"{department}{dice.randint(1, COMMUNES):03}"
                    if here
                    else f"{dice.choice(['01', '31', '2A', '75'])}{dice.randint(1, 800):03}"
                )
                lines.append(f'"2025";"{code}";"{dice.choice(codes)}";{filling}\n')
            file.write("".join(lines).encode())
    return path


def test_the_equipment_of_the_country_passes_through_little_memory(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO villages_commune (insee_code, name, postal_codes, population, population_year, latitude, longitude,
                                          intercommunality)
            SELECT %s || lpad(n::text, 3, '0'), 'Commune ' || n, '{32000}', n, 2023, 43 + n %% 30 / 30.0, n %% 25 / 20.0, ''
            FROM generate_series(1, %s) AS n
            """,
            [settings.TERRITORY.department, COMMUNES],
        )
    started = time.perf_counter()
    path = official_file(tmp_path)
    print(f"\ngenerated: {ROWS} rows, {path.stat().st_size / 1e6:.0f} MB zipped, {time.perf_counter() - started:.0f} s")  # noqa: T201
    database = connection.settings_dict["NAME"]
    told = subprocess.run([sys.executable, "-c", IMPORT, str(path), database], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    read, kept, seconds, megabytes = map(float, told.stdout.split())
    print(f"brought in: {read:.0f} rows read, {kept:.0f} kept, {seconds:.0f} s, {read / seconds:.0f} rows/s, {megabytes:.0f} MB")  # noqa: T201
    assert read == ROWS
    assert megabytes < MOST_MEGABYTES
