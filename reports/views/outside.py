"""Reading outside one's own offices: all offices as stubs, opening one for a reason, who did, and the after-review."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import requires, signed_in


@signed_in
def all_offices(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def open_outside(request: HttpRequest, number: str) -> HttpResponse:
    raise Http404


@signed_in
def outside_readings(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires("grant_roles")
def outside_review(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
