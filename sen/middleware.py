"""The outermost layer: gives each request its number and turns whatever fails inside into a page that says so."""

from collections.abc import Callable
from uuid import uuid4

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from sen import errors
from sen.logs import REQUEST

# Django has its own answer to these, and our pages for it.
EXPECTED = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)


class SayWhatFailed:
    """503 when the database cannot do its part, 500 for anything else unforeseen; both keep what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META[errors.NUMBER] = number = uuid4().hex
        known = REQUEST.set(number)
        try:
            response = self.get_response(request)
        finally:
            REQUEST.reset(known)
        response["X-Request-Id"] = number
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer here, so that Django does not log the exception with its message, which may quote a row."""
        if isinstance(error, EXPECTED):
            return None
        if isinstance(error, errors.Stopped):
            return errors.stopped(request, error)
        errors.note(request, error)
        if errors.is_unavailable(error):
            return errors.unavailable(request)
        got_request_exception.send(sender=type(self), request=request)
        return errors.unexpected(request)
