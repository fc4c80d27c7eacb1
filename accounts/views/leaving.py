"""The way out: ending in one act everything that a person has."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import requires


@requires("grant_roles")
def offboard(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
