"""Where a form leads back to when the page that sent it says so: only to an address of this very site."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

# Browsers and Django take longer addresses for an attack.
LONGEST = 2000


def is_ours(request: HttpRequest, url: str) -> bool:
    """Whether `url` is the path of a page of this site, so that a redirect to it stays here."""
    if not url.startswith("/") or len(url) > LONGEST:
        return False
    return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())


def asked_for(request: HttpRequest) -> str:
    """The page that `next` names, if it is one of ours; else ""."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if is_ours(request, wanted) else ""
