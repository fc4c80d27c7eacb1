"""Why somebody may or may not see or do something; what a grant would open; who can see an office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts import opening
from accounts.access import person, requires
from accounts.explain import REPORTS, Held, in_order
from accounts.explain import explain as explained
from accounts.forms import PersonChoice
from accounts.models import Office, User
from accounts.roles import Role
from accounts.views.people import PAGES, page_of
from audit.log import Subject, record
from privacy import guarded
from sen.forms import Combobox

UNKNOWN = "There is no such report here. Check the number, such as SIR-2026-MIA-000123."


class ExplainForm(guarded.Form):
    """Of whom, and of which report. Everybody can be asked about, whatever the status of the account."""

    person = PersonChoice(queryset=User.objects.order_by("name", "username"), empty_label="- Select -")
    report = forms.CharField(
        label="Report number",
        max_length=40,
        help_text="As it stands on the report, such as SIR-2026-MIA-000123.",
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_report(self) -> str:
        number: str = self.cleaned_data["report"]
        if REPORTS.find(number) is None:
            raise forms.ValidationError(UNKNOWN)
        return number


@requires("explain_access")
@require_http_methods(PAGES)
def explain(request: HttpRequest) -> HttpResponse:
    """Asks of whom and of which report; the answer stands at an address that holds two numbers and no name."""
    asked, number = request.GET.get("person", ""), request.GET.get("report", "")
    if request.method == "POST":
        form = ExplainForm(request.POST)
        if form.is_valid():
            return _answer_at(form.cleaned_data["person"], form.cleaned_data["report"])
        return _form(request, form)
    if not asked:
        return _form(request, ExplainForm(initial={"report": number}))
    user = _asked_about(asked)
    if asked != str(user.pk):
        return _answer_at(user, number)
    return _explained(request, user, number) if number else _form(request, ExplainForm(initial={"person": user}), user)


def _asked_about(asked: str) -> User:
    """By number; a username that was typed into the address leads to the same page without it."""
    asked = asked.replace("\x00", "")
    known = {"pk": int(asked)} if asked.isascii() and asked.isdigit() and len(asked) < 10 else {"username": asked}
    return get_object_or_404(User.objects.select_related("office"), **known)


def _answer_at(user: User, number: str) -> HttpResponseRedirect:
    given = {"person": str(user.pk)} | ({"report": number} if number else {})
    return HttpResponseRedirect(f"{reverse('accounts:explain')}?{urlencode(given)}")


def _form(request: HttpRequest, form: ExplainForm, user: User | None = None) -> HttpResponse:
    """The form offers everyone by name, so to show it is to show the people."""
    record("users.listed", by=person(request), on=Subject("users"))
    context: dict[str, Any] = {"form": form}
    if user:
        record("access.explained", by=person(request), on=user)
        held = Held(user)
        context |= {"subject": user, "before": in_order(user), "held": [held.describe(one) for one in held.assignments]}
    return render(request, "accounts/explain.html", context, status=422 if form.errors else 200)


def _explained(request: HttpRequest, user: User, number: str) -> HttpResponse:
    """What does not exist and what nobody may be told of are answered alike."""
    report = REPORTS.find(number)
    record("access.explained", by=person(request), on=user, report=number[:40], known=report is not None)
    if report is None:
        record("users.listed", by=person(request), on=Subject("users"))
        form = ExplainForm(initial={"person": user, "report": number})
        return render(request, "accounts/explain.html", {"form": form, "unknown": UNKNOWN}, status=404)
    context = {
        "subject": user,
        "report": report,
        "facts": REPORTS.facts(report),
        "explained": explained(user, report),
        "again": f"{reverse('accounts:explain')}?{urlencode({'report': report.number})}",
    }
    return render(request, "accounts/explained.html", context)


# -- Before a grant ---------------------------------------------------------------------------------------------------
class OpeningForm(guarded.Form):
    """A grant that somebody thinks about. All of it stands in the address, so a person stands there by number."""

    role = forms.ChoiceField(
        choices=[("", "- Select -"), *((role.value, role.label) for role in Role)], widget=Combobox
    )
    office = forms.ModelChoiceField(Office.objects.all(), widget=Combobox, empty_label="- Select -")
    person = PersonChoice(
        queryset=User.objects.order_by("name", "username"),
        required=False,
        empty_label="- Anybody -",
        help_text="What this person has already is then told apart.",
    )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


@requires("grant_roles")
@require_safe
def explain_grant(request: HttpRequest) -> HttpResponse:
    """What a role at an office would open, before it is given."""
    form = OpeningForm(request.GET or None)
    record("users.listed", by=person(request), on=Subject("users"))
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        asked = form.cleaned_data
        context["opening"] = opening.opening(asked["role"], asked["office"], asked["person"])
        on = asked["person"] or Subject("role", asked["role"].value, asked["role"].label)
        record("access.explained", by=person(request), on=on, role=asked["role"], office=asked["office"].code)
    return render(request, "accounts/explain_grant.html", context, status=422 if form.errors else 200)


# -- Who can see an office --------------------------------------------------------------------------------------------
@requires("explain_access")
@require_safe
def explain_office(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who can see reports of this office, by name, and through which role."""
    office = Office.objects.filter(pk=pk).first()
    if office is None:
        raise Http404
    page = page_of(request, opening.readers(office))
    record("access.explained", by=person(request), on=office, page=page.number)
    context = {
        "office": office,
        "page": page,
        "readers": opening.through(office, list(page)),
        "single": REPORTS.single(office),
    }
    return render(request, "accounts/explain_office.html", context)
