"""Photographs are drawn again: two sizes, upright, and nothing that the file told besides. (Members' photos test the traps.)"""

import io

import pytest
from PIL import Image

from common.pictures import LONGEST_SIDE, MOST_BYTES, SMALL_SIDE, Picture, PictureRefused
from tests.common.photographs import photograph, redrawn


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_becomes_two_jpegs_within_their_sides_and_in_proportion(kind):
    picture = redrawn(kind=kind)
    for file, side in ((picture.large, LONGEST_SIDE), (picture.small, SMALL_SIDE)):
        with Image.open(file) as kept:
            assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (side, side // 2))


def test_a_small_photo_is_not_blown_up():
    with Image.open(redrawn(size=(300, 200)).large) as kept:
        assert kept.size == (300, 200)


def test_a_photo_forgets_who_took_it_and_where():
    picture = redrawn()
    for file in (picture.large, picture.small):
        assert b"Ines" not in file.read()
        with Image.open(file) as kept:
            assert dict(kept.getexif()) == {}


def test_a_photo_taken_sideways_stands_upright():
    with Image.open(redrawn(turned=True).large) as kept:
        assert kept.size == (LONGEST_SIDE // 2, LONGEST_SIDE)
        red, _green, blue = kept.getpixel((400, 100))
        assert blue > 200 > 60 > red


@pytest.mark.parametrize(
    ("content", "size", "said"),
    [
        (photograph()[:900], 900, "photo que nous sachions lire"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 40, "photo que nous sachions lire"),
        (photograph(), MOST_BYTES + 1, "20 Mo"),
    ],
)
def test_what_is_no_photo_is_refused_in_a_sentence(content, size, said):
    with pytest.raises(PictureRefused, match=said):
        Picture.redrawn(io.BytesIO(content), size)
