"""Who is told: the routing rules worked out for one report."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import YES, Verdict, may
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from reports.models.life import Notice
from reports.models.reference import RoutingRule
from reports.models.report import Report

LEADING = (Office.Kind.SAC, Office.Kind.FOD)
# The role that leads an office, since "own SAC or FOD" is one rule for both programmes.
LEADER = {Office.Kind.SAC: Role.SAC, Office.Kind.FOD: Role.FOD}


@dataclass(frozen=True)
class Recipient:
    """An office in one of its roles."""

    office: Office
    role: Role

    def __str__(self) -> str:
        return f"{self.office.name}: {self.role.label}"


def recipients(report: Report, *, urgent: bool, on_summary: bool = False) -> list[Recipient]:
    """The offices and roles that the active rules name for `report`, each once, in the order of the rules.

    Of a restricted report nobody is told by rule: only the people named on it may know, and no rule knows them.
    """
    if report.restricted:
        return []
    rules = RoutingRule.objects.filter(kind=report.kind, active=True, on_summary=on_summary)
    found: dict[tuple[int, Role], Recipient] = {}
    leading = leading_office(report.office)
    for rule in rules.select_related("to_office", "event_type", "within"):
        if not _applies(rule, report, urgent):
            continue
        recipient = _recipient(rule, leading)
        if recipient:
            found.setdefault((recipient.office.pk, recipient.role), recipient)
    return list(found.values())


def leading_office(office: Office) -> Office | None:
    """The SAC or FOD that the office is or belongs to."""
    above = {o.pk: o for o in Office.objects.filter(pk__in=office.ancestor_ids())}
    return next((above[pk] for pk in office.ancestor_ids() if pk in above and above[pk].kind in LEADING), None)


def _applies(rule: RoutingRule, report: Report, urgent: bool) -> bool:
    if rule.urgent_only and not urgent:
        return False
    if rule.event_type and rule.event_type.code not in report.event_types:
        return False
    return rule.within is None or report.office.path.startswith(rule.within.path)


def _recipient(rule: RoutingRule, leading: Office | None) -> Recipient | None:
    if rule.to == RoutingRule.To.OFFICE:
        return Recipient(rule.to_office, Role(rule.to_role)) if rule.to_office else None
    if leading is None:
        return None
    role = Role(rule.to_role)
    return Recipient(leading, LEADER[Office.Kind(leading.kind)] if role in LEADER.values() else role)


def may_acknowledge(notice: Notice, user: User) -> Verdict:
    """Whether `user` may acknowledge for the office of this notice: in the role that was told, at that very office."""
    verdict = may(user, "acknowledge", notice.office)
    if not verdict:
        return verdict
    # Asked afresh: within an act the person's assignments are locked, and what was known before may be out of date.
    if Assignment.objects.live().filter(user=user, office=notice.office, role=notice.role).exists():
        return YES
    role = Role(notice.role).label
    return Verdict(False, f"The {role} of {notice.office.name} was told, so only that role can acknowledge.")
