"""The last look at a draft and its filing: everything as it will read, who will be told, and the act itself."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from psycopg.errors import LockNotAvailable

from accounts.access import Refused, person, requires
from privacy import guarded
from privacy.overrides import SUFFIX
from reports import actions, alike_panel, approval, attachment_panel, drafts, routing, urgency
from reports.answers import Answers, Problem, Raw, from_raw
from reports.content import Filled
from reports.document import DocumentPart, document
from reports.kinds import Part, Rows
from reports.lookup import gone_meanwhile
from reports.models import Draft, ReportNotice
from reports.states import Status
from reports.views.own import (
    FILE_OR_AMEND,
    answers_of,
    around,
    filed_instead,
    is_autosave,
    own_draft,
    part_url,
    row_url,
    saved_answer,
)
from sen import errors
from sen.forms import CountedTextarea, Tile

TRUE = "This is accurate to the best of my knowledge, and I may enter it here."
BUSY = (
    "This report is still being filed. Wait a few seconds, then reload this page: it is filed once, whatever happens."
)
CHANGED = "This draft was changed in another window since you checked it. Check it again."
REUSED = "This page was already used to send something else. Check the report once more and file it from here."


class FilingForm(guarded.Form):
    """What filing asks beside the report itself."""

    reason = forms.CharField(
        label="Why you amend this report",
        max_length=500,
        widget=CountedTextarea(rows=3),
        help_text="Kept with the new version and shown on its timeline.",
    )
    attested = forms.BooleanField(
        label=TRUE, widget=Tile(), error_messages={"required": "Confirm this before you file the report."}
    )

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(data, initial={"reason": draft.reason})
        if draft.amends is None:
            del self.fields["reason"]


@dataclass(frozen=True)
class Checked:
    """One part on the check page: where it is changed, and how it will read, if anything is entered."""

    part: Part
    url: str
    reads: DocumentPart | None


@requires(*FILE_OR_AMEND)
@require_http_methods(["GET", "HEAD", "POST"])
@own_draft
def check(request: HttpRequest, answers: Answers) -> HttpResponse:
    """GET shows the report; POST only keeps the reason of an amendment while it is typed."""
    if request.method == "POST":
        drafts.give_reason(answers.draft.pk, _reason(request), by=answers.user)
        return saved_answer(answers, _reason(request)) if is_autosave(request) else redirect(request.path)
    return show(request, answers, FilingForm(answers.draft))


@requires(*FILE_OR_AMEND)
@require_http_methods(["GET", "HEAD", "POST"])
@gone_meanwhile()
def submit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """File the draft, once for each key, however often it is sent."""
    if request.method != "POST":
        return redirect("reports:check", draft_id=draft_id)
    try:
        return _submit(request, draft_id)
    except Draft.DoesNotExist:
        return filed_instead(request, draft_id)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return errors.conflict(request, BUSY, next_url=reverse("reports:check", args=[draft_id]), next_label="Reload")


def _submit(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    user, key = person(request), _key(request)
    if Draft.objects.filter(pk=draft_id, author=user).exists():
        answers = answers_of(request, draft_id)
        if answers.draft.amends:
            drafts.give_reason(draft_id, _reason(request), by=user)
        form = FilingForm(answers.draft, request.POST)
        if key is None or not form.is_valid():
            return show(request, answers, form, status=422)
    return _file(request, draft_id, key or uuid4())


def _file(request: HttpRequest, draft_id: UUID, key: UUID) -> HttpResponse:
    try:
        receipt = actions.submit(
            draft_id,
            by=person(request),
            key=key,
            body_hash=body_hash(request),
            attested="attested" in request.POST,
            checked_version=_checked(request),
        )
    except actions.ChangedSince:
        return _changed(request, draft_id)
    except actions.NotComplete:
        return _again(request, draft_id)
    except actions.KeyReused:
        return _again(request, draft_id, REUSED)
    except Refused as refused:
        return _again(request, draft_id, refused.reason)
    except actions.Outdated:
        return redirect("reports:newest", draft_id=draft_id)
    return _filed(request, receipt)


def _again(request: HttpRequest, draft_id: UUID, refusal: str = "") -> HttpResponse:
    """The check page once more, with what stands against filing; everything typed is kept."""
    answers = answers_of(request, draft_id)
    form = FilingForm(answers.draft, request.POST)
    if form.is_valid() and refusal:
        form.add_error(None, refusal)
    return show(request, answers, form, status=422)


def _changed(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The check page as the draft now reads, to be confirmed anew."""
    answers = answers_of(request, draft_id)
    form = FilingForm(answers.draft, from_raw(_reason(request)))
    form.errors.pop("attested", None)
    form.add_error(None, CHANGED)
    return show(request, answers, form, status=409)


