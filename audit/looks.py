"""Everyone who looked at one report or changed it: a line a person, with what they did and why they could."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Min
from django.utils import timezone

from accounts.models import Assignment, User
from audit.events import EVENTS
from audit.search import Filter
from reports.models import HistoricalReport, Report, ReportReader
from reports.models.report import NAMED, OUTSIDE, SHARED
from watch.models import Summary

# People of one report that its page lists; those who were there last stand first.
MOST = 200


@dataclass(frozen=True)
class Subject:
    """The record or records that bear one number: a report with its summaries, or reports of a former system."""

    number: str
    kind: str
    office: str
    audit_type: str
    audit_id: str
    audit_label: str
    wanted: Filter
    report: Report | None = None

    @property
    def restricted(self) -> bool:
        return bool(self.report and self.report.restricted)


@dataclass
class Looker:
    """One person, from when to when, what they did how often, and by what right."""

    actor_id: int | None
    username: str
    first: datetime
    last: datetime
    did: list[tuple[str, int]] = field(default_factory=list)
    because: list[str] = field(default_factory=list)
    lapsed: bool = False

    @property
    def times(self) -> int:
        return sum(count for _, count in self.did)


def find(number: str) -> Subject | None:
    """What bears this number, whoever may read it: auditors may know who looked at anything (PIA: auditable)."""
    number = number.replace("\x00", "")
    report = Report.objects.select_related("office").filter(number=number.upper()).first()
    if report:
        summaries = Summary.objects.filter(report=report).values_list("pk", flat=True)
        wanted = Filter(
            types=(Report.audit_type, Summary.audit_type), object_ids=(str(report.pk), *map(str, summaries))
        )
        office = f"{report.office.name} ({report.office.code})"
        return Subject(
            report.number, report.declaration.label, office, report.audit_type, report.audit_id, report.audit_label,
            wanted, report,
        )  # fmt: skip
    return _former(list(HistoricalReport.objects.filter(number=number).defer("words", "payload").order_by("pk")))


def _former(rows: list[HistoricalReport]) -> Subject | None:
    """Former systems gave a number more than once: who looked at any of them is told."""
    if not rows:
        return None
    one = rows[0]
    wanted = Filter(types=(one.audit_type,), object_ids=tuple(str(row.pk) for row in rows))
    return Subject(
        one.number, f"{one.get_type_display()} report", one.office_code, one.audit_type, one.audit_id, one.audit_label,
        wanted,
    )  # fmt: skip


def lookers(subject: Subject) -> list[Looker]:
    """Everyone in the log of it, the last first."""
    rows = subject.wanted.events().order_by().values_list("actor_id", "actor", "code")
    found: dict[tuple[int | None, str], Looker] = {}
    for actor_id, actor, code, first, last, count in rows.annotate(Min("at"), Max("at"), Count("id")):
        one = found.setdefault((actor_id, actor), Looker(actor_id, actor, first, last))
        one.first, one.last = min(one.first, first), max(one.last, last)
        one.did.append((_verb(code), count))
    newest = sorted(found.values(), key=lambda one: one.last, reverse=True)[:MOST]
    for one in newest:
        one.did.sort(key=lambda act: (-act[1], act[0]))
    _say_why(newest, subject)
    return newest


def _verb(code: str) -> str:
    """The act without its actor: "opened it"."""
    sentence = EVENTS[code].sentence if code in EVENTS else code
    told = sentence.replace("the {object}", "its summary").replace("{object}", "it")
    return told.replace("{actor}", "").strip(" :")


def _say_why(people: Iterable[Looker], subject: Subject) -> None:
    """By what right each could: their own report, their name on it, and the roles that they held when last there."""
    ids = [one.actor_id for one in people if one.actor_id]
    held: defaultdict[int, list[Assignment]] = defaultdict(list)
    for row in Assignment.objects.filter(user_id__in=ids).select_related("office"):
        held[row.user_id].append(row)
    own, named, now = _own(subject), _named(subject), timezone.now()
    for one in people:
        if one.actor_id is None:
            one.because = ["The system itself"]
            continue
        then = [row for row in held[one.actor_id] if _is_live(row, one.last)]
        one.because = [*own.get(one.actor_id, []), *named.get(one.actor_id, []), *sorted(map(_role, then))]
        one.lapsed = bool(then) and not any(_is_live(row, now) for row in then)


def _own(subject: Subject) -> dict[int, list[str]]:
    report = subject.report
    if report is None:
        return {}
    found: dict[int, list[str]] = {report.author_id: ["Author"]}
    if report.supervisor_id:
        found.setdefault(report.supervisor_id, []).append("Named as its supervisor")
    return found


WHY_READ = {
    NAMED: "Named to read it",
    SHARED: "Passed on to them",
    OUTSIDE: "Opened outside their offices, for a stated reason",
}


def _named(subject: Subject) -> dict[int, list[str]]:
    if subject.report is None:
        return {}
    rows = ReportReader.objects.filter(content_object=subject.report).values_list("user_id", "permission__codename")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for user_id, codename in rows:
        found[user_id].append(WHY_READ[codename])
    return found


def _is_live(row: Assignment, at: datetime) -> bool:
    return row.granted_at <= at < (min(row.until, row.revoked_at) if row.revoked_at else row.until)


def _role(row: Assignment) -> str:
    return f"{row.get_role_display()}, {row.office.name}"


def person_of(username: str) -> User | None:
    return User.objects.select_related("office").filter(username__iexact=username.replace("\x00", "")).first()
