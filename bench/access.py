"""What access costs on the queue page: its statements and time, by rows, offices and users (`make bench-access`).

The statements of a page must be as many whatever the size; the time stands beside the bare SQL of the same rows,
that is: with the offices already known and no person looked up. The rows and offices are the bench's own, so that
exactly so many wait.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.ground import Times, fill_to, in_turn, manage, prepared, vacuum
from bench.queue import page_of, reader_at, rows_of

if TYPE_CHECKING:
    from accounts.models import Office, User

RUNS = 40
ROWS, OFFICES, USERS = (1, 10, 50, 500), (1, 50, 300), (50, 5_000)
# How the codes of the bench's own offices and the numbers of its own reports begin.
CODE, NUMBER = "QA", "SIR-B-"
# What belongs to access: who somebody is, what they hold, and whether that has changed since.
ACCESS = re.compile(r"accounts_(version|officepermission|assignment|user)\b|reports_reportreader")


@dataclass(frozen=True)
class Figure:
    """Statements of access at a first request and at the next one; all of the page; and its times beside the limit."""

    users: int
    offices: int
    rows: int
    shown: int
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
        size = f"{self.users:>6,} users, {self.offices:>3} offices, {self.rows:>3} rows ({self.shown:>2} on the page)"
        counted = f"access {self.first} statements at first, {self.again} afterwards, {self.page} in all"
        return f"{size}: {counted} | with access {self.access} | bare {self.limit} | ratio {ratio:4.2f}"


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
    """One reader of so many offices, where so many rows wait in the queue."""
    from accounts.models import User

    places = own_offices(offices)
    wait(rows, places)
    user = reader_at(places)
    with_access, bare = rows_by_access(user, rows), rows_bare(user, rows)
    access, limit = in_turn(RUNS, with_access, bare)
    first, again, page = statements(user)
    shown = rows_of(page_of(user)())
    found = len(with_access())
    assert found == len(bare()) == rows, (found, rows)
    return Figure(User.objects.count(), offices, found, shown, first, again, page, access, limit)


def own_offices(wanted: int) -> Sequence[Office]:
    """This many offices of the bench alone, where nothing waits but what it puts there."""
    from accounts import actions
    from accounts.models import Office

    ours = Office.objects.filter(code__startswith=CODE).order_by("code")
    parent = Office.objects.filter(kind="sac").first()
    for number in range(ours.count() + 1, wanted + 1):
        name = f"Access office {number}"
        actions.add_office(by=None, code=f"{CODE}{number:03d}", name=name, kind="sub", parent=parent, programme="HSI")
    return list(ours[:wanted])


def wait(rows: int, offices: Sequence[Office]) -> None:
    """Exactly so many reports wait in these offices, dealt out to them in turn; what else the bench has is closed."""
    from django.db import connection, transaction
    from django.db.models import F

    from audit.log import Subject, record
    from reports.models import Report

    ours = Report.objects.filter(number__startswith=NUMBER)
    copies(rows - ours.count())
    chosen = list(ours.order_by("number").values_list("pk", flat=True)[:rows])
    places = [offices[turn % len(offices)].pk for turn in range(rows)]
    with transaction.atomic(), connection.cursor() as cursor:
        keys = [str(pk) for pk in ours.values_list("pk", flat=True)]
        record("report.batch_filed", by=None, on=Subject("report"), batch=keys)
        ours.update(status="closed", held_by=None, closed_at=F("submitted_at"))
        cursor.execute(DEAL, [chosen, places])


def copies(wanted: int) -> None:
    """So many more copies of one filed report, within the database, under numbers of the bench."""
    from django.db import connection, transaction

    from audit.log import Subject, record
    from reports.models import Report

    model = Report.objects.filter(kind="sir", restricted=False, legacy=False).exclude(status="voided").first()
    if wanted <= 0 or model is None:
        return
    columns = [field.column for field in Report._meta.concrete_fields]
    own = {"id": "gen_random_uuid()", "number": f"'{NUMBER}' || substr(md5(gen_random_uuid()::text), 1, 20)"}
    chosen = ", ".join(own.get(str(column), f"m.{column}") for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO reports_report ({', '.join(map(str, columns))}) SELECT {chosen} "  # noqa: S608 - columns of ours
            "FROM reports_report m, generate_series(1, %s) WHERE m.id = %s RETURNING id",
            [wanted, model.pk],
        )
        keys = [str(pk) for (pk,) in cursor.fetchall()]
        record("report.batch_filed", by=None, on=Subject("report"), batch=keys)


DEAL = """
UPDATE reports_report r SET status = 'submitted', closed_at = NULL, office_id = d.office
FROM unnest(%s::uuid[], %s::bigint[]) AS d (id, office) WHERE r.id = d.id
"""


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
