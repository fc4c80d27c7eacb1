"""The checkpoints of the log, and how it stands with its seals."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from audit import evidence, sealing
from audit.checkpoints import log_name, overdue_since
from audit.log import Subject, record
from audit.models import Checkpoint, microseconds

PAGE = 50
PAGE_OF_THEM = Subject("page", "", "checkpoints")


@requires("read_audit")
@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """How far the seals reach, how to verify them, and every checkpoint, the newest first."""
    before = request.GET.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 19):
        raise Http404
    rows = Checkpoint.objects.filter(sequence__lt=int(before)) if before else Checkpoint.objects.all()
    found = list(rows[: PAGE + 1])
    record("audit.checkpoints_viewed", by=person(request), on=PAGE_OF_THEM, shown=len(found[:PAGE]))
    standing = sealing.standing()
    context = {
        "standing": standing,
        "down": sealing.reason(standing),
        "tail": sealing.unsealed(),
        "tail_limit": sealing.COUNTED,
        "overdue": overdue_since(),
        "rows": [(row, bytes(row.head).hex()) for row in found[:PAGE]],
        "older": f"?before={found[PAGE - 1].sequence}" if found[PAGE:] else "",
        "before": before,
    }
    return render(request, "audit/checkpoints.html", context)


@requires("read_audit")
@require_safe
def text(request: HttpRequest, sequence: int) -> HttpResponse:
    """The signed text of one checkpoint, as it lies outside the database."""
    row = get_object_or_404(Checkpoint, pk=sequence)
    record("audit.checkpoints_viewed", by=person(request), on=PAGE_OF_THEM, taken=sequence)
    response = HttpResponse(_text(row), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="checkpoint-{sequence:012d}.json"'
    return response


def _text(row: Checkpoint) -> str:
    """Its very bytes, with the signature that was made when it was written."""
    said = evidence.Checkpoint(
        log=log_name(),
        sequence=row.sequence,
        head=bytes(row.head).hex(),
        events=row.events,
        at=microseconds(row.at),
        key=row.key,
    )
    signature = {"signature": bytes(row.signature).hex()}
    return json.dumps({"format": evidence.CHECKPOINT, **said.__dict__, **signature}, indent=1) + "\n"
