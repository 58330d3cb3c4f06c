"""What is said on the terminal. A terminal that has gone away must not keep the services from ending in order."""

import os
import sys
import time

STARTED = time.monotonic()


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


def elapsed() -> str:
    return f"{time.monotonic() - STARTED:.1f} s"
