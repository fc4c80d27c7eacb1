"""The pages of reference data, the same for every registered kind."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import history, marks
from accounts.access import person, requires
from accounts.reference import KINDS, Reference
from accounts.refusals import add_refusal

PAGE = 100


def _kind(slug: str) -> Reference:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


@requires("edit_reference")
@require_http_methods(["GET", "HEAD"])
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/reference.html", {"kinds": sorted(KINDS.values(), key=lambda kind: kind.label)})


@requires("edit_reference")
@require_http_methods(["GET", "HEAD"])
def rows(request: HttpRequest, slug: str) -> HttpResponse:
    kind = _kind(slug)
    page: Any = Paginator(kind.rows(), PAGE).get_page(request.GET.get("page"))
    lines = [(row.pk, list(zip(kind.heads(), kind.cells(row), strict=True))) for row in page]
    return render(request, "accounts/reference_rows.html", {"kind": kind, "page": page, "lines": lines})


@requires("edit_reference")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    kind = _kind(slug)
    form = kind.form(request.POST or None)
    if form.is_valid() and _save(request, kind, form):
        return redirect("accounts:reference_rows", slug=slug)
    return render(request, "accounts/reference_edit.html", {"kind": kind, "form": form})


@requires("edit_reference")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    kind = _kind(slug)
    row = get_object_or_404(kind.model, pk=pk)
    form = kind.form(request.POST or None, instance=row)
    mark, clash = request.POST.get("mark", "") or marks.mark_of(row, marks.fields_of(form)), None
    try:
        if form.is_valid() and _save(request, kind, form, marks.started(request, form)):
            return redirect("accounts:reference_rows", slug=slug)
    except marks.ChangedMeanwhile as changed:
        mark, clash = marks.mark_of(changed.row, marks.fields_of(form)), marks.differences(form, changed.row)
    context = {"kind": kind, "form": form, "row": row, "history": history.of(row), "mark": mark, "clash": clash}
    return render(request, "accounts/reference_edit.html", context, status=200 if clash is None else 409)


def _save(request: HttpRequest, kind: Reference, form: Any, started: marks.Started | None = None) -> bool:
    with add_refusal(form):
        kind.save(form, person(request), started)
        messages.success(request, "Saved.")
    return not form.errors
