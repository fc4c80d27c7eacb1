"""The addresses of the identity provider."""

from django.urls import include, path

from tests.provider.faults import control

urlpatterns = [
    path("control/", control),
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls")),
]
