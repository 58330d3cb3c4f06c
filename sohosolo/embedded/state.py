"""Where things are: the checkout, and the folder that holds all that a running portal writes; and who uses it now."""

import fcntl
import hashlib
import json
import os
import secrets
import stat
import time
from collections.abc import Callable
from pathlib import Path

from sohosolo.embedded import console
from sohosolo.embedded.console import CannotRun

CHECKOUT = Path(__file__).resolve().parents[2]
LAST_SECONDS = 40  # in which the children of a killed supervisor have ended, PostgreSQL as the last


class State:
    """One folder, `.run` by default: data, logs, letters, files, the secret key. Removing it begins anew.

    The file `lock` is held as long as its supervisor lives, and says who that is and where the services are: for its owner alone,
    since a DATABASE_URL carries a password. The folder itself is held as long as any process of it lives: all inherit `held`.
    """

    def __init__(self, folder: Path, *, sockets: Path | None = None) -> None:
        self.folder = folder
        self.nickname = f"sohosolo-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]}"
        self._sockets = sockets or Path("/tmp") / self.nickname  # noqa: S108 -- short_private_folder checks that it is ours
        self.postgres, self.valkey, self.logs = folder / "postgres", folder / "valkey", folder / "log"
        self.mail, self.media, self.beat = folder / "mail", folder / "media", folder / "beat"
        self.facts: dict = {}
        self._lock: int | None = None
        self.held: int | None = None

    def make(self) -> None:
        for folder in (self.folder, self.postgres, self.valkey, self.logs, self.mail, self.media, self.beat):
            folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # PostgreSQL, which runs as another user then, must reach its data
            for folder in (self.folder, self.postgres):
                folder.chmod(folder.stat().st_mode | 0o011)

    # ---- Who uses it ---------------------------------------------------------------------------------------------------

    def claim(self, holder: str, wanted: str, pause: Callable[[float], None]) -> dict:
        """Nothing once the folder is ours; else what its holder tells. One who does not tell what is wanted is waited for."""
        is_said = False
        while (lock := hold(self.folder / "lock")) is None:
            told = self._told()
            if wanted in told:
                return told
            if not is_said and told.get("holder", "./run") != "./run":
                console.complain(f"waiting for « {told['holder']} » (process {told['pid']}) to be done with the database")
                is_said = True
            pause(0.1)
        self._lock = lock
        self.tell(holder=holder, pid=os.getpid())
        self.wait_until_alone(pause)
        return {}

    def tell(self, **facts) -> None:
        """Add to what the others may know."""
        self.facts |= facts
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, json.dumps(self.facts).encode(), 0)

    def _told(self) -> dict:
        """What the holder says of itself; nothing while it is being written."""
        try:
            return json.loads((self.folder / "lock").read_text())
        except ValueError:
            return {}

    def wait_until_alone(self, pause: Callable[[float], None]) -> None:
        """Until the children of a supervisor that was killed have ended, so that no two servers work on the same data."""
        deadline = time.monotonic() + LAST_SECONDS
        while (held := hold(self.folder)) is None:
            if time.monotonic() > deadline:
                raise CannotRun(
                    f"processes of a start that was killed still run: end those that « lsof {self.folder} » names, "
                    "then start again."
                )
            pause(0.05)
        self.held = held

    # ---- What it holds -------------------------------------------------------------------------------------------------

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def secret_key(self) -> str:
        """The key of this installation, made once and readable by its owner alone."""
        path = self.folder / "secret-key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
            fresh.replace(path)
        return path.read_text().strip()

    def sockets(self) -> Path:
        """A folder for Unix sockets, whose paths are limited to 103 bytes on macOS and 107 on Linux, wherever the checkout is.

        It belongs to the user who starts the portal. Only root's may be crossed by others, since PostgreSQL runs as another
        user there and keeps its socket in a private folder of its own inside.
        """
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        found = self._sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise CannotRun(f"{self._sockets} belongs to somebody else: remove it, then start again.")
        self._sockets.chmod(0o711 if os.geteuid() == 0 else 0o700)
        return self._sockets


def hold(path: Path) -> int | None:
    """A descriptor that holds the file or folder until the last process that has it ends; None where somebody else does."""
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
