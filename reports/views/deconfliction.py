"""Deconfliction: the list of matches of planned operations, one match that explains itself, and settling it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Refused, person, requires
from accounts.models import User
from audit.log import Subject, record
from privacy import guarded
from reports import keyset, match_sides, match_words, matches
from reports.match_sides import READ, SETTLE, Sight
from reports.models import Match
from sen import errors
from sen.forms import CountedTextarea, RadioTiles

NEWEST_FIRST = ("-raised_at", "-id")
SHOWS = {"open": "Open", "mine": "Mine", "settled": "Settled", "ended": "No longer matching"}
LIST = Subject("list", "", "matches of operations")


class SettleForm(guarded.Form):
    """How a match was settled. `seen` is the state of the match that was on the screen."""

    outcome = forms.ChoiceField(
        label="What came of it",
        choices=Match.Outcome,
        widget=RadioTiles(),
        error_messages={"required": "Choose what came of it."},
    )
    note = forms.CharField(
        label="What was agreed, and with whom",
        max_length=matches.LONGEST_NOTE,
        widget=CountedTextarea(rows=5),
        help_text="Whoever may see both operations reads this.",
        error_messages={"required": "Say what was agreed, and with whom."},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


# -- The list ----------------------------------------------------------------------------------------------------------
@requires(READ, SETTLE)
@require_safe
def deconfliction(request: HttpRequest) -> HttpResponse:
    """The JIOC's worklist; for others what concerns the operations that they may know of."""
    user = person(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "open"
    page = keyset.page(
        _shown(user, show).select_related("held_by", "settled_by"), NEWEST_FIRST, request.GET.get("after", "")
    )
    record("matches.listed", by=user, on=LIST, count=len(page.rows), show=show)
    context = {
        "lines": [_line(sight) for sight in match_sides.look(page.rows, user)],
        "shows": [(name, label, name == show) for name, label in SHOWS.items()],
        "show": show,
        "settles": user.may_somewhere(SETTLE),
        "older": f"?show={show}&after={page.older}" if page.older else "",
        "newer": f"?show={show}&after={page.newer}" if page.newer else "",
    }
    return render(request, "reports/deconfliction.html", context)


def _shown(user: User, show: str) -> QuerySet[Match]:
    known = match_sides.visible_to(user)
    if show == "settled":
        return known.filter(settled_at__isnull=False)
    if show == "ended":
        return known.ended().filter(settled_at__isnull=True)
    return known.open().filter(match_sides.concerning(user)) if show == "mine" else known.open()


def _line(sight: Sight) -> dict[str, Any]:
    return {
        "sight": sight,
        "url": reverse("reports:match", args=[sight.match.pk]),
        "why": match_words.in_short(sight),
        "state": match_words.state(sight),
    }


# -- One match ---------------------------------------------------------------------------------------------------------
@requires(READ, SETTLE)
@require_safe
def match(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Why two operations match, whom to call, and what came of it."""
    user = person(request)
    found = _visible(match_id, user)
    matches.note_viewing(found, by=user)
    return _page(request, found, user)


def _visible(match_id: UUID, user: User) -> Match:
    known = match_sides.visible_to(user).select_related("held_by", "settled_by").filter(pk=match_id).first()
    if known is None:
        raise Http404
    return known


def _page(request: HttpRequest, found: Match, user: User, form: SettleForm | None = None) -> HttpResponse:
    (sight,) = match_sides.look([found], user)
    context = {
        "sight": sight,
        "match": found,
        "state": match_words.state(sight),
        "reasons": match_words.reasons(sight),
        "windows": match_words.windows(sight),
        "reach": match_words.meters(sight.rule.distance_m),
        "told": match_words.told(sight),
        "known": sight.is_whole or sight.settles,
        "earlier": found.earlier.select_related("settled_by") if sight.is_whole or sight.settles else [],
        "form": form or SettleForm(initial={"seen": found.changed_at.isoformat()}),
    }
    return render(request, "reports/match.html", context, status=422 if form else 200)


# -- Settling it -------------------------------------------------------------------------------------------------------
@requires(SETTLE)
@require_POST
def match_take_up(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Make the match one's own to settle."""
    found = _visible(match_id, person(request))
    try:
        matches.take_up(found.pk, by=person(request))
    except Refused as error:
        return _slower(request, found, error.reason)
    messages.success(request, "You have taken up this match.")
    return redirect("reports:match", match_id=found.pk)


@requires(SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def match_settle(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Record what came of the match. Its address stays when something is missing, and may be opened again."""
    if request.method != "POST":
        return redirect("reports:match", match_id=match_id)
    user = person(request)
    found, form = _visible(match_id, user), SettleForm(request.POST)
    if not form.is_valid():
        return _page(request, found, user, form)
    said = form.cleaned_data
    try:
        matches.settle(found.pk, said["outcome"], said["note"], by=user, seen=_moment(said["seen"]))
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, user, form)
    except matches.ChangedMeanwhile:
        reason = "One of the two plans has changed since you opened this match. Look at it again before you settle it."
        return _slower(request, found, reason)
    except Refused as error:
        return _slower(request, found, error.reason)
    messages.success(request, "You have settled this match.")
    return redirect("reports:match", match_id=found.pk)


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _slower(request: HttpRequest, found: Match, reason: str) -> HttpResponse:
    """409: somebody was faster."""
    url = reverse("reports:match", args=[found.pk])
    return errors.conflict(request, reason, next_url=url, next_label="Open the match as it is now")
