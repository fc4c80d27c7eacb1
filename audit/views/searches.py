"""Who searched for a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import person, requires
from audit import words
from audit.asking import WordsForm
from audit.lines import lines
from audit.log import Subject, record
from audit.search import page_of
from audit.views.kept import keep, kept_terms, typed_of
from audit.views.people import beside, keys_of

SEARCHES = Subject("list", "", "searches")
# Marks the terms of this page among those of other searches.
OURS = "audit searches"


@requires("read_audit")
@require_http_methods(["GET", "HEAD", "POST"])
def searches(request: HttpRequest) -> HttpResponse:
    """The searches that held these words: who, when, from where. To look for a name is itself a search on record."""
    if request.method == "POST":
        return _keep(request)
    key = request.GET.get("q")
    if not key:
        record("audit.viewed", by=person(request), on=SEARCHES)
        return render(request, "audit/searches.html", {"form": WordsForm()})
    kept = kept_terms(key, person(request))
    form = WordsForm(typed_of(kept, page=OURS))
    found = words.searches_for(str(form["words"].value()))
    page = page_of(words.events_of(found), **keys_of(request.GET))
    record("audit.viewed", by=person(request), on=kept, shown=len(page.events), searches=len(found))
    context: dict[str, Any] = {"form": form, "lines": lines(page.events), "most": words.MOST, "asked": True}
    context["is_cut"] = len(found) > words.MOST
    return render(request, "audit/searches.html", {**context, **beside({"q": key}, page)})


def _keep(request: HttpRequest) -> HttpResponse:
    form = WordsForm(request.POST)
    if not form.is_valid():
        return render(request, "audit/searches.html", {"form": form}, status=422)
    kept = keep({"words": form.cleaned_data["words"]}, page=OURS, by=person(request))
    return redirect(reverse("audit:searches") + "?" + urlencode({"q": kept.pk}))
