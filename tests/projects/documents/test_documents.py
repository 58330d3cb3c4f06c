"""Papers: asked for, sent by the holder, known by their bytes, given back as a download to whoever may read them."""

import datetime as dt
import io
import zipfile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from projects import links
from projects.activity import refusals
from projects.documents import papers
from projects.documents.services import ask_document, receive_document, remove_document
from projects.enums import Ball, Stage
from projects.files import lifecycle, retention
from projects.models import Document
from tests.factories.members import UserFactory
from tests.factories.projects import DocumentFactory, ProjectFileFactory

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 devis"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def file():
    return ProjectFileFactory(supported=True, adviser=UserFactory(adviser=True))


def archive(*names: str, mimetype: str = "") -> bytes:
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as packed:
        if mimetype:
            packed.writestr("mimetype", mimetype)
        for name in names:
            packed.writestr(name, "x")
    return told.getvalue()


def upload(content: bytes, name: str = "devis.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")  # what the browser says is not believed


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, papers.PDF),
        (b"\xff\xd8\xff\xe0 photo", papers.JPEG),
        (b"\x89PNG\r\n\x1a\n photo", papers.PNG),
        (archive("[Content_Types].xml", "word/document.xml"), papers.DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), papers.XLSX),
        (archive("content.xml", mimetype=papers.ODT), papers.ODT),
    ],
)
def test_a_paper_is_known_by_its_bytes(content, kind):
    assert papers.kind_of(upload(content, "page.html")) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"MZ\x90 program",
        b"PK\x03\x04 cut short",
        archive("photos/a.jpg"),
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        archive("content.xml", mimetype="application/x-evil"),
        b"%PDF-" + b"0" * (papers.MOST_BYTES + 1),
    ],
    ids=["empty", "page", "program", "cut", "archive", "macros", "unknown", "heavy"],
)
def test_anything_else_is_refused_with_a_sentence_and_nothing_is_kept(file, content, media):
    with pytest.raises(refusals.DocumentRefused):
        receive_document(file=file, upload=upload(content), name="a")
    assert not Document.objects.exists()
    assert not list(media.rglob("*.*"))


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\devis.pdf", "devis.pdf"),
        ('a"\r\nSet-Cookie: b.pdf', "a Set-Cookie b.pdf"),
        ("…", "document"),
        ("Attestation d’assurance.pdf", "Attestation d’assurance.pdf"),
    ],
)
def test_a_name_is_made_harmless(name, tidy):
    assert papers.tidy_name(name) == tidy


def test_asked_for_then_sent_by_the_holder_then_read_by_the_adviser(client, file):
    asked = ask_document(file=file, label="Deux devis", by=file.adviser)
    file.refresh_from_db()
    assert file.ball == Ball.HOLDER
    link = links.file_link(file)
    assert "Deux devis" in client.get(link).content.decode()
    answer = client.post(link + "agir/", {"act": "paper", "document": asked.pk, "upload": upload(PDF)})
    assert answer.status_code == 302
    asked.refresh_from_db()
    file.refresh_from_db()
    assert (asked.type, asked.size, asked.name, file.ball) == (papers.PDF, len(PDF), "devis.pdf", Ball.ADVISER)
    got = client.get(f"{link}documents/{asked.pk}/")
    assert b"".join(got) == PDF
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got["Content-Security-Policy"]
    again = client.post(link + "agir/", {"act": "paper", "document": asked.pk, "upload": upload(PDF)})
    assert again.status_code == 404


def test_asked_for_twice_is_once(file):
    assert len({ask_document(file=file, label="Devis", by=file.adviser).pk for _ in range(2)}) == 1


def test_a_refused_paper_is_said_beside_the_field(client, file):
    answer = client.post(links.file_link(file) + "agir/", {"act": "paper", "upload": upload(b"<html>")})
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()


def test_the_twenty_first_paper_of_a_day_is_refused_in_a_sentence(client, file):
    link, now = links.file_link(file), timezone.now()
    for number in range(20):
        content = upload(PDF, f"{number}.pdf")
        receive_document(file=file, upload=content, name=content.name, now=now - dt.timedelta(hours=number))
    with time_machine.travel(now, tick=False):
        answer = client.post(link + "agir/", {"act": "paper", "label": "Un de plus", "upload": upload(PDF)})
    assert answer.status_code == 422
    assert "a reçu 20 documents en un jour" in answer.content.decode()
    assert 'value="Un de plus"' in answer.content.decode()
    with time_machine.travel(now + dt.timedelta(hours=5, minutes=1), tick=False):  # the oldest is a day old by now
        assert client.post(link + "agir/", {"act": "paper", "upload": upload(PDF)}).status_code == 302
    assert file.documents.count() == 21


def test_a_paper_too_long_for_the_memory_is_kept_whole(client, file):
    long = PDF + bytes(3_000_000)  # beyond what Django keeps in memory: it comes as a file
    assert client.post(links.file_link(file) + "agir/", {"act": "paper", "upload": upload(long)}).status_code == 302
    kept = Document.objects.get()
    assert (kept.size, kept.content.size) == (len(long), len(long))


def test_another_files_paper_is_not_there(client, file):
    foreign = DocumentFactory(received=True)
    assert client.get(f"{links.file_link(file)}documents/{foreign.pk}/").status_code == 404
    answer = client.post(links.file_link(file) + "agir/", {"act": "paper", "document": DocumentFactory().pk, "upload": upload(PDF)})
    assert answer.status_code == 404


def test_what_is_taken_away_is_gone_from_the_disk(file, media, django_capture_on_commit_callbacks):
    document = receive_document(file=file, upload=upload(PDF), name="devis.pdf")
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1
    with django_capture_on_commit_callbacks(execute=True):
        remove_document(document=document, by=None)
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_papers_go_six_months_after_the_file_was_closed(file, media, django_capture_on_commit_callbacks):
    receive_document(file=file, upload=upload(PDF), name="devis.pdf")
    closed = lifecycle.move_file(file=file, to=Stage.CLOSED, by=file.adviser, closing_reason="gave_up")
    kept_for = dt.timedelta(days=183)
    assert retention.purge_papers(now=closed.stage_since + kept_for) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.purge_papers(now=closed.stage_since + kept_for + dt.timedelta(days=1)) == 1
    assert not [path for path in media.rglob("*") if path.is_file()]
