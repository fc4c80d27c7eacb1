"""What readers get: the same to look at, without who, where and with what, and with nothing in it that acts."""

from __future__ import annotations

import io
import resource
import zipfile
from random import Random

import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from privacy.mask import BULLETS
from reports.attachments import pdfs, photos, preparing, release
from reports.attachments.allowed import DOCX, JPEG, PDF, PNG, XLSX, Unfit
from reports.models import Attachment, SearchDocument
from tests.attachments import camera, hostile, made
from tests.attachments.conftest import released, served
from tests.fake import FAKE


def cleaned(kind, content):
    """The copy for readers, and what was said of the file."""
    served, small = io.BytesIO(), io.BytesIO()
    said = preparing.prepared(kind, io.BytesIO(content), served, small, 60_000_000)
    return served.getvalue(), small.getvalue(), said


@pytest.mark.parametrize("form", camera.FORMS)
def test_a_photo_tells_much_before_and_nothing_after(form):
    photo = camera.photo(form, Random(form))
    assert len(camera.left(photo.content, photo.planted)) > 5
    kind = {"JPEG": JPEG, "PNG": PNG}.get(form) or photos.WEBP
    copy, small, said = cleaned(kind, photo.content)
    assert said["had_location"]
    assert camera.left(copy, photo.planted) == camera.left(small, photo.planted) == []


