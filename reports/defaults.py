"""The reference data that the seeds state: headquarters, the JIOC, the event types, and who is told."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from accounts import actions
from accounts.models import Office
from accounts.roles import Role
from reports.models import DeconflictionRule, EventType, OutsideRule, RoutingRule

# Of a SIR: code, label, short label, what it asks for, urgent by itself. The first four are the PIA's ("such as").
EVENT_TYPES: tuple[tuple[str, str, str, tuple[str, ...], bool], ...] = (
    ("significant-arrest", "Significant arrest", "Arrest", ("arrests",), False),
    ("assault-on-employee", "Assault on an employee", "Assault", ("assaults",), True),
    ("firearm-discharge", "Firearm discharge involving an employee", "Discharge", ("discharges",), True),
    ("significant-seizure", "Significant seizure", "Seizure", ("seizures",), False),
    ("use-of-force", "Use of force", "Use of force", ("uses_of_force",), False),
    ("injury-or-death", "Injury or death", "Injury or death", ("casualties",), True),
    ("other", "Other significant event", "Other", (), False),
)
# Of the other kinds: code, label, short label.
OTHER_TYPES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "spear": (
        ("planned-search", "Search", "Search"),
        ("planned-arrest", "Arrest", "Arrest"),
        ("planned-seizure", "Seizure", "Seizure"),
        ("planned-other", "Other enforcement activity", "Other"),
    ),
    "ilead": (
        ("lead-gang", "Gang", "Gang"),
        ("lead-wanted", "Wanted, or an outstanding warrant", "Wanted"),
        ("lead-threat", "Threat", "Threat"),
        ("lead-terrorism", "Terrorism", "Terrorism"),
        ("lead-smuggling", "Smuggling", "Smuggling"),
        ("lead-trafficking", "Trafficking", "Trafficking"),
        ("lead-narcotics", "Narcotics", "Narcotics"),
        ("lead-fraud", "Fraud", "Fraud"),
        ("lead-corruption", "Corruption", "Corruption"),
        ("lead-facility", "Facility security", "Facility"),
        ("lead-other", "Other", "Other"),
    ),
}
# Who may know of the reports of other offices, and of which kinds; opening one asks for a reason. No TAV, and of iLeads
# none for those who read no iLead of their own offices.
OUTSIDE: dict[Role, tuple[str, ...]] = {
    Role.FIELD_HSI: ("sir", "spear"),
    **dict.fromkeys((Role.FIELD_ERO, Role.SUPERVISOR, Role.SAC, Role.FOD, Role.FIG), ("sir", "spear", "ilead")),
}


@transaction.atomic
def load() -> None:
    """Add what is missing; change nothing that is there. Safe to run at every start."""
    headquarters = _office("HQ", "Headquarters", Office.Kind.HQ, None)
    jioc = _office("JIOC", "Joint Intelligence Operations Center", Office.Kind.CENTER, headquarters)
    for row in _event_types():
        if not EventType.objects.filter(code=row.code).exists():
            actions.save_reference(row, by=None)
    # An administrator may have changed the rules of a kind, so they are added only where it has none.
    ruled = set(RoutingRule.objects.values_list("kind", flat=True))
    for rule in _routing(headquarters, jioc):
        if rule.kind not in ruled:
            actions.save_reference(rule, by=None)
    if not DeconflictionRule.objects.exists():
        actions.save_reference(DeconflictionRule(), by=None)
    _rules_of_outside()


def _rules_of_outside() -> None:
    """An administrator may have changed them, so they are added only where there is none."""
    if OutsideRule.objects.exists():
        return
    for role, kinds in OUTSIDE.items():
        for kind in kinds:
            actions.save_reference(OutsideRule(role=role, kind=kind, policy=OutsideRule.Policy.STUB), by=None)


def _event_types() -> Iterator[EventType]:
    for position, (code, label, short, asks, urgent) in enumerate(EVENT_TYPES, start=1):
        yield EventType(
            code=code, label=label, short=short, asks=list(asks), always_urgent=urgent, position=position * 10
        )
    for kind, types in OTHER_TYPES.items():
        for position, (code, label, short) in enumerate(types, start=1):
            yield EventType(kind=kind, code=code, label=label, short=short, position=position * 10)


def _office(code: str, name: str, kind: Office.Kind, parent: Office | None) -> Office:
    found = Office.objects.filter(code=code).first()
    return found or actions.add_office(by=None, code=code, name=name, kind=kind, parent=parent, programme="OTHER")


def _routing(headquarters: Office, jioc: Office) -> list[RoutingRule]:
    """SIR: its own SAC or FOD, the Field Intelligence Group and the JIOC; an urgent one the HQ Duty Manager too.

    SPEAR and TAV: own SAC or FOD and the JIOC, at submission; an iLead likewise.
    """
    own, office = RoutingRule.To.OWN, RoutingRule.To.OFFICE
    return [
        RoutingRule(kind="sir", to=own, to_role=Role.SAC),
        RoutingRule(kind="sir", to=own, to_role=Role.FIG),
        RoutingRule(kind="sir", to=office, to_office=jioc, to_role=Role.JIOC),
        RoutingRule(kind="sir", to=office, to_office=headquarters, to_role=Role.HQ_DUTY_MANAGER, urgent_only=True),
        *[
            rule
            for kind in ("spear", "tav", "ilead")
            for rule in (
                RoutingRule(kind=kind, to=own, to_role=Role.SAC),
                RoutingRule(kind=kind, to=office, to_office=jioc, to_role=Role.JIOC),
            )
        ],
        *[
            RoutingRule(kind=kind, to=own, to_role=Role.SAC, on_summary=True)
            for kind in ("sir", "spear", "tav", "ilead")
        ],
    ]
