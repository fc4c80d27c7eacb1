"""One's open sessions: where, on what device, since when; and ending them."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import identity_provider, open_sessions
from accounts.access import Refused, person, signed_in
from accounts.origin import session_mark
from audit.log import record


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def my_sessions(request: HttpRequest) -> HttpResponse:
    """The list; a POST ends every session but this one."""
    user, key = person(request), request.session.session_key
    if request.method == "POST":
        ended = open_sessions.end_others(by=user, key=key)
        messages.success(request, f"{ended} other session{'' if ended == 1 else 's'} ended. This one stays open.")
        return redirect("accounts:sessions")
    found = open_sessions.listed(user, key)
    record("sessions.listed", by=user, on=user, shown=len(found))
    context = {
        "sessions": found,
        "others": any(not one.is_this for one in found),
        "most": settings.SESSIONS_A_PERSON,
        "hours": settings.ABSOLUTE_SECONDS // 3600,
        "minutes": settings.IDLE_SECONDS // 60,
        "agency": identity_provider.is_on(),
    }
    return render(request, "accounts/sessions.html", context)


@signed_in
@require_POST
def end_session(request: HttpRequest, mark: str) -> HttpResponse:
    """Ends one session, named by its mark; this very one is ended by signing out."""
    if mark == session_mark(request.session.session_key):
        return redirect("accounts:sign_out")
    try:
        open_sessions.end(mark, by=person(request))
        messages.success(request, "The session is ended. Its browser is told so at its next click.")
    except Refused as no:
        messages.warning(request, no.reason)
    return redirect("accounts:sessions")
