"""Papers that came damaged, or made to fill the memory: each is taken or refused in a sentence, through the holder's own page."""

import io
import struct
import tracemalloc
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from projects import links
from projects.documents import papers
from projects.models import Document
from tests.common.damage import damaged
from tests.factories.projects import ProjectFileFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def packed(parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w", how) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return told.getvalue()


def odt(how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """As a writer makes it, but for its type, which is packed like the rest: some do so."""
    body = b"<office:document-content>" + b"<text:p>Deux devis pour l'atelier.</text:p>" * 40 + b"</office:document-content>"
    return packed({"mimetype": papers.ODT.encode(), "content.xml": body, "META-INF/manifest.xml": b"<manifest/>"}, how)


def docx() -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>" * 60, "word/styles.xml": b"<w:s/>"})


def xlsx() -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>" * 60})


SAMPLES = {
    "odt": odt(),
    "odt stored": odt(zipfile.ZIP_STORED),
    "odt in bzip2": odt(zipfile.ZIP_BZIP2),
    "odt in lzma": odt(zipfile.ZIP_LZMA),
    "docx": docx(),
    "xlsx": xlsx(),
    "pdf": b"%PDF-1.7\n" + b"1 0 obj <<>> endobj\n" * 40,
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(600),
}


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_damaged_paper_is_taken_or_refused_whatever_is_wrong_with_it(sample):
    kinds = set()
    for content in damaged(SAMPLES[sample], times=400):
        try:
            kinds.add(papers.kind_of(SimpleUploadedFile("paper", content)))
        except papers.PaperRefused as refusal:
            kinds.add(str(refusal))
    assert any("abîmé" in said for said in kinds) or sample in ("pdf", "jpeg")


def test_an_odt_whose_type_cannot_be_unpacked_is_refused_beside_the_field(client):
    content = bytearray(odt())
    content[30 + len("mimetype")] ^= 0xFF  # the first packed byte of its first part
    file = ProjectFileFactory(supported=True)
    answer = client.post(links.file_link(file) + "agir/", {"act": "paper", "upload": SimpleUploadedFile("a.odt", bytes(content))})
    assert answer.status_code == 422
    assert "Ce fichier est abîmé" in answer.content.decode()
    assert not Document.objects.exists()


def test_a_table_of_contents_that_fills_the_file_is_not_read():
    content = packed({f"{number:x}": b"" for number in range(25_000)}, zipfile.ZIP_STORED)
    tracemalloc.start()
    with pytest.raises(papers.PaperRefused):
        papers.kind_of(SimpleUploadedFile("a.odt", content))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_type_that_swells_when_unpacked_does_not_fill_the_memory(how):
    content = bytearray(packed({"mimetype": bytes(40_000_000)}, how))
    for start, field in ((content.index(b"PK\x03\x04"), 22), (content.index(b"PK\x01\x02"), 24)):
        content[start + field : start + field + 4] = struct.pack("<I", 39)  # it says to be as long as a type
    tracemalloc.start()
    with pytest.raises(papers.PaperRefused):
        papers.kind_of(SimpleUploadedFile("a.odt", bytes(content)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000
