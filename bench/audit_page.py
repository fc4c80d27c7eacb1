"""The auditors' pages over a growing log, whole requests, against raw SQL of the same rows (`make bench-audit_page`).

Sizes come from the command line: `python -m bench.audit_page 100000 10000000`. The events are made by SQL in bulk on a
scratch database of their own, over 90 days, by 500 people on 50,000 reports; they carry no hashes that could be
verified. Goal of the performance design: growth of at most 1.3 between the sizes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.ground import in_turn, manage, prepared

RUNS = 40
GROWTH = 1.3
DAYS, PEOPLE, REPORTS = 90, 500, 50_000
WHO = "agent"
STEP = 500_000

FILL = """
INSERT INTO audit_event (code, kind, outcome, actor_id, actor, person_key, address, session, request, object_type,
                         object_id, object_label, batch, payload, at, xid, epoch, row_hash)
SELECT (ARRAY['report.viewed', 'reports.listed', 'report.viewed', 'report.amended', 'session.signed_in', 'queue.viewed',
              'report.viewed', 'reports.searched', 'inbox.viewed', 'access.refused'])[1 + n %% 10],
       (ARRAY['read', 'read', 'read', 'change', 'access', 'read', 'read', 'read', 'read', 'refusal'])[1 + n %% 10],
       CASE WHEN n %% 10 = 9 THEN 'refused' ELSE 'done' END,
       CASE WHEN n %% %(people)s = 0 THEN %(who)s ELSE 1000000 + n %% %(people)s END,
       CASE WHEN n %% %(people)s = 0 THEN %(name)s ELSE 'bench-' || n %% %(people)s END,
       'D' || n %% %(people)s, '192.0.2.1', left(md5((n / 50)::text), 16), left(md5(n::text), 16),
       'report', md5((n * 7919 %% %(reports)s)::text)::uuid::text, 'SIR-2026-BEN-' || n * 7919 %% %(reports)s,
       '{}', '{"count": 12}', %(start)s::timestamptz + (n - %(first)s) * (%(end)s - %(start)s::timestamptz) / %(count)s,
       3, 1, '\\x00'
FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(count)s - 1) AS n
"""
# The report whose page is asked: as many events at every size, more than a page holds.
OF_REPORT = """
INSERT INTO audit_event (code, kind, outcome, actor_id, actor, person_key, address, session, request, object_type,
                         object_id, object_label, batch, payload, at, xid, epoch, row_hash)
SELECT 'report.viewed', 'read', 'done', 1000000 + n %% 30, 'bench-' || n %% 30, 'D', '192.0.2.1', '', '', 'report',
       %(report)s, %(number)s, '{}', '{"version": 1}', now() - n * interval '6 hours', 3, 1, '\\x00'
