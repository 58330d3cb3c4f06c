"""The process in which one picture is read: with a limit on its memory and its processor time, and nothing of the portal in it.

Run by common.pictures as a script: the file on standard input, the wishes in the first argument; see `main`.
"""

import io
import json
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

import pillow_heif
from PIL import Image, ImageOps

PROCESSOR_SECONDS = 2  # then the kernel ends the process
DATA_BYTES = 150_000_000  # of the process, the interpreter's 20 MB among them: whatever asks for more is told that there is none
DECODED_BYTES = 104_000_000  # that a picture may need while it is unpacked, as far as its header tells
MOST_PIXELS = {"JPEG": 120_000_000, "MPO": 120_000_000, "PNG": 50_000_000, "WEBP": 50_000_000, "HEIF": 50_000_000}
LONGEST_SIDE = 32_000  # pixels
STRIP_PIXELS = 500_000  # flattened and shrunk at once
GROUND = "#FBF7EF"  # shows where a picture is transparent
BYTES_A_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2}  # in Pillow's memory; four in every other mode
HEIF_BYTES_A_PIXEL = 6.2  # measured: planes, then their colours
WEBP_BYTES_A_PIXEL = 16  # measured: two canvases and two copies
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
FACE_HEIGHT = 0.4  # where the middle of a square lies in a tall picture, from its top

Box = tuple[int, int, int, int]


class TooMuch(Exception):
    """More pixels than can be unpacked here; the argument is their number."""


@dataclass(frozen=True)
class Source:
    """A picture that is unpacked, or is with its first piece. `piece` gives the pixels of a box, in any mode."""

    size: tuple[int, int]
    orientation: int  # as EXIF counts
    piece: Callable[[Box], Image.Image]


def main(wishes: str) -> None:
    """`wishes` is a JSON list of [side in pixels, whether a square is cut out]. Writes one line of JSON, then the JPEGs.

    The line is {"lengths": bytes of each} or {"refused": "pixels" | "memory" | "unreadable", "pixels": how many}.
    """
    try:
        drawn = [jpeg(picture) for picture in redrawn(sys.stdin.buffer, json.loads(wishes))]
        answer = {"lengths": [len(content) for content in drawn]}
    except TooMuch as refusal:
        drawn, answer = [], {"refused": "pixels", "pixels": refusal.args[0]}
    except MemoryError:
        drawn, answer = [], {"refused": "memory"}
    except Exception:  # noqa: BLE001 -- a codec may raise anything, and here only the file can be at fault
        drawn, answer = [], {"refused": "unreadable"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(drawn))


