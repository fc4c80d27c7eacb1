"""Recertification campaigns: opening one, answering, its progress and its record."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import requires, signed_in


@signed_in
def campaigns(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires("grant_roles")
def open_campaign(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@signed_in
def campaign_answer(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    raise Http404


@requires("grant_roles", "explain_access")
def campaign_export(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
