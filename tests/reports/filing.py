"""Drafts for tests, filled as a person would through the forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts import actions as accounts
from accounts import rules, training
from accounts.models import User
from accounts.roles import Role
from reports import actions, drafts
from reports.answers import Answers, to_raw
from reports.models import Draft, Report
from tests.fake import FAKE

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
            "title": [FAKE.title],
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
        "people": [row(person, role="arrestee", population="public", last_name=FAKE.last_name, **FAKE.row)],
        "arrests": [
            {"key": str(uuid4()), "data": {"person": [person], "kind": ["criminal"], "charge": ["18 USC 111"]}}
        ],
        "narrative": {"narrative": [FAKE.narrative]},
    }
    return answers | changes


def make_draft(by: Any, answers: dict[str, Any] | None = None, kind: str = "sir") -> Draft:
    """A draft with these answers in every part; a section that is not named stands as the form first offers it."""
    draft = drafts.open_draft(kind, by=by)
    draft.answers = answers or ANSWERS[kind](by)
    name_an_approver(draft)
    draft.version = 1
    draft.save()
    return draft


def name_an_approver(draft: Draft) -> None:
    """A restricted report that waits for approval names who may give it: somebody who is in no other part."""
    if draft.kind in ("spear", "ilead") and "on" in draft.answers.get("flags", {}).get("restricted", []):
        answers = Answers(draft, draft.author)
        section = answers.kind.section_of("supervisor")
        assert section
        case = draft.answers.get(section.name) or to_raw(answers.form(section))
        if not any(case.get("supervisor", [])):
            draft.answers[section.name] = case | {"supervisor": [str(approver_of(draft.author.office).pk)]}


def approver_of(office: Any) -> User:
    username = f"approver-{office.code.lower()}"
    if found := User.objects.filter(username=username).first():
        return found
    made = accounts.add_user(
        by=None,
        username=username,
        person_key=username,
        name=f"Approver of {office.code}",
        email=f"{username}@example.gov",
        programme=office.programme,
        office=office,
        status=User.Status.ACTIVE,
        is_demonstration=True,
    )
    accounts.accept_rules(by=made, version=rules.VERSION)
    training.record_training(made, completed_on=timezone.localdate(), evidence="Course 2026", by=None)
    until = timezone.now() + timedelta(days=365)
    accounts.grant_role(user=made, role=Role.SUPERVISOR, office=office, until=until, by=None)
    return made


def row(key: str = "", **data: str) -> dict[str, Any]:
    """One row of a draft as typed."""
    return {"key": key or str(uuid4()), "data": {name: [value] for name, value in data.items()}}


def spear_answers(by: Any, **changes: Any) -> dict[str, Any]:
    """The answers of a small true SPEAR: one place, one target, in two days from now for three hours."""
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=2)
    answers: dict[str, Any] = {
        "what": {
            "event_types": ["planned-arrest"],
            "title": ["Arrest of a fugitive at his house"],
            "synopsis": ["A team will arrest one man."],
            "objective": ["Arrest without harm to anybody."],
        },
        "when": {
            **moment("event_at", start),
            **moment("planned_end", start + timedelta(hours=3)),
            "office": [str(by.office_id)],
            "programme": ["HSI"],
            "contact": [str(by.pk)],
            "contact_phone": ["305-555-0142"],
        },
        "locations": [
            row(address="12 Pine Street", city="Miami", state="FL", latitude="25.774000", longitude="-80.193000")
        ],
        "people": [row(role="target", population="public", caution="Armed", **FAKE.name)],
        "warrants": [row(type="arrest", court="Southern District of Florida", number="26-MJ-0142")],
        "narrative": {"narrative": ["The team meets at five and goes to the front door."]},
    }
    return answers | changes


def tav_answers(by: Any, **changes: Any) -> dict[str, Any]:
    """The answers of a small true TAV: one detainee, one visitor, tomorrow."""
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)
    answers: dict[str, Any] = {
        "what": {
            "agency": ["Monroe County Sheriff's Office"],
            "agency_level": ["local"],
            "title": ["County detectives ask to interview a detainee"],
            "synopsis": ["Two detectives work a burglary."],
            "purpose": ["To ask about a burglary in May."],
            "case_reference": ["MC-2026-0417"],
        },
        "when": {
            **moment("event_at", start),
            **moment("requested_end", start + timedelta(hours=1)),
            "office": [str(by.office_id)],
            "programme": ["ERO"],
            "place_facility": ["Krome Service Processing Center"],
        },
        "people": [row(role="detainee", population="public", last_name="Osei", **FAKE.as_detainee)],
        "visitors": [row(name="Dana Whitfield", title="Detective", identity_verified="yes")],
        "narrative": {"narrative": ["The detectives telephoned and sent a letter."]},
    }
    return answers | changes


def ilead_answers(by: Any, **changes: Any) -> dict[str, Any]:
    """The answers of a small true iLead: one subject, a gang claim with its evidence, a protected provider."""
    subject = row(role="subject", population="public", last_name="Ferro", first_name="Nico", **FAKE.row)
    answers: dict[str, Any] = {
        "what": {
            "event_types": ["lead-gang"],
            "title": ["Detainee speaks of a gang's meeting place"],
            "synopsis": ["A detainee named where the gang meets."],
            "methods": ["interview"],
        },
        "where": {
            **moment("event_at", timezone.now() - HOUR_AGO),
            "event_precision": ["exact"],
            "office": [str(by.office_id)],
            "programme": ["ERO"],
            "custody": ["ice"],
        },
        "people": [subject],
        "basis": {
            "basis": ["He described three robberies that match police reports."],
            "first_amendment": ["none"],
            "threat": ["gang"],
        },
        "gang_claims": [
            row(
                person=subject["key"],
                gang="Harbor Nine",
                standing="member",
                criterion="admission",
                evidence="He said so during the interview on intake.",
            )
        ],
        "narrative": {"narrative": ["He spoke freely for ten minutes."]},
        "provider": {"provider_name": ["Ines Calloway"], "provider_protected": ["on"]},
    }
    return answers | changes


ANSWERS = {"sir": sir_answers, "spear": spear_answers, "tav": tav_answers, "ilead": ilead_answers}


def file_report(kind: str, by: Any, answers: dict[str, Any] | None = None, **values: Any) -> Report:
    """A filed report, through the real action. What its kind says must wait for approval does so."""
    draft = make_draft(by, answers, kind)
    return actions.submit(draft.pk, by=by, key=uuid4(), body_hash="x", attested=True, **values).report


def file_sir(by: Any, answers: dict[str, Any] | None = None, **values: Any) -> Report:
    return file_report("sir", by, answers, **values)


def file_spear(by: Any, answers: dict[str, Any] | None = None, **values: Any) -> Report:
    return file_report("spear", by, answers, **values)


def file_tav(by: Any, answers: dict[str, Any] | None = None, **values: Any) -> Report:
    return file_report("tav", by, answers, **values)


def file_ilead(by: Any, answers: dict[str, Any] | None = None, **values: Any) -> Report:
    return file_report("ilead", by, answers, **values)


def approved(report: Report, by: Any) -> Report:
    """The report as somebody entitled has approved it."""
    return actions.move(report.pk, "approve", by=by)


def amend_report(report: Report, by: Any, reason: str = "More is known", **changes: Any) -> Report:
    """File the next version of a report with other answers in the named sections."""
    draft = drafts.open_amendment(report, by=by)
    for part, raw in changes.items():
        draft.answers[part] = draft.answers[part] | raw
    name_an_approver(draft)
    draft.reason = reason
    draft.save()
    return actions.submit(draft.pk, by=by, key=uuid4(), body_hash="x", attested=True).report


amend_sir = amend_report
