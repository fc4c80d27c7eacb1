"""Nobody finds a SPOT row by trying for it: by its number, by filters and by searches, in a world committed once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access import matrix
from tests.access.world import World
from tests.database import committed
from tests.imports.test_spot import GRANTED, SEEN_WORDS, UNSEEN_WORDS, Walker, _quiet

__all__ = ["_quiet"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def _django_db_helper() -> None:
    """Takes the place of pytest-django's: the world is committed, and each request is taken back."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with committed(django_db_blocker):
        yield World()


@pytest.mark.parametrize("username", matrix.PRINCIPALS)
def test_nobody_finds_a_spot_row_and_those_granted_find_an_amo_report(username: str, world: World) -> None:
    """What stands on every page without trying is asked with the access matrix (tests/access/test_matrix.py)."""
    unseen, seen, walked = [], [], 0
    for where, said in Walker(username, world).tries():
        walked += 1
        unseen += [where] if UNSEEN_WORDS.search(said) else []
        seen += [where] if SEEN_WORDS.search(said) else []
    assert unseen == []
    assert walked == 9
    found = {"search /reports/historical/search/"}
    assert found <= set(seen) if username in GRANTED else seen == []
