"""What the provider does wrong when a test tells it to, and what it says in its tokens."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

# `claims`: written over those of the next tokens; `at` and `how`: the address that answers wrongly, and in which way.
TOLD: dict[str, Any] = {}


@csrf_exempt
def control(request: HttpRequest) -> HttpResponse:
    TOLD.clear()
    TOLD.update(json.loads(request.body))
    if "return_url" in TOLD:
        from allauth.idp.oidc.models import Client

        Client.objects.update(redirect_uris=TOLD["return_url"])
    return HttpResponse("told")


def _drip() -> Iterator[bytes]:
    for _ in range(200):
        yield b" "
        time.sleep(0.05)


WRONG: dict[str, Callable[[], Any]] = {
    "garbage": lambda: HttpResponse("<html>not JSON", content_type="application/json"),
    "list": lambda: HttpResponse("[1, 2]", content_type="application/json"),
    "deep": lambda: HttpResponse("[" * 100_000, content_type="application/json"),
    "huge": lambda: HttpResponse(b'{"a": "' + b"x" * 3_000_000 + b'"}', content_type="application/json"),
    "slow": lambda: StreamingHttpResponse(_drip(), content_type="application/json"),
    "broken": lambda: HttpResponse("{}", status=500),
    "elsewhere": lambda: HttpResponse(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "empty": lambda: HttpResponse("{}", content_type="application/json"),
}


class Faults:
    """Answers wrongly where it was told to."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if TOLD.get("at") and TOLD["at"] in request.path:
            return WRONG[TOLD["how"]]()
        answer = self.get_response(request)
        if "/reauthenticate/" in request.path and answer.status_code == 302 and request.method == "POST":
            request.user.last_login = timezone.now()
            request.user.save(update_fields=["last_login"])
        return answer


class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]
    """The provider's own, with what a test wants said in the token."""

    def populate_id_token(self, id_token: dict[str, Any], client: Any, scopes: Iterable[str], **kwargs: Any) -> None:
        from django.contrib.auth.models import User

        # As the standard asks of a provider that is told how old a sign-in may be.
        last: Any = User.objects.get(pk=id_token["sub"]).last_login
        id_token["auth_time"] = int(last.timestamp())
        id_token.update(TOLD.get("claims", {}))
