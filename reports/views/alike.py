"""What other reports name the same: of a report, and while one is being written."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person, requires
from audit.log import record
from audit.models import SearchTerms
from reports import actions
from reports.alike_panel import Hint, Told, reasons_of, worth_saying
from reports.answers import Answers, AnswersForm, from_raw, posted
from reports.finding import alike as finding
from reports.finding.alike import Mine, Reason
from reports.kinds import Part, Rows
from reports.lookup import READS
from reports.models import Draft, Relation, Report
from reports.page import opened
from reports.terms import LONGEST
from reports.views.own import answers_of


@requires(*READS)
@require_safe
def alike(request: HttpRequest, number: str) -> HttpResponse:
    """All that a report has in common with others that the person may read, and a button that links two."""
    user = person(request)
    report = opened(number, user)
    reasons = reasons_of(report, user)
    others = {other.pk for reason in reasons for other in reason.others}
    record("report.alike_viewed", by=user, on=report, count=len(others))
    may_relate = bool(actions.may_relate(report, user))
    context = {
        "report": report,
        "told": [Told(reason) for reason in reasons],
        "may_relate": may_relate,
        "linked": _linked(report) if may_relate and others else set(),
    }
    return render(request, "reports/alike.html", context)


def _linked(report: Report) -> set[UUID]:
    """The reports with which this one is linked already."""
    standing = Relation.objects.filter(Q(of=report) | Q(to=report), unmade_at=None)
    return {key for both in standing.values_list("of_id", "to_id") for key in both}


@requires(*READS)
@require_POST
def known(request: HttpRequest) -> HttpResponse:
    """Which earlier reports name what was just typed into one field of one's own draft; nothing where none does.

    It is typed text, so it comes by POST and is kept like a search. What looks like an SSN is not looked for: the
    field itself says so.
    """
    answers, part = _draft_part(request)
    form, field = _form(answers, part, request), request.POST.get("field", "")
    if field not in finding.answers_that_name(type(form.instance)):
        raise Http404
    form.is_valid()  # the row then holds what is right in it: no number that the guard refuses
    mine = finding.of_answer(form.instance, field)
    found = _looked_for(mine, answers) if mine else []
    return render(request, "reports/alike_known.html", {"hints": [Hint(one) for one in found]})


def _draft_part(request: HttpRequest) -> tuple[Answers, Part]:
    """The part of the person's own draft; neither exists for anybody else."""
    try:
        answers = answers_of(request, UUID(request.POST.get("draft", "")), reading=False)
    except (ValueError, Draft.DoesNotExist):
        raise Http404 from None
    part = answers.kind.part(request.POST.get("part", ""))
    if part is None or part not in answers.enterable:
        raise Http404
    return answers, part


def _form(answers: Answers, part: Part, request: HttpRequest) -> AnswersForm:
    """The form as it stands on the page; its row need not be saved yet."""
    if isinstance(part, Rows):
        key = str(uuid4())
        return answers.row_form(part, key, from_raw(posted(answers.row_form(part, key), request.POST)))
    return answers.form(part, from_raw(posted(answers.form(part), request.POST)))


def _looked_for(mine: Mine, answers: Answers) -> list[Reason]:
    """What other reports hold of it, recorded with what was looked for and how many reports there are."""
    user, draft = answers.user, answers.draft
    terms = ", ".join([value for _, value in mine.identifiers] + [one.name for one in mine.names])
    with transaction.atomic():
        found = worth_saying(finding.find(mine, user, but=[pk for pk in (draft.pk, draft.amends_id) if pk]))
        count = len({other.pk for reason in found for other in reason.others})
        kept = SearchTerms.objects.create(user_id=user.pk, terms=terms[:LONGEST], found=count)
        record("reports.hinted", by=user, on=kept, count=count)
    return found
