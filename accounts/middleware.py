"""What every request passes before its view: how long a session lives, and whether this person may."""

from collections.abc import Callable
from copy import copy
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from accounts import readiness, sessions
from accounts.access import Declared, Refused, Verdict, person
from accounts.asking import ask_after_interruption, ask_to_mend, ask_to_sign_in
from accounts.models import User
from accounts.origin import origin_of
from audit.log import Subject, record
from sen import errors

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]

# Probes are answered while the database is gone, so their session is not looked up.
WITHOUT_SESSION = frozenset({"alive", "ready"})


def declared(view: Any) -> Declared | None:
    """What the view says of who may reach it, through whatever decorators and classes are around it."""
    while view is not None:
        for holder in (view, getattr(view, "view_class", None)):
            access = getattr(holder, "access", None)
            if isinstance(access, Declared):
                return access
        view = getattr(view, "__wrapped__", None) or getattr(view, "func", None)
    return None


def name_of(request: HttpRequest) -> str:
    """The name of the page asked for; an address may hold what a log should not."""
    return request.resolver_match.view_name if request.resolver_match else ""


def is_by_itself(request: HttpRequest) -> bool:
    """Whether the page asks by its timer, with nobody at the desk: live lists, and the way to the sign-in page."""
    return "X-Background" in request.headers or name_of(request) == "accounts:sign_in"


class SessionLimits:
    """Signs a person out who was idle for too long or signed in too long ago, and loses nothing they typed.

    In `process_view`, since the check of the form's token has then been made.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META[errors.IS_LIVE] = lambda: not sessions.over(request.session)
        request.META[errors.INTERRUPTED] = lambda: ask_after_interruption(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if name_of(request) in WITHOUT_SESSION:
            return None
        if not request.user.is_authenticated:
            return self._say_why(request, declared(view))
        if why := sessions.over(request.session):
            return self._sign_out(request, why, declared(view))
        if not is_by_itself(request):
            sessions.touch(request.session)
        return None

    def _say_why(self, request: HttpRequest, access: Declared | None) -> HttpResponse | None:
        """To a browser whose session was ended from elsewhere."""
        why, whose = getattr(request.session, "ended", None) or ("", 0)
        if why and access and not access.public:
            return ask_to_sign_in(request, why=why, who=str(whose))
        request.META[sessions.ENDED] = why
        return None

    def _sign_out(self, request: HttpRequest, why: str, access: Declared | None) -> HttpResponse | None:
        user = person(request)
        record("session.timed_out", by=user, on=user, origin=origin_of(request), why=why)
        request.session.flush()
        request.user = AnonymousUser()
        if access and access.public:
            request.META[sessions.ENDED] = why
            return None
        return ask_to_sign_in(request, why=why, who=str(user.pk))


class Gate:
    """Refuses a view that declares nothing, and whoever is not signed in, still lacks something or may not."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()  # a worker's thread serves the next person
        # No page may be found again in the browser of somebody who has signed out, nor what the sign-in page carries.
        patch_cache_control(response, no_store=True)
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        access = declared(view)
        if access is None:
            errors.log.error("view %s (%s) declares no access and is refused", name_of(request), view.__module__)
            return errors.unexpected(request)
        if name_of(request) in WITHOUT_SESSION:
            return None
        if not isinstance(request.user, User):
            return None if access.public else ask_to_sign_in(request)
        # Django's user is a lazy proxy, whose `__dict__` is not the user's: what an action forgets would stay known.
        request.user = copy(request.user)
        request.user.origin = origin_of(request)
        # Times are read by the clocks of one's own office, with the zone named.
        timezone.activate(request.user.office.time_zone if request.user.office else "UTC")
        return None if access.public else self._let_through(request, access)

    def _let_through(self, request: HttpRequest, access: Declared) -> HttpResponse | None:
        user = person(request)
        lack = readiness.first_lack(user, request.session)
        if lack and name_of(request) not in lack.opens | {lack.page}:
            return ask_to_mend(request, lack)
        verdict = access.verdict(user)
        return None if verdict else refuse(request, verdict)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """An action that refused, inside a view that was let through."""
        if not isinstance(error, Refused):
            return None
        return refuse(request, Verdict(False, error.reason))


def refuse(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """403 with the reason, once it is on record."""
    page = Subject("page", name_of(request), name_of(request))
    by = request.user if isinstance(request.user, User) else None
    record("access.refused", by=by, on=page, outcome="refused", origin=origin_of(request))
    return errors.refused(request, verdict.reason)
