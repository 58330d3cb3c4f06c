"""Files that people send: photos with what they must not tell, and files that are no photos."""

import io

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from common.pictures import Picture

pillow_heif.register_heif_opener()


def photograph(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200), *, turned: bool = False) -> bytes:
    """Red, its left half blue; with the maker's name and the place in its EXIF where the format has one."""
    picture, drawn = Image.new("RGB", size, "red"), io.BytesIO()
    picture.paste("blue", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F] = "Telephone of Ines"
    exif.get_ifd(0x8825)[2] = (43.0, 56.0, 2.0)  # latitude
    if turned:
        exif[0x0112] = 6  # a quarter to the right: blue comes on top
    picture.save(drawn, kind, exif=exif.tobytes())
    return drawn.getvalue()


def redrawn(**wishes) -> Picture:
    content = photograph(**wishes)
    return Picture.redrawn(io.BytesIO(content), len(content))


def sent(content: bytes, name: str = "ines-at-the-beach.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")
