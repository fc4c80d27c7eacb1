"""Reports for tests of finding, told by what they hold, and what a search finds of them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from reports.finding import results
from reports.finding.asking import understand
from reports.models import Report
from tests.reports.filing import file_sir, row, sir_answers


def sir(by: Any, title: str, **more: Any) -> Report:
    """A SIR with this title; `people` are rows of people, other lists of rows by their names, other answers by part."""
    answers = sir_answers(by)
    people = more.pop("people", [{"last_name": "Quillfeather"}])
    rows = [row(str(uuid4()), role="subject", population="public", **person) for person in people]
    answers["people"] = rows
    answers["arrests"][0]["data"]["person"] = [rows[0]["key"]]
    answers["what"]["title"] = [title]
    answers["narrative"] = {"narrative": [more.pop("narrative", "Nothing else happened.")]}
    answers["where"] |= more.pop("where", {})
    return file_sir(by, answers | more)


def titles(by: Any, typed: str, *, order: str = results.NEWEST) -> list[str]:
    """The titles of what this person finds, in order."""
    found = results.found(Report.objects.visible_to(by), understand(typed), order=order)
    assert not found.problem
    return [line.title for line in found.rows]
