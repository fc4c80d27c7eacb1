"""What other reports name the same: of a report, and while one is being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import requires
from reports.lookup import READS


@requires(*READS)
@require_POST
def known(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_safe
def alike(request: HttpRequest, number: str) -> HttpResponse:
    raise Http404
