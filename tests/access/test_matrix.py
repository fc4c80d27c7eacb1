"""Every address, every person, every method, with objects of one's own, of others, restricted and in draft.

`SEN_WRITE_MATRIX=1` with this file alone writes docs/access-matrix.csv anew; the difference is then read by a person.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import URLPattern

from tests import house
from tests.access import matrix
from tests.access.world import World
from tests.database import committed
from tests.imports.test_spot import GRANTED, SEEN_WORDS, UNSEEN_WORDS

pytestmark = pytest.mark.django_db

# Only a person changes these: how many cells there are (1,223 lines, 21 people), and which pages act on an empty POST.
CELLS = 1_223 * 21
# One press is all that these take.
BUTTONS = {
    "reports:acknowledge",
    "reports:amend",
    "reports:discard",
    "reports:discard_attachment",
    "reports:match_take_up",
    "reports:move",
    "reports:remove_row",
    "reports:remove_search",
    "reports:start",
    "watch:acknowledge",
}
# A draft keeps what is typed as it is typed, and nothing is what an empty page holds.
EMPTIED = {"reports:part", "reports:row"}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A refusal is what is asked for here, not something to warn of."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(before)


@pytest.fixture
def _django_db_helper() -> None:
    """Takes the place of pytest-django's: the world is committed once for all, and each request is taken back."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with committed(django_db_blocker):
        yield World()


@dataclass
class Asked:
    """What one person was answered, and on which pages the words of an AMO report and of a SPOT row stood."""

    answers: dict[matrix.Row, str]
    seen: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)


ASKED: dict[str, Asked] = {}


def ask(username: str, world: World) -> Asked:
    """Every line once for each person, whatever is then asserted of it."""
    if username not in ASKED:
        asked = Asked({})

        def hear(row: matrix.Row, said: str) -> None:
            if SEEN_WORDS.search(said):
                asked.seen.add(row.page)
            if UNSEEN_WORDS.search(said):
                asked.unseen.add(f"{row.method} {row.page}")

        asked.answers = matrix.answers(username, world, hear=hear)
        ASKED[username] = asked
    return ASKED[username]


@pytest.mark.parametrize("username", matrix.PRINCIPALS)
def test_nobody_meets_a_spot_row_and_those_granted_meet_an_amo_report(username: str, world: World) -> None:
    asked = ask(username, world)
    assert asked.unseen == set()
    assert asked.seen == ({"reports:historical_list", "reports:historical_report"} if username in GRANTED else set())


@pytest.mark.parametrize("username", matrix.PRINCIPALS)
def test_everybody_is_answered_as_the_matrix_says(username: str, world: World) -> None:
    found = ask(username, world).answers
    if "SEN_WRITE_MATRIX" in os.environ:
        WRITTEN[username] = found
        return
    said = matrix.committed()[username]
    wrong = {" ".join(row): (said.get(row), answer) for row, answer in found.items() if said.get(row) != answer}
    assert wrong == {}
    assert len(said) == len(found)


WRITTEN: dict[str, dict[matrix.Row, str]] = {}


def test_the_matrix_has_its_cells() -> None:
    if len(WRITTEN) == len(matrix.PRINCIPALS):
        matrix.write(WRITTEN)
    assert sum(len(column) for column in matrix.committed().values()) == CELLS


def test_no_answer_is_a_failure_of_ours() -> None:
    cells = [(name, row, said) for name, column in matrix.committed().items() for row, said in column.items()]
    assert [cell for cell in cells if cell[2].startswith("5")] == []


def test_only_these_pages_act_on_an_empty_post() -> None:
    acting = {
        row.page for column in matrix.committed().values() for row, said in column.items() if said.endswith("acts")
    }
    assert acting == BUTTONS | EMPTIED


def test_every_address_that_names_an_object_is_asked_with_some() -> None:
    def names_objects(pattern: URLPattern) -> bool:
        return bool(pattern.pattern.converters) and not pattern.default_args

    assert {name for name, pattern in house.views() if names_objects(pattern)} - set(matrix.WITH) == set()


def test_a_page_open_to_all_is_seen(monkeypatch: Any, world: World) -> None:
    """The control: with the gate's question about permissions gone, the matrix no longer agrees."""
    from accounts.access import YES, Declared

    monkeypatch.setattr(Declared, "verdict", lambda self, user: YES)
    found, said = matrix.answers("stranger", world), matrix.committed()["stranger"]
    changed = {row.page for row, answer in found.items() if said.get(row) != answer}
    assert {"audit:events", "accounts:people", "accounts:grant", "watch:queue", "reports:listing"} <= changed
