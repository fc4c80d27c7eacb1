"""Addresses of the iLeads app. The page of an iLead itself is that of every report."""

from django.urls import path

from ileads.views import listing, passing_on, provider, validation

app_name = "ileads"

urlpatterns = [
    path("", listing.listing, name="listing"),
    path("validation/", validation.validation, name="validation"),
    path("<str:number>/pass-on/", passing_on.pass_on, name="pass_on"),
    path("<str:number>/pass-on/<uuid:pk>/take-back/", passing_on.take_back, name="take_back"),
    path("<str:number>/provider/", provider.provider, name="provider"),
]
