"""What a person typed, kept across a refusal: read from the request, carried in the page in a mark only we can make."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

SALT = "sen.kept"
FIELD = "kept"
# Never shown again, wherever they were typed.
SECRET = frozenset({"csrfmiddlewaretoken", "sessionid", FIELD})
UNREADABLE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, MultiPartParserError, UnreadablePostError)

Typed = list[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """A form that arrived and could not be taken: where it was going, what it held, whose it was ("" if nobody's)."""

    path: str
    typed: Typed
    who: str

    def belongs_to(self, user_id: object) -> bool:
        return self.who in ("", str(user_id))


def typed(request: HttpRequest) -> Typed:
    """Names and values of the form just sent, without passwords, tokens and files."""
    if request.method != "POST":
        return []
    try:
        return [(name, str(value)) for name, values in request.POST.lists() if not _secret(name) for value in values]
    except UNREADABLE:
        return []


def _secret(name: str) -> bool:
    return name in SECRET or "password" in name.lower()


def may_be_sent_again(request: HttpRequest) -> bool:
    """Whether our own page sent this form.

    A page that offers to send it again adds a valid token, so a form from a strange site must not get one.
    """
    if getattr(request, "csrf_processing_done", False):
        return True
    own = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == own


def keep(request: HttpRequest, who: str = "") -> str:
    """The form of this POST as one signed mark for a hidden field; "" when there is none."""
    if request.method != "POST" or not may_be_sent_again(request):
        return ""
    return signing.dumps([request.get_full_path(), typed(request), who], salt=SALT, compress=True)


def opened(mark: str) -> Kept | None:
    """What `keep` put into a mark; None if it was changed, is not ours or is older than a session can be."""
    try:
        path, pairs, who = signing.loads(mark, salt=SALT, max_age=settings.ABSOLUTE_SECONDS)
    except signing.BadSignature:
        return None
    return Kept(path, [(name, value) for name, value in pairs], who)
