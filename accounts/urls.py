"""The addresses of accounts: signing in, people, access and reference data."""

from django.urls import path

from accounts import people, reference_views, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("rules/", views.rules_of_behavior, name="rules"),
    path("session/extend/", views.extend, name="extend"),
    # A number, not the username: an address is kept in logs and histories, and a username names a person.
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person_page, name="person"),
    path("access/", people.assignments, name="assignments"),
    path("access/grant/", people.grant, name="grant"),
    path("access/<int:pk>/revoke/", people.revoke, name="revoke"),
    path("reference/", reference_views.index, name="reference"),
    path("reference/offices/", reference_views.rows, {"slug": "offices"}, name="offices"),
    path("reference/<slug:slug>/", reference_views.rows, name="reference_rows"),
    path("reference/<slug:slug>/add/", reference_views.add, name="reference_add"),
    path("reference/<slug:slug>/<int:pk>/", reference_views.edit, name="reference_edit"),
]
