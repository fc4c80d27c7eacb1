"""Reading outside one's offices: what a person may know of such reports, and who looks after that reading."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import YES, Verdict, may
from accounts.models import User
from reports.kinds import KINDS, Kind
from reports.models import OutsideReading, OutsideRule, Report, ReportReader
from reports.models.report import NAMED, SHARED, visible
from reports.states import Status

Policy = OutsideRule.Policy
SHORTEST_REASON, LONGEST_REASON = 10, 500
AT_ONCE = "Opened at once: the rule for this role and kind of report asks for no reason."


# -- What one may know of the reports of other offices -----------------------------------------------------------------
def policies(user: User) -> dict[str, OutsideRule.Policy]:
    """Per kind of report the widest policy of the roles that `user` holds; a kind that is not there is refused."""
    kinds = kinds_with_bounds(user)
    found: dict[str, OutsideRule.Policy] = {}
    if not kinds:
        return found
    for code, policy in OutsideRule.objects.opening_to(user, kinds).values_list("kind", "policy"):
        found[code] = Policy.ALLOWED if Policy.ALLOWED in (policy, found.get(code)) else Policy(policy)
    return found


def kinds_with_bounds(user: User) -> list[str]:
    """The kinds that `user` reads somewhere, but not in every office: outside there is nothing of the others."""
    read = {kind.code: kind.permission("read") for kind in KINDS}
    everywhere = user.rights.everywhere
    return [code for code, name in read.items() if user.may_somewhere(name) and name not in everywhere]


def stubs(user: User, kinds: Iterable[str]) -> QuerySet[Report]:
    """Reports of these kinds that `user` cannot read: never a restricted one, none that is voided."""
    there = Report.objects.filter(kind__in=list(kinds), restricted=False).exclude(status=Status.VOIDED)
    return there.filter(~visible(user))


def stub(number: str, user: User) -> tuple[Report, OutsideRule.Policy] | None:
    """The report of another office that `user` may be told of, with what the rules say; None tells nothing why not."""
    allowed = policies(user)
    told = stubs(user, allowed).select_related("office").only("number", "kind", "office__name", "office__code")
    report = told.filter(number=number.replace("\x00", "")).first()
    return (report, allowed[report.kind]) if report else None


def kinds_of(allowed: Iterable[str]) -> list[Kind]:
    return [KINDS[code] for code in allowed]


# -- One's own readings ------------------------------------------------------------------------------------------------
def under_way(report: Report, user: User) -> OutsideReading | None:
    """The reading by which `user` reads this report now, where no office of theirs opens it."""
    if in_scope(report, user):
        return None
    mine = OutsideReading.objects.filter(report=report, reader=user, until__gt=timezone.now())
    return mine.order_by("-opened_at", "-id").first()


def only_read(report: Report, user: User) -> str:
    """Why nothing is begun from a report that is open to `user` for a stated reason alone; "" where it is not."""
    if under_way(report, user) is None:
        return ""
    return (
        "You read this report outside your offices, which lets you read it and no more. File your own, and link both."
    )


def alone(report: Report, user: User) -> bool:
    """Whether nothing but a reading for a stated reason opens this report to `user`: neither named nor told of it."""
    rows = ReportReader.objects.filter(user=user, content_object=report, until__gt=timezone.now())
    return under_way(report, user) is not None and not rows.filter(permission__codename__in=(NAMED, SHARED)).exists()


def in_scope(report: Report, user: User) -> bool:
    return bool(may(user, report.declaration.permission("read"), report.office, report.author_id)) or (
        report.author_id == user.pk
    )


# -- Those who look after it -------------------------------------------------------------------------------------------
def looked_after_by(user: User) -> QuerySet[OutsideReading]:
    """The readings that `user` is shown.

    Auditors see all, access control managers those drawn for review, and whoever decides who reads the reports of an
    office (or wrote the report) those of the reports that they can read themselves.
    """
    found = OutsideReading.objects.select_related("report__office", "reader__office", "reviewed_by")
    if user.may_somewhere("read_audit"):
        return found
    seen = Q(sampled=True) if user.may_somewhere("grant_roles") else Q(pk__in=[])
    if user.may_somewhere("name_readers"):
        seen |= of_own_offices(user)
    return found.filter(seen)


def of_own_offices(user: User) -> Q:
    """Readings of reports of the offices whose readers `user` decides on, and of their own reports, by others."""
    offices = Q(report__office__any_of=sorted(user.rights.offices.get("name_readers", ())))
    if "name_readers" in user.rights.everywhere:
        offices = Q(pk__isnull=False)  # an empty Q would be left out of what follows
    theirs = Report.objects.visible_to(user)
    return (offices | Q(report__author=user)) & Q(report__in=theirs.values("pk")) & ~Q(reader=user)


def waiting_for(user: User) -> QuerySet[OutsideReading]:
    """Readings that were drawn for review and have none yet, without those of `user` under any account."""
    if not user.may_somewhere("grant_roles"):
        return OutsideReading.objects.none()
    return OutsideReading.objects.filter(sampled=True, finding="").exclude(reader__person_key=user.person_key)


def may_review(reading: OutsideReading, user: User) -> Verdict:
    """Whether `user` may sign off this reading now."""
    if not (verdict := may(user, "grant_roles")):
        return verdict
    if reading.reader.person_key == user.person_key:
        return Verdict(False, "You cannot review your own reading. Ask another Access Control Manager.")
    if not reading.sampled:
        return Verdict(False, "This reading was not drawn for review.")
    if reading.reviewed_by:
        return Verdict(False, f"{reading.reviewed_by.name} has reviewed this reading already.")
    return YES


def readable_of(readings: Iterable[OutsideReading], user: User) -> set[UUID]:
    """The reports of these readings that `user` can open; the others are named and lead nowhere."""
    keys = [one.report_id for one in readings]
    return set(Report.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def hours() -> str:
    """How long an opened report stays open, in words."""
    return "an hour" if settings.OUTSIDE_HOURS == 1 else f"{settings.OUTSIDE_HOURS} hours"
