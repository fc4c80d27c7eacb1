"""What tests of seeing a legacy SSN share: one on an iLead, somebody who may see it, and how one asks."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from django.utils import timezone

from accounts.actions import grant_role
from accounts.models import User
from accounts.roles import Role
from ileads.models import LegacySSN
from reports.models import Report
from tests.ileads import numbers

ASKED = {"purpose": "identify", "reason": "Two records may be about one person"}


def digits(seed: object) -> str:
    """Nine digits of a possible SSN, made while the tests run: none stands in a file."""
    some = Random(f"a legacy SSN {seed}")
    return f"{some.randint(300, 399)}{some.randint(10, 99)}{some.randint(1000, 9999)}"


def writings(number: str) -> tuple[str, ...]:
    """The ways in which a text could hold these nine digits."""
    return (number, *(numbers.written(number, sign) for sign in "- ./"))


def add_ssn(report: Report, number: str) -> LegacySSN:
    """One legacy SSN of the first person of an iLead."""
    return numbers.on(report, number)[0]


def let_reveal(user: Any) -> User:
    """The same person, who may now see legacy SSNs besides."""
    until = timezone.now() + timedelta(days=30)
    grant_role(user=user, role=Role.SSN_READER, office=user.office, until=until, by=None)
    return User.objects.select_related("office").get(pk=user.pk)


def address(ssn: LegacySSN) -> str:
    """Where one asks to see it."""
    return f"/ileads/{Report.objects.get(pk=ssn.report_id).number}/ssn/{ssn.pk}/"