def _filed(request: HttpRequest, receipt: actions.Receipt) -> HttpResponse:
    report = receipt.report
    told = ReportNotice.objects.filter(report=report, version=report.version).values("office_id").distinct().count()
    done = "filed" if report.version == 1 else f"amended: version {report.version} is filed"
    waits = " A supervisor approves it next." if report.status == Status.AWAITING_APPROVAL else ""
    messages.success(request, f"{report.number} {done}. {_told_in_words(told, report.restricted)}{waits}")
    # 303, so that every client asks for the report with GET.
    return HttpResponseRedirect(reverse("reports:detail", args=[report.number]), status=303)


def _told_in_words(offices: int, restricted: bool) -> str:
    if restricted:
        return "It is restricted, so nobody was told by rule: name the people who must know."
    return {0: "No further office was told.", 1: "One office was told."}.get(offices, f"{offices} offices were told.")


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _checked(request: HttpRequest) -> int | None:
    """The draft as the page showed it. Not named "version": that field follows what autosaving answers."""
    typed = request.POST.get("checked_version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def _reason(request: HttpRequest) -> Raw:
    """Why the report is amended, and what was said of a number in it."""
    names = ("reason", f"reason{SUFFIX}")
    return {name: [request.POST[name].replace("\x00", "")] for name in names if name in request.POST}


def body_hash(request: HttpRequest) -> str:
    """What was sent and where to, so that one key cannot file two different things."""
    sent = sorted((name, value) for name, values in request.POST.lists() for value in values)
    body = [pair for pair in sent if pair[0] != "csrfmiddlewaretoken"]
    return sha256(repr((request.path, body)).encode("utf-8", "surrogatepass")).hexdigest()


# -- The page -------------------------------------------------------------------------------------------------------
def show(request: HttpRequest, answers: Answers, form: FilingForm, status: int = 200) -> HttpResponse:
    filled, problems = answers.fill(), answers.problems()
    parts = checked(answers, filled)
    why = urgency.reasons(filled) if filled.report.event_types else []
    context = {
        "form": form,
        "parts": [one for one in parts if one.reads or not one.part.optional],
        "unused": [one for one in parts if not one.reads and one.part.optional],
        "problems": [(problem, problem_url(answers, problem)) for problem in problems],
        "recipients": recipients(filled, urgent=bool(why)),
        "restricted": filled.report.restricted,
        "urgent_heading": "Urgent" if filled.report.restricted else "Urgent: headquarters is told at once",
        "urgent_because": why,
        "remarks": answers.kind.remarks(filled.report) if not problems else [],
        "earlier": alike_panel.earlier(answers.draft, filled, answers.user),
        "approval": answers.draft.amends is None and approval.needed(answers.kind),
        "supervisor": filled.report.supervisor.name if filled.report.supervisor else "",
        "title": answers.title,
        "attached": attachment_panel.in_words(answers.draft),
        "key": uuid4(),
        "submit_url": reverse("reports:submit", args=[answers.draft.pk]),
        "verb": f"File version {(answers.draft.base_version or 0) + 1}"
        if answers.draft.amends
        else f"File this {answers.kind.noun}",
    }
    return render(request, "reports/check.html", around(answers) | context, status=status)


def checked(answers: Answers, filled: Filled) -> list[Checked]:
    words = {one.name: one for one in document(filled, opened=[part.name for part in answers.parts])}
    return [Checked(part, part_url(answers, part), words.get(part.name)) for part in answers.parts]


def problem_url(answers: Answers, problem: Problem) -> str:
    """The very field, on its screen; a missing row is added there."""
    if isinstance(problem.part, Rows) and not problem.key:
        return part_url(answers, problem.part)
    part = problem.part
    screen = row_url(answers, part, problem.key) if isinstance(part, Rows) else part_url(answers, part)
    return f"{screen}?check=1#id_{problem.field}_group"


def recipients(filled: Filled, *, urgent: bool) -> list[routing.Recipient]:
    """Who will be told, as far as the draft already says: that depends on its office and its event types."""
    report = filled.report
    if not report.office_id or (filled.kind.types and not report.event_types):
        return []
    return routing.recipients(report, urgent=urgent)