def bound() -> None:
    """Limits of this process, kept by the kernel; where a system knows one of them not, the others hold."""
    for what, most in (
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_DATA, DATA_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def redrawn(file: BinaryIO, wishes: list[tuple[int, bool]]) -> list[Image.Image]:
    """The largest wish is drawn from the file; the others, of the same cut, from it."""
    side, squared = max(wishes)
    source = opened(file, side, squared=squared)
    first = shrunk(source, side, squared=squared)
    return [contained(first, wish) for wish, _squared in wishes]


def opened(file: BinaryIO, side: int, *, squared: bool) -> Source:
    start = file.read(12)
    file.seek(0)
    if start[4:8] == b"ftyp":
        return heif(file)
    picture = Image.open(file, formats=["JPEG", "PNG", "WEBP"])
    pixels, needed = count_of(picture.format, picture.size), 0.0
    if picture.format in ("JPEG", "MPO"):
        if "progressive" in picture.info:  # all of it is kept until the last scan: two bytes for each sample
            across, down = max(part[1] for part in picture.layer), max(part[2] for part in picture.layer)
            samples = sum(part[1] * part[2] for part in picture.layer) / (across * down)
            needed = 2 * samples * picture.width * picture.height
        whole = min(picture.size) if squared else max(picture.size)
        picture.draft("RGB", tuple(max(1, length * side // whole) for length in picture.size))  # unpacked small at once
    a_pixel = WEBP_BYTES_A_PIXEL if picture.format == "WEBP" else BYTES_A_PIXEL.get(picture.mode, 4)
    refuse_too_heavy(pixels, needed + a_pixel * picture.width * picture.height)
    picture.load()
    return Source(picture.size, picture.getexif().get(0x0112, 1), picture.crop)


def heif(file: BinaryIO) -> Source:
    """Turned by its own reader. Its pixels are taken strip by strip from where that reader put them."""
    pillow_heif.options.DECODE_THREADS = 1
    found = pillow_heif.open_heif(file)
    picture = found[found.primary_index]
    pixels = count_of("HEIF", picture.size)
    refuse_too_heavy(pixels, HEIF_BYTES_A_PIXEL * pixels)

    def piece(box: Box) -> Image.Image:
        left, top, right, bottom = box
        rows = picture.data[top * picture.stride : bottom * picture.stride]
        strip = Image.frombytes(picture.mode, (picture.size[0], bottom - top), rows, "raw", picture.mode, picture.stride)
        return strip.crop((left, 0, right, bottom - top))

    return Source(picture.size, 1, piece)


def count_of(kind: str, size: tuple[int, int]) -> int:
    pixels = size[0] * size[1]
    if max(size) > LONGEST_SIDE or pixels > MOST_PIXELS[kind]:
        raise TooMuch(pixels)
    return pixels


def refuse_too_heavy(pixels: int, needed: float) -> None:
    if needed > DECODED_BYTES:
        raise TooMuch(pixels)


def shrunk(source: Source, side: int, *, squared: bool) -> Image.Image:
    """Upright, in RGB, shrunk strip by strip so that no second copy of the whole is ever made."""
    left, top, right, bottom = square_of(source) if squared else (0, 0, *source.size)
    width, height = right - left, bottom - top
    factor = max(1, max(width, height) // side)
    canvas = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    step = factor * max(1, STRIP_PIXELS // (width * factor))
    for row in range(0, height, step):
        strip = source.piece((left, top + row, right, min(top + row + step, bottom)))
        canvas.paste(flat(strip).reduce(factor), (0, row // factor))
    canvas = ImageOps.fit(canvas, (side, side)) if squared else contained(canvas, side)
    return canvas.transpose(UPRIGHT[source.orientation]) if source.orientation in UPRIGHT else canvas


def contained(picture: Image.Image, side: int) -> Image.Image:
    return ImageOps.contain(picture, (side, side)) if max(picture.size) > side else picture


def square_of(source: Source) -> Box:
    """The largest square: from the middle of a wide picture, a little above the middle of a tall one, where a face is."""
    width, height = source.size
    short = min(width, height)
    stands = (width > height) if source.orientation >= 5 else (height > width)  # once it is upright
    top_first = source.orientation in (1, 2, 5, 6)
    share = (FACE_HEIGHT if top_first else 1 - FACE_HEIGHT) if stands else 0.5
    left, top = int((width - short) * share), int((height - short) * share)
    return left, top, left + short, top + short


def flat(strip: Image.Image) -> Image.Image:
    """In RGB, on our ground where it is transparent."""
    if strip.mode in ("I", "I;16", "I;16B"):  # sixteen bits of grey: Pillow alone would make white of all that is not black
        strip = strip.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if strip.has_transparency_data:
        strip = strip.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", strip.size, GROUND), strip).convert("RGB")
    return strip.convert("RGB")


def jpeg(picture: Image.Image) -> bytes:
    """Without anything that the file told besides its pixels."""
    told = io.BytesIO()
    picture.save(told, "JPEG", quality=84, optimize=True, progressive=True)
    return told.getvalue()


if __name__ == "__main__":
    bound()
    Image.MAX_IMAGE_PIXELS = None  # what is too much is decided here, by kind
    main(sys.argv[1])
