"""Packed files that people send: opened within bounds, and all that is known to be raised when one is damaged."""

import lzma
import struct
import zipfile
import zlib
from typing import BinaryIO

MOST_LISTED = 1_000_000  # bytes of a table of contents: some ten thousand names, read at once into memory

# A byte changed at the wrong place makes zipfile raise any of these; BadGzipFile and what bz2 says are OSErrors.
FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    KeyError,
    MemoryError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class _InPieces:
    """A file that gives no more than MOST_LISTED bytes at once, which is how zipfile reads a table of contents."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size > MOST_LISTED:
            raise zipfile.BadZipFile("its table of contents is too long")
        return self._file.read(size)


def zip_of(file: BinaryIO) -> zipfile.ZipFile:
    """The archive, its table of contents read. Raises one of FAULTS, as does whatever is read from it."""
    return zipfile.ZipFile(_InPieces(file))


def piece_of(archive: zipfile.ZipFile, name: str, *, most: int) -> bytes:
    """A small member of an archive, whole. Raises one of FAULTS: longer than `most` bytes unpacked, or packed in a way that cannot
    be unpacked piece by piece, so that a few bytes would fill the memory before they could be counted."""
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("it is packed in a way that is not taken")
    if info.file_size > most:
        raise zipfile.BadZipFile("it is longer than it may be")
    with archive.open(info) as packed:
        return packed.read(most)
