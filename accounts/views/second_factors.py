"""A second factor: giving it at sign-in, setting it up, removing it, recovery codes."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import requires, signed_in


@signed_in
def prove(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def second_factors(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def add_app(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def add_passkey(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def remove_factor(request: HttpRequest, factor: UUID) -> HttpResponse:
    raise Http404


@signed_in
def recovery_codes(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires("grant_roles")
def remove_factors_of(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
