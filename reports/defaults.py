"""The reference data that the seeds state: headquarters, the JIOC, the event types, and who is told."""

from __future__ import annotations

from django.db import transaction

from accounts import actions
from accounts.models import Office
from accounts.roles import Role
from reports.models import EventType, RoutingRule

# Code, label, short label, what it asks for, urgent by itself. The first four are the PIA's ("such as").
EVENT_TYPES: tuple[tuple[str, str, str, tuple[str, ...], bool], ...] = (
    ("significant-arrest", "Significant arrest", "Arrest", ("arrests",), False),
    ("assault-on-employee", "Assault on an employee", "Assault", ("assaults",), True),
    ("firearm-discharge", "Firearm discharge involving an employee", "Discharge", ("discharges",), True),
    ("significant-seizure", "Significant seizure", "Seizure", ("seizures",), False),
    ("use-of-force", "Use of force", "Use of force", ("uses_of_force",), False),
    ("injury-or-death", "Injury or death", "Injury or death", ("casualties",), True),
    ("other", "Other significant event", "Other", (), False),
)


@transaction.atomic
def load() -> None:
    """Add what is missing; change nothing that is there. Safe to run at every start."""
    headquarters = _office("HQ", "Headquarters", Office.Kind.HQ, None)
    jioc = _office("JIOC", "Joint Intelligence Operations Center", Office.Kind.CENTER, headquarters)
    for position, (code, label, short, asks, urgent) in enumerate(EVENT_TYPES, start=1):
        if not EventType.objects.filter(code=code).exists():
            row = EventType(
                code=code, label=label, short=short, asks=list(asks), always_urgent=urgent, position=position * 10
            )
            actions.save_reference(row, by=None)
    if not RoutingRule.objects.exists():
        for rule in _routing(headquarters, jioc):
            actions.save_reference(rule, by=None)


def _office(code: str, name: str, kind: Office.Kind, parent: Office | None) -> Office:
    found = Office.objects.filter(code=code).first()
    return found or actions.add_office(by=None, code=code, name=name, kind=kind, parent=parent, programme="OTHER")


def _routing(headquarters: Office, jioc: Office) -> list[RoutingRule]:
    """SIR: its own SAC or FOD, the Field Intelligence Group and the JIOC; an urgent one the HQ Duty Manager too."""
    own, office = RoutingRule.To.OWN, RoutingRule.To.OFFICE
    return [
        RoutingRule(kind="sir", to=own, to_role=Role.SAC),
        RoutingRule(kind="sir", to=own, to_role=Role.FIG),
        RoutingRule(kind="sir", to=office, to_office=jioc, to_role=Role.JIOC),
        RoutingRule(kind="sir", to=office, to_office=headquarters, to_role=Role.HQ_DUTY_MANAGER, urgent_only=True),
        RoutingRule(kind="sir", to=own, to_role=Role.SAC, on_summary=True),
    ]
