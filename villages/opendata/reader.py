"""Official tables as their publishers ship them: plain, .gz or .zip, streamed, columns by name.

Every importer opens its file here, so that all of them forgive and refuse the same things. Signs that nobody sees are passed over.
"""

import contextlib
import csv
import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from common import archives
from common.visible import visible

LONGEST_LINE = 1_000_000  # bytes: a file without line ends is no table and must not fill the memory
LONGEST_LIST = 50_000_000  # bytes
REASONS_KEPT = 100


class WrongFile(Exception):
    """The file is not the one asked for. The message is one sentence that says what is missing, in the user's language."""


@dataclass(frozen=True)
class TableRow:
    line: int  # where it ends in the file, the first line being 1
    cells: dict[str, str] | None  # by column, without the spaces around; None when it has not as many cells as there are columns


@dataclass
class ImportReport:
    """What an import did. `kept` counts the valid rows of the territory, `changed` those that were new or said something new."""

    read: int = 0
    kept: int = 0
    changed: int = 0
    rejected: int = 0
    reasons: list[tuple[int, str]] = field(default_factory=list)  # line and reason of the first REASONS_KEPT rejected rows
    notes: list[str] = field(default_factory=list)  # sentences about what the file did not say and the database holds

    @property
    def elsewhere(self) -> int:
        return self.read - self.kept - self.rejected

    def reject(self, line: int, reason: str) -> None:
        self.rejected += 1
        if len(self.reasons) < REASONS_KEPT:
            self.reasons.append((line, reason))


