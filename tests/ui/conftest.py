"""A page without a network: the browser asks, the test client answers, the real middleware and headers included."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

from tests import axe

ADDRESS = (
    "http://localhost"  # a name that browsers trust, and that never leaves this machine: every request is answered here
)
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def static_file(path: str) -> tuple[bytes, str]:
    found = finders.find(path.removeprefix("/static/"))
    assert found, f"{path} is not built: npm run build"
    return Path(str(found)).read_bytes(), TYPES.get(Path(path).suffix, "application/octet-stream")


def answered_by(client: Client, extra: dict[str, Callable[[Any], dict[str, Any]]]) -> Callable[[Route], None]:
    """Answers a request from static files, from `extra` (path to answer) or from the application."""

    def answer(route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.path in extra:
            return route.fulfill(**extra[url.path](route.request))
        if url.path.startswith("/static/"):
            body, kind = static_file(url.path)
            return route.fulfill(body=body, content_type=kind)
        try:
            response = client.get(
                f"{url.path}?{url.query}", headers={"cookie": route.request.headers.get("cookie", "")}
            )
        except Exception:
            route.abort()  # else the browser waits half a minute before it says less than the error does
            raise
        return route.fulfill(status=response.status_code, body=response.content, headers=dict(response.items()))

    return answer


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.ui.addresses"


class Stage:
    """A browser window over the application."""

    def __init__(self, context: BrowserContext, client: Client) -> None:
        self.extra: dict[str, Callable[[Any], dict[str, Any]]] = {}
        self.complaints: list[str] = []
        self.context = context
        context.route("**/*", answered_by(client, self.extra))
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(ADDRESS + path)
        return self.page

    def put(self, path: str, body: str) -> None:
        """Serve a page of the test's own making."""
        self.extra[path] = lambda request: {"body": body, "content_type": "text/html; charset=utf-8"}

    def faults(self) -> list[str]:
        """What axe finds on the page now."""
        return axe.faults(self.page)


@pytest.fixture
def stage(db: None, client: Client, browser: Browser) -> Any:
    """Opens a window: `stage(width=390, scheme="dark")`."""
    opened = []

    def open_window(width: int = 1280, scheme: str = "light", client: Client = client, **options: Any) -> Stage:
        context = browser.new_context(viewport={"width": width, "height": 844}, **options)
        context.add_cookies([{"name": "sen_scheme", "value": scheme, "url": ADDRESS}])
        opened.append(context)
        return Stage(context, client)

    yield open_window
    for context in opened:
        context.close()
