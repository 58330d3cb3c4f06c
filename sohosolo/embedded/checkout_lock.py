"""One user of the embedded services at a time, and word of who that is."""

import fcntl
import json
import os
from pathlib import Path

from sohosolo.embedded.errors import cannot_write


class CheckoutLock:
    """Held as long as its process lives, whatever ends it; the file says who holds it and where the services are.

    The file is for its owner alone: a DATABASE_URL given from outside carries a password.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise cannot_write(path, error) from None

    def take(self, holder: str) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._write({"holder": holder, "pid": os.getpid()})
        return True

    def tell(self, facts: dict) -> None:
        """Add to what the others may know."""
        self._write(self.told() | facts)

    def _write(self, facts: dict) -> None:
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, json.dumps(facts).encode(), 0)
        except OSError as error:
            raise cannot_write(self.path, error) from None

    def told(self) -> dict:
        """What the holder says of itself; nothing while it is being written."""
        try:
            return json.loads(os.pread(self._file, 65536, 0))
        except ValueError:
            return {}
