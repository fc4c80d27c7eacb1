"""Addresses of the iLeads app. The page of an iLead itself is that of every report."""

from django.urls import path

from ileads.views import listing, passing_on, provider, reveals, ssn, validation

app_name = "ileads"

urlpatterns = [
    path("", listing.listing, name="listing"),
    path("validation/", validation.validation, name="validation"),
    path("ssn/reveals/", reveals.reveals, name="reveals"),
    path("<str:number>/pass-on/", passing_on.pass_on, name="pass_on"),
    path("<str:number>/pass-on/<uuid:pk>/take-back/", passing_on.take_back, name="take_back"),
    path("<str:number>/provider/", provider.provider, name="provider"),
    # Not a `uuid`: an address that names no SSN is an attempt as well, and stands on record.
    path("<str:number>/ssn/<str:ssn>/", ssn.reveal, name="reveal"),
]
