"""Legacy SSNs for tests, sealed as the import seals them, and somebody who may see one."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.actions import grant_role
from accounts.models import User
from accounts.roles import Role
from audit.log import record
from ileads.models import LegacySSN
from ileads.sealed import seal
from reports.models import Report

ASKED = {"purpose": "identify", "reason": "Two records may be about one person"}


def digits(seed: object) -> str:
    """Nine digits of a possible SSN, made while the tests run: none stands in a file."""
    some = Random(f"a legacy SSN {seed}")
    return f"{some.randint(300, 399)}{some.randint(10, 99)}{some.randint(1000, 9999)}"


def writings(number: str) -> tuple[str, ...]:
    """The ways in which a text could hold these nine digits."""
    parts = (number[:3], number[3:5], number[5:])
    return (number, *(sign.join(parts) for sign in ("-", " ", ".", "/")))


def add_ssn(report: Report, number: str) -> LegacySSN:
    """One legacy SSN of the first person of an iLead."""
    ssn = LegacySSN(report_id=report.pk, person=report.person_rows.order_by("position")[0], imported_at=timezone.now())
    ssn.source, ssn.source_id, ssn.value = "old", str(uuid4()), seal(number, for_=ssn)
    with transaction.atomic():
        ssn.save(force_insert=True)
        record("ssn.imported", by=None, on=report)
    return ssn


def let_reveal(user: Any) -> User:
    """The same person, who may now see legacy SSNs besides."""
    until = timezone.now() + timedelta(days=30)
    grant_role(user=user, role=Role.SSN_READER, office=user.office, until=until, by=None)
    return User.objects.select_related("office").get(pk=user.pk)


def address(ssn: LegacySSN) -> str:
    """Where one asks to see it."""
    return f"/ileads/{Report.objects.get(pk=ssn.report_id).number}/ssn/{ssn.pk}/"
