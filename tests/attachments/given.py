"""Attachments that other tests start from."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from PIL import Image

from audit.log import record
from reports.actions import attachments as acts
from reports.attachments import sealing
from reports.models import Draft, Report
from reports.models.attachments import Attachment, AttachmentPiece

State, Copy = Attachment.State, AttachmentPiece.Copy


def photo(color: str = "navy", size: tuple[int, int] = (64, 48)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, color).save(made, "JPEG")
    return made.getvalue()


def released(place: Report | Draft, by: Any, name: str = "pier.jpg", caption: str = "") -> Attachment:
    """A photo that the scanner has let through, with what readers get of it."""
    made = acts.add(io.BytesIO(photo()), name, key=uuid4(), on=place, by=by, caption=caption)
    with transaction.atomic():
        for copy in (Copy.SERVED, Copy.THUMBNAIL):
            sealing.seal(io.BytesIO(photo() + copy.value.encode()), made, copy)
        made.state, made.checked_at = State.RELEASED, timezone.now()
        made.save(update_fields=["state", "checked_at"])
        record("attachment.released", by=None, on=made)
    return made


def waiting(place: Report | Draft, by: Any, name: str = "house.jpg") -> Attachment:
    """A photo that the scanner has not seen yet."""
    return acts.add(io.BytesIO(photo("teal")), name, key=uuid4(), on=place, by=by)
