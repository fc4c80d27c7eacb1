"""Changing a password, and resetting one through a link sent by mail."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import public, signed_in


@signed_in
def change_password(request: HttpRequest) -> HttpResponse:
    raise Http404


@public
def ask_reset(request: HttpRequest) -> HttpResponse:
    raise Http404


@public
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    raise Http404