class OfficialTable:
    """An open table: its `columns`, then its `rows`, once. `packed`: what it is called inside an archive."""

    def __init__(self, name: str, lines: Iterator[str], done: Callable[[], float], *, packed: str = "") -> None:
        self.name, self.packed = name, packed
        self.done = done  # the share of the file read so far, from 0 to 1
        header = next(lines, "")
        if not header.strip():
            raise WrongFile(_("%(file)s is empty.") % {"file": name})
        delimiter = max(";,\t|", key=header.count)
        self._reader = csv.reader(_chain(header, lines), delimiter=delimiter)
        self.columns = [column.strip() for column in self._next()]

    def require(self, *columns: str) -> None:
        """Raise WrongFile, naming them, unless each of these columns is there once."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise WrongFile(
                _("%(file)s is not the file that is needed: it lacks %(columns)s.")
                % {"file": self.name, "columns": ", ".join(missing)}
            )
        for column in columns:
            if self.columns.count(column) > 1:
                raise WrongFile(_("%(file)s has the column « %(column)s » twice.") % {"file": self.name, "column": column})

    def rows(self) -> Iterator[TableRow]:
        while (cells := self._next()) is not None:
            if not any(cell.strip() for cell in cells):
                continue
            whole = len(cells) == len(self.columns)
            yield TableRow(
                self._reader.line_num,
                {column: cell.strip() for column, cell in zip(self.columns, cells, strict=True)} if whole else None,
            )

    def cells(self, *columns: str) -> Iterator[tuple[int, tuple[str | None, ...]]]:
        """The line and these cells of each row: what `rows` says, for tables of millions. All None when a row is not whole."""
        places, width, reader = [self.columns.index(column) for column in columns], len(self.columns), self._reader
        nothing = (None,) * len(columns)
        while (cells := self._next()) is not None:
            if len(cells) == width:
                yield reader.line_num, tuple([cells[place].strip() for place in places])
            elif any(cell.strip() for cell in cells):
                yield reader.line_num, nothing

    def _next(self) -> list[str] | None:
        try:
            return next(self._reader, None)
        except csv.Error as error:
            raise WrongFile(
                _("%(file)s cannot be read as a table at line %(line)s.") % {"file": self.name, "line": self._reader.line_num}
            ) from error


@contextlib.contextmanager
def open_table(path: str | Path, *, right: str) -> Iterator[OfficialTable]:
    """Open an official table. Raises WrongFile, here or while its rows are read, when it cannot be used.

    Lines are UTF-8, with or without a byte-order mark; a line that is not is read as cp1252. Of a .zip, the largest .csv, or
    .txt where it holds none. `right`: what the publisher calls the file, for whoever brings it saved anew by another program.
    """
    with _unpacked(Path(path), ".csv", ".txt") as (file, done, packed):
        yield OfficialTable(Path(path).name, _lines(Path(path), file, right), done, packed=packed)


def read_list(path: str | Path) -> list[dict]:
    """The objects of an official JSON list, whole in memory. Of a .zip, the largest .json. Raises WrongFile for anything else."""
    name = Path(path).name
    with _unpacked(Path(path), ".json") as (file, _done, _packed), _refused_if_damaged(Path(path)):
        text = file.read(LONGEST_LIST + 1)
    try:
        found = json.loads(text, object_hook=_with_visible_words) if len(text) <= LONGEST_LIST else None
    except (ValueError, RecursionError):  # not JSON, not UTF-8, or brackets within brackets without end
        found = None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise WrongFile(_("%(file)s is not a JSON list.") % {"file": name})
    return found


def _with_visible_words(facts: dict) -> dict:
    return {name: visible(value) if isinstance(value, str) else value for name, value in facts.items()}


@contextlib.contextmanager
def _refused_if_damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.strerror is None:  # said by gzip or bz2, not by the machine
            raise _damaged(path) from error
        raise WrongFile(_("%(file)s cannot be opened: %(reason)s.") % {"file": path, "reason": error.strerror}) from error
    except archives.FAULTS as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> WrongFile:
    return WrongFile(_("%(file)s is damaged or incomplete: download it again.") % {"file": path.name})


@contextlib.contextmanager
def _unpacked(path: Path, *suffixes: str) -> Iterator[tuple[BinaryIO, Callable[[], float], str]]:
    """The file itself, or what is packed in it; how much of it is read, from 0 to 1; and what it is called in its archive.

    Of an archive: the largest file with the first of the suffixes that one of them has.
    """
    name = ""
    with contextlib.ExitStack() as stack:
        with _refused_if_damaged(path):
            raw = stack.enter_context(path.open("rb"))
            start, size = raw.read(4), max(path.stat().st_size, 1)
            raw.seek(0)
            if start == b"PK\x03\x04":
                archive = stack.enter_context(archives.zip_of(raw))
                held = [[info for info in archive.infolist() if info.filename.lower().endswith(suffix)] for suffix in suffixes]
                packed = next(filter(None, held), [])
                if not packed:
                    raise WrongFile(_("%(file)s holds no %(suffix)s file.") % {"file": path.name, "suffix": suffixes[0]})
                largest = max(packed, key=lambda info: info.file_size)
                name = largest.filename
                file, done = stack.enter_context(archive.open(largest)), lambda: file.tell() / max(largest.file_size, 1)
            else:
                file = stack.enter_context(gzip.open(raw)) if start[:2] == b"\x1f\x8b" else raw
                done = lambda: raw.tell() / size  # noqa: E731
        yield file, done, name


def _chain(header: str, lines: Iterator[str]) -> Iterator[str]:
    yield header
    yield from lines


def _is_utf_16(start: bytes) -> bool:
    """With its mark, or with every other byte empty, as Latin letters have it."""
    return start[:2] in (b"\xff\xfe", b"\xfe\xff") or (len(start) > 3 and not (any(start[0:64:2]) and any(start[1:64:2])))


def _lines(path: Path, file: BinaryIO, right: str) -> Iterator[str]:
    first = True
    with _refused_if_damaged(path):  # what is raised by whoever reads these lines does not pass here
        while line := file.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise WrongFile(_("%(file)s is not a table: one of its lines does not end.") % {"file": path.name})
            if first and _is_utf_16(line):
                raise WrongFile(
                    _("%(file)s is in UTF-16, as a spreadsheet saves it: take the file as it is downloaded, %(right)s.")
                    % {"file": path.name, "right": right}
                )
            try:
                text = line.decode("utf-8-sig" if first else "utf-8")
            except UnicodeDecodeError:
                text = line.decode("cp1252", errors="replace")
            first = False
            yield "\t".join(visible(part) for part in text.split("\t"))  # a tab may be what parts the columns
