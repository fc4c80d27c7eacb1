"""The checklist: what somebody still needs before they may work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import checklist, pages, readiness
from accounts.access import person, signed_in
from accounts.asking import own_page
from sen import kept


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def before_you_start(request: HttpRequest) -> HttpResponse:
    """Every line with its state. A form that was held back comes along by POST, and is offered once all is done."""
    user, mark = person(request), request.POST.get(kept.FIELD, "")
    ready = readiness.first_lack(user, request.session) is None
    form = kept.opened(mark) if mark else None
    mine = form if form and form.belongs_to(user.pk) else None
    if ready and mine:
        return pages.send_again(request, mine)
    context = {
        "lines": checklist.lines(user, request.session),
        "ready": ready,
        "kept": mark if mine else "",
        "next_url": own_page(request, request.GET.get("next", "")),
    }
    return render(request, "accounts/before_you_start.html", context)
