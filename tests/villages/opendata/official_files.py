"""Small official files as their publishers shape them, and the ways in which a real one comes."""

import gzip
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path


def table(columns: Sequence[str], *rows: Sequence[object], delimiter: str = ";", quoted: bool = False) -> str:
    def line(cells: Sequence[object]) -> str:
        return delimiter.join(f'"{cell}"' if quoted else str(cell) for cell in cells)

    return "\n".join(line(cells) for cells in [columns, *rows]) + "\n"


def plain(text: str) -> bytes:
    return text.encode()


def with_mark(text: str) -> bytes:
    return text.encode("utf-8-sig")


def old_encoding(text: str) -> bytes:
    return text.encode("cp1252")


def gzipped(text: str) -> bytes:
    return gzip.compress(text.encode())


def zipped(text: str, name: str = "data.csv") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LISEZMOI.csv", "rien")
        archive.writestr(name, text)
    return held.getvalue()


def truncated_zip(text: str) -> bytes:
    whole = zipped(text * 200)
    return whole[: len(whole) // 2]


def truncated_gzip(text: str) -> bytes:
    whole = gzipped("".join(f"{text}{number}" for number in range(500)))
    return whole[: len(whole) // 2]


WAYS = [plain, with_mark, old_encoding, gzipped, zipped]
DAMAGED = [truncated_zip, truncated_gzip]


def reordered(text: str, delimiter: str = ";") -> str:
    """The columns backwards, and one more that nobody knows."""
    return "\n".join(delimiter.join(["autre", *reversed(line.split(delimiter))]) for line in text.splitlines()) + "\n"


def without(text: str, column: str, delimiter: str = ";") -> str:
    lines = [line.split(delimiter) for line in text.splitlines()]
    place = [cell.strip('"') for cell in lines[0]].index(column)
    return "\n".join(delimiter.join(cells[:place] + cells[place + 1 :]) for cells in lines) + "\n"


def write(folder: Path, content: bytes, name: str) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path
