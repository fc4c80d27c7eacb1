"""What the worker does with a file that waits: scanned, opened in a process of its own, cleaned, then released."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.log import record
from privacy import guard
from reports.attachments import indexing, preparing, reading, scanner, sealing
from reports.models import Draft, Report
from reports.models.attachments import Attachment, AttachmentPiece

log = logging.getLogger("sen.attachments")
Copy, State = AttachmentPiece.Copy, Attachment.State
SECONDS = 90
MALWARE = "The virus scanner found malware in this file ({}). Do not send it on. Tell your security officer."
CHANGED = "What is stored of this file is not what was sent. Send it again."


class Interrupted(Exception):
    """The process that opens files was stopped from outside; the file waits and is tried again."""


@dataclass
class Prepared:
    """What readers will get, in memory, and what was found in the file."""

    served: BinaryIO
    thumbnail: BinaryIO
    said: dict[str, Any]


def check(pk: UUID) -> None:
    """Release or refuse one file. Raises scanner.Unavailable while nobody can say whether it is clean."""
    attachment = Attachment.objects.filter(pk=pk, state=State.WAITING).defer("text").first()
    if attachment is None:
        return
    if found := scanner.scan(sealing.unsealed(attachment, Copy.ORIGINAL)).found:
        _refuse(pk, MALWARE.format(found))
        return
    with opened(attachment) as prepared:
        if sealing.sha256_of(prepared.source) != attachment.sha256:
            _refuse(pk, CHANGED)
        elif unfit := prepared.said.get("unfit"):
            _refuse(pk, str(unfit))
        else:
            _release(pk, prepared)


@dataclass
class Opened(Prepared):
    """With what was uploaded, in clear, in memory alone."""

    source: BinaryIO


@contextmanager
def opened(attachment: Attachment) -> Iterator[Opened]:
    """The file in memory and what the other process made of it. Nothing of it is ever on a disk in clear."""
    with ExitStack() as stack:
        source, served, thumbnail = (stack.enter_context(_memory(name)) for name in ("source", "served", "thumbnail"))
        for piece in sealing.unsealed(attachment, Copy.ORIGINAL):
            source.write(piece)
        source.flush()
        said = _run(reading.kind_of(attachment).code, (source, served, thumbnail))
        yield Opened(served, thumbnail, said, source)


def _memory(name: str) -> BinaryIO:
    return os.fdopen(os.memfd_create(name), "w+b")


def _run(code: str, files: Iterable[BinaryIO]) -> dict[str, Any]:
    """Let the other process open it. Whatever that dies of, a file that kills it is unfit, and nothing else happens."""
    numbers = [file.fileno() for file in files]
    command = [sys.executable, "-m", preparing.__name__, code, *map(str, numbers), str(settings.PICTURE_PIXELS)]
    try:
        done = subprocess.run(
            command,
            pass_fds=numbers,
            cwd=settings.BASE_DIR,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"unfit": preparing.TOO_MUCH}
    if -done.returncode in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        raise Interrupted
    if done.returncode:
        log.warning("The process that opens files ended with %s.", done.returncode)
        return {"unfit": preparing.TOO_MUCH}
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@transaction.atomic
def _release(pk: UUID, prepared: Prepared) -> None:
    attachment = _locked(pk)
    if attachment is None:
        return
    sealing.seal(prepared.served, attachment, Copy.SERVED)
    if sealing.size_of(prepared.thumbnail):
        sealing.seal(prepared.thumbnail, attachment, Copy.THUMBNAIL)
    said = prepared.said
    attachment.width, attachment.height = said.get("width"), said.get("height")
    attachment.pages, attachment.had_location = said.get("pages"), said.get("had_location", False)
    attachment.text, numbers = guard.mask(said.get("text", "").replace("\x00", ""))
    attachment.state, attachment.checked_at = State.RELEASED, timezone.now()
    attachment.save()
    record("attachment.released", by=None, on=attachment, numbers_masked=numbers)
    if attachment.report:
        indexing.renew(attachment.report)


@transaction.atomic
def _refuse(pk: UUID, why: str) -> None:
    attachment = _locked(pk)
    if attachment is None:
        return
    attachment.state, attachment.checked_at = State.REFUSED, timezone.now()
    attachment.refused_because = why[:300]
    attachment.save(update_fields=["state", "checked_at", "refused_because"])
    record("attachment.refused", by=None, on=attachment, reason=attachment.refused_because)


def _locked(pk: UUID) -> Attachment | None:
    """The file, if it still waits, locked after its report or draft as filing does; it may be filed at this moment."""
    while True:
        seen = Attachment.objects.filter(pk=pk).values("report_id", "draft_id").first()
        if seen is None:
            return None
        report = Report.objects.select_for_update(of=("self",), no_key=True).filter(pk=seen["report_id"]).first()
        list(Draft.objects.select_for_update(of=("self",)).filter(pk=seen["draft_id"]).values("pk"))
        held = Attachment.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if held is None or held.state != State.WAITING:
            return None
        if (held.report_id, held.draft_id) == (seen["report_id"], seen["draft_id"]):
            if report:
                held.report = report
            return held
