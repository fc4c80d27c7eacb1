"""Linking a report with others: what it is linked with, linking it with one more, taking a link back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import Refused, person, requires
from accounts.forms import ReasonForm
from accounts.models import User
from accounts.refusals import add_refusal
from audit.log import record
from privacy import guarded
from reports import actions
from reports.actions.relating import LONGEST_REASON, UNKNOWN, WHY_APART
from reports.content import read
from reports.document import related_numbers
from reports.lookup import READS, gone_meanwhile, visible_report
from reports.models import Report
from reports.relations import Link, links_of
from sen import errors
from sen.way_back import asked_for


class LinkForm(guarded.Form):
    """The number of another report, and why the two belong together."""

    number = forms.CharField(
        label="Number of the other report",
        max_length=60,
        help_text="Such as SIR-2026-MIA-000123. Paste it from the other report's page.",
        error_messages={"required": "Give the number of the other report."},
    )
    reason = forms.CharField(
        label="Why the two belong together",
        max_length=LONGEST_REASON,
        error_messages={"required": "Say why the two belong together."},
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean_number(self) -> str:
        """The number as it is written, from whatever was pasted; `other` is its report."""
        number = "".join(str(self.cleaned_data["number"]).split()).upper()
        self.other = Report.objects.visible_to(self.user).filter(number=number).first()
        if self.other is None:
            raise ValidationError(UNKNOWN)
        return number


@requires(*READS)
@require_http_methods(["GET", "HEAD", "POST"])
def relations(request: HttpRequest, number: str) -> HttpResponse:
    """The reports that this one is linked with; POST links one more."""
    user = person(request)
    report = _report(number, user)
    form = LinkForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid() and form.other:
        with add_refusal(form):
            actions.relate(report, form.other, by=user, reason=form.cleaned_data["reason"])
            messages.success(request, f"{report.number} and {form.other.number} are linked.")
            return redirect(asked_for(request) or reverse("reports:relations", args=[report.number]))
    record("relations.viewed", by=user, on=report)
    context = {"report": report, "form": form, "links": links_of(report, related_numbers(read(report)), user)}
    return render(request, "reports/relations.html", context, status=422 if form.errors else 200)


@requires(*READS)
@require_http_methods(["GET", "HEAD", "POST"])
@gone_meanwhile()
def unlink(request: HttpRequest, number: str, relation_id: UUID) -> HttpResponse:
    """Ask why, then take a link back."""
    user = person(request)
    report = _report(number, user)
    link, is_past = _link(report, relation_id, user)
    if is_past:
        reason = (
            f"{report.number} and {link.number} are no longer linked. The timeline of either says who unlinked them."
        )
        back = reverse("reports:relations", args=[report.number])
        return errors.conflict(request, reason, next_url=back, next_label=f"Relations of {report.number}")
    form = ReasonForm(request.POST if request.method == "POST" else None, needed=WHY_APART, longest=LONGEST_REASON)
    if request.method == "POST":
        try:
            actions.unrelate(relation_id, by=user, reason=form.reason)
        except ValidationError as error:
            form.refused(error)
        else:
            messages.success(request, f"{report.number} and {link.number} are no longer linked.")
            return redirect("reports:relations", number=report.number)
    context = {"report": report, "link": link, "form": form}
    return render(request, "reports/unlink.html", context, status=422 if form.errors else 200)


def _report(number: str, user: User) -> Report:
    """The report, if the person may link it. Raises Refused when they may only read it."""
    report = visible_report(number, user)
    if not (verdict := actions.may_relate(report, user)):
        raise Refused(verdict.reason)
    return report


def _link(report: Report, relation_id: UUID, user: User) -> tuple[Link, bool]:
    """The link, and whether it was taken back; one with a report that is hidden from the person does not exist."""
    links = links_of(report, (), user)
    for is_past, found in ((False, links.named), (True, links.past)):
        for link in found:
            if link.relation == relation_id:
                return link, is_past
    raise Http404
