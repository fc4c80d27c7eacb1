"""Saved searches: keeping one, running it, renaming it, and letting it go."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import requires
from reports.lookup import READS

FORM = ["GET", "HEAD", "POST"]


@requires(*READS)
@require_safe
def saved_searches(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_http_methods(FORM)
def save(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_http_methods(FORM)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_http_methods(FORM)
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    raise Http404
