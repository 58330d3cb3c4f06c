"""Which papers are taken: known by their first bytes, never by their name; and how they are given back."""

import re
from pathlib import PurePosixPath

from django.core.files.base import File
from django.http import FileResponse
from django.utils.translation import gettext as _

from common import archives
from projects.models import Document

MOST_BYTES = 10_000_000
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png", ODT: "odt", ODS: "ods", DOCX: "docx", XLSX: "xlsx"}
STARTS = {b"%PDF-": PDF, b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
MACROS = re.compile(r"vbaProject|macrosheets|Scripts/|Basic/", re.IGNORECASE)
NAME_AT_MOST = Document._meta.get_field("name").max_length


class PaperRefused(Exception):
    """The message is written for the person and may be shown as it stands."""


def kind_of(upload: File) -> str:
    """The type that its bytes say. Raises PaperRefused: too heavy, empty, unknown, or with a program in it."""
    if not upload.size:
        raise PaperRefused(_("This file is empty."))
    if upload.size > MOST_BYTES:
        raise PaperRefused(_("This file weighs more than 10 MB. Please send a lighter one."))
    upload.seek(0)
    head = upload.read(8)
    for start, kind in STARTS.items():
        if head.startswith(start):
            return kind
    if head.startswith(b"PK"):
        return kind_of_archive(upload)
    raise PaperRefused(
        _("This is not a paper we can read. Please send a PDF, a photo (JPEG, PNG), or a text or sheet (ODT, DOCX, XLSX).")
    )


def kind_of_archive(upload: File) -> str:
    """Office papers are archives: looked at by their table of contents, never unpacked but for one short entry."""
    upload.seek(0)
    try:
        with archives.zip_of(upload) as archive:
            names = set(archive.namelist())
            if any(MACROS.search(name) for name in names):
                raise PaperRefused(_("This paper has a program in it. Please send it as a PDF."))
            for part, kind in PARTS.items():
                if part in names:
                    return kind
            if "mimetype" in names:
                said = archives.piece_of(archive, "mimetype", most=200).decode("ascii", "replace").strip()
                if said in (ODT, ODS):
                    return said
    except archives.FAULTS as fault:
        raise PaperRefused(_("This file is broken. Please send it again.")) from fault
    raise PaperRefused(_("Archives are not taken. Please send the papers one by one."))


def tidy_name(name: str) -> str:
    """Without folders, control characters or anything that a header or a screen could trip over."""
    words = re.sub(r"[^\w .,()’'-]+", " ", PurePosixPath(name.replace("\\", "/")).name)
    return " ".join(words.split())[-NAME_AT_MOST:] or "document"


def served(document: Document) -> FileResponse:
    """As a download that no browser interprets: its type is ours, and nothing in it may run."""
    stem = document.name.rpartition(".")[0] or document.name
    response = FileResponse(
        document.content.open("rb"), as_attachment=True, filename=f"{stem}.{ENDINGS[document.type]}", content_type=document.type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
