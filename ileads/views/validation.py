"""The worklist of iLeads whose information is to be checked again."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from accounts.models import User
from audit.log import Subject, record
from ileads import worklist
from privacy import guarded
from reports.filters import choice, offers

PAGE = 50
ALL, OVERDUE = "all", "overdue"


class WorklistFilter(guarded.Form):
    """Whose iLeads, which office, and whether only what is overdue. What makes no sense is left out."""

    optional_is_plain = True
    of = choice("Whose", "Mine to validate", lambda: [(ALL, "All I can read")])
    when = choice("Due", "Within 60 days", lambda: [(OVERDUE, "Overdue")])

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.validates = user.may_somewhere(worklist.PERMISSION)
        offices = offers(user).offices
        self.fields["office"] = choice(
            "Office", "All offices", lambda: [(code, name) for code, (name, _) in offices.items()], long=True
        )
        if not self.validates:  # who validates nothing reads what the others have to do
            del self.fields["of"]

    @property
    def given(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        given = self.given
        if self.validates and given.get("of") != ALL:
            rows = rows.filter(worklist.validated_by(self.user))
        if given.get("when") == OVERDUE:
            rows = rows.filter(due__lt=timezone.localdate())
        if given.get("office"):
            rows = rows.filter(office__path__startswith=offers(self.user).offices[given["office"]][1])
        return rows

    def query(self, page: int) -> str:
        return "?" + urlencode({**self.given, "page": str(page)})


@requires("validate_ilead", "disseminate_ilead")
@require_safe
def validation(request: HttpRequest) -> HttpResponse:
    """What is due first stands first."""
    user, today = person(request), timezone.localdate()
    form = WorklistFilter(request.GET, user)
    rows = form.apply(worklist.due(user, today).select_related("office", "author"))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = worklist.lines(page, today)
    record("reports.listed", by=user, on=Subject("list", "", "iLeads to validate"), count=len(lines))
    context = {
        "form": form,
        "lines": lines,
        "count": page.paginator.count,
        "earlier": form.query(page.previous_page_number()) if page.has_previous() else "",
        "later": form.query(page.next_page_number()) if page.has_next() else "",
    }
    return render(request, "ileads/validation.html", context)
