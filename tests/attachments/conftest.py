"""What the tests of attachments share: the scanner, and one line that adds a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from reports.actions import attachments as actions
from reports.attachments import reading, release
from reports.models import Attachment
from tests.attachments.scanner import clamd, running_clamd  # noqa: F401

Add = Callable[..., Attachment]


def add(content: bytes, name: str = "photo.jpg", **given: Any) -> Attachment:
    return actions.add(io.BytesIO(content), name, **{"key": uuid4(), **given})


def released(content: bytes, name: str = "photo.jpg", **given: Any) -> Attachment:
    """Added and checked."""
    made = add(content, name, **given)
    release.check(made.pk)
    made.refresh_from_db()
    return made


def served(attachment: Attachment, copy: str = "served") -> bytes:
    return b"".join(reading.stream(attachment, copy))


@pytest.fixture
def sir(agent: Any) -> Any:
    from tests.reports.filing import file_sir

    return file_sir(agent)


@pytest.fixture
def draft(agent: Any) -> Any:
    from tests.reports.filing import make_draft

    return make_draft(agent)
