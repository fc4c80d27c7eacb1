"""The addresses of accounts with some small views beside them, for tests of what stands before every view."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View
from django.views.decorators.http import require_POST

from accounts import confirming
from accounts.access import Refused, public, requires, signed_in
from sen import errors, health
from tests.fake import FAKE


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """Says what was posted to it."""
    return HttpResponse("took " + request.POST.get("narrative", "nothing"))


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never")


@require_POST
@requires("grant_roles")
def grants_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse("granted")


@requires("grant_roles")
class GrantsOnly(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("granted")


@signed_in
def guarded_act(request: HttpRequest) -> HttpResponse:
    """An act that nobody may do from a desk that was left."""
    confirmed = confirming.confirm(request)
    if not confirmed.fresh:
        return confirming.ask(request, confirmed, act="Open the safe", back=("/desk/", "Back to the desk"))
    return HttpResponse("opened " + request.POST.get("reason", ""))


@signed_in
def refuses(request: HttpRequest) -> HttpResponse:
    raise Refused("It is closed. Reopen it first.")


@public
def database_gone(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection lost while reading " + FAKE.last_name)


@public
def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError(f"{FAKE.last_name}, {FAKE.first_name} is not a number")


@signed_in
def conflicting(request: HttpRequest) -> HttpResponse:
    return errors.conflict(request, "Somebody was faster.", compare=[("Narrative", "theirs words", "yours words")])


urlpatterns = [
    path("", home, name="home"),
    path("", include("accounts.urls")),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("desk/", desk, name="desk"),
    path("undeclared/", undeclared, name="undeclared"),
    path("grants/", grants_only, name="grants"),
    path("grants-class/", GrantsOnly.as_view(), name="grants_class"),
    path("safe/", guarded_act, name="safe"),
    path("refuses/", refuses, name="refuses"),
    path("gone/", database_gone, name="gone"),
    path("broken/", broken, name="broken"),
    path("conflict/", conflicting, name="conflict"),
]
handler400 = "sen.errors.bad_request"
handler403 = "sen.errors.forbidden"
handler404 = "sen.errors.not_found"
handler500 = "sen.errors.failed"
