"""What is said on the terminal. A terminal that has gone away must not keep the services from ending in order."""

import errno
import os
import re
import sys
from pathlib import Path

_HEADER = re.compile(r"^\[?\d{4}-\d\d-\d\d[^A-Z]*\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")
DISK_FULL = "the disk is full: free some space, then start again (the data are kept)."


class CannotRun(Exception):
    """The message is one sentence that says what went wrong and what to do; it is shown without a traceback."""


def refusal(error: OSError, folder: Path) -> str:
    """What an operating system's refusal to make or write a file means for the person at the terminal."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{error.filename or folder}: {DISK_FULL}"
    return (
        f"{error.filename or folder} cannot be used ({error.strerror or error}): give it to the user who starts ./run, "
        "or choose another folder with SOHOSOLO_STATE."
    )


def write(text: str) -> None:
    _print(text, sys.stdout)


def say(text: str) -> None:
    write(f"run: {text}")


def complain(text: str) -> None:
    _print(f"run: {text}", sys.stderr)


def _print(text: str, stream) -> None:
    try:
        print(text, file=stream, flush=True)
    except OSError:
        # Nobody reads any more: what follows, and what Python itself flushes at its end, goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class FollowedLog:
    """Repeats the warnings and errors that are added to a file, with the lines that belong to them."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path
        self._read, self._rest, self._shown = 0, b"", True

    def follow(self) -> None:
        with self.path.open("rb") as file:
            file.seek(self._read)
            added = file.read()
        self._read += len(added)
        *lines, self._rest = (self._rest + added).split(b"\n")
        for line in [line.decode("utf-8", "replace") for line in lines]:
            if header := _HEADER.match(line):
                self._shown = header[1] not in ("DEBUG", "INFO")
            if self._shown and line.strip():
                write(f"{self.name:>6} | {line}")
