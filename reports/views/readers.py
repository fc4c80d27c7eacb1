"""Who may read a restricted report: the people named on it, naming one more, taking one off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Refused, may, person, requires
from accounts.forms import ReasonForm
from accounts.models import User
from accounts.refusals import add_refusal
from audit.log import record
from privacy import guarded
from reports import actions, naming
from reports.lookup import READS, visible_report
from reports.models import Report
from sen.forms import Combobox

if TYPE_CHECKING:
    _PersonChoice = forms.ModelChoiceField[User]
else:  # Django's own class takes no type when the program runs
    _PersonChoice = forms.ModelChoiceField


class PersonChoice(_PersonChoice):
    """Chooses a person by name; `__str__` of a person names nobody."""

    widget = Combobox

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name} ({obj.username})"


class ReaderForm(guarded.Form):
    """A person to name, and why they need to know."""

    person = PersonChoice(
        queryset=User.objects.none(),
        to_field_name="username",
        empty_label="- Select -",
        help_text="People whose role lets them read this kind of report.",
    )
    reason = forms.CharField(label="Why this person needs to know", max_length=300)

    def __init__(self, report: Report, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["person"]
        field.queryset = may_be_named(report)


WHY_REMOVED = "Say why this person no longer needs to know."


def may_be_named(report: Report) -> QuerySet[User]:
    """Those whom naming would let read the report and who are not named yet."""
    return naming.able(report).exclude(pk__in=naming.named(report).values("user")).order_by("name", "username")


@requires(*READS)
@require_http_methods(["GET", "HEAD", "POST"])
def readers(request: HttpRequest, number: str) -> HttpResponse:
    """The people named on a restricted report; POST names one more."""
    user = person(request)
    report = _report(number, user)
    form = ReaderForm(report, request.POST or None)
    if form.is_valid():
        chosen = form.cleaned_data["person"]
        with add_refusal(form):
            actions.name_reader(report, chosen, by=user, reason=form.cleaned_data["reason"])
            messages.success(request, f"{chosen.name} can now read {report.number}.")
            return redirect("reports:readers", number=number)
    record("report.readers_viewed", by=user, on=report)
    named = naming.named(report).select_related("user__office").order_by("user__name")
    context = {"report": report, "form": form, "named": named}
    return render(request, "reports/readers.html", context, status=422 if form.errors else 200)


@requires(*READS)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Ask why, then take a person off the report."""
    user = person(request)
    report = _report(number, user)
    reader = naming.named(report).select_related("user").filter(user_id=pk).first()
    if reader is None:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None, needed=WHY_REMOVED, longest=300)
    if form.is_valid():
        with add_refusal(form):
            actions.remove_reader(report, reader.user, by=user, reason=form.reason)
            return _removed(request, report, reader.user)
    context = {"report": report, "reader": reader.user, "form": form, "is_oneself": reader.user_id == user.pk}
    return render(request, "reports/reader_remove.html", context, status=422 if form.errors else 200)


def _removed(request: HttpRequest, report: Report, reader: User) -> HttpResponse:
    """To the people still named; whoever took themselves off can no longer see these."""
    messages.success(request, f"{reader.name} can no longer read {report.number}.")
    oneself = reader == person(request)
    return redirect("reports:listing") if oneself else redirect("reports:readers", number=report.number)


def _report(number: str, user: User) -> Report:
    """The report, if the person may name its readers. Raises Refused when they may only read it."""
    report = visible_report(number, user)
    verdict = may(user, "name_readers", report.office, report.author_id)
    if not verdict:
        raise Refused(verdict.reason)
    return report
