"""The reader's choice of light or dark, kept in a cookie so that the page arrives in the right colours."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from sen.ui import SCHEME_COOKIE, SCHEMES

YEAR = 365 * 24 * 3600


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the scheme and go back to the page the reader was on."""
    response = HttpResponseRedirect(_back(request))
    scheme = request.POST.get("scheme", "")
    if scheme in SCHEMES:
        # Readable by scheme.js on purpose: the cookie says nothing about the person.
        response.set_cookie(SCHEME_COOKIE, scheme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def _back(request: HttpRequest) -> str:
    page = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if own else "/"
