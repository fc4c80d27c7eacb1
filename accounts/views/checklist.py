"""The checklist: what somebody still needs before they may work."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import signed_in


@signed_in
def before_you_start(request: HttpRequest) -> HttpResponse:
    raise Http404
