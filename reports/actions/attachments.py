"""Every change to attachments that a person makes: adding, describing, withdrawing, discarding, taking the original."""

from __future__ import annotations

import logging
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.access import Refused, Verdict, action
from accounts.models import User
from audit.log import record
from privacy import guard
from reports.actions.keeping import locked
from reports.attachments import checking, indexing, keys, reading, sealing
from reports.attachments.allowed import Unfit
from reports.models import Draft, Report
from reports.models.attachments import Attachment, AttachmentPiece

log = logging.getLogger("sen.attachments")
ORIGINAL = AttachmentPiece.Copy.ORIGINAL
SENT_ELSEWHERE = "This upload was sent before, with another file or to another report. Choose the file again."
GONE = "This file was removed meanwhile. Reload the page to see what is there."


@action
def add(source: BinaryIO, name: str, *, key: UUID, on: Report | Draft, by: User, caption: str = "") -> Attachment:
    """Keep a file, sealed, until the scanner lets it through. The same key again is the same attachment.

    Raises Refused with the sentence for whoever sends it, Draft.DoesNotExist and Report.DoesNotExist.
    """
    caption = _caption(caption)
    try:
        found = checking.look(source, name)
    except Unfit as unfit:
        raise Refused(unfit.reason) from None
    place = _hold(on, by)
    _require(reading.may_add(place, by))
    digest = sealing.sha256_of(source)
    if earlier := _sent_before(key, place, digest, by):
        return earlier
    _refuse_too_many(place)
    attachment = Attachment(
        id=key,
        name=found.name,
        caption=caption,
        media_type=found.kind.media_type,
        size=found.size,
        sha256=digest,
        width=found.width,
        height=found.height,
        by=by,
        at=timezone.now(),
        **_column(place),
    )
    _store(attachment, source, by)
    return attachment


def _store(attachment: Attachment, source: BinaryIO, by: User) -> None:
    """The row, its pieces, its event and the job that has it checked, in one transaction."""
    from reports.tasks import check_attachment

    try:
        with transaction.atomic():
            attachment.save(force_insert=True)
    except IntegrityError:
        raise Refused(SENT_ELSEWHERE) from None
    try:
        sealing.seal(source, attachment, ORIGINAL)
    except keys.Unavailable as error:
        log.warning("Attachments cannot be sealed: %s", error)
        raise Refused(
            "Files cannot be kept just now, and this one was not. The report can be filed without it; add the file "
            "later, and tell your administrator."
        ) from None
    kept: dict[str, Any] = {"media_type": attachment.media_type, "size": attachment.size, "sha256": attachment.sha256}
    record("attachment.added", by=by, on=attachment, **kept, **_where(attachment))
    check_attachment.defer(attachment_id=str(attachment.pk))


@action
def describe(pk: UUID, caption: str, *, by: User) -> Attachment:
    """Say what a file shows. Raises Refused, and Attachment.DoesNotExist where it is not to be seen."""
    attachment = _held(pk, by)
    _require(reading.may_change(attachment, by))
    if attachment.state == reading.State.WITHDRAWN:
        raise Refused("This file was withdrawn, so what is said of it stays as it was.")
    caption = _caption(caption)
    if caption != attachment.caption:
        attachment.caption = caption
        attachment.save(update_fields=["caption"])
        record("attachment.described", by=by, on=attachment)
        if attachment.report and attachment.state == reading.State.RELEASED:
            indexing.renew(attachment.report)
    return attachment


@action
def withdraw(pk: UUID, reason: str, *, by: User) -> Attachment:
    """Take a file of a report out of use for a reason: it stays sealed, is found no more and handed out no more."""
    attachment = _held(pk, by)
    if attachment.report is None:
        raise Refused("This file is on a draft. Remove it there; nothing of it was filed.")
    _require(reading.may_change(attachment, by))
    if attachment.state == reading.State.WITHDRAWN:
        raise Refused("This file was withdrawn already.")
    attachment.withdrawn_because, attachment.withdrawn_by = _reason(reason), by
    attachment.state = reading.State.WITHDRAWN
    attachment.save(update_fields=["state", "withdrawn_because", "withdrawn_by"])
    record("attachment.withdrawn", by=by, on=attachment, reason=attachment.withdrawn_because, **_where(attachment))
    indexing.renew(attachment.report)
    return attachment


