"""Asking for access, endorsing it, granting or refusing it."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import requires, signed_in


@signed_in
def request_access(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def requests(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@signed_in
def endorse(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@requires("grant_roles")
def grant_request(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@signed_in
def refuse_request(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@signed_in
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@requires("grant_roles")
def access_list(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
