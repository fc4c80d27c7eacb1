"""What is said of a file while somebody waits: by its content, with what to do next, and nothing stored."""

from __future__ import annotations

import io
import time
from random import Random

import pytest

from accounts.access import Refused
from reports.attachments import checking, names
from reports.attachments.allowed import JPEG, PDF, TEXT
from reports.models import Attachment, AttachmentPiece
from tests.attachments import hostile, made
from tests.attachments.conftest import add

SAID = {
    "page called photo": "web page or drawing",
    "drawing": "web page or drawing",
    "program": "This is a program",
    "archive": "This is an archive. Unpack it",
    "huge picture": "more than the 60 million that are taken",
    "photo cut off": "This photo is not whole. Send it again.",
    "document that bursts": "unpacks to more than a document needs",
    "document with macros": "holds macros or another file in it",
    "document that loads": "loads something from another place",
    "number in the name": "Rename the file, then add it again. Nothing was stored.",
    "script called script": "it is plain text",
    "rich text": "Save it as DOCX or PDF",
}


def look(content, name="a"):
    return checking.look(io.BytesIO(content), name)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", SAID)
def test_what_is_not_taken_is_said_with_what_to_do_and_nothing_is_stored(agent, draft, kind):
    _, make, _ = hostile.KINDS[kind]
    name, content = make(Random(kind))
    with pytest.raises(Refused) as refused:
        add(content, name, on=draft, by=agent)
    assert SAID[kind] in refused.value.reason
    assert not Attachment.objects.exists()
    assert not AttachmentPiece.objects.exists()


def test_an_iphone_photo_says_how_to_send_it():
    with pytest.raises(checking.Unfit, match="Save it as JPEG"):
        look(b"\0\0\0\x24ftypheic" + bytes(90), "IMG_0001.HEIC")


def test_a_huge_picture_is_refused_at_once_by_its_head_alone():
    began = time.process_time()
    with pytest.raises(checking.Unfit, match="50,000 × 50,000"):
        look(hostile.png(50_000, 50_000, bytes(20_000_000)), "a.png")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9, 0.999])
def test_a_photo_cut_off_anywhere_is_not_whole(form, share):
    photo = made.picture(form, (320, 240))
    assert look(photo).width == 320
    with pytest.raises(checking.Unfit):
        look(photo[: int(len(photo) * share)])


@pytest.mark.parametrize(
    "saving",
    [{}, {"progressive": True}, {"restart_marker_blocks": 4}, {"comment": b"\xff\xd9 end"}],
    ids=["plain", "progressive", "restarts", "an end in a comment"],
)
def test_photos_of_every_build_are_whole(saving):
    assert look(made.picture("JPEG", (333, 77), **saving)).height == 77


def test_limits_are_said_in_numbers(settings):
    settings.FILE_BYTES = 1024 * 1024
    with pytest.raises(checking.Unfit, match="larger than 1 MB"):
        look(bytes(1024 * 1024 + 1))
    with pytest.raises(checking.Unfit, match="empty"):
        look(b"")


@pytest.mark.parametrize(
    ("called", "kind", "kept"),
    [
        ("IMG_0001.JPG", JPEG, "IMG_0001.jpg"),
        ("IMG 0001.jpeg", JPEG, "IMG 0001.jpg"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("C:\\Users\\a\\notes.txt", TEXT, "notes.txt"),
        ("a\u202egpj.exe", JPEG, "a gpj.jpg"),
        ("a\r\nSet-Cookie: b\x00.pdf", PDF, "a Set-Cookie_ b.pdf"),
        (".htaccess", TEXT, "htaccess.txt"),
        ("..", JPEG, "photo.jpg"),
        ("  ", PDF, "document.pdf"),
        ("<b>.html", JPEG, "_b_.jpg"),
        ("informe año.pdf", PDF, "informe año.pdf"),
        ("写真.jpg", JPEG, "写真.jpg"),
        ("x" * 400 + ".jpg", JPEG, "x" * 146 + ".jpg"),
    ],
    ids=lambda value: None if isinstance(value, str) else value.code,
)
def test_a_name_is_kept_without_what_misleads(called, kind, kept):
    assert names.cleaned(called, kind) == kept
    assert len(kept) <= names.LONGEST


def test_plain_text_of_every_script_is_taken_and_other_encodings_are_not():
    assert look("Visto en el muelle. 见于码头。 شوهد\n".encode() * 50_000).kind is TEXT
    for encoding in ("utf-16", "latin-1"):
        with pytest.raises(checking.Unfit, match="UTF-8"):
            look("señor año\n".encode(encoding))
