"""The queue page, whole request, against raw SQL of the same rows and f-strings of the same bytes (`make bench-queue`).

Sizes come from the command line: `python -m bench.queue 10000 100000`. Goals are those of the performance design:
at most 5 times the limit (8 is the worst we ship), and growth of at most 1.3 between the sizes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.ground import Times, fill_to, in_turn, manage, prepared

if TYPE_CHECKING:
    from accounts.models import Office, User

RUNS = 60
OFFICE_COUNTS = (1, 5, 300)
GOAL, WORST, GROWTH = 5.0, 8.0, 1.3
# Reports in the queue of the busiest office: a page is full, and there is a next one.
ENOUGH = 60


@dataclass(frozen=True)
class Figure:
    size: int
    offices: int
    rows: int
    page: Times
    limit: Times
    statements: int

    @property
    def ratio(self) -> float:
        return self.page.p50 / self.limit.p50

    @property
    def ratio_p95(self) -> float:
        return self.page.p95 / self.limit.p95


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [10_000, 100_000]
    with prepared("bench"):
        manage("demo", "--ensure")
        figures = [figure for size in sorted(sizes) for figure in measure(size)]
    report(figures)


def measure(size: int) -> list[Figure]:
    """The figures of each user at one size."""
    fill_to(size)
    people = {count: reader(count) for count in OFFICE_COUNTS}
    from reports.models import Report

    active = Report.objects.active().count()
    print(f"{Report.objects.count():,} reports, {active:,} of them in the queue", flush=True)
    found = []
    for count, user in people.items():
        page, rows = page_of(user), limit_of(user)
        page_times, limit_times = in_turn(RUNS, page, rows)
        found.append(Figure(size, count, rows_of(page()), page_times, limit_times, statements_of(page)))
    return found


def reader(offices: int) -> User:
    """A reviewer of this many offices, those with the most in the queue."""
    enough_offices(offices)
    return reader_at(busiest(offices))


def reader_at(offices: Sequence[Office]) -> User:
    """A reviewer of these offices. No role reviews less than all, so the guardian rows are made here."""
    from django.contrib.auth.models import Permission
    from django.db import transaction
    from django.utils import timezone

    from accounts.models import OfficePermission, User
    from audit.log import record

    username = f"bench-{len(offices)}"
    model = User.objects.filter(is_demonstration=True).exclude(username__startswith="bench-").first()
    assert model
    user = User.objects.filter(username=username).first() or User(
        username=username, person_key=username, name=f"Reader of {len(offices)}", email="bench@example.gov",
        programme="HSI", office=model.office, status="active", is_demonstration=True,
        rules_version=model.rules_version, rules_accepted_at=model.rules_accepted_at,
    )  # fmt: skip
    user.trained_until = model.trained_until
    with transaction.atomic():
        user.save()
        record("user.created", by=None, on=user)
        OfficePermission.objects.filter(user=user).delete()
        wanted = Permission.objects.filter(codename__in=["review_reports", "read_sir"])
        until = timezone.now() + timedelta(days=1)
        OfficePermission.objects.bulk_create(
            OfficePermission(user=user, permission=p, content_object=office, until=until)
            for p in wanted
            for office in offices
        )
    return User.objects.get(username=username)


def enough_offices(wanted: int) -> None:
    """At least this many offices below the root: sub-offices are added to the tree."""
    from accounts import actions
    from accounts.models import Office

    parent = Office.objects.filter(kind="sac").first()
    for number in range(Office.objects.count(), wanted + 1):
        actions.add_office(
            by=None, code=f"B{number:04d}", name=f"Bench office {number}", kind="sub", parent=parent, programme="HSI"
        )


def busiest(wanted: int) -> Sequence[Office]:
    """The offices with the most reports in the queue; the first alone has enough for a full page."""
    from django.db.models import Count, Q

    from accounts.models import Office

    waiting = Count("reports", Q(reports__status__in=["submitted", "under_review"], reports__restricted=False))
    offices = list(Office.objects.filter(parent__isnull=False).annotate(waiting=waiting).order_by("-waiting", "pk"))
    reopen(offices[0], ENOUGH - offices[0].waiting)
    return offices[:wanted]


def reopen(office: Office, missing: int) -> None:
    """Put the newest closed reports of an office back into the queue, as many as a full page misses."""
    from django.db import transaction

    from audit.log import Subject, record
    from reports.models import Report

    closed = Report.objects.filter(office=office, status="closed", restricted=False).newest_first()
    chosen = [report.pk for report in closed[: max(missing, 0)]]
    if not chosen:
        return
    with transaction.atomic():
        record("report.batch_filed", by=None, on=Subject("report"), batch=[str(pk) for pk in chosen])
        Report.objects.filter(pk__in=chosen).update(status="submitted", held_by=None, closed_at=None)


def page_of(user: User) -> Callable[[], object]:
    """The whole request through every middleware, as the server would answer it."""
    from tests.cast import signed_in

    browser = signed_in(user)

    def ask() -> object:
        answer = browser.get("/watch/")
        assert answer.status_code == 200, answer.status_code
        return answer

    return ask


RAW = """
SELECT r.id, r.number, r.title, r.status, r.urgency, r.submitted_at, r.event_types, r.people_count, r.media_interest,
       r.minor_involved, o.code, o.name, h.name
