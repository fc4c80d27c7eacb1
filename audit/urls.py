"""The addresses of the audit log."""

from django.urls import path

from audit.views import events

app_name = "audit"
urlpatterns = [
    path("", events.events, name="events"),
    path("export/", events.export, name="export"),
]
