"""Attachments of a report and of a draft: the list, the upload, and what is handed out of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import confirming
from accounts.access import Refused, person, requires
from accounts.refusals import add_refusal
from audit.log import record
from reports.actions import attachments as actions
from reports.answers import Answers
from reports.attachment_forms import CaptionForm, WhyForm
from reports.attachment_page import Line, Place, lines_of, page_of, state_of, upload_form
from reports.attachment_upload import Outcome, is_cut_short, receive
from reports.attachments import reading
from reports.lookup import READS, gone_meanwhile, visible_report
from reports.models.attachments import Attachment, AttachmentPiece
from reports.views.own import FILE_OR_AMEND, around, own_draft
from sen import errors

FORM = ["GET", "HEAD", "POST"]
Copy = AttachmentPiece.Copy
CUT = "The connection was cut before everything had arrived, so nothing of it was kept. Send it again."
ON_THE_LIST = "Kept with the file and shown beside its name to whoever reads the report."
IN_THE_LOG = "Kept in the log, which auditors read."
WHY_WITHDRAWN = "Say why it is withdrawn."
WHY_ORIGINAL = "Say what the original is needed for."


@contextmanager
def file_gone() -> Iterator[None]:
    """404 where an act no longer finds the file that the page had found."""
    try:
        yield
    except Attachment.DoesNotExist:
        raise Http404 from None


# -- Of a filed report -----------------------------------------------------------------------------------------------
@requires(*READS)
@require_http_methods(FORM)
@gone_meanwhile()
@file_gone()
def attachments(request: HttpRequest, number: str) -> HttpResponse:
    user = person(request)
    report = visible_report(number, user)
    return _listed(request, Place(report, user), "reports/attachments.html", {"report": report})


@requires(*READS)
@require_safe
def download(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    return _hand_out(request, _of_report(request, number), pk, Copy.SERVED)


@requires(*READS)
@require_safe
def thumbnail(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    return _hand_out(request, _of_report(request, number), pk, Copy.THUMBNAIL)


@requires("take_originals")
@sensitive_post_parameters(confirming.FIELD)
@require_http_methods(FORM)
@gone_meanwhile()
@file_gone()
def original(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    """Ask why and for the password, put on record who takes it, then hand out the very bytes that were uploaded."""
    place = _of_report(request, number)
    line = Line(place.one(pk), place)
    if not (verdict := reading.may_take_original(line.file, place.user)):
        raise Refused(verdict.reason)
    form = WhyForm(request.POST if request.method == "POST" else None, needed=WHY_ORIGINAL, read_by=IN_THE_LOG)
    if form.is_valid():
        confirmed = confirming.confirm(request)
        if not confirmed.fresh:
            back = (place.url, f"Back to the attachments of {number}")
            return confirming.ask(request, confirmed, act="Download the original", back=back)
        with add_refusal(form):
            taken = actions.take_original(pk, form.reason, by=place.user)
            return _streamed(request, taken, Copy.ORIGINAL)
    place.note(1)
    context = {"report": place.on, "line": line, "form": form, "back_url": place.url}
    return render(request, "reports/attachments_original.html", context, status=422 if form.errors else 200)


@requires(*READS)
@require_http_methods(FORM)
@gone_meanwhile()
@file_gone()
def withdraw(request: HttpRequest, number: str, pk: UUID) -> HttpResponse:
    """Ask why, then hand it out to nobody any more; it stays sealed as evidence."""
    place = _of_report(request, number)
    file = place.one(pk)
    if not (verdict := reading.may_change(file, place.user)):
        raise Refused(verdict.reason)
    if file.state == Attachment.State.WITHDRAWN:
        return redirect(place.url)
    form = WhyForm(request.POST if request.method == "POST" else None, needed=WHY_WITHDRAWN, read_by=ON_THE_LIST)
    if form.is_valid():
        with add_refusal(form):
            actions.withdraw(pk, form.reason, by=place.user)
            messages.success(request, "The file is withdrawn. Nobody can open it any more.")
            return redirect(place.url)
    place.note(1)
    context = {"report": place.on, "line": Line(file, place), "form": form, "place": place}
    return render(request, "reports/attachments_withdraw.html", context, status=422 if form.errors else 200)


# -- Of a draft ------------------------------------------------------------------------------------------------------
@requires(*FILE_OR_AMEND)
@require_http_methods(FORM)
@own_draft
@file_gone()
def of_draft(request: HttpRequest, answers: Answers) -> HttpResponse:
    place = Place(answers.draft, answers.user)
    return _listed(request, place, "reports/attachments_draft.html", around(answers))


@requires(*FILE_OR_AMEND)
@require_safe
@own_draft
def download_of_draft(request: HttpRequest, answers: Answers, pk: UUID) -> HttpResponse:
    return _hand_out(request, Place(answers.draft, answers.user), pk, Copy.SERVED)


@requires(*FILE_OR_AMEND)
@require_safe
@own_draft
def thumbnail_of_draft(request: HttpRequest, answers: Answers, pk: UUID) -> HttpResponse:
    return _hand_out(request, Place(answers.draft, answers.user), pk, Copy.THUMBNAIL)


@requires(*FILE_OR_AMEND)
@require_http_methods(FORM)
@own_draft
@file_gone()
def discard(request: HttpRequest, answers: Answers, pk: UUID) -> HttpResponse:
    """Take a file out of the draft; it is gone."""
    place = Place(answers.draft, answers.user)
    line = Line(place.one(pk), place)
    if request.method != "POST":
        return render(request, "reports/attachments_discard.html", around(answers) | {"line": line, "place": place})
    actions.discard(pk, by=place.user)
    messages.success(request, "The file is removed.")
    return redirect(place.url)


# -- The list and what is sent from it -------------------------------------------------------------------------------
def _listed(request: HttpRequest, place: Place, template: str, around: dict[str, object]) -> HttpResponse:
    if request.method == "POST":
        describes = request.POST.get("act") == "describe"
        return (_describe if describes else _add)(request, place, template, around)
    if "X-Background" in request.headers:
        return _news(request, place)
    return _shown(request, place, template, around)


def _shown(
    request: HttpRequest, place: Place, template: str, around: dict[str, object], **said: object
) -> HttpResponse:
    page = page_of(place, form=said.get("form"), line=said.get("line"))  # type: ignore[arg-type]
    place.note(len(page["lines"]))
    return render(request, template, {**around, **page}, status=422 if said else 200)


def _news(request: HttpRequest, place: Place) -> HttpResponse:
    """For the page that asks by itself: nothing, or the list as it now is, which is a look at it."""
    files = place.files()
    state = state_of(files)
    if request.GET.get("state") == state:
        return HttpResponse(status=204)
    place.note(len(files))
    return JsonResponse({"html": _rows(request, place, files), "state": state})


def _rows(request: HttpRequest, place: Place, files: list[Attachment]) -> str:
    context = {"lines": lines_of(place, files)}
    return render_to_string("reports/attachments_rows.html", context, request=request)


def _cut(request: HttpRequest) -> HttpResponse:
    if errors.wants_json(request):
        return JsonResponse({"message": CUT, "cut": True}, status=400)
    return errors.unprocessable(request, CUT)


def _add(request: HttpRequest, place: Place, template: str, around: dict[str, object]) -> HttpResponse:
    """Each file is taken or refused by itself; the script sends one, the plain form several."""
    if not (verdict := place.may_add):
        raise Refused(verdict.reason)
    if is_cut_short(request):
        return _cut(request)
    outcome = receive(request, place)
    if errors.wants_json(request):
        return _answered(request, place, outcome)
    if outcome.added:
        one = len(outcome.added) == 1
        messages.success(request, f"{'One file is' if one else f'{len(outcome.added)} files are'} added.")
    if outcome.refused:
        return _shown(request, place, template, around, form=upload_form(outcome.refused))
    return HttpResponseRedirect(place.url, status=303)


def _answered(request: HttpRequest, place: Place, outcome: Outcome) -> HttpResponse:
    if outcome.reasons:
        return JsonResponse({"message": " ".join(outcome.reasons)}, status=422)
    return JsonResponse({"html": _rows(request, place, outcome.added)}, status=201)


def _describe(request: HttpRequest, place: Place, template: str, around: dict[str, object]) -> HttpResponse:
    """Say what one file shows."""
    file = place.one(_pk(request))
    form = CaptionForm(request.POST, mark=str(file.pk)[:8])
    if form.is_valid():
        with add_refusal(form):
            file = actions.describe(file.pk, form.cleaned_data["caption"], by=place.user)
    if errors.wants_json(request):
        wrong = " ".join(str(error) for found in form.errors.values() for error in found)
        if wrong:
            return JsonResponse({"message": wrong}, status=422)
        return JsonResponse({"html": _rows(request, place, [file])})
    if form.errors:
        return _shown(request, place, template, around, line=Line(file, place, form))
    return HttpResponseRedirect(f"{place.url}#file-{str(file.pk)[:8]}", status=303)


def _pk(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("file", ""))
    except ValueError:
        raise Http404 from None


# -- Handing out -----------------------------------------------------------------------------------------------------
def _of_report(request: HttpRequest, number: str) -> Place:
    user = person(request)
    return Place(visible_report(number, user), user)


def _released(place: Place, pk: UUID) -> Attachment:
    """404 for whatever the scanner has not let through, or was withdrawn since."""
    file = place.one(pk)
    if file.state != Attachment.State.RELEASED:
        raise Http404
    return file


def _hand_out(request: HttpRequest, place: Place, pk: UUID, copy: AttachmentPiece.Copy) -> HttpResponse:
    """A copy without what the camera noted, as a download; or its thumbnail. On record before the first byte."""
    file = _released(place, pk)
    if copy == Copy.THUMBNAIL and not reading.has_thumbnail(file):
        raise Http404
    code = "attachment.glanced" if copy == Copy.THUMBNAIL else "attachment.downloaded"
    record(code, by=place.user, on=file)
    return _streamed(request, file, copy)


def _streamed(request: HttpRequest, file: Attachment, copy: AttachmentPiece.Copy) -> HttpResponse:
    headers = reading.headers(file, copy) | {"Content-Length": str(reading.length(file, copy))}
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    answer: Any = StreamingHttpResponse(reading.stream(file, copy), headers=headers)
    return answer  # type: ignore[no-any-return] # a view of ours declares the narrower of the two
