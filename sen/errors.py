"""The pages that say no: each tells what happened, what was kept and what to do, and gives a number to quote."""

import logging
import sys
from collections.abc import Iterable
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, Error, InterfaceError, InternalError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from sen import kept, ui
from sen.logs import places

log = logging.getLogger("sen.errors")
RETRY_SECONDS = 30
WRONG_FORM = "This page was open too long or in another sign-in, so what you sent was not taken."

NUMBER = "sen.request"
# A function without arguments, set by whoever knows sessions: whether the person's session still counts.
IS_LIVE = "sen.session_is_live"
# Likewise: the answer to whoever's session was ended while the request ran.
INTERRUPTED = "sen.session_interrupted"


class Stopped(Exception):
    """What was asked is not done for now, though the database answers; the message is the sentence for the page."""


def number_of(request: HttpRequest) -> str:
    """The number of this request: in its events, on its error page, in the log. No header can set it."""
    return str(request.META.get(NUMBER, ""))


def page(request: HttpRequest, status: int, *, bare: bool = False, **context: Any) -> HttpResponse:
    """An error page in the frame; `bare` leaves out whatever would ask the database. Scripts get the same as JSON."""
    context = {"event_number": number_of(request), **context}
    if wants_json(request):
        message = {"message": context.get("reason", ""), "event_number": context["event_number"]}
        return JsonResponse(message, status=status)
    template = f"errors/{status}.html"
    if bare:
        return HttpResponse(render_to_string(template, {**context, **bare_frame(request)}), status=status)
    return HttpResponse(render_to_string(template, context, request=request), status=status)


def wants_json(request: HttpRequest) -> bool:
    """Saving in the background and polling are done by scripts, which show a message, not a page."""
    by_script = "X-Autosave" in request.headers or "X-Background" in request.headers
    return by_script or request.headers.get("Accept", "").startswith("application/json")


def bare_frame(request: HttpRequest) -> dict[str, Any]:
    """The frame for nobody in particular: no person, no navigation, no messages, hence no query."""
    outside = HttpRequest()
    outside.COOKIES = request.COOKIES
    outside.path = request.path
    outside.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "")
    return {**ui.frame(outside), "request": outside, "csrf_token": get_token(request)}


def typed_again(request: HttpRequest) -> kept.Typed:
    """What was typed, for a page that offers to send it again."""
    return kept.typed(request) if kept.may_be_sent_again(request) else []


# -- What a view answers when it cannot do what was asked ---------------------------------------------------------


def conflict(
    request: HttpRequest,
    reason: str,
    *,
    compare: Iterable[tuple[str, str, str]] = (),
    next_url: str = "",
    next_label: str = "",
) -> HttpResponse:
    """409: somebody else was faster. `compare` holds (label, theirs, yours); `next_url` is the record as it is now."""
    more: dict[str, Any] = {"compare": list(compare), "next_url": next_url, "next_label": next_label}
    return page(request, 409, reason=reason, typed=kept.typed(request), **more)


def unprocessable(request: HttpRequest, reason: str, *, next_url: str = "", next_label: str = "") -> HttpResponse:
    """422: understood, but it cannot be done as it stands."""
    typed = kept.typed(request)
    return page(request, 422, reason=reason, typed=typed, next_url=next_url, next_label=next_label)


def too_many(request: HttpRequest, reason: str, retry_seconds: int) -> HttpResponse:
    """429: too often; the reason says when to try again."""
    response = page(request, 429, reason=reason)
    response["Retry-After"] = str(retry_seconds)
    return response


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """403 with the sentence that says why and what to do next."""
    return page(request, 403, reason=reason, typed=typed_again(request))


# -- What Django calls ------------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, SessionInterrupted) and INTERRUPTED in request.META:
        answer: HttpResponse = request.META[INTERRUPTED]()
        return answer
    return page(request, 400, bare=True)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, bare=not _in_frame(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404, bare=not _in_frame(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is not ours: typed text stays, the answer is to send it anew."""
    return page(
        request, 403, bare=True, reason=f"{WRONG_FORM} Reload the page and send it again.", typed=typed_again(request)
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Whatever Django itself caught, in a middleware or before a view."""
    error = sys.exc_info()[1]
    return unavailable(request) if error and is_unavailable(error) else unexpected(request)


def unexpected(request: HttpRequest) -> HttpResponse:
    return page(request, 500, bare=True, typed=typed_again(request))


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 that keeps what was typed and asks the database nothing."""
    reason = "The system cannot reach its records right now. Nothing was saved or shown. Try again in half a minute."
    response = page(request, 503, bare=True, reason=reason, typed=typed_again(request))
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def stopped(request: HttpRequest, error: Stopped) -> HttpResponse:
    """503 with its own sentence, for what must wait until something else works again."""
    log.error("request %s stopped: %s", number_of(request), type(error).__qualname__)
    typed = typed_again(request)
    response = page(request, 503, bare=True, reason=str(error), typed=typed, title="Not possible right now")
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def is_unavailable(error: BaseException) -> bool:
    """Whether the database could not do its part, or could not record what was to be done.

    A lock or statement that took too long is an OperationalError; a log that refuses (read-only, renamed, without
    rights) is an InternalError or a ProgrammingError; a missing partition says its table.
    """
    if isinstance(error, OperationalError | InterfaceError | InternalError | ProgrammingError):
        return True
    return isinstance(error, DatabaseError) and _table(error).startswith("audit_event")


def _table(error: Error) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "table_name", None) or "")


def note(request: HttpRequest, error: BaseException) -> None:
    """One entry of the log for what failed, found again by the number that the page shows."""
    log.error("request %s failed\n%s", number_of(request), places(error))


def _in_frame(request: HttpRequest) -> bool:
    """An address that does not exist never reaches the gate, so whether the session still counts is asked here."""
    try:
        return bool(request.META[IS_LIVE]())
    except (KeyError, Error):  # the request failed before it had a session, or the database is gone
        return False
