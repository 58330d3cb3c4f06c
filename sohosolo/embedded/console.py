"""What is said on the terminal. A terminal that has gone away must not keep the services from ending in order."""

import contextlib
import sys
import time

STARTED = time.monotonic()


def write(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def say(text: str) -> None:
    write(f"run: {text}")


def complain(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        print(f"run: {text}", file=sys.stderr, flush=True)


def elapsed() -> str:
    return f"{time.monotonic() - STARTED:.1f} s"
