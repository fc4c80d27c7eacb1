"""Everything that one person did."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from accounts.models import User
from audit import looks, people
from audit.asking import ActsForm
from audit.lines import lines
from audit.log import record
from audit.search import Key, Page, page_of


@requires("read_audit")
@require_safe
def everything(request: HttpRequest, username: str) -> HttpResponse:
    """The acts of one person, newest first, below who they are and how busy each day was."""
    who = looks.person_of(username)
    if who is None:
        raise Http404
    form = ActsForm(request.GET)
    if not form.is_valid():
        record("audit.person_viewed", by=person(request), on=who)
        return render(request, "audit/person.html", {"form": form, **_head(who)}, status=422)
    page = page_of(form.filter_of(actor_id=who.pk).events(), **keys_of(request.GET))
    record("audit.person_viewed", by=person(request), on=who, shown=len(page.events), filter=form.typed)
    context = {"form": form, "lines": lines(page.events), **_head(who), **beside(form.typed, page)}
    return render(request, "audit/person.html", context)


def _head(who: User) -> dict[str, Any]:
    """What stands above the acts."""
    return {"who": who, "roles": people.roles_of(who), "busy": people.busy_days(who), "opened": people.opened(who)}


def keys_of(given: QueryDict) -> dict[str, Key]:
    """Where the page begins. An address that was not made here leads nowhere."""
    try:
        return {side: Key.read(str(given[side])) for side in ("older", "newer") if side in given}
    except ValueError:
        raise Http404 from None


def beside(kept: dict[str, str], page: Page) -> dict[str, str]:
    """The addresses of the pages on both sides, and of the newest."""
    sides = {"older": page.older, "newer": page.newer}
    pages = {side: f"?{urlencode({**kept, side: key})}" for side, key in sides.items() if key}
    return {**pages, "newest": f"?{urlencode(kept)}"}
