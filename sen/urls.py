"""Every address of the site; each app keeps its own list."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.access import public
from sen import components_page, health, home, scheme

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("scheme/", public(scheme.choose), name="scheme"),
    path("", include("accounts.urls")),
    path("reports/", include("reports.urls")),
    path("ileads/", include("ileads.urls")),
    path("", include("watch.urls")),
    path("audit/", include("audit.urls")),
]
if components_page.is_shown():
    urlpatterns.append(path("components/", public(components_page.show), name="components"))

handler400 = "sen.errors.bad_request"
handler403 = "sen.errors.forbidden"
handler404 = "sen.errors.not_found"
handler500 = "sen.errors.failed"
