"""Saved searches: keeping one, running it, renaming it, and letting it go."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import marks
from accounts.access import person, requires
from accounts.models import User
from accounts.refusals import add_refusal
from audit.log import Subject, record
from privacy import guarded
from reports.actions import saved_searches as actions
from reports.filters import ListingFilter
from reports.finding import saved
from reports.lookup import READS
from reports.models import SavedSearch

FORM = ["GET", "HEAD", "POST"]
LIST = Subject("list", "", "saved searches")
# As long as the column; what is proposed is cut to it.
NAME = 80


class SearchForm(guarded.ModelForm):
    """The name of a saved search, and whether it tells its owner of further reports."""

    class Meta:
        model = SavedSearch
        fields = ("name", "alerts")
        help_texts = {
            "name": "Only you see it.",
            "alerts": "By e-mail, without a word of what the report says. Your list of saved searches names them too.",
        }


@requires(*READS)
@require_safe
def saved_searches(request: HttpRequest) -> HttpResponse:
    """One's own, by name, with what each found that is new."""
    user = person(request)
    rows = saved.shown(user)
    record("saved_searches.listed", by=user, on=LIST, count=len(rows), new=sum(len(row.numbers) for row in rows))
    return render(request, "reports/saved_searches.html", {"rows": rows, "most": actions.MOST})


@requires(*READS)
@require_http_methods(FORM)
def save(request: HttpRequest) -> HttpResponse:
    """Keep the search that the address names, with its filters."""
    user = person(request)
    asked = ListingFilter(request.GET, user)
    back = reverse("reports:listing") + asked.query()
    if not asked.is_narrowed:
        messages.info(request, actions.NOTHING)
        return redirect(back)
    form = SearchForm(request.POST if request.method == "POST" else None, initial={"name": _name_for(asked)})
    if form.is_valid():
        with add_refusal(form):
            actions.save_search(by=user, terms=asked.terms, filters=asked.in_address, **form.cleaned_data)
            messages.success(request, "The search is saved. You find it under Saved searches.")
            return redirect(back)
    context = {"form": form, "says": [tag.label for tag in asked.tags], "back": back}
    return render(request, "reports/save_search.html", context, status=422 if form.errors else 200)


def _name_for(asked: ListingFilter) -> str:
    words = asked.terms or ", ".join(tag.label for tag in asked.tags)
    return words if len(words) <= NAME else words[: NAME - 1] + "…"


@requires(*READS)
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Search for it anew: the words are kept as those of any search, and what it had found is seen."""
    try:
        found, kept = actions.run_search(pk, by=person(request))
    except SavedSearch.DoesNotExist:
        raise Http404 from None
    return redirect(saved.address(found, kept))


@requires(*READS)
@require_http_methods(FORM)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give it another name, or turn its alerts on or off."""
    user = person(request)
    found = _own(pk, user)
    form = SearchForm(request.POST if request.method == "POST" else None, instance=found)
    mark, clash = request.POST.get("mark", "") or marks.mark_of(found, marks.fields_of(form)), None
    try:
        if form.is_valid() and _change(request, form, pk):
            return redirect("reports:saved_searches")
    except marks.ChangedMeanwhile as changed:
        mark, clash = marks.mark_of(changed.row, marks.fields_of(form)), marks.differences(form, changed.row)
    except SavedSearch.DoesNotExist:
        raise Http404 from None
    context = {"form": form, "saved": _own(pk, user), "mark": mark, "clash": clash}
    status = 409 if clash is not None else 422 if form.errors else 200
    return render(request, "reports/change_search.html", context, status=status)


def _change(request: HttpRequest, form: Any, pk: UUID) -> bool:
    with add_refusal(form):
        started = marks.started(request, form)
        actions.change_search(pk, by=person(request), started=started, **form.cleaned_data)
        messages.success(request, "The saved search is changed.")
    return not form.errors


@requires(*READS)
@require_http_methods(FORM)
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, then let it go with what it found; the reports stay as they are."""
    user = person(request)
    found = _own(pk, user)
    if request.method == "POST":
        try:
            name = actions.remove_search(pk, by=user)
        except SavedSearch.DoesNotExist:
            raise Http404 from None
        messages.success(request, f"The saved search “{name}” is removed.")
        return redirect("reports:saved_searches")
    says = [tag.label for tag in saved.form_of(found, user).tags]
    return render(request, "reports/remove_search.html", {"saved": found, "says": says})


def _own(pk: UUID, user: User) -> SavedSearch:
    return get_object_or_404(SavedSearch, pk=pk, owner=user)
