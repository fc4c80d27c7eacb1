"""The own draft that every page of filing works on, and what each such page shows around its form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import Refused, person
from accounts.models import User
from privacy import guarded
from reports.answers import Answers, AnswersForm, Raw
from reports.drafts import Page
from reports.kinds import KINDS, Part, Rows
from reports.models import Draft, Report
from reports.reading import note_reading
from sen import errors
from sen.times import zone_name

FILE = tuple(kind.permission("file") for kind in KINDS)
FILE_OR_AMEND = (*FILE, *(kind.permission("amend") for kind in KINDS))

DraftView = Callable[..., HttpResponse]


def own_draft(view: DraftView) -> DraftView:
    """Give the view the answers of the signed-in person's own draft; it does not exist for anybody else."""

    @wraps(view)
    def run(request: HttpRequest, draft_id: UUID, **kwargs: Any) -> HttpResponse:
        try:
            return _answered(view, request, draft_id, **kwargs)
        except Draft.DoesNotExist:
            return filed_instead(request, draft_id)

    return run


def _answered(view: DraftView, request: HttpRequest, draft_id: UUID, **kwargs: Any) -> HttpResponse:
    """What is saved while one types is answered with the time alone, which shows nothing of the report: no reading."""
    saving = request.method == "POST" and is_autosave(request)
    answers = answers_of(request, draft_id, reading=not saving)
    response = view(request, answers, **kwargs)
    if saving and not isinstance(response, JsonResponse):
        _note(answers.draft, answers.user)
    return response


def answers_of(request: HttpRequest, draft_id: UUID, *, reading: bool = True) -> Answers:
    """Raises Draft.DoesNotExist, and Http404 for the amendment of a report that its author may no longer see."""
    user = person(request)
    draft = Draft.objects.select_related("amends__office", "amends__author").get(pk=draft_id, author=user)
    if draft.amends:
        if not Report.objects.visible_to(user).filter(pk=draft.amends.pk).exists():
            raise Http404
        if reading:
            _note(draft, user)
    return Answers(draft, user)


def _note(draft: Draft, user: User) -> None:
    """A draft amendment shows what its report says."""
    if draft.amends:
        note_reading(draft.amends, by=user, version=draft.base_version, code="report.draft_viewed")


def filed_instead(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A draft that was filed lives on as its report, under the same id; what was just typed is kept on the page."""
    report = Report.objects.visible_to(person(request)).filter(pk=draft_id, author=person(request)).first()
    if report is None:
        raise Http404
    there = reverse("reports:detail", args=[report.number])
    if request.method != "POST":
        return redirect(there)
    reason = f"This draft was filed as {report.number}, so what you just sent was not added. Amend the report instead."
    return errors.conflict(request, reason, next_url=there, next_label=f"Open {report.number}")


# -- Saving ---------------------------------------------------------------------------------------------------------
def is_autosave(request: HttpRequest) -> bool:
    return "X-Autosave" in request.headers


def open_page(request: HttpRequest) -> Page:
    """Which open page saves, as its hidden fields say; without them nothing saved elsewhere is overwritten."""
    typed = request.POST.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    return Page(version, request.POST.get("mark", "")[:64])


def saved_answer(answers: Answers, raw: Raw) -> HttpResponse:
    """What the script that saves while one types is told: also in which answers bullets stand for a number."""
    masked = guarded.storable(raw)[1]
    return JsonResponse({"saved_at": saved_time(answers), "version": answers.draft.version, "masked": masked})


def not_saved(request: HttpRequest, form: AnswersForm, refused: Refused) -> HttpResponse | None:
    """Put the reason above the form; to the script that saves while one types, answer it."""
    form.add_error(None, refused.reason)
    return JsonResponse({"message": refused.reason}, status=422) if is_autosave(request) else None


def has_number(form: AnswersForm) -> bool:
    """Whether what was typed holds what looks like an SSN, so that the draft does not hold it as it was typed."""
    return any(found.wrong for found in form.looked().values())


def saved_time(answers: Answers) -> str:
    local = answers.draft.saved_at.astimezone(ZoneInfo(answers.zone))
    return f"{local:%H:%M} {zone_name(local)}"


# -- What is around the form -------------------------------------------------------------------------------------------
def around(answers: Answers) -> dict[str, Any]:
    """What every page of a draft shows: whose next version or which new report it is, and when it was last saved."""
    draft, kind = answers.draft, answers.kind
    return {
        "draft": draft,
        "kind": kind,
        "draft_heading": f"Amend {draft.amends.number}" if draft.amends else f"New {kind.noun}",
        "saved_time": saved_time(answers) if draft.version else "",
        "mark": uuid4().hex,
    }


def hush(form: AnswersForm) -> AnswersForm:
    """Do not nag about answers that nobody has asked for yet; what is wrong is said at once."""
    if form.is_bound:
        for name in form.missing:
            del form.errors[name]
    return form


# -- Where to go next --------------------------------------------------------------------------------------------------
def part_url(answers: Answers, part: Part) -> str:
    return reverse("reports:part", args=[answers.draft.pk, part.name])


def row_url(answers: Answers, part: Rows, key: str) -> str:
    return reverse("reports:row", args=[answers.draft.pk, part.name, key])


def list_url(answers: Answers) -> str:
    return reverse("reports:draft", args=[answers.draft.pk])


def next_url(answers: Answers, part: Part) -> str:
    """The screen after this part; optional parts are passed over, never out of reach. After the last, the check."""
    order = list(answers.kind.entered)
    after = order[order.index(part) + 1 :]
    coming = next((p for p in after if answers.shows(p) and not p.optional), None)
    return part_url(answers, coming) if coming else reverse("reports:check", args=[answers.draft.pk])