FROM generate_series(1, 200) AS n
"""
COLUMNS = "SELECT id, at, code, kind, outcome, actor_id, actor, address, object_type, object_id, object_label, payload"
NEWEST = f"{COLUMNS} FROM audit_event ORDER BY at DESC, id DESC LIMIT 51"
ONES = f"{COLUMNS} FROM audit_event WHERE actor_id = %(who)s ORDER BY at DESC, id DESC LIMIT 51"
ON_ONE = f"{COLUMNS} FROM audit_event WHERE object_type = 'report' AND object_id = %(report)s ORDER BY at DESC, id DESC"


def main() -> None:
    sizes = sorted(int(word) for word in sys.argv[1:]) or [100_000, 10_000_000]
    with prepared("bench-audit"):
        manage("demo", "--ensure")
        bases = {size: Base(size) for size in sizes}
        about = {}
        for size, base in bases.items():
            base.use()
            about = fill_to(size)
        for figure in measure(bases, about):
            print(figure, flush=True)


class Base:
    """A database of one size, as a copy of what the demonstration made, and the connection to it.

    Both sizes are asked in turn, so that a machine with other work to do slows them alike.
    """

    def __init__(self, size: int) -> None:
        import psycopg
        from django.conf import settings
        from django.db import connections

        connections.close_all()
        config, self.name = settings.DATABASES["default"], f"sen_of_{size}"
        with psycopg.connect(host=str(config["HOST"]), user="sen_owner", dbname="postgres", autocommit=True) as owner:
            if not owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone():
                owner.execute(f"CREATE DATABASE {self.name} TEMPLATE sen".encode())
        self.connection = connections.create_connection("default")
        self.connection.settings_dict = {**self.connection.settings_dict, "NAME": self.name}

    def use(self) -> None:
        from django.db import connections

        connections["default"] = self.connection


def measure(bases: dict[int, Base], about: dict[str, Any]) -> Iterator[str]:
    pages = {
        "/audit/": NEWEST,
        f"/audit/people/{WHO}/": ONES,
        f"/audit/reports/{about['number']}/": ON_ONE,
        "/audit/volume/": "SELECT day, hours, codes FROM audit_countedday ORDER BY day DESC LIMIT 90",
        "/audit/unusual/": "SELECT * FROM audit_unusual ORDER BY at DESC, id DESC LIMIT 200",
    }
    for address, query in pages.items():
        works = [work for base in bases.values() for work in (page_of(address, base), limit_of(query, base, about))]
        times = in_turn(RUNS, *works)
        for place, size in enumerate(bases):
            page, limit = times[2 * place : 2 * place + 2]
            yield f"{size:>11,} events  {address:<38} page {page} | same rows by raw SQL {limit}"
        growth, raw = times[-2].p50 / times[0].p50, times[-1].p50 / times[1].p50
        word = "within" if growth <= GROWTH else "OVER"
        yield f"  growth of {address} p50 {growth:.2f} ({word} {GROWTH}); of raw SQL {raw:.2f}"


# -- Filling -------------------------------------------------------------------------------------------------------
def fill_to(size: int) -> dict[str, Any]:
    """Make events until there are `size`, count their days and look for unusual use; what the pages are asked about."""
    from accounts.models import User
    from audit.models import Event
    from reports.models import Report

    one = Report.objects.order_by("number")[0]
    about = {"who": User.objects.get(username=WHO).pk, "report": str(one.pk), "number": one.number}
    there, began = Event.objects.count(), time.perf_counter()
    with owner() as connection:
        connection.execute("SET synchronous_commit = off")
        months(connection)
        connection.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_stamp")
        known = connection.execute("SELECT 1 FROM audit_event WHERE person_key = 'D' LIMIT 1").fetchone()
        if known is None:
            connection.execute(OF_REPORT, about)
        while there < size:
            there += insert(connection, there, min(STEP, size - there), about)
        connection.execute("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_stamp")
        made = time.perf_counter() - began
        connection.execute("VACUUM ANALYZE")
    print(f"{Event.objects.count():,} events, made in {made:,.0f} s; {count_again()}", flush=True)
    return about


def insert(connection: Any, first: int, count: int, about: dict[str, Any]) -> int:
    """So many events, spread evenly over the 90 days."""
    end = datetime.now(UTC)
    values = {"first": first, "count": count, "people": PEOPLE, "reports": REPORTS, "name": WHO, **about}
    connection.execute(FILL, {**values, "start": end - timedelta(days=DAYS), "end": end})
    return count


def owner() -> Any:
    """A connection of the owner to the database in use."""
    import psycopg
    from django.conf import settings
    from django.db import connection

    config, name = settings.DATABASES["default"], connection.settings_dict["NAME"]
    return psycopg.connect(host=str(config["HOST"]), user="sen_owner", dbname=str(name), autocommit=True)


def months(connection: Any) -> None:
    """The partitions of the past that no installation makes by itself."""
    day = datetime.now(UTC).date() - timedelta(days=DAYS)
    while day <= datetime.now(UTC).date():
        first = day.replace(day=1)
        day = (first + timedelta(days=32)).replace(day=1)
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS audit_event_{first:%Y_%m} PARTITION OF audit_event "
            f"FOR VALUES FROM ('{first} 00:00+00') TO ('{day} 00:00+00')"
        )


def count_again() -> str:
    """Count every day anew, as the job would have; how long one day took."""
    from audit import counting, unusual
    from audit.models import CountedDay

    CountedDay.objects.all().delete()
    days, counted, looked = counting.uncounted(), 0.0, 0.0
    for day in days:
        began = time.perf_counter()
        counting.count_day(day)
        middle = time.perf_counter()
        unusual.look(day)
        counted, looked = counted + middle - began, looked + time.perf_counter() - middle
    return f"a day counted in {counted / len(days):.2f} s, looked through in {looked / len(days):.2f} s"


# -- What is timed ---------------------------------------------------------------------------------------------------
def page_of(address: str, base: Base) -> Callable[[], object]:
    """The whole request through every middleware, as the server would answer it."""
    from accounts.models import User
    from tests.cast import signed_in

    base.use()
    browser = signed_in(User.objects.get(username="auditor"))

    def ask() -> object:
        base.use()
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    return ask


def limit_of(query: str, base: Base, about: dict[str, Any]) -> Callable[[], object]:
    """Raw SQL of the same rows in psycopg, on a connection of its own."""
    import psycopg
    from django.conf import settings

    config = settings.DATABASES["default"]
    raw = psycopg.connect(host=str(config["HOST"]), user=str(config["USER"]), dbname=base.name, autocommit=True)
    values = about if "%(" in query else None
    return lambda: raw.execute(query, values).fetchall()


if __name__ == "__main__":
    main()
