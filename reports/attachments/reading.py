"""Who may add, change and take attachments, what stands in lists, and the bytes that are handed out."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.utils.http import content_disposition_header

from accounts.access import YES, Refused, Verdict, may
from accounts.models import User
from reports.actions.amending import closed_to_amending
from reports.attachments import sealing
from reports.attachments.allowed import BY_TYPE, Kind
from reports.models import Draft, Report
from reports.models.attachments import Attachment, AttachmentPiece

State, Copy = Attachment.State, AttachmentPiece.Copy
NOT_YOURS = Verdict(False, "This draft is somebody else's. Files are added to it by its author alone.")
WAITS = "This file waits for the virus scanner. It can be opened once it has been checked; come back in a minute."
WITHDRAWN = "This file was withdrawn, so it is no longer handed out."
NOBODY_GETS_IT = "This file was refused, so it is not handed out."


# -- Who may -----------------------------------------------------------------------------------------------------------
def may_add(on: Report | Draft, user: User) -> Verdict:
    """Whether `user` may add a file: to their own draft, or to a report that they may amend."""
    if isinstance(on, Draft):
        if on.author_id != user.pk:
            return NOT_YOURS
        return may_add(on.amends, user) if on.amends else YES
    if not Report.objects.visible_to(user).filter(pk=on.pk).exists():
        return Verdict(False, "This report is not open to you, so no file is added to it.")
    return may_add_to_seen(on, user)


def may_add_to_seen(on: Report, user: User) -> Verdict:
    """The same of a report that a page has found among those that the person sees; it asks the database nothing."""
    if closed := closed_to_amending(on):
        return Verdict(False, closed)
    return may(user, on.declaration.permission("amend"), on.office, on.author_id or user.pk)


def may_change(attachment: Attachment, user: User) -> Verdict:
    """Whether `user` may say what a file shows, or withdraw it: who uploaded it, and who may amend the report."""
    if attachment.report is None:
        return YES if attachment.draft and attachment.draft.author_id == user.pk else NOT_YOURS
    return YES if attachment.by_id == user.pk else may_add(attachment.report, user)


def may_take_original(attachment: Attachment, user: User) -> Verdict:
    """Only what the scanner has let through; also what was withdrawn since, for it is evidence still."""
    if attachment.report is None:
        return Verdict(False, "This file is on a draft. Its original is taken once the report is filed.")
    if attachment.checked_at is None:
        return Verdict(False, WAITS)
    if attachment.refused_because:
        return Verdict(False, f"{NOBODY_GETS_IT} Ask your administrator, who can have it examined.")
    return may(user, "take_originals", attachment.report.office)


# -- What lists show ---------------------------------------------------------------------------------------------------
def of(on: Report | Draft) -> list[Attachment]:
    """The attachments of a report or draft in the order in which they came, without their texts. One statement."""
    place = Q(draft=on) if isinstance(on, Draft) else Q(report_id=on.pk)
    return list(Attachment.objects.filter(place).select_related("by", "withdrawn_by").defer("text"))


def visible(pk: UUID, on: Report | Draft, user: User) -> Attachment:
    """The attachment of this report or own draft, else 404: whether there is none or it may not be seen is not told."""
    found = Attachment.objects.select_related("report__office", "draft__amends", "by", "withdrawn_by").filter(pk=pk)
    if isinstance(on, Draft):
        found = found.filter(draft_id=on.pk, draft__author=user)
    else:
        found = found.filter(report__in=Report.objects.visible_to(user).filter(pk=on.pk))
    attachment = found.first()
    if attachment is None:
        raise Http404
    return attachment


def kind_of(attachment: Attachment) -> Kind:
    return BY_TYPE[attachment.media_type]


def has_thumbnail(attachment: Attachment) -> bool:
    return attachment.state == State.RELEASED and kind_of(attachment).is_picture


# -- What is handed out ------------------------------------------------------------------------------------------------
def stream(attachment: Attachment, copy: str = Copy.SERVED) -> Iterator[bytes]:
    """The bytes of the copy for readers or of the thumbnail, opened piece by piece.

    Raises Refused, before the first byte, unless the file is released; the original goes only to whom
    `take_original` has recorded, as the attachment that it returned.
    """
    if copy == Copy.ORIGINAL:
        if not attachment.__dict__.get("original_taken"):
            raise Refused("The original is taken as evidence, for a reason that is recorded first.")
        return _opened(attachment, copy)
    state = Attachment.objects.values_list("state", flat=True).get(pk=attachment.pk)
    if state != State.RELEASED:
        raise Refused({State.WAITING: WAITS, State.WITHDRAWN: WITHDRAWN}.get(State(state), NOBODY_GETS_IT))
    return _opened(attachment, copy)


def _opened(attachment: Attachment, copy: str) -> Iterator[bytes]:
    try:
        return sealing.unsealed(attachment, copy)
    except sealing.CannotOpen as error:
        raise Refused(f"This file cannot be opened. {error} Tell your administrator.") from None


def length(attachment: Attachment, copy: str = Copy.SERVED) -> int:
    """How many bytes `stream` gives."""
    return AttachmentPiece.objects.values_list("total", flat=True).get(attachment=attachment, copy=copy, position=0)


def headers(attachment: Attachment, copy: str = Copy.SERVED) -> dict[str, str]:
    """What goes with the bytes: always a download of a known type, in no page and in no cache."""
    kind = kind_of(attachment)
    name, media_type = attachment.name.removesuffix(kind.extension) + kind.served_extension, kind.served_type
    if copy == Copy.ORIGINAL:
        name, media_type = f"original-{attachment.name}", "application/octet-stream"
    elif copy == Copy.THUMBNAIL:
        name, media_type = "thumbnail.jpg", "image/jpeg"
    return {
        "Content-Type": media_type,
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store, private",
    }
