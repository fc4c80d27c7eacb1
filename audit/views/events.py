"""The log in sentences, filtered by person, record, kind and time, and its export."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import confirming
from accounts.access import person, requires
from accounts.models import User
from audit import export as table
from audit.forms import SYSTEM, EventsForm
from audit.lines import lines
from audit.log import Subject, record
from audit.models import Auditable
from audit.sealing import require_sealing
from audit.search import Filter, Key, page_of
from audit.views.kept import keep, kept_terms, typed_of

LOG = Subject("list", "", "audit log")
# Marks the terms of this page among those of other searches.
OURS = "audit"


@requires("read_audit")
@require_http_methods(["GET", "HEAD", "POST"])
def events(request: HttpRequest) -> HttpResponse:
    """The newest events that the filter lets through, and the way to older ones."""
    if request.method == "POST":
        return _keep(request)
    asked, form = _asked(request.GET, person(request))
    if not form.is_valid():
        return render(request, "audit/events.html", {"form": form})
    try:
        keys = {side: Key.read(request.GET[side]) for side in ("older", "newer") if side in request.GET}
    except ValueError:
        raise Http404 from None
    page = page_of(form.filter.events(), **keys)
    shown = lines(page.events)
    record("audit.viewed", by=person(request), on=asked, shown=len(shown), **_said(form.filter))
    context = {"form": form, "lines": shown, "cap": table.CAP, "filtered": bool(form.typed)}
    return render(request, "audit/events.html", {**context, **_links(request.GET, page.older, page.newer)})


def _keep(request: HttpRequest) -> HttpResponse:
    """Keep what was typed as a row that the address then names: it may be a person's username."""
    form = EventsForm(request.POST)
    if not form.is_valid():
        return render(request, "audit/events.html", {"form": form})
    if not form.typed:
        return redirect("audit:events")
    kept = keep(form.typed, page=OURS, by=person(request), **_said(form.filter))
    return redirect(reverse("audit:events") + "?" + urlencode({"q": kept.pk}))


def _asked(given: QueryDict, user: User) -> tuple[Auditable | Subject, EventsForm]:
    """The filter that an address stands for: kept terms, all of one person, all of one record, or everything."""
    if key := given.get("q"):
        kept = kept_terms(key, user)
        return kept, EventsForm(typed_of(kept, page=OURS))
    if number := given.get("by"):
        return LOG, EventsForm({"person": _username(number)})
    return LOG, EventsForm({"record": given.get("on", "")})


def _username(key: str) -> str:
    """A link names a person by number, since addresses are kept where names should not be."""
    if key == SYSTEM:
        return SYSTEM
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise Http404
    return get_object_or_404(User, pk=int(key)).username


def _said(wanted: Filter) -> dict[str, Any]:
    """The filter for the record, by numbers alone."""
    named = {
        "person": SYSTEM if wanted.by_system else wanted.actor_id,
        "record": " ".join(wanted.object_ids),
        "codes": list(wanted.codes),
        "since": wanted.since,
        "before": wanted.before,
    }
    return {name: value for name, value in named.items() if value}


def _links(given: QueryDict, older: Key | None, newer: Key | None) -> dict[str, Any]:
    """The pages beside this one, and the filter as hidden fields of the export."""
    kept = {name: given[name] for name in ("q", "by", "on") if name in given}
    pages = {side: f"?{urlencode({**kept, side: key})}" for side, key in (("older", older), ("newer", newer)) if key}
    return {**pages, "kept": kept, "newest": f"?{urlencode(kept)}"}


@requires("read_audit")
@sensitive_post_parameters(confirming.FIELD)
@require_POST
def export(request: HttpRequest) -> HttpResponseBase:
    """The filtered log as CSV. That it was taken is on record before its first line leaves."""
    asked, form = _asked(request.POST, person(request))
    if not form.is_valid():
        return render(request, "audit/events.html", {"form": form})
    if not (confirmed := confirming.confirm(request)).fresh:
        return confirming.ask(
            request, confirmed, act="Export as CSV", back=(reverse("audit:events"), "Back to the log")
        )
    require_sealing()
    now = timezone.now()
    record("audit.exported", by=person(request), on=asked, cap=table.CAP, **_said(form.filter))
    # The log goes on growing while it is read: the export ends where it began.
    rows = table.rows(form.filter.events().filter(at__lt=now))
    name = f"audit-log-{now:%Y%m%dT%H%M%SZ}.csv"
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
