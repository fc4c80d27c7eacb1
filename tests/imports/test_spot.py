"""SPOT rows are kept and appear nowhere: every page as every person, searches, counts, errors and the audit log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from audit.log import Subject, record
from reports.imports import columns, spot
from reports.imports import historical as imports
from reports.models import HistoricalReport
from tests.access import matrix
from tests.access.world import World
from tests.cast import signed_in
from tests.imports.old import SEEN, UNSEEN, bring_old

pytestmark = pytest.mark.django_db
GRANTED = {"historian", "auditor", "privacy"}
# Everything that the one row says, and the word itself as a type would be named; and what a report beside it says.
UNSEEN_WORDS = re.compile("|".join([r"\bSPOT\b", *map(re.escape, UNSEEN)]))
SEEN_WORDS = re.compile("|".join(map(re.escape, SEEN)))
LISTS = ("/reports/", "/reports/historical/", "/audit/", "/watch/")
SEARCHES = ("/reports/search/", "/reports/historical/search/")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Most of what is asked for here is refused, which is nothing to warn of."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


class Walker:
    """One person's browser; every request begins with the same session, and what it did is taken back."""

    def __init__(self, username: str, world: World) -> None:
        self.world = world
        self.browser = Client() if username == matrix.NOBODY else signed_in(world.people[username])
        self.browser.raise_request_exception = False
        self.cookies = {name: morsel.value for name, morsel in self.browser.cookies.items()}

    def said(self, method: str, address: str, data: dict[str, str] | None = None) -> str:
        """All that an answer says, headers and what it redirects to included, without the address that was typed."""
        self.browser.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            response: Any = getattr(self.browser, method)(address, data or {}, follow=bool(data))
            body = b"".join(getattr(response, "streaming_content", ())) or response.content
            transaction.set_rollback(True)
        said = f"{response.headers} {body.decode(errors='replace')}"
        return said.replace(address, "").replace(quote(address, safe=""), "")

    def walk(self) -> Iterator[tuple[str, str]]:
        """Every address with every object, and posted to once; then what tries for it."""
        posted: set[str] = set()
        for row, address in matrix.rows(self.world):
            if row.method == "GET" or (row.method == "POST" and row.page not in posted):
                posted |= {row.page} if row.method == "POST" else set()
                yield f"{row.method} {address}", self.said(row.method.lower(), address)
        yield from self.tries()

    def tries(self) -> Iterator[tuple[str, str]]:
        """Numbers, filters and searches that try for it."""
        for number in (UNSEEN[0], SEEN[0]):
            yield f"number {number}", self.said("get", f"/reports/{number}/")
        for address in LISTS:
            yield f"filter {address}", self.said("get", address, {"type": "spot", "kind": "spot", "state": "spot"})
        for address in SEARCHES:
            yield f"search {address}", self.said("post", address, {"q": "lamp by night"})
        yield "search the log", self.said("post", "/audit/", {"what": "change"})


def test_the_walk_would_see_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: had the import taken SPOT for a type like the others, those granted would meet it at once."""
    monkeypatch.setattr(imports, "SPOT", "none")
    monkeypatch.setattr(imports, "of_type", lambda type_: columns.COMMON)
    monkeypatch.setattr(HistoricalReport._meta.get_field("type"), "choices", [("spot", "SPOT"), ("amo", "AMO")])
    walker = Walker("historian", World())
    met = {where for where, said in walker.walk() if UNSEEN_WORDS.search(said)}
    assert {"GET /reports/historical/", "search /reports/historical/search/"} <= met


def test_the_log_tells_no_import_of_one_from_an_import_that_added_nothing() -> None:
    """Who reads the log cannot count them: an event names the run, and lists those alone that may be seen."""
    bring_old()
    bring_old(kept=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, object_type, batch, payload FROM audit_event WHERE code ~ 'import' ORDER BY id")
        events = cursor.fetchall()
    assert [code for code, *_ in events] == ["import.run", "historical.imported", "import.run"]
    assert [(batch, payload) for code, _, batch, payload in events if code == "import.run"] == [([], "{}")] * 2
    assert [len(batch) for code, _, batch, _ in events if code == "historical.imported"] == [1]


def test_the_row_is_kept_all_the_same() -> None:
    """Its own writer is told how many were new; a second time there is nothing to add."""
    run, now = uuid4(), timezone.now()
    record("import.run", by=None, on=Subject("import", str(run)))
    rows = [{"checksum": "a" * 64, "payload": {"number": "1"}}, {"checksum": "b" * 64, "payload": {"number": "2"}}]
    assert spot.keep(rows, import_id=run, now=now) == 2
    assert spot.keep(rows, import_id=run, now=now) == 0
    assert spot.keep([], import_id=run, now=now) == 0
