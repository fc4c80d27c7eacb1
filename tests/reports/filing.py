"""Drafts for tests, filled as a person would through the forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from reports import actions, drafts
from reports.models import Draft, Report

HOUR_AGO = timedelta(hours=1)


def moment(name: str, at: datetime, zone: str = "America/New_York") -> dict[str, list[str]]:
    local = at.astimezone(ZoneInfo(zone))
    parts = [str(local.month), str(local.day), str(local.year), f"{local:%H:%M}", zone]
    return {f"{name}_{position}": [part] for position, part in enumerate(parts)}


def sir_answers(by: Any, **changes: Any) -> dict[str, Any]:
    """The answers of a small true SIR: an arrest, one person, one paragraph."""
    person = str(uuid4())
    answers: dict[str, Any] = {
        "what": {
            "event_types": ["significant-arrest"],
            "title": ["Arrest of a fugitive at the marina"],
            "synopsis": ["One man was arrested without incident."],
            "significance": ["He was wanted for a violent offense."],
            "stage": ["initial"],
        },
        "where": {
            **moment("event_at", timezone.now() - HOUR_AGO),
            "event_precision": ["exact"],
            "office": [str(by.office_id)],
            "programme": ["HSI"],
            "place_city": ["Miami"],
            "place_country": ["US"],
        },
        "people": [{"key": person, "data": {"role": ["arrestee"], "population": ["public"], "last_name": ["Marquez"]}}],
        "arrests": [
            {"key": str(uuid4()), "data": {"person": [person], "kind": ["criminal"], "charge": ["18 USC 111"]}}
        ],
        "narrative": {"narrative": ["Agents found him on the pier."]},
    }
    return answers | changes


def make_draft(by: Any, answers: dict[str, Any] | None = None) -> Draft:
    """A draft with these answers in every part; a section that is not named stands as the form first offers it."""
    draft = drafts.open_draft("sir", by=by)
    draft.answers = answers or sir_answers(by)
    draft.version = 1
    draft.save()
    return draft


def file_sir(by: Any, answers: dict[str, Any] | None = None, **values: Any) -> Report:
    """A filed SIR, through the real action."""
    draft = make_draft(by, answers)
    receipt = actions.submit(draft.pk, by=by, key=uuid4(), body_hash="x", attested=True, **values)
    return receipt.report


def amend_sir(report: Report, by: Any, reason: str = "More is known", **changes: Any) -> Report:
    """File the next version of a report with other answers in the named sections."""
    draft = drafts.open_amendment(report, by=by)
    for part, raw in changes.items():
        draft.answers[part] = draft.answers[part] | raw
    draft.reason = reason
    draft.save()
    return actions.submit(draft.pk, by=by, key=uuid4(), body_hash="x", attested=True).report
