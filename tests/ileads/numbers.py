"""Legacy SSNs for tests: numbers made at run time, former iLeads with people, and SSNs sealed on them."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone

from audit.log import record
from ileads.models import LegacySSN
from ileads.sealed import seal
from reports.models import Person, Report


def number() -> str:
    """Nine digits that could be somebody's, made when they are needed: none stands in a file."""
    area = secrets.choice([area for area in range(1, 900) if area != 666])
    return f"{area:03d}{1 + secrets.randbelow(99):02d}{1 + secrets.randbelow(9999):04d}"


def written(nine: str, sign: str = "-") -> str:
    return sign.join((nine[:3], nine[3:5], nine[5:]))


def unsaved(person: Person, clear: str, source_id: str = "") -> LegacySSN:
    """One made for a person, sealed and not yet saved."""
    one = LegacySSN(report_id=person.report_id, person=person, source="test", imported_at=timezone.now())
    one.source_id = source_id or str(one.pk)
    one.value = seal(clear, for_=one)
    return one


def on(report: Report, *clear: str) -> list[LegacySSN]:
    """SSNs on the first person of an iLead, saved as the import saves them: in one transaction with their event."""
    person = report.person_rows.order_by("position").first()
    assert person
    with transaction.atomic():
        record("ssn.imported", by=None, on=report, count=len(clear))
        made = [unsaved(person, one) for one in clear]
        for one in made:
            one.save(force_insert=True)
    return made
