"""The few addresses that the front end itself needs, so that its tests stand on nothing else."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.access import public
from sen import components_page, scheme


@public
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


urlpatterns = [
    path("", home, name="home"),
    path("ready/", home, name="ready"),
    path("components/", public(components_page.show), name="components"),
    path("scheme/", public(scheme.choose), name="scheme"),
]
