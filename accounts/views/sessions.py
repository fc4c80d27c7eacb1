"""One's open sessions."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import signed_in


@signed_in
def my_sessions(request: HttpRequest) -> HttpResponse:
    raise Http404


@signed_in
def end_session(request: HttpRequest, mark: str) -> HttpResponse:
    raise Http404
