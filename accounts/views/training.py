"""Completed trainings: the list, the upload, a withdrawal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import completions, training
from accounts.access import Refused, person, requires
from accounts.access_forms import TrainingForm, UploadForm
from accounts.completions import Bad, FileRefused
from accounts.forms import ReasonForm
from accounts.models import Training
from accounts.refusals import add_refusal
from accounts.training_upload import Outcome, record_completions
from audit.log import Subject, record

PAGE = 50
SHOWN = 100
SALT = "sen.training.rejects"
PAGES = ["GET", "HEAD", "POST"]


@requires("record_training")
@require_http_methods(PAGES)
def trainings(request: HttpRequest) -> HttpResponse:
    """The newest first; one is recorded by hand or a whole list from a file."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "upload":
        return _upload(request)
    if act == "rejects":
        return _rejects(request)
    form = TrainingForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _record(request, form):
        return redirect("accounts:trainings")
    return _page(request, form=form, status=422 if form.is_bound else 200)


def _record(request: HttpRequest, form: TrainingForm) -> bool:
    typed = form.cleaned_data
    with add_refusal(form):
        training.record_training(
            typed["user"], completed_on=typed["completed_on"], evidence=typed["evidence"], by=person(request)
        )
        messages.success(request, f"The training of {typed['user'].name} is recorded.")
    return not form.errors


def _page(request: HttpRequest, *, status: int = 200, **said: Any) -> HttpResponse:
    rows = Training.objects.select_related("user", "recorded_by").order_by("-recorded_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    record("trainings.listed", by=person(request), on=Subject("trainings"), page=page.number)
    context = {"form": TrainingForm(), "upload": UploadForm(), "page": page, "today": timezone.localdate(), **said}
    return render(request, "accounts/trainings.html", context, status=status)


def _upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, upload=form, status=422)
    try:
        outcome = _recorded(request, form)
    except (FileRefused, Refused) as refused:
        form.add_error("file", str(refused))
        return _page(request, upload=form, status=422)
    mark = signing.dumps([(bad.number, bad.reason, bad.text) for bad in outcome.bad], salt=SALT, compress=True)
    return _page(request, outcome=outcome, bad=outcome.bad[:SHOWN], rejects=mark if outcome.bad else "")


def _recorded(request: HttpRequest, form: UploadForm) -> Outcome:
    file = form.cleaned_data["file"]
    # One byte more than may be, so that a longer file is known for one.
    good, bad = completions.read(file.read(completions.MOST_BYTES + 1))
    return record_completions(good, bad, by=person(request))


def _rejects(request: HttpRequest) -> HttpResponse:
    """The lines that were not taken, as they were shown, to be mended and sent again."""
    try:
        lines = signing.loads(request.POST.get("rejects", ""), salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        messages.error(request, "These rejected lines are no longer at hand. Upload the file again to see them.")
        return redirect("accounts:trainings")
    answer = HttpResponse(completions.rejects(Bad(*line) for line in lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="rejected-trainings.csv"'
    return answer


@requires("record_training")
@require_http_methods(PAGES)
def withdraw_training(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes back a training that was recorded wrongly; asks for the reason first."""
    row = get_object_or_404(Training.objects.select_related("user"), pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, needed="Say why it is withdrawn.")
    if form.is_valid():
        with add_refusal(form):
            training.withdraw_training(row, by=person(request), reason=form.cleaned_data["reason"])
            messages.success(request, f"The training of {row.user.name} is withdrawn.")
            return redirect("accounts:trainings")
    record("user.viewed", by=person(request), on=row.user)
    context = {"row": row, "form": form}
    return render(request, "accounts/withdraw_training.html", context, status=422 if form.is_bound else 200)
