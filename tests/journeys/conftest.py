"""What the journeys share: a browser in which somebody of the cast is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

Opened = Callable[..., Page]


@pytest.fixture
def opened(live_server: Any, browser: Browser, as_: Any) -> Iterator[Opened]:
    """`opened(person, width=390, scripts=True)`: a browser in which this person is signed in."""
    contexts = []

    def open_for(person: Any, *, width: int = 390, scripts: bool = True) -> Page:
        session = as_(person).cookies[settings.SESSION_COOKIE_NAME].value
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=scripts, base_url=live_server.url
        )
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield open_for
    for context in contexts:
        context.close()
