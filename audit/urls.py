"""The addresses of the audit log and of the pages made of it."""

from django.urls import path

from audit.views import checkpoints, events, people, reports, review, searches, unusual, volume

app_name = "audit"
urlpatterns = [
    path("", events.events, name="events"),
    path("export/", events.export, name="export"),
    # Addresses that others rely on: they name people and reports as auditors are asked for them.
    path("people/<str:username>/", people.everything, name="person"),
    path("reports/<path:number>/", reports.everyone, name="report"),
    path("searches/", searches.searches, name="searches"),
    path("checkpoints/", checkpoints.checkpoints, name="checkpoints"),
    path("checkpoints/<int:sequence>/", checkpoints.text, name="checkpoint"),
    path("review/", review.weeks, name="review"),
    path("review/<str:name>/", review.week, name="week"),
    path("review/<str:name>/export/", review.export, name="week_export"),
    path("unusual/", unusual.found, name="unusual"),
    path("volume/", volume.volume, name="volume"),
]
