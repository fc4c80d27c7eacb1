"""Attachments of a report and of a draft: the list, the upload, and what is handed out of them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import requires
from reports.lookup import READS
from reports.views.own import FILE_OR_AMEND

FORM = ["GET", "HEAD", "POST"]


# -- Of a filed report -------------------------------------------------------------------------------------------------
@requires(*READS)
@require_http_methods(FORM)
def attachments(request: HttpRequest, number: str) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_safe
def download(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_safe
def thumbnail(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    raise Http404


@requires("take_originals")
@require_http_methods(FORM)
def original(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    raise Http404


@requires(*READS)
@require_http_methods(FORM)
def withdraw(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    raise Http404


# -- Of a draft --------------------------------------------------------------------------------------------------------
@requires(*FILE_OR_AMEND)
@require_http_methods(FORM)
def of_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    raise Http404


@requires(*FILE_OR_AMEND)
@require_safe
def download_of_draft(request: HttpRequest, draft_id: UUID, pk: UUID) -> HttpResponse:
    raise Http404


@requires(*FILE_OR_AMEND)
@require_safe
def thumbnail_of_draft(request: HttpRequest, draft_id: UUID, pk: UUID) -> HttpResponse:
    raise Http404


@requires(*FILE_OR_AMEND)
@require_http_methods(FORM)
def discard(request: HttpRequest, draft_id: UUID, pk: UUID) -> HttpResponse:
    raise Http404
