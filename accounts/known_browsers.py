"""Browsers in which somebody has signed in before, told by a signed cookie (OWASP: device cookies).

Tries from such a browser are counted apart, so nobody else's tries lock its owner out. The cookie opens nothing.
"""

from __future__ import annotations

from secrets import token_hex

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

COOKIE, SALT = "sen_browser", "accounts.known_browsers"
# On the request, until the answer is there to carry it.
GIVEN = "sen.known_browser"
# Browsers refuse to keep a cookie for longer.
KEPT_SECONDS = 400 * 24 * 3600
# A desk may be shared; whoever signed in there longest ago is forgotten first.
MOST = 5

Entries = list[tuple[str, str]]


def known(request: HttpRequest, user: User | None) -> str:
    """The mark of this browser if this person has signed in with it before, else ""; costs the same for nobody."""
    whose = _mark_of(user)
    found = [browser for mark, browser in _entries(request) if constant_time_compare(mark, whose)]
    return found[0] if found and user else ""


def remember(request: HttpRequest, user: User) -> None:
    """This browser is known from now on; `give` puts that into the answer."""
    browser, whose = known(request, user) or token_hex(16), _mark_of(user)
    others = [entry for entry in _entries(request) if entry[0] != whose]
    request.META[GIVEN] = [(whose, browser), *others][:MOST]


def give(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with the cookie in it, if there is something to remember."""
    if entries := request.META.get(GIVEN):
        value = signing.dumps(entries, salt=SALT)
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(COOKIE, value, max_age=KEPT_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return response


def _mark_of(user: User | None) -> str:
    """Names a person to us alone. With a new password every browser must be made known anew."""
    about = f"{user.pk} {user.password}" if user else "nobody"
    return salted_hmac(SALT, about, algorithm="sha256").hexdigest()[:32]


def _entries(request: HttpRequest) -> Entries:
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
        return [(str(mark), str(browser)) for mark, browser in kept]
    except (signing.BadSignature, TypeError, ValueError):
        return []
