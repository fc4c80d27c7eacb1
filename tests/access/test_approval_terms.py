"""Each term of whether a restricted report names somebody who may approve it counts: leave one out, and one fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.actions import save_reference
from reports import approval
from reports.content import Filled
from reports.kinds import KINDS
from reports.models import ApprovalRule, Report

pytestmark = pytest.mark.django_db
SPEAR = KINDS["spear"]


def plan(by: Any, **values: Any) -> Report:
    """A restricted plan, unsaved."""
    return SPEAR.model(**{"author": by, "office": by.office, "kind": "spear", "restricted": True, **values})


def refused(by: Any, before: Report | None = None, *, kind: Any = SPEAR, **values: Any) -> bool:
    """Whether what `by` would file, of what stood `before`, is held up for want of somebody who may approve it."""
    return bool(list(approval.out_of_reach(Filled(kind, plan(by, **values)), before, by)))


def test_a_restricted_plan_names_somebody_else_who_may_approve_it(
    agent: Any, supervisor: Any, sac: Any, fod: Any
) -> None:
    assert refused(agent)
    assert refused(agent, supervisor=fod)
    assert refused(supervisor, supervisor=supervisor)
    sac.person_key = supervisor.person_key
    assert refused(supervisor, supervisor=sac)
    assert not refused(agent, supervisor=supervisor)


def test_it_is_its_author_who_does_not_approve_it_whoever_amends_it(agent: Any, supervisor: Any) -> None:
    before = plan(supervisor, status="awaiting")
    assert refused(agent, before, supervisor=supervisor)
    assert not refused(supervisor, plan(agent, status="awaiting"), supervisor=supervisor)


@pytest.mark.parametrize(
    ("status", "was_restricted", "asks"),
    [
        ("awaiting", True, True),
        ("returned", True, True),
        ("submitted", True, False),
        ("closed", True, False),
        ("submitted", False, True),
        ("awaiting", False, True),
    ],
)
def test_it_is_asked_of_what_waits_and_of_what_becomes_restricted(
    agent: Any, status: str, was_restricted: bool, asks: bool
) -> None:
    assert refused(agent, plan(agent, status=status, restricted=was_restricted)) is asks


def test_it_is_not_asked_where_nobody_has_to_be_named(agent: Any) -> None:
    """What everybody of the office sees, what has no office yet, a kind that asks for no supervisor or no approval."""
    assert not refused(agent, restricted=False)
    assert not refused(agent, office=None)
    assert not refused(agent, kind=replace(SPEAR, parts=()))
    save_reference(ApprovalRule(kind="spear", needed=False), by=None)
    assert not refused(agent)


def test_a_rule_is_of_its_kind_alone(agent: Any) -> None:
    save_reference(ApprovalRule(kind="sir", needed=False), by=None)
    save_reference(ApprovalRule(kind="tav", needed=True), by=None)
    assert [approval.needed(KINDS[code]) for code in ("sir", "spear", "tav")] == [False, True, True]
