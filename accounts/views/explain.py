"""Why somebody may or may not see or do something; what a grant would open; who can see an office."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import requires


@requires("explain_access")
def explain(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires("grant_roles")
def explain_grant(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires("explain_access")
def explain_office(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