@action
def discard(pk: UUID, *, by: User) -> None:
    """Remove a file from a draft for good, its bytes too. Raises Refused where it is on a report already."""
    attachment = _held(pk, by)
    if attachment.report is not None:
        raise Refused("This file was filed with the report meanwhile. Withdraw it there, with a reason.")
    record("attachment.discarded", by=by, on=attachment)
    attachment.delete()


@action
def take_original(pk: UUID, reason: str, *, by: User) -> Attachment:
    """Record that the original is taken, and why; only what this returns opens it in `reading.stream`."""
    attachment = _held(pk, by)
    _require(reading.may_take_original(attachment, by))
    record(
        "attachment.original_taken",
        by=by,
        on=attachment,
        reason=_reason(reason),
        sha256=attachment.sha256,
        **_where(attachment),
    )
    attachment.__dict__["original_taken"] = True
    return attachment


# -- What the acts share -----------------------------------------------------------------------------------------------
def _require(verdict: Verdict) -> None:
    if not verdict:
        raise Refused(verdict.reason)


def _hold(on: Report | Draft, by: User) -> Report | Draft:
    """The report or own draft, its row locked: first it, then its files, as filing does."""
    if isinstance(on, Draft):
        drafts = Draft.objects.select_for_update(of=("self",)).select_related("amends__office", "amends__author")
        return drafts.get(pk=on.pk, author=by)
    return locked(by).get(pk=on.pk)


def _held(pk: UUID, by: User) -> Attachment:
    """The attachment, locked after its report or draft. Raises Attachment.DoesNotExist for whoever may not see it."""
    seen = Attachment.objects.select_related("report", "draft").defer("text").get(pk=pk)
    try:
        place = _hold(seen.report or seen.draft, by)  # type: ignore[arg-type] # one of the two, by constraint
    except (Report.DoesNotExist, Draft.DoesNotExist):
        raise Attachment.DoesNotExist from None
    held = Attachment.objects.select_for_update(of=("self",)).defer("text").filter(pk=pk, **_column(place)).first()
    if held is None:
        raise Refused(GONE)
    if isinstance(place, Report):
        held.report = place
    else:
        held.draft = place
    return held


def _column(place: Report | Draft) -> dict[str, UUID]:
    return {"draft_id" if isinstance(place, Draft) else "report_id": place.pk}


def _where(attachment: Attachment) -> dict[str, Any]:
    return {"report": attachment.report.number} if attachment.report else {"draft": str(attachment.draft_id)}


def _sent_before(key: UUID, place: Report | Draft, digest: str, by: User) -> Attachment | None:
    """What the same upload made before: a phone that got no answer sends it again."""
    earlier = Attachment.objects.filter(pk=key).defer("text").first()
    if earlier is None:
        return None
    here = place.pk in (earlier.draft_id, earlier.report_id)
    if earlier.by_id != by.pk or not here or earlier.sha256 != digest:
        raise Refused(SENT_ELSEWHERE)
    return earlier


def _refuse_too_many(place: Report | Draft) -> None:
    there = Attachment.objects.filter(**_column(place))
    if isinstance(place, Draft) and place.amends_id:
        there = there | Attachment.objects.filter(report_id=place.amends_id)
    if there.count() >= settings.FILES_A_REPORT:
        raise Refused(f"A report holds at most {settings.FILES_A_REPORT} files, so this one was not added.")


def _caption(said: str) -> str:
    said = " ".join(said.replace("\x00", "").split())
    if len(said) > 200:
        raise Refused("Say what it shows in at most 200 characters.")
    if guard.find(said):
        raise Refused("What you wrote looks like it holds a Social Security number. Take it out. Nothing was stored.")
    return said


def _reason(said: str) -> str:
    said = " ".join(said.replace("\x00", "").split())
    if not said:
        raise Refused("Say why, in a few words.")
    return guard.mask(said)[0][:300]
