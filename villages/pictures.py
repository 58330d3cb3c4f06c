"""Photographs as we keep them: drawn again from their pixels, so that nothing else of the file that came remains."""

import io
import struct
from dataclasses import dataclass
from typing import BinaryIO, Self

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
FORMATS = ["JPEG", "PNG", "WEBP"]
GROUND = "#FBF7EF"  # shows where a photo is transparent
LONGEST_SIDE, SMALL_SIDE = 1600, 640  # pixels


class PictureRefused(Exception):
    """The message is written for the person and may be shown as it stands."""


@dataclass(frozen=True)
class Picture:
    """One photograph in the two sizes that pages use, as JPEG: neither side above LONGEST_SIDE, above SMALL_SIDE."""

    large: ContentFile
    small: ContentFile

    @classmethod
    def redrawn(cls, file: BinaryIO, size: int) -> Self:
        """`size` in bytes is what the upload announced. Raises PictureRefused."""
        picture = upright(file, size, at_least=LONGEST_SIDE)
        return cls(large=as_jpeg(within(picture, LONGEST_SIDE)), small=as_jpeg(within(picture, SMALL_SIDE)))


def upright(file: BinaryIO, size: int, *, at_least: int) -> Image.Image:
    """The picture alone, upright, in RGB; where it was larger, it may have shrunk, its sides never under `at_least` pixels.

    The number of pixels is read from the header and refused before anything is unpacked. Raises PictureRefused.
    """
    if size > MOST_BYTES:
        raise PictureRefused(_("This photo weighs more than 8 MB. Please choose a lighter one."))
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise too_wide()
            picture.draft("RGB", (at_least, at_least))  # a JPEG is unpacked small at once; other formats ignore it
            turned = ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise too_wide() from bomb
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error) as fault:  # all that Pillow is known to raise
        raise PictureRefused(_("This file is not a photo we can read. Please choose a JPEG, PNG or WebP picture.")) from fault
    ground = Image.new("RGBA", turned.size, GROUND)
    return Image.alpha_composite(ground, turned).convert("RGB")


def within(picture: Image.Image, side: int) -> Image.Image:
    """The picture with neither side longer than `side`; a smaller one is left as it is."""
    return ImageOps.contain(picture, (side, side)) if max(picture.size) > side else picture


def as_jpeg(picture: Image.Image) -> ContentFile:
    drawn = io.BytesIO()
    picture.save(drawn, "JPEG", quality=84, optimize=True, progressive=True)
    return ContentFile(drawn.getvalue(), name="photo.jpg")


def too_wide() -> PictureRefused:
    return PictureRefused(_("This photo has too many pixels. Please choose a smaller one."))


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
