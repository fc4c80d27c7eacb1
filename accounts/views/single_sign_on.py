"""The agency's single sign-on: going to the identity provider and coming back."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import public


@public
def sso(request: HttpRequest) -> HttpResponse:
    raise Http404


@public
def sso_return(request: HttpRequest) -> HttpResponse:
    raise Http404
