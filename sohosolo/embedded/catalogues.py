"""The French (and other) words: catalogues compiled when their text is newer than what Django reads."""

import os
from pathlib import Path

from sohosolo.embedded.errors import CannotRun, cannot_write
from sohosolo.embedded.state import CHECKOUT


def compile_catalogues(checkout: Path = CHECKOUT) -> None:
    for source in sorted(checkout.glob("locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    from babel.messages import mofile, pofile  # a tenth of a second, and only after a change

    fresh = compiled.with_suffix(f".mo.{os.getpid()}")  # two starts at once each write their own
    try:
        with source.open("rb") as text:
            catalogue = pofile.read_po(text, locale=source.parts[-3], abort_invalid=True)  # the locale brings its plurals
        with fresh.open("wb") as file:
            mofile.write_mo(file, catalogue)
        fresh.replace(compiled)
    except (pofile.PoFileError, ValueError) as error:
        raise CannotRun(f"{source} is not a valid catalogue ({error}): correct it, or take the last version from git.") from None
    except OSError as error:
        raise cannot_write(compiled, error) from None
