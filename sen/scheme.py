"""The reader's choice of light or dark, kept in a cookie so that the page arrives in the right colours."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from sen.ui import SCHEME_COOKIE, SCHEMES
from sen.way_back import asked_for

YEAR = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the scheme and go back to the page the reader was on."""
    response = HttpResponseRedirect(asked_for(request) or "/")
    scheme = request.POST.get("scheme", "")
    if scheme in SCHEMES:
        # Readable by scheme.js on purpose: the cookie says nothing about the person.
        response.set_cookie(SCHEME_COOKIE, scheme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
