"""A member's photo as we keep it: a small square, drawn again from its pixels."""

from typing import BinaryIO

from django.core.files.base import ContentFile
from PIL import ImageOps

from villages import pictures

SIDE = 640  # pixels, square


def redraw(file: BinaryIO, size: int) -> ContentFile:
    """A square JPEG of the picture, upright, without its metadata. `size` in bytes is what the upload announced.

    Raises villages.pictures.PictureRefused.
    """
    picture = pictures.upright(file, size, at_least=SIDE * 2)
    return pictures.as_jpeg(ImageOps.fit(picture, (SIDE, SIDE), centering=(0.5, 0.4)))
