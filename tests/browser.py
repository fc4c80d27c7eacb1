"""The browser fixtures: pytest-playwright with the Chromium at hand."""

import os
from typing import Any

import pytest

from sen.postgres import CHECKOUT
from tests import chromium

# Playwright's own Node.js wants a library that a bare machine has not; ours is the one that built the assets.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(CHECKOUT / ".venv/bin/node"))
BROWSER_FIXTURES = {"browser", "context", "page", "new_context", "browser_type", "playwright"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, **chromium.find().launch_arguments()}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser, so that it can be left out: `-m "not browser"`."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
