"""Reports on paper: one report, and a comparison of two of its versions, as tagged PDF."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import requires
from reports.lookup import READS


@requires(*READS)
@require_safe
def report(request: HttpRequest, number: str) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_safe
def comparison(request: HttpRequest, number: str) -> HttpResponse:
    raise Http404