FROM reports_report r JOIN accounts_office o ON o.id = r.office_id LEFT JOIN accounts_user h ON h.id = r.held_by_id
WHERE r.status IN ('submitted', 'under_review') AND NOT r.restricted AND r.office_id = ANY(%s)
ORDER BY r.urgency DESC, r.submitted_at DESC, r.id DESC LIMIT 51
"""


def limit_of(user: User) -> Callable[[], object]:
    """Raw SQL of the same rows in psycopg, on a connection of its own that prepares the statement by itself, and
    f-strings of as many bytes as the page's table has."""
    import psycopg
    from django.conf import settings

    offices = sorted(user.rights.offices["read_sir"])
    target = table_bytes(page_of(user)())
    config = settings.DATABASES["default"]
    raw = psycopg.connect(
        host=str(config["HOST"]), user=str(config["USER"]), dbname=str(config["NAME"]), autocommit=True
    )

    def work() -> object:
        rows = raw.execute(RAW, [offices]).fetchall()
        padding = "x" * max(0, target // max(len(rows), 1) - 200)
        return "".join(
            f"<tr><td>{r[5]:%b %d, %H:%M}</td><td>{r[1]}</td><td>{', '.join(r[6])}</td><td>{r[10]}</td><td>{r[2]}</td>"
            f"<td>{r[7]} {r[8]} {r[9]}</td><td>{r[3]} {r[12] or ''}</td><td>{padding}</td></tr>"
            for r in rows
        )

    return work


def table_bytes(answer: object) -> int:
    text = bytes(getattr(answer, "content", b""))
    return text.rfind(b"</table>") - text.find(b"<table")


def rows_of(answer: object) -> int:
    return bytes(getattr(answer, "content", b"")).count(b'<tr id="row-')


def statements_of(ask: Callable[[], object]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


def report(figures: list[Figure]) -> None:
    """Print the figures, the limit of the same run, and how they stand to the goals."""
    for f in figures:
        verdict = "within 5" if f.ratio <= GOAL else "within 8" if f.ratio <= WORST else "OVER 8"
        print(
            f"{f.size:>9,} reports, {f.offices:>3} offices, {f.rows} rows: page {f.page} | limit {f.limit} | "
            f"ratio p50 {f.ratio:5.1f} p95 {f.ratio_p95:5.1f} ({verdict}) | {f.statements} statements"
        )
    small, large = figures[0].size, figures[-1].size
    if small != large:
        for count in OFFICE_COUNTS:
            first, last = (next(f for f in figures if (f.size, f.offices) == (s, count)) for s in (small, large))
            growth = last.page.p50 / first.page.p50
            word = "within" if growth <= GROWTH else "OVER"
            print(f"growth {small:,} -> {large:,}, {count:>3} offices: {growth:.2f} ({word} {GROWTH})")


if __name__ == "__main__":
    main()
