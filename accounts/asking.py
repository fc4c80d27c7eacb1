"""What somebody gets who must first sign in or mend something: a page, or for a script a word that it understands."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from accounts import open_sessions, pages, sessions
from accounts.readiness import Need
from sen import kept
from sen.way_back import is_ours

SIGNED_OUT = "You are signed out. Sign in again in another tab; what you typed stays here."


def ask_to_sign_in(request: HttpRequest, *, why: str = "", who: str = "") -> HttpResponse:
    """Send a reader to the sign-in page; show it in place to whoever sent a form, with the form in it."""
    sign_in = f"{reverse('accounts:sign_in')}?{urlencode({'next': page_of(request), **({'why': why} if why else {})})}"
    if "X-Background" in request.headers or "X-Autosave" in request.headers:
        return JsonResponse({"message": SIGNED_OUT, "sign_in": sign_in}, status=401)
    if request.method == "POST":
        return _in_place(
            request, pages.sign_in(request, why=why, kept=kept.keep(request, who), next_url=page_of(request))
        )
    if is_htmx(request):
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in})
    return HttpResponseRedirect(sign_in)


def ask_after_interruption(request: HttpRequest) -> HttpResponse:
    """To the sign-in page once a session was ended while it was being answered: what was sent may be done already."""
    sent = request.method == "POST"
    why = open_sessions.why_ended(request.session.session_key) or sessions.SIGNED_OUT
    query = {"next": page_of(request), "why": f"{why}{sessions.UNDERWAY}" if sent else why}
    url = f"{reverse('accounts:sign_in')}?{urlencode(query)}"
    response: HttpResponse = HttpResponseRedirect(url)
    if "X-Background" in request.headers or "X-Autosave" in request.headers:
        response = JsonResponse({"message": SIGNED_OUT, "sign_in": url}, status=401)
    elif is_htmx(request):
        response = HttpResponse(status=401, headers={"HX-Redirect": url})
    # Or the sign-in page would be asked for with a session that is over, and say but why that is.
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


def ask_to_mend(request: HttpRequest, lack: Need) -> HttpResponse:
    """Send somebody who still lacks something to the page that mends it; with the form in it if they sent one."""
    url = reverse(lack.page)
    if "X-Background" in request.headers or "X-Autosave" in request.headers:
        return JsonResponse({"message": f"First: {lack.label}. What you typed stays here.", "sign_in": url}, status=401)
    if request.method == "POST":
        return _in_place(request, pages.mend(request, lack, kept=kept.keep(request, str(request.user.pk))))
    if is_htmx(request):
        return HttpResponse(status=403, headers={"HX-Redirect": url})
    return HttpResponseRedirect(f"{url}?{urlencode({'next': page_of(request)})}")


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def page_of(request: HttpRequest) -> str:
    """The page to come back to: the one asked for, or the one from which a form or a part was sent."""
    if request.method in ("GET", "HEAD") and not is_htmx(request):
        return own_page(request, request.get_full_path())
    source = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    return own_page(request, f"{source.path}?{source.query}" if source.query else source.path)


def own_page(request: HttpRequest, url: str) -> str:
    """`url` if it is a page of this site worth coming back to, else home."""
    elsewhere = (reverse("accounts:sign_in"), reverse("accounts:sign_out"))
    return url if is_ours(request, url) and not url.startswith(elsewhere) else reverse("home")


def _in_place(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """htmx puts only an answer of 200 on the page, so there the whole page is exchanged for this one."""
    if is_htmx(request):
        page.status_code = 200
        page["HX-Retarget"], page["HX-Reswap"] = "body", "innerHTML"
    return page
