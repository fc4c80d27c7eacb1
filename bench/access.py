"""What access costs on the queue page: its statements and time, by rows, offices and users (`make bench-access`).

The statements of a page must be as many whatever the size; the time stands beside the bare SQL of the same rows,
that is: with the offices already known and no person looked up.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.ground import Times, fill_to, in_turn, manage, prepared, vacuum
from bench.queue import busiest, reader, reopen

if TYPE_CHECKING:
    from accounts.models import User

RUNS = 40
ROWS, OFFICES, USERS = (1, 50, 500), (1, 50, 300), (50, 5_000)
# What belongs to access: who somebody is, what they hold, and whether that has changed since.
ACCESS = re.compile(r"accounts_(version|officepermission|assignment|user)\b|reports_reportreader")


@dataclass(frozen=True)
class Figure:
    """Statements of access at a first request and at the next one; all of the page; and its times beside the limit."""

    users: int
    offices: int
    rows: int
    first: int
    again: int
    page: int
    access: Times
    limit: Times

    @property
    def counts(self) -> tuple[int, int, int]:
        return self.first, self.again, self.page

    def __str__(self) -> str:
        ratio = self.access.p50 / self.limit.p50
        return (
            f"{self.users:>6,} users, {self.offices:>3} offices, {self.rows:>3} rows: access {self.first} statements "
            f"at first, {self.again} afterwards, {self.page} in all | with access {self.access} | bare {self.limit} | "
            f"ratio {ratio:4.2f}"
        )


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with prepared("bench"):
        manage("demo", "--ensure")
        fill_to(size)
        figures = []
        for users in USERS:
            people(users)
            vacuum()
            figures += [measure(users, offices, rows) for offices in OFFICES for rows in ROWS]
    for figure in figures:
        print(figure)
    word = "fixed" if len({figure.counts for figure in figures}) == 1 else "NOT FIXED"
    print(f"statements: {word} over {len(figures)} sizes")


def people(wanted: int) -> None:
    """At least this many accounts, each with a role somewhere."""
    from django.db import connection, transaction

    from accounts.models import Office, User
    from audit.log import Subject, record

    missing = wanted - User.objects.count()
    if missing <= 0:
        return
    model = User.objects.filter(is_demonstration=True).exclude(username__startswith="bench-").first()
    office = Office.objects.exclude(parent=None).first()
    assert model
    assert office
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MORE, {"model": model.pk, "missing": missing})
        keys = [str(pk) for (pk,) in cursor.fetchall()]
        cursor.execute(GRANTS, {"keys": [int(key) for key in keys], "office": office.pk})
        record("user.created", by=None, on=Subject("user"), batch=keys)


# A copy of one invented person for each, within the database.
MORE = """
INSERT INTO accounts_user (username, person_key, name, email, phone, programme, office_id, status, status_note,
    trained_until, is_demonstration, rules_version, rules_accepted_at, created_at, password, is_superuser)
SELECT 'crowd-' || n, 'crowd-' || n, 'Crowd ' || n, 'bench@example.gov', '', m.programme, m.office_id, m.status, '',
    m.trained_until, true, m.rules_version, m.rules_accepted_at, m.created_at, m.password, false
FROM accounts_user m, generate_series((SELECT count(*) FROM accounts_user), (SELECT count(*) FROM accounts_user)
    + %(missing)s - 1) n
WHERE m.id = %(model)s RETURNING id
"""
GRANTS = """
INSERT INTO accounts_officepermission (user_id, permission_id, content_object_id, until)
SELECT u, p.id, %(office)s, now() + interval '30 days'
FROM unnest(%(keys)s::bigint[]) u, auth_permission p WHERE p.codename IN ('read_sir', 'read_spear', 'acknowledge')
"""


def measure(users: int, offices: int, rows: int) -> Figure:
    """One reader of so many offices, and so many rows of the queue as they may see it."""
    user = reader(offices)
    busy = busiest(offices)
    reopen(busy[0], rows - busy[0].waiting)  # type: ignore[attr-defined]  # annotated there
    with_access, bare = rows_by_access(user, rows), rows_bare(user, rows)
    access, limit = in_turn(RUNS, with_access, bare)
    first, again, page = statements(user)
    return Figure(users, offices, len(with_access()), first, again, page, access, limit)


def rows_by_access(user: User, rows: int) -> Callable[[], list[Any]]:
    """Who is it, what may they do, and which rows may they see: from nothing known to the rows."""
    from accounts.access import rights_of
    from accounts.memory import marks_of
    from reports.models import Report

    def work() -> list[Any]:
        marks_of(user.pk)
        user.__dict__["rights"] = rights_of(user)
        return list(_queue(Report.objects.visible_to(user), rows))

    return work


def rows_bare(user: User, rows: int) -> Callable[[], list[Any]]:
    """The same rows where the offices are known and nothing else is asked."""
    from accounts.access import rights_of
    from reports.models import Report

    offices = sorted(rights_of(user).offices["read_sir"])

    def work() -> list[Any]:
        return list(_queue(Report.objects.filter(kind="sir", restricted=False, office__any_of=offices), rows))

    return work


def _queue(reports: Any, rows: int) -> Any:
    return reports.active().urgent_first().values_list("id", "number", "title", "status", "office__name")[:rows]


def statements(user: User) -> tuple[int, int, int]:
    """Of access at a first request, at the next one, and all of the next page."""
    from accounts import memory
    from tests.cast import signed_in

    browser = signed_in(user)
    ask(browser)
    memory._known.clear()
    first, again = ask(browser), ask(browser)
    return len([sql for sql in first if ACCESS.search(sql)]), len([s for s in again if ACCESS.search(s)]), len(again)


def ask(browser: Any) -> list[str]:
    """The statements of one whole request of the queue."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        answer = browser.get("/watch/")
        assert answer.status_code == 200, answer.status_code
    return [query["sql"] for query in seen]


if __name__ == "__main__":
    main()
