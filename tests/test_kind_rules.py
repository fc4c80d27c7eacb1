"""The rules of the house for kinds of report, each asked of every kind and each shown to be able to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import F

from accounts.models import User
from accounts.roles import GRANTS, PERMISSIONS
from audit import events
from reports.compare import changes
from reports.content import read, shown
from reports.kinds import KINDS, Kind, Section, is_answer
from reports.models import EventType, Report
from reports.workflow import moves_of
from sen import marks
from tests.cast import CAST
from tests.reports.filing import amend_report, file_report

VERBS = ("file", "read", "amend", "approve", "void", "close")
# What every report says: without these it is not numbered, listed, told of or read.
SAID_BY_ALL = {"title", "office", "programme", "event_at", "narrative"}

per_kind = pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.code)


# -- What a declaration must be ---------------------------------------------------------------------------------------
def permissions_amiss(kind: Kind) -> Iterator[str]:
    """Each kind is filed, read, amended, approved, voided and closed by its own permissions, which speak of it."""
    for permission in map(kind.permission, VERBS):
        if kind.noun not in PERMISSIONS.get(permission, ""):
            yield f"{permission} does not speak of {kind.noun}"
        if not any(permission in grants for grants in GRANTS.values()):
            yield f"{permission} is granted to no role"


def answers_amiss(kind: Kind) -> Iterator[str]:
    """It opens with what it is about, asks for what every report says, and asks for each of its own answers once."""
    asked = [name for section in kind.sections for name in section.fields]
    entered = {name for part in kind.entered if isinstance(part, Section) for name in part.fields}
    if not (isinstance(kind.parts[0], Section) and "title" in kind.parts[0].fields):
        yield "the first part does not ask for a title"
    yield from (f"{name} is not asked for" for name in SAID_BY_ALL - entered)
    yield from (f"{name} is asked for twice" for name in asked if asked.count(name) > 1)
    own = {f.name for f in kind.model._meta.local_fields if is_answer(f) and not isinstance(f, models.OneToOneField)}
    yield from (f"{name} is never asked for" for name in own - set(asked))
    known = {f.name for f in kind.model._meta.get_fields() if is_answer(f)}
    yield from (f"{name} is no answer of it" for name in {*asked, *kind.words, *kind.needs} - known)
    yield from (f"{name} is reworded but not asked for" for name in {*kind.words, *kind.needs} - set(asked))
    if bool(kind.types) != ("event_types" in asked):
        yield "event types are named and asked for, or neither"


def moves_amiss(kind: Kind) -> Iterator[str]:
    """Each move has its event, its permission and its icon, and gives answers that the report has."""
    asked = {name for section in kind.sections for name in section.fields}
    for move in moves_of(kind).values():
        declared = events.EVENTS.get(move.event)
        if declared is None or declared.kind is not events.Kind.CHANGE:
            yield f"{move.name} records {move.event}, which is no change"
        if move.permission.format(kind=kind.code) not in PERMISSIONS:
            yield f"{move.name} needs a permission that there is not"
        if move.icon not in marks.icon_names():
            yield f"{move.name} has no icon"
        if not set(move.needs) <= set(move.asks) <= asked:
            yield f"{move.name} asks for what the report does not have"
        if not (move.to_state or move.asks):
            yield f"{move.name} changes nothing"


def parts_amiss(kind: Kind) -> Iterator[str]:
    """Names are its own, protected parts name their key, and what it gives rise to is a kind that there is."""
    names = [part.name for part in kind.parts]
    yield from (f"two parts are called {name}" for name in names if names.count(name) > 1)
    if kind.icon not in marks.icon_names():
        yield "it has no icon"
    for part in (section for section in kind.sections if section.protected):
        if part.protected not in PERMISSIONS or part.protected_by not in part.fields:
            yield f"{part.name} is protected by nothing"
    for rows in (rows for rows in kind.rows if rows.asked_by_event):
        if rows.name not in EventType.Asks.values or not kind.types:
            yield f"no event type can ask for {rows.name}"
    yield from (f"{start.name} begins what there is not" for start in kind.starts if KINDS.get(start.kind) is None)


RULES: tuple[Callable[[Kind], Iterator[str]], ...] = (permissions_amiss, answers_amiss, moves_amiss, parts_amiss)


@per_kind
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_kind_is_declared_in_full(rule: Callable[[Kind], Iterator[str]], kind: Kind) -> None:
    assert list(rule(kind)) == []


SIR, TAV = KINDS["sir"], KINDS["tav"]
WHAT, DECIDE = SIR.sections[0], TAV.moves[0]
# A declaration that is wrong in one way, and what is then said of it.
WRONG: list[tuple[Callable[[Kind], Iterator[str]], Kind, str]] = [
    (permissions_amiss, replace(SIR, code="nothing"), "file_nothing does not speak of SIR"),
    (permissions_amiss, replace(SIR, noun="letter"), "read_sir does not speak of letter"),
    (answers_amiss, replace(SIR, parts=SIR.parts[1:]), "the first part does not ask for a title"),
    (answers_amiss, replace(SIR, parts=(*SIR.parts, replace(WHAT, name="again"))), "title is asked for twice"),
    (answers_amiss, replace(SIR, parts=(replace(WHAT, fields=("title",)), *SIR.parts[1:])), "stage is never asked for"),
    (answers_amiss, replace(SIR, words={"tittle": ("", "")}), "tittle is no answer of it"),
    (answers_amiss, replace(TAV, needs=("place_name",)), "place_name is reworded but not asked for"),
    (answers_amiss, replace(SIR, types=""), "event types are named and asked for, or neither"),
    (moves_amiss, replace(TAV, moves=(replace(DECIDE, event="tav.burnt"),)), "decide records tav.burnt"),
    (moves_amiss, replace(TAV, moves=(replace(DECIDE, event="report.viewed"),)), "decide records report.viewed"),
    (moves_amiss, replace(TAV, moves=(replace(DECIDE, permission="rule"),)), "decide needs a permission"),
    (moves_amiss, replace(TAV, moves=(replace(DECIDE, icon="unicorn"),)), "decide has no icon"),
    (moves_amiss, replace(TAV, moves=(replace(DECIDE, needs=("agency",)),)), "decide asks for what"),
    (moves_amiss, replace(TAV, moves=(replace(DECIDE, asks=(), needs=()),)), "decide changes nothing"),
    (parts_amiss, replace(SIR, parts=(*SIR.parts, WHAT)), "two parts are called what"),
    (parts_amiss, replace(SIR, icon="unicorn"), "it has no icon"),
    (parts_amiss, replace(SIR, parts=(replace(WHAT, protected="see_provider"),)), "what is protected by nothing"),
    (parts_amiss, replace(TAV, parts=SIR.parts), "no event type can ask for arrests"),
    (parts_amiss, replace(TAV, starts=(replace(TAV.starts[0], kind="poem"),)), "lead begins what there is not"),
]


@pytest.mark.parametrize(("rule", "kind", "said"), WRONG, ids=[said for _, _, said in WRONG])
def test_a_wrong_declaration_is_seen(rule: Callable[[Kind], Iterator[str]], kind: Kind, said: str) -> None:
    assert any(fault.startswith(said) for fault in rule(kind))


# -- What follows from a declaration ----------------------------------------------------------------------------------
def author_of(kind: Kind) -> User:
    """Whoever of the cast may file this kind."""
    found = (User.objects.select_related("office").get(username=name) for name in CAST)
    return next(user for user in found if user.may_somewhere(kind.permission("file")))


@pytest.mark.django_db
@per_kind
def test_every_kind_is_filed_read_compared_and_shown(kind: Kind, as_: Any) -> None:
    author = author_of(kind)
    report = file_report(kind.code, author)
    before = read(report)
    after = read(amend_report(report, author, narrative={"narrative": ["Another account of it."]}))
    assert "narrative" in {part.part.name for part in shown(after)}
    assert "Another account of it." in [change.new for change in changes(before, after)]
    assert "Another account of it." in as_(author).get(f"/reports/{report.number}/").content.decode()


@pytest.mark.django_db
@per_kind
def test_the_database_keeps_a_report_of_the_past_behind_its_filing(kind: Kind) -> None:
    """What the kind declares is held by a constraint of the table, and by none where the kind looks ahead."""
    report = file_report(kind.code, author_of(kind))
    refused = False
    try:
        with transaction.atomic():
            Report.objects.filter(pk=report.pk).update(event_at=F("submitted_at") + timedelta(hours=1))
    except IntegrityError as error:
        refused = "_in_the_past" in str(error)
    assert refused == kind.past
