"""What Django, Celery and gunicorn need before they are started: their environment, and the words of the pages compiled."""

import os
from pathlib import Path

from sohosolo.embedded.console import CannotRun
from sohosolo.embedded.state import CHECKOUT, State

ADDRESSES = ("DATABASE_URL", "REDIS_URL", "BROKER_URL")


def environment_for(state: State, addresses: dict[str, str], *, site: str) -> dict[str, str]:
    """The caller's environment, completed: what the caller set stays. manage.py says in a sentence what settings refuse."""
    ours = {
        "DJANGO_SETTINGS_MODULE": "sohosolo.settings",
        "SITE_URL": site,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "STATE_DIR": str(state.folder),
        "MAIL_DIR": str(state.mail),
        "MEDIA_ROOT": str(state.media),
        "DEMO": "1",
        "STATIC_MANIFEST": "0",  # served as they stand: a checkout needs no `collectstatic`
    }
    given = {name: value for name, value in os.environ.items() if value}
    if "SECRET_KEY" not in given:
        ours["SECRET_KEY"] = state.secret_key()
    return addresses | ours | given | {"PYTHONUNBUFFERED": "1"}


def compile_catalogues(checkout: Path = CHECKOUT) -> None:
    """Those whose text is newer than what Django reads."""
    for source in sorted(checkout.glob("locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    from babel.messages import mofile, pofile  # a tenth of a second, and only after a change

    try:
        with source.open("rb") as text:
            catalogue = pofile.read_po(text, locale=source.parts[-3], abort_invalid=True)  # the locale brings its plurals
    except (pofile.PoFileError, ValueError) as error:
        raise CannotRun(f"{source} is not a valid catalogue ({error}): correct it, or take the last version from git.") from None
    fresh = compiled.with_suffix(f".mo.{os.getpid()}")  # two starts at once each write their own
    with fresh.open("wb") as file:
        mofile.write_mo(file, catalogue)
    fresh.replace(compiled)
