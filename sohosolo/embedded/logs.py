"""The children's logs: whole in their files, and what matters of them on the terminal."""

import re
from pathlib import Path

from sohosolo.embedded import console
from sohosolo.embedded.errors import DISK_FULL

_HEADER = re.compile(r"^\[?\d{4}-\d\d-\d\d[^A-Z]*\b(DEBUG|INFO|NOTICE|LOG|WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
_NO_SPACE = ("No space left on device", "psycopg.errors.DiskFull")  # the system's words, and the database's for a statement
_QUIET = {"DEBUG", "INFO", "NOTICE", "LOG"}


class FollowedLog:
    """Repeats on the terminal the warnings and errors that are added to a file, with the lines that belong to them."""

    def __init__(self, name: str, path: Path, *, repeat: bool = True) -> None:
        self.name, self.path, self.repeat = name, path, repeat
        self._offset = path.stat().st_size if path.exists() else 0
        self._rest = b""
        self._shown = True
        self._disk_full_said = False

    def follow(self) -> None:
        try:
            with self.path.open("rb") as file:
                if file.seek(0, 2) < self._offset:  # put aside by a restart
                    self._offset, self._rest = 0, b""
                file.seek(self._offset)
                added = file.read()
        except FileNotFoundError:
            return
        self._offset += len(added)
        *lines, self._rest = (self._rest + added).split(b"\n")
        for line in lines:
            self._tell(line.decode("utf-8", "replace"))

    def _tell(self, line: str) -> None:
        if any(words in line for words in _NO_SPACE) and not self._disk_full_said:
            self._disk_full_said = True
            console.complain(DISK_FULL)
        if header := _HEADER.match(line):
            self._shown = header[1] not in _QUIET
        if self.repeat and self._shown and line.strip():
            console.write(f"{self.name:>6} | {line}")
