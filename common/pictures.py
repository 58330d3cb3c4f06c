"""Photographs as we keep them: drawn again from their pixels, so that nothing else of the file that came remains."""

import io
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _

from common.rate_limits import too_often

MOST_BYTES = 20_000_000
LONGEST_SIDE, SMALL_SIDE, PORTRAIT_SIDE = 1600, 640, 640  # pixels
MOST_AN_HOUR, MOST_A_DAY = 30, 100  # photos that one person sends, the refused ones among them
# A telephone that keeps HEIC sends a JPEG instead where any picture is welcome.
ACCEPTED = "image/*"
READER = Path(__file__).with_name("redrawing.py")
READ_WITHIN = 60  # seconds of a busy machine: its processor time is bounded by itself, to far less
WAIT_WITHIN = 20  # seconds for the reader of this process to be free
READING = threading.Lock()  # one picture at a time in a web process: so many times the reader's memory, and no more

logger = logging.getLogger(__name__)


class PictureRefused(Exception):
    """The message is written for the person and may be shown as it stands."""


def count_upload(who: str) -> None:
    """To be called with each photo that `who` sends, before it is read. Raises PictureRefused beyond the hour's or the day's."""
    if too_often("photo", who, most=MOST_AN_HOUR, seconds=3600):
        raise PictureRefused(_("You have sent %(most)d photos within an hour. Please go on in an hour.") % {"most": MOST_AN_HOUR})
    if too_often("photo-day", who, most=MOST_A_DAY, seconds=86400):
        raise PictureRefused(_("You have sent %(most)d photos today. Please go on tomorrow.") % {"most": MOST_A_DAY})


@dataclass(frozen=True)
class Picture:
    """One photograph in the two sizes that pages use, as JPEG: neither side above LONGEST_SIDE, above SMALL_SIDE."""

    large: ContentFile
    small: ContentFile

    @classmethod
    def redrawn(cls, file: BinaryIO, size: int) -> Self:
        """`size` in bytes is what the upload announced. Raises PictureRefused."""
        return cls(*redrawn(file, size, [(LONGEST_SIDE, False), (SMALL_SIDE, False)]))


def portrait(file: BinaryIO, size: int) -> ContentFile:
    """A square JPEG of PORTRAIT_SIDE from the middle of the picture. `size` as above. Raises PictureRefused."""
    return redrawn(file, size, [(PORTRAIT_SIDE, True)])[0]


def redrawn(file: BinaryIO, size: int, wishes: list[tuple[int, bool]]) -> list[ContentFile]:
    """A JPEG for each wish: its longest side in pixels, and whether a square is cut out. Upright; none is blown up but a square.

    Read in a process of its own, whose memory and processor time the kernel bounds: whatever a file is made of, it cannot
    weigh on the portal, and a fault of a codec ends nothing else. Raises PictureRefused.
    """
    if size > MOST_BYTES:
        raise PictureRefused(_("This photo weighs more than 20 MB. Please choose a lighter one."))
    if not READING.acquire(timeout=WAIT_WITHIN):
        raise PictureRefused(_("Many photos are arriving at this moment. Please send yours again in a minute."))
    try:
        with on_disk(file) as content:
            command = [sys.executable, "-P", str(READER), json.dumps(wishes)]
            read = subprocess.run(command, stdin=content, capture_output=True, timeout=READ_WITHIN, check=False)
    except subprocess.TimeoutExpired as slow:
        raise too_heavy() from slow
    finally:
        READING.release()
    if read.returncode < 0:  # ended by the kernel, for what it took, or by a fault of a codec
        raise too_heavy()
    if read.returncode:
        logger.error("The reader of pictures does not start: %s", read.stderr.decode(errors="replace").strip().rpartition("\n")[2])
        read.check_returncode()
    head, _newline, drawn = read.stdout.partition(b"\n")
    answer = json.loads(head)
    match answer.get("refused"):
        case "pixels":
            raise too_wide(answer["pixels"])
        case "memory":
            raise too_heavy()
        case "unreadable":
            raise PictureRefused(_("This file is not a photo we can read. Please choose a JPEG, PNG, WebP or HEIC picture."))
    told = io.BytesIO(drawn)
    return [ContentFile(told.read(length), name="photo.jpg") for length in answer["lengths"]]


@contextmanager
def on_disk(file: BinaryIO) -> Iterator[BinaryIO]:
    """The file from its beginning, as one that another process can read: a long upload is on the disk already."""
    file.seek(0)
    try:
        os.lseek(file.fileno(), 0, os.SEEK_SET)  # what Python has read ahead, the other process has not
    except (AttributeError, io.UnsupportedOperation):
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy
    else:
        yield file


def too_wide(pixels: int) -> PictureRefused:
    return PictureRefused(
        _(
            "This photo has too many pixels (%(millions)d million). Please send it as a JPEG, or smaller: "
            "1,600 pixels wide are enough."
        )
        % {"millions": max(1, round(pixels / 1_000_000))}
    )


def too_heavy() -> PictureRefused:
    return PictureRefused(
        _("This photo cannot be read within reasonable bounds. Please send it as a JPEG, or smaller: 1,600 pixels wide are enough.")
    )


def served(request: HttpRequest, picture: FieldFile, *, name: str = "") -> HttpResponse:
    """The file of a picture, or of its copy called `name`; the browser asks again each time whether it may still be seen."""
    name = name or picture.name
    etag = quote_etag(name)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = FileResponse(picture.storage.open(name), content_type="image/jpeg")
        except FileNotFoundError as missing:
            raise Http404 from missing
        response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response
