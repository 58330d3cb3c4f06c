"""A photo as we keep it: drawn again from its pixels, so that nothing else of the file that came remains."""

import io
import struct
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
SIDE = 640  # pixels, square
FORMATS = ["JPEG", "PNG", "WEBP"]
GROUND = "#FBF7EF"  # shows where a photo is transparent


class PhotoRefused(Exception):
    """The message is written for the person and may be shown as it stands."""


def redraw(file: BinaryIO, size: int) -> ContentFile:
    """A square JPEG of the picture, upright, without its metadata. `size` in bytes is what the upload announced.

    The number of pixels is read from the header and refused before anything is unpacked.
    """
    if size > MOST_BYTES:
        raise PhotoRefused(_("This photo weighs more than 8 MB. Please choose a lighter one."))
    try:
        with Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise too_wide()
            picture.draft("RGB", (SIDE * 2, SIDE * 2))  # a JPEG is unpacked small at once; other formats ignore it
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise too_wide() from bomb
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, struct.error) as fault:  # all that Pillow is known to raise
        raise PhotoRefused(_("This file is not a photo we can read. Please choose a JPEG, PNG or WebP picture.")) from fault
    ground = Image.new("RGBA", upright.size, GROUND)
    square = ImageOps.fit(Image.alpha_composite(ground, upright).convert("RGB"), (SIDE, SIDE), centering=(0.5, 0.4))
    drawn = io.BytesIO()
    square.save(drawn, "JPEG", quality=84, optimize=True, progressive=True)
    return ContentFile(drawn.getvalue(), name="photo.jpg")


def too_wide() -> PhotoRefused:
    return PhotoRefused(_("This photo has too many pixels. Please choose a smaller one."))
