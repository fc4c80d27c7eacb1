"""Every kind, move, person and state: what the plain table of `life` says is what the code says, and what it does.

Each state is reached by real moves, never set. In each cell the verdict is asked for. The move itself is tried, and
taken back, by everybody at home; on the other two reports only by whoever may make it there, so that it stays quick.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.access import Refused
from accounts.models import User
from reports.actions import keeping, moving
from reports.models import Report
from reports.states import Status
from reports.workflow import every_move, may_move, move_of
from sen.postgres import CHECKOUT
from tests.imports import importing
from tests.reports.life import AUTHORS, FAR, HOME, LED, LINES, PEOPLE, STATES, Scene, expected, taken_back, who_may

pytestmark = pytest.mark.django_db


def tried(scene: Scene, where: int, name: str, username: str, to_state: str, before: tuple[int, int]) -> str:
    """What comes of the move itself. What is done must be whole: the state, its entry, its event, and no more."""
    start = transaction.savepoint()
    try:
        moved = scene.move(where, name, username)
    except Report.DoesNotExist:
        return "not found"
    except Refused as refused:
        return "refused" if refused.reason else "refused without a word"
    status, after = Report.objects.get(pk=moved.pk).status, scene.life(where)
    connection.check_constraints()  # now, not at the end: whatever changed without its event is refused here
    transaction.savepoint_rollback(start)
    if (status, *after) != (to_state, before[0] + 1, before[1] + 1):
        return f"done, but is {status} with {after} entries and events, after {before}"
    return "done"


# -- The proof ---------------------------------------------------------------------------------------------------------
class Cell(NamedTuple):
    """One question: who makes which move on which report in which state."""

    move: str
    where: int
    state: str
    username: str


# What is wrong with each cell that was asked, by kind: all moves of a kind are asked in one go, for they share the way.
_asked: dict[str, dict[Cell, str]] = {}


def asked(kind: str) -> dict[Cell, str]:
    if kind not in _asked:
        _asked[kind] = dict(_every_cell(kind))
    return _asked[kind]


def _every_cell(kind: str) -> Iterator[tuple[Cell, str]]:
    scene = Scene(kind)
    for where in (HOME, FAR, LED):
        for state in STATES:
            with taken_back():
                scene.bring_to(where, state)
                with patch.object(moving, "locked", worked_out_once()):
                    yield from _cells(scene, where, state)


def _cells(scene: Scene, where: int, state: str) -> Iterator[tuple[Cell, str]]:
    stored, before, asking = scene.stored(where), scene.life(where), fresh(scene.people)
    for line in (line for (kind, _), line in LINES.items() if kind == scene.kind):
        move = move_of(stored, line.move)
        movers = set().union(*(who_may(scene.kind, line, anywhere) for anywhere in (HOME, FAR, LED)))
        for username in PEOPLE:
            wanted = expected(scene.kind, line, where, state, username)
            wrong = "" if bool(may_move(stored, move, asking[username])) == (wanted == "done") else "verdict"
            if where == HOME or (username in movers and wanted == "done"):
                found = tried(scene, where, line.move, username, line.to_state or state, before)
                wrong += "" if found == wanted else f" {found}, not {wanted}"
            yield Cell(line.move, where, state, username), wrong


def worked_out_once() -> Callable[[User], QuerySet[Report]]:
    """What somebody may see, made up once for all moves that they try in one state, since each is taken back; the
    database is asked each time."""
    made: dict[str, QuerySet[Report]] = {}

    def locked(by: User) -> QuerySet[Report]:
        if by.username not in made:
            made[by.username] = keeping.locked(by)
        return made[by.username].all()

    return locked


def fresh(people: dict[str, User]) -> dict[str, User]:
    """The same people, who have asked for nothing yet: an act makes its actor forget what is remembered."""
    return {username: copy(user) for username, user in people.items()}


def per_move() -> list[Any]:
    """Each move of each kind."""
    return [pytest.param(*key, id="-".join(key)) for key in LINES]


def test_the_plain_table_names_every_move_of_every_kind() -> None:
    assert LINES.keys() == {(kind.code, move.name) for kind, move in every_move()}
    assert set(STATES) == set(Status.values)


@pytest.mark.parametrize(("kind", "name"), per_move())
def test_a_move_is_made_by_whom_and_from_where_the_table_says(kind: str, name: str) -> None:
    cells = {cell: wrong for cell, wrong in asked(kind).items() if cell.move == name}
    assert {cell: wrong for cell, wrong in cells.items() if wrong} == {}
    assert len(cells) == 3 * len(STATES) * len(PEOPLE)


# Only a person changes this: moves of the four kinds, reports, states, people.
CELLS = (7 + 8 + 9 + 8) * 3 * 6 * 25


def test_every_cell_is_counted() -> None:
    assert len(list(every_move())) * 3 * len(Status) * len(PEOPLE) == CELLS


# -- Said apart, for whoever reads only the names of tests -------------------------------------------------------------
@pytest.mark.parametrize("kind", AUTHORS)
def test_nobody_decides_about_what_they_filed_under_any_account(kind: str) -> None:
    scene, author = Scene(kind), AUTHORS[kind][LED]
    again = f"{author}_again"
    for username in (author, again):
        assert scene.people[username].person_key == scene.people[author].person_key
        for name in ("approve", "return", "void"):
            with pytest.raises(Refused, match=r"You filed this report, so somebody else must \w+ it\."):
                scene.move(LED, name, username)
    with taken_back():
        scene.walk(LED, "approve")
        if kind == "tav":
            with pytest.raises(Refused, match="somebody else must decide it"):
                scene.move(LED, "decide", again)
    for name in ("approve", "return", "void"):
        with taken_back():
            assert scene.move(HOME, name, again).number  # another's report is open to both accounts


UNREADY = {
    (): "This TAV has no decision yet. Somebody entitled decides first; then record the outcome.",
    ("decide",): "This TAV has no outcome yet. Record the outcome before you close it.",
}


@pytest.mark.parametrize("taken_up", [(), ("take-up",)], ids=["submitted", "under review"])
def test_nobody_closes_a_tav_without_its_decision_and_its_outcome(taken_up: tuple[str, ...]) -> None:
    scene = Scene("tav")
    scene.walk(HOME, "approve", *taken_up)
    for made, reason in UNREADY.items():
        scene.walk(HOME, *made)
        for username in PEOPLE:
            assert not may_move(scene.stored(HOME), move_of(scene.stored(HOME), "close"), scene.people[username])
            with pytest.raises((Refused, Report.DoesNotExist)):
                scene.move(HOME, "close", username)
        with pytest.raises(Refused) as refused:
            scene.move(HOME, "close", "fod")
        assert refused.value.reason == reason
    with pytest.raises(Refused, match="Nobody has decided about the visit yet"):
        scene.walk(FAR, "approve", "outcome")
    scene.walk(HOME, "outcome", "close")
    assert scene.stored(HOME).status == Status.CLOSED


SAMPLES = CHECKOUT / "docs" / "samples"
PLAIN = {"number": "OLD-1", "title": "Old", "event_at": "2011-06-04 02:10", "submitted_at": "2011-06-05"}


def bring_legacy(kind: str, folder: Path) -> Report:
    """A report of an older system, through the real import, whose author has an account here."""
    sample = SAMPLES / f"legacy-{kind}.jsonl"
    known = json.loads(sample.read_text().splitlines()[0]) if sample.exists() else PLAIN
    author = User.objects.get(username=AUTHORS[kind][HOME])
    file = folder / "old.jsonl"
    file.write_text(
        json.dumps(known | {"author": author.username, "office": author.office.code if author.office else ""})
    )
    said = importing.run(file, kind=kind)
    assert "1 kept" in said, importing.rejected(file)
    return Report.objects.get(legacy=True)


@pytest.mark.parametrize("kind", AUTHORS)
def test_a_report_of_an_older_system_can_be_voided_and_nothing_else(kind: str, tmp_path: Path) -> None:
    scene = Scene(kind)
    scene.reports[HOME] = bring_legacy(kind, tmp_path)
    before, wrong = scene.life(HOME), {}
    for name in (name for of, name in LINES if of == kind):
        for username in PEOPLE:
            wanted = expected(kind, LINES[kind, name], HOME, "closed", username)
            if name != "void" and wanted == "done":
                wanted = "refused"
            with taken_back():
                found = tried(scene, HOME, name, username, "voided", before)
            if found != wanted:
                wrong[name, username] = (found, wanted)
    assert wrong == {}
