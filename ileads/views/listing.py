"""The way to the list of iLeads, which is the list of reports with one filter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.access import requires
from reports.lookup import READS


@requires(*READS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('reports:listing')}?kind=ilead")
