"""Everyone who looked at one report."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import person, requires
from audit import looks
from audit.lines import lines
from audit.log import Subject, record
from audit.search import page_of
from audit.views.people import beside, keys_of


@requires("read_audit")
@require_safe
def everyone(request: HttpRequest, number: str) -> HttpResponse:
    """A line a person, then every event of it. Restricted reports too: who looked at them matters most."""
    subject = looks.find(number)
    if subject is None:
        raise Http404
    page = page_of(subject.wanted.events(), **keys_of(request.GET))
    people = looks.lookers(subject)
    on = Subject(subject.audit_type, subject.audit_id, subject.audit_label)
    record("audit.report_viewed", by=person(request), on=on, shown=len(page.events), people=len(people))
    context = {"subject": subject, "people": people, "most": looks.MOST, "lines": lines(page.events)}
    return render(request, "audit/report.html", {**context, **beside({}, page)})
