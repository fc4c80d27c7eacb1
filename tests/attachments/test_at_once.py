"""Two at once: a file is released while its draft is filed; an upload is sent twice at the same moment."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from reports import actions
from reports.actions import attachments as acts
from reports.attachments import release
from reports.models import Attachment, AttachmentPiece, SearchDocument
from tests.attachments import made
from tests.attachments.conftest import add
from tests.reports.filing import make_draft

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts_: Any) -> list[Any]:
    """What each came to, an error as itself; all begin together, each with its own connection."""
    start = Barrier(len(acts_))

    def run(act: Any) -> Any:
        try:
            start.wait(10)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts_)) as pool:
        return list(pool.map(run, acts_))


def agent() -> User:
    return User.objects.get(username="agent")


def test_files_that_are_released_while_their_draft_is_filed_are_found_with_the_report(clamd):
    draft = make_draft(agent())
    files = [add(f"Zanzibar wharf {number}".encode(), "a.txt", on=draft, by=agent()) for number in range(2)]

    def file() -> Any:
        return actions.submit(draft.pk, by=agent(), key=uuid4(), body_hash="x", attested=True).report

    checks = [lambda pk=one.pk: release.check(pk) for one in files]
    assert [type(one).__name__ for one in at_once(file, *checks)] == ["SIR", "NoneType", "NoneType"]
    assert {one.state for one in Attachment.objects.filter(report_id=draft.pk)} == {"released"}
    text = SearchDocument.objects.get(report_id=draft.pk).text
    assert [number for number in range(2) if f"Zanzibar wharf {number}" not in text] == []


def test_the_same_upload_sent_twice_at_the_same_moment_is_one_attachment():
    draft, key = make_draft(agent()), uuid4()

    def send() -> Attachment:
        return acts.add(io.BytesIO(made.picture()), "a.jpg", key=key, on=draft, by=agent())

    assert [one.pk for one in at_once(send, send, send)] == [key] * 3
    assert Attachment.objects.count() == AttachmentPiece.objects.count() == 1
