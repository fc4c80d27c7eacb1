"""Completed trainings: the list, the upload, a withdrawal."""

from django.http import Http404, HttpRequest, HttpResponse

from accounts.access import requires


@requires("record_training")
def trainings(request: HttpRequest) -> HttpResponse:
    raise Http404


@requires("record_training")
def withdraw_training(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404
