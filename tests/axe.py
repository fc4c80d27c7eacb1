"""What axe finds on a page: every rule it runs by itself, and those of WCAG 2.2, which it leaves out unless asked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from playwright.sync_api import Page

SCRIPT = settings.BASE_DIR / "node_modules/axe-core/axe.min.js"
# The one rule of WCAG 2.2 A and AA that axe has: targets of 24 by 24 px, or with as much room around them.
# What it finds no fault with, many times the rest, stays in the browser.
RUN = "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}).then(said => said.violations)"


def found(page: Page) -> list[Any]:
    page.evaluate(SCRIPT.read_text())
    return list(page.evaluate(RUN))


def faults(page: Page) -> list[str]:
    """Each place of each finding, in short."""
    return [f"{one['id']}: {node['html'][:120]}" for one in found(page) for node in one["nodes"]]
