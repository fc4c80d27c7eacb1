"""An attachment from the upload to the end: added, checked, filed, described, withdrawn, discarded, handed over."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.access import Refused
from reports import actions, drafts
from reports.actions import attachments as acts
from reports.attachments import reading
from reports.models import Attachment, AttachmentPiece, SearchDocument
from tests.attachments import made
from tests.attachments.conftest import add, released, served

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (made.picture(), "a.jpg", "image/jpeg"),
        (made.picture("PNG"), "a.png", "image/png"),
        (made.picture("WEBP"), "a.webp", "image/webp"),
        (made.picture("GIF"), "a.gif", "image/png"),
        (made.pdf(), "a.pdf", "application/pdf"),
        (b"Seen at the pier.\n", "a.txt", "text/plain; charset=utf-8"),
        (made.docx(), "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (made.xlsx(), "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
    ids=["jpeg", "png", "webp", "gif", "pdf", "text", "docx", "xlsx"],
)
def test_every_kind_that_is_taken_is_released_and_handed_out(clamd, agent, sir, content, name, media_type):
    attachment = released(content, name, on=sir, by=agent)
    assert (attachment.state, attachment.refused_because) == ("released", "")
    headers = reading.headers(attachment)
    assert headers["Content-Type"] == media_type
    assert headers["Content-Disposition"].startswith("attachment")
    assert served(attachment)
    assert reading.length(attachment) == len(served(attachment))
    assert reading.has_thumbnail(attachment) == media_type.startswith("image/")
    if reading.has_thumbnail(attachment):
        assert served(attachment, "thumbnail").startswith(b"\xff\xd8\xff")
