"""Pictures that weigh: as telephones make them, and as made by those who wish to stop the portal. Drawn here, none is kept."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
from PIL import Image

TWELVE, TWENTY_FOUR = (4032, 3024), (5712, 4284)  # millions of pixels, as telephones take them


def saved(picture: Image.Image, kind: str, **options) -> bytes:
    told = io.BytesIO()
    picture.save(told, kind, **options)
    return told.getvalue()


def grain(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """With the light and the grain of a photograph, so that it packs like one."""
    third = (size[0] // 3, size[1] // 3)
    return Image.merge(mode, [Image.effect_noise(third, 30 + 20 * number).resize(size) for number in range(len(mode))])


def heic(size: tuple[int, int]) -> bytes:
    told = io.BytesIO()
    pillow_heif.from_pillow(Image.linear_gradient("L").resize(size).convert("RGB")).save(
        told, quality=50, enc_params={"preset": "ultrafast"}
    )
    return told.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(size: tuple[int, int], *, bits: int, colour: int, before: bytes = b"") -> bytes:
    """All black, or all transparent, in a few kilobytes. `colour` as PNG counts: 0 grey, 2 RGB, 6 RGBA."""
    row = b"\0" * (1 + (size[0] * bits * {0: 1, 2: 3, 6: 4}[colour] + 7) // 8)
    packer, rows = zlib.compressobj(9), b""
    for _ in range(size[1]):
        rows += packer.compress(row)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", rows + packer.flush()) + chunk(b"IEND", b"")


def many_texts() -> bytes:
    """Sixty words of a million letters each, a thousandth of that once packed."""
    return b"".join(chunk(b"zTXt", f"k{number}".encode() + b"\0\0" + zlib.compress(b"a" * 1_000_000, 9)) for number in range(60))


def many_scans(times: int = 3000) -> bytes:
    """A progressive JPEG whose last scan, of a few bytes, comes again and again: each time it goes over all of the picture."""
    once = saved(Image.new("RGB", TWELVE, "red"), "JPEG", progressive=True)
    last = once.rindex(b"\xff\xda")
    return once[:last] + once[last:-2] * times + once[-2:]


def long_header() -> bytes:
    """A JPEG with millions of empty parts before its picture."""
    return b"\xff\xd8" + b"\xff\xe5\x00\x02" * 4_500_000 + saved(Image.new("RGB", (64, 64)), "JPEG")[2:]


def stretched(size: tuple[int, int]) -> bytes:
    """A small HEIC that says to be of this size."""
    sound = heic((640, 480))
    at = sound.index(b"ispe") + 8
    return sound[:at] + struct.pack(">II", *size) + sound[at + 8 :]


def half(sound: bytes) -> bytes:
    return sound[: len(sound) // 2]


def frames(kind: str, count: int, size: tuple[int, int]) -> bytes:
    first, *others = [Image.new("RGB", size, (number % 256, number // 256, 0)) for number in range(count)]
    return saved(first, kind, save_all=True, append_images=others)


def palette() -> bytes:
    picture = Image.new("P", TWELVE, 1)
    picture.putpalette([250, 0, 0, 0, 0, 250])
    return saved(picture, "PNG", transparency=0)


TAKEN: dict[str, Callable[[], bytes]] = {
    "12 MP JPEG": lambda: saved(grain(TWELVE), "JPEG", quality=92),
    "24 MP JPEG": lambda: saved(grain(TWENTY_FOUR), "JPEG", quality=90),
    "12 MP progressive JPEG, all its colours": lambda: saved(grain(TWELVE), "JPEG", quality=90, progressive=True, subsampling=0),
    "12 MP CMYK JPEG": lambda: saved(grain(TWELVE, "CMYK"), "JPEG", quality=90),
    "108 MP JPEG": lambda: saved(Image.new("RGB", (12_000, 9_000), "green"), "JPEG"),
    "12 MP PNG": lambda: saved(Image.linear_gradient("L").resize(TWELVE).convert("RGB"), "PNG"),
    "12 MP PNG of a palette with a transparent colour": palette,
    "12 MP HEIC": lambda: heic(TWELVE),
    "6 MP WebP": lambda: saved(grain((3000, 2000)), "WEBP", method=0),
    "49 MP PNG of one bit in 6 KB": lambda: png((7000, 7000), bits=1, colour=0),
    "24 MP PNG of four times sixteen bits": lambda: png((6000, 4000), bits=16, colour=6),
    "200 frames of PNG": lambda: frames("PNG", 200, (64, 64)),
    "200 frames of WebP": lambda: frames("WEBP", 200, (64, 64)),
}
REFUSED: dict[str, Callable[[], bytes]] = {
    "400 MP PNG of one bit": lambda: png((20_000, 20_000), bits=1, colour=0),
    "30 MP PNG of four colours": lambda: png((6000, 5000), bits=8, colour=6),
    "PNG with 60 MB of words": lambda: png((5000, 5000), bits=8, colour=6, before=many_texts()),
    "PNG with a million empty parts": lambda: png((64, 64), bits=8, colour=2, before=chunk(b"aaAa", b"") * 1_600_000),
    "JPEG of 3,000 scans": many_scans,
    "JPEG with millions of empty parts": long_header,
    "JPEG of 65,500 by 65,500": lambda: saved(Image.new("L", (64, 64)), "JPEG").replace(
        struct.pack(">HH", 64, 64), struct.pack(">HH", 65_500, 65_500), 1
    ),
    "24 MP progressive JPEG, all its colours": lambda: saved(
        grain(TWENTY_FOUR), "JPEG", quality=80, progressive=True, subsampling=0
    ),
    "24 MP HEIC": lambda: stretched(TWENTY_FOUR),
    "HEIC of 30,000 by 30,000": lambda: stretched((30_000, 30_000)),
    "half an HEIC": lambda: half(heic((1600, 1200))),
    "12 MP WebP": lambda: saved(Image.new("RGB", TWELVE), "WEBP", method=0),
    "GIF of 3,000 frames": lambda: frames("GIF", 3000, (64, 64)),
    "GIF of 65,000 by 65,000": lambda: b"GIF89a" + struct.pack("<HH", 65_000, 65_000) + bytes(300),
    "100 MP TIFF": lambda: saved(Image.new("1", (10_000, 10_000)), "TIFF", compression="group4"),
    "BMP": lambda: saved(Image.new("1", (12_000, 12_000)), "BMP"),
}