def test_a_photo_that_says_no_place_is_not_said_to():
    assert cleaned(JPEG, made.picture())[2]["had_location"] is False


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_upright(orientation):
    """The corner that was to be at the top left is there, whatever way the camera was held."""
    upright = Image.new("RGB", (40, 24), "white")
    upright.paste("red", (0, 0, 12, 8))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    turned = upright.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else upright
    exif, made_ = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    turned.save(made_, "PNG", exif=exif)
    copy, _, said = cleaned(PNG, made_.getvalue())
    picture = Image.open(io.BytesIO(copy)).convert("RGB")
    assert (said["width"], said["height"]) == picture.size == (40, 24)
    assert picture.getpixel((2, 2)) == (255, 0, 0)
    assert picture.getpixel((38, 22)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_mode_look_as_before(mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    before = made.picture(form, (50, 30), "L" if mode == "I;16" else mode)
    copy, small, _ = cleaned(JPEG if form == "JPEG" else PNG, before)
    old, new = (Image.open(io.BytesIO(content)).convert("RGB") for content in (before, copy))
    assert max(most for _, most in ImageChops.difference(old, new).getextrema()) <= 16
    assert Image.open(io.BytesIO(small)).format == "JPEG"


def test_a_thumbnail_is_small():
    _, small, _ = cleaned(JPEG, made.picture("JPEG", (2000, 900)))
    assert Image.open(io.BytesIO(small)).size == (320, 144)


def test_a_pdf_keeps_its_pages_and_links_and_nothing_that_acts_or_names_somebody():
    armed = hostile.armed_pdf(Random(3))
    assert b"armful" in armed
    copy, _, said = cleaned(PDF, armed)
    assert [mark for mark in hostile.HARM if mark in copy] == []
    reader = PdfReader(io.BytesIO(copy))
    assert "Seen at the pier" in reader.pages[0].extract_text()
    assert (said["pages"], said["text"].strip()) == (1, "Seen at the pier")
    assert reader.metadata is None or not reader.metadata.author
    assert len(reader.pages[0]["/Annots"]) == 2


def test_a_pdf_of_too_many_pages_or_none_is_refused(monkeypatch):
    monkeypatch.setattr(pdfs, "MOST_PAGES", 0)
    assert "pages" in cleaned(PDF, made.pdf())[2]["unfit"]
    assert "damaged" in cleaned(PDF, b"%PDF-1.4\n%%EOF")[2]["unfit"]


def test_text_is_read_up_to_its_limit(monkeypatch):
    monkeypatch.setattr(preparing, "LONGEST_TEXT", 10)
    for kind, content in ((PDF, made.pdf()), (DOCX, made.docx()), (XLSX, made.xlsx())):
        assert cleaned(kind, content)[2]["text"] == "Seen at th"


@pytest.mark.parametrize(("kind", "make"), [(DOCX, made.docx), (XLSX, made.xlsx)], ids=["docx", "xlsx"])
def test_a_document_keeps_its_words_and_loses_its_authors_and_the_places_of_its_photos(kind, make):
    photo = camera.photo("JPEG", Random(5))
    inside = {"word/media/a.jpg": photo.content, "docProps/custom.xml": "<x>Some Author</x>"}
    comments = '<w:comments><w:comment w:author="Some Author" w:initials="SA"/></w:comments>'
    people = "<comments><authors><author>Some Author</author></authors></comments>"
    parts = inside | {"word/comments.xml": comments, "xl/comments1.xml": people}
    copy, _, said = cleaned(kind, make("Seen &amp; heard", author="Some Author", more=parts))
    assert said["text"].strip() == "Seen & heard"
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"Some Author" not in content
        stripped = archive.read("word/media/a.jpg")
        assert camera.left(stripped, photo.planted) in ([], ["icc_profile"])
        assert Image.open(io.BytesIO(stripped)).size == Image.open(io.BytesIO(photo.content)).size


# -- In the process of its own -----------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_text_is_found_with_the_report_and_an_ssn_in_it_is_not(clamd, agent, sir):
    attachment = released(made.pdf(f"Zanzibar wharf, SSN {FAKE.ssn}"), "a.pdf", on=sir, by=agent)
    assert attachment.text.strip() == f"Zanzibar wharf, SSN {BULLETS}"
    document = SearchDocument.objects.get(report_id=sir.pk)
    assert "Zanzibar" in document.text
    assert FAKE.ssn not in document.text


@pytest.mark.django_db
def test_a_pdf_whose_font_names_half_a_letter_is_released(clamd, agent, sir):
    attachment = released(made.pdf("A boAt", letters="d83d"), "a.pdf", on=sir, by=agent)
    assert (attachment.state, attachment.text) == ("released", "\ufffd bo\ufffdt")


def test_a_file_that_takes_too_much_is_refused_and_nothing_else_happens(clamd, agent, sir, monkeypatch):
    monkeypatch.setattr(release, "SECONDS", 0.01)
    attachment = released(made.picture(), on=sir, by=agent)
    assert (attachment.state, attachment.refused_because) == ("refused", preparing.TOO_MUCH)


def test_the_process_has_little_memory_and_time(monkeypatch):
    """Where it asks for more than it may have, the file is unfit, in one sentence."""
    limits = {}
    monkeypatch.setattr(resource, "setrlimit", lambda what, limit: limits.update({what: limit[0]}))
    preparing._limit()
    assert limits[resource.RLIMIT_AS] == preparing.MEMORY
    assert limits[resource.RLIMIT_CPU] == preparing.CPU_SECONDS
    monkeypatch.setattr(photos, "clean", lambda *a, **k: bytes(2**62))
    assert cleaned(JPEG, made.picture())[2] == {"unfit": preparing.TOO_MUCH}


def test_a_decoder_that_fails_in_an_unknown_way_makes_a_file_unfit(monkeypatch):
    monkeypatch.setattr(photos, "_plain", lambda *a: 1 / 0)
    with pytest.raises(Unfit, match="not whole or is damaged"):
        photos.clean(io.BytesIO(made.picture()), JPEG, io.BytesIO(), io.BytesIO(), most_pixels=10**6)


@pytest.mark.django_db
def test_what_was_changed_in_the_database_is_not_released(clamd, agent, sir):
    from tests.attachments.conftest import add

    attachment = add(made.picture(), on=sir, by=agent)
    Attachment.objects.filter(pk=attachment.pk).update(sha256="0" * 64)
    release.check(attachment.pk)
    attachment.refresh_from_db()
    assert (attachment.state, attachment.refused_because) == ("refused", release.CHANGED)


@pytest.mark.django_db
def test_readers_get_a_picture_that_opens(clamd, agent, sir):
    attachment = released(made.picture("JPEG", (90, 60)), on=sir, by=agent)
    assert Image.open(io.BytesIO(served(attachment))).size == (90, 60)
