"""Where things are: the checkout, and the folder that holds all that a running portal writes."""

import hashlib
import os
import secrets
import stat
from pathlib import Path

from sohosolo.embedded.errors import CannotRun, cannot_write

CHECKOUT = Path(__file__).resolve().parents[2]


class State:
    """One folder, `.run` by default: data, logs, letters, files, the secret key. Removing it begins anew."""

    def __init__(self, folder: Path, *, sockets: Path | None = None) -> None:
        self.folder = folder
        self.nickname = f"sohosolo-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]}"
        self.sockets = sockets or Path("/tmp") / self.nickname  # noqa: S108 -- short_private_folder checks that it is ours
        self.postgres = folder / "postgres"
        self.valkey = folder / "valkey"
        self.logs = folder / "log"
        self.mail = folder / "mail"
        self.media = folder / "media"
        self.records = folder / "processes"
        self.beat = folder / "beat"

    def make(self) -> None:
        """The folders, or one sentence saying why they cannot be."""
        for folder in (self.folder, self.logs, self.mail, self.media, self.records, self.beat):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                probe = folder / ".writable"
                probe.write_text("a few bytes, as a full disk takes empty files")
                probe.unlink()
            except OSError as error:
                raise cannot_write(folder, error) from None
        if os.geteuid() == 0:  # PostgreSQL, which runs as another user then, must reach its data
            self.folder.chmod(self.folder.stat().st_mode | 0o011)

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def record(self, name: str) -> Path:
        return self.records / name

    def secret_key(self) -> str:
        """The key of this installation, made once and readable by its owner alone."""
        path = self.folder / "secret-key"
        try:
            return path.read_text().strip() or self._new_secret_key(path)
        except FileNotFoundError:
            return self._new_secret_key(path)
        except OSError as error:
            raise cannot_write(path, error) from None

    def _new_secret_key(self, path: Path) -> str:
        key = secrets.token_urlsafe(50)
        fresh = path.with_suffix(".new")
        try:
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(key)
            fresh.replace(path)
        except OSError as error:
            raise cannot_write(path, error) from None
        return key


def short_private_folder(state: State) -> Path:
    """A folder for Unix sockets, whose paths are limited to 103 bytes on macOS and 107 on Linux, wherever the checkout is.

    It belongs to the user who starts the portal. Only root's may be crossed by others, since PostgreSQL runs as another
    user there and keeps its socket in a private folder of its own inside.
    """
    folder = state.sockets
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise CannotRun(f"{folder} belongs to somebody else: remove it, then start again.")
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return folder
