"""Finding reports (`make bench-search`): words of each frequency, near names and identifiers, against hand-written SQL.

`python -m bench.search --reports 1000000` measures at another size. Each search is timed in the database (and as a
whole, beside it) in turn with the best of three hand-written forms of the same page and capped count. Near names are
asked for with one error each, and counted by whether the report is among the first ten.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.ground import Times, fill_to, prepared
from bench.misspelt import ERRORS, Namer

if TYPE_CHECKING:
    from accounts.models import User

RUNS, SAMPLE = 12, 1_000
ASKED, NAMES = 40, 50_000
GOAL_MS, GOAL_RATIO, GOAL_RECALL = 60.0, 2.0, 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    wanted = parser.parse_args().reports
    with prepared("bench"):
        fill_to(wanted)
        from reports.models import Report

        print(f"{Report.objects.count():,} reports", flush=True)
        users = readers()
        for name, typed in searches():
            for who, user in users.items():
                measure(name, typed, who, user)
        near_names(users["all offices"])


def readers() -> dict[str, User]:
    from accounts.models import User
    from bench.queue import reader

    return {"one office": reader(1), "all offices": User.objects.get(username="hq")}


# -- What is searched for ----------------------------------------------------------------------------------------------
def searches() -> Iterator[tuple[str, str]]:
    """A word of each frequency, of those that documents hold, and identifiers that few and many reports hold."""
    from reports.models import Report

    reports = Report.objects.count()
    bands = {
        "very frequent": (0.4, 1.0),
        "frequent": (0.02, 0.15),
        "less frequent": (0.003, 0.02),
        "rare": (0.0, 0.0003),
    }
    for band, (least, most) in bands.items():
        for word, hits in _words():
            if max(least * reports, 2) <= hits <= max(most * reports, 20):
                yield f"{band} word ({hits:,} hits)", word
                break
    for name, rank in (("shared", 0), ("single", 5_000)):
        yield f"{name} identifier", _identifier(rank)
    yield "two words", "vehicle search"


def _words() -> Iterator[tuple[str, int]]:
    """Words of some documents, each with how many hold it, the most frequent first and then the rarest."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ndoc FROM ts_stat(%s) WHERE word ~ '^[a-z]{4,12}$' ORDER BY ndoc DESC, word",
            [f"SELECT words FROM reports_searchdocument LIMIT {SAMPLE}"],  # noqa: S608 - a constant of ours
        )
        found = cursor.fetchall()
        for word, _ in [*found[:400:2], *found[:-400:-1]]:
            cursor.execute("SELECT count(*) FROM reports_searchdocument WHERE words @@ %s::tsquery", [f"'{word}'"])
            yield word, cursor.fetchone()[0]


def _identifier(rank: int) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT value FROM reports_searchidentifier WHERE type IN ('phone', 'a_number', 'email') "
            "GROUP BY value ORDER BY count(*) DESC, value LIMIT 1 OFFSET %s",
            [rank],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else "305-555-0142"


# -- Ours against the best by hand -------------------------------------------------------------------------------------
COLUMNS = "r.id, r.number, r.title, r.status, r.urgency, r.submitted_at, r.event_types, r.people_count, o.name"
JOINED = "JOIN accounts_office o ON o.id = r.office_id"
LATEST = "ORDER BY r.submitted_at DESC, r.id DESC LIMIT 51"
# The values of what follows are our own and those of a query that was made by us.
COLLECTED = f"""
WITH hits AS MATERIALIZED (SELECT report_id FROM reports_searchdocument WHERE words @@ {{query}}),
seen AS MATERIALIZED (SELECT r.id, r.submitted_at FROM hits JOIN reports_report r ON r.id = report_id WHERE {{seen}}),
page AS (SELECT * FROM seen r {LATEST})
SELECT {COLUMNS}, (SELECT count(*) FROM (SELECT 1 FROM seen LIMIT 1001) c)
FROM page p JOIN reports_report r USING (id) {JOINED} ORDER BY r.submitted_at DESC, r.id DESC
"""  # noqa: S608 - constants of ours
WALKED = f"""
SELECT {COLUMNS}, (SELECT count(*) FROM (
    SELECT 1 FROM reports_searchdocument d JOIN reports_report r ON r.id = d.report_id
    WHERE d.words @@ {{query}} AND {{seen}} LIMIT 1001) c)
FROM reports_report r {JOINED} WHERE {{seen}}
AND EXISTS (SELECT 1 FROM reports_searchdocument d WHERE d.report_id = r.id AND d.words @@ {{query}} OFFSET 0) {LATEST}
"""  # noqa: S608 - constants of ours
PLANNED = f"""
SELECT {COLUMNS}, (SELECT count(*) FROM (
    SELECT 1 FROM reports_searchdocument d JOIN reports_report r ON r.id = d.report_id
    WHERE d.words @@ {{query}} AND {{seen}} LIMIT 1001) c)
FROM reports_report r {JOINED} JOIN reports_searchdocument d ON d.report_id = r.id
WHERE {{seen}} AND d.words @@ {{query}} {LATEST}
"""  # noqa: S608 - constants of ours


def by_hand(typed: str, user: User) -> dict[str, Callable[[], object]]:
    """The three hand-written forms, on a connection of their own that prepares its statements by itself."""
    import psycopg
    from django.conf import settings
    from django.db import connection

    from reports.finding.asking import understand
    from reports.finding.results import query

    built = query(understand(typed))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT ({built.sql})::text", built.params)
        words = f"'{str(cursor.fetchone()[0]).replace(chr(39), chr(39) * 2)}'::tsquery"
    offices = user.rights.offices.get("read_sir", frozenset())
    everywhere = "read_sir" in user.rights.everywhere
    seen = f"NOT r.restricted AND r.kind = 'sir' AND r.office_id IN ({', '.join(map(str, sorted(offices)))})"
    seen = "NOT r.restricted" if everywhere else seen
    config = settings.DATABASES["default"]
    raw = psycopg.connect(
        host=str(config["HOST"]), user=str(config["USER"]), dbname=str(config["NAME"]), autocommit=True
    )
    forms = {"collected": COLLECTED, "walked": WALKED, "planned": PLANNED}
    return {name: _work(raw, form.format(query=words, seen=seen)) for name, form in forms.items()}


def _work(raw: Any, sql: str) -> Callable[[], object]:
    return lambda: raw.execute(sql).fetchall()


def measure(name: str, typed: str, who: str, user: User) -> None:
    """One search of one person: ours in the database and as a whole, and the best by hand, in turn."""
    from reports.finding import results
    from reports.finding.asking import understand
    from reports.models import Report

    def ours(order: str) -> Any:
        return results.found(Report.objects.visible_to(user), understand(typed), order=order)

    count = ours(results.NEWEST)
    forms = by_hand(typed, user)
    once = {form: _timed(work) for form, work in forms.items()}
    best = min(once, key=lambda form: min(once[form], _timed(forms[form])))
    taken: dict[str, list[float]] = {"hand": [], "newest": [], "best": [], "whole": []}
    for _ in range(RUNS):
        taken["hand"].append(_timed(forms[best]))
        for order in (results.NEWEST, results.BEST):
            within, whole = in_database(lambda order=order: ours(order))  # type: ignore[misc]
            taken[order].append(within)
            if order == results.NEWEST:
                taken["whole"].append(whole)
    figures = {label: Times(seconds) for label, seconds in taken.items()}
    ratio = figures["newest"].p50 / figures["hand"].p50
    more = "+" if count.is_capped else ""
    print(
        f"{name:34} {typed[:14]:14} {who:11} {count.count:>5}{more:1} | newest first {figures['newest']} "
        f"(whole {figures['whole'].p50 * 1000:6.1f}) | by hand, {best}: {figures['hand']} | ratio {ratio:4.1f} "
        f"({'within' if ratio <= GOAL_RATIO else 'OVER'} {GOAL_RATIO:.0f}) | best first {figures['best']}",
        flush=True,
    )


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_database(work: Callable[[], object]) -> tuple[float, float]:
    """How long the statements of some work took, and the whole of it."""
    from django.db import connection

    taken: list[float] = []

    def clocked(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken.append(time.perf_counter() - start)

    with connection.execute_wrapper(clocked):
        whole = _timed(work)
    return sum(taken), whole


# -- Near names --------------------------------------------------------------------------------------------------------
@dataclass
class Tally:
    """Of searches with one kind of error: how many, met among the first ten, others among them, seconds."""

    asked: int = 0
    met: int = 0
    others: int = 0
    shown: int = 0

    def __str__(self) -> str:
        recall, false = self.met / self.asked, self.others / max(self.shown, 1)
        verdict = "within" if recall >= GOAL_RECALL else "BELOW"
        return f"recall {recall:6.1%} ({verdict} {GOAL_RECALL:.0%}) | of those shown, another name: {false:5.1%}"


def near_names(user: User) -> None:
    """Invented names on the newest reports, written and taken back; each asked for with one error of each kind."""
    from django.db import transaction

    from reports.models import Report

    namer = Namer(11)
    keys = list(Report.objects.visible_to(user).values_list("pk", flat=True)[:NAMES])
    people = {key: namer.name() for key in keys}
    with transaction.atomic():
        _write(people)
        print(f"near names among {len(people):,} invented ones", flush=True)
        seconds: list[float] = []
        for error in ERRORS:
            print(f"{error:28} {_ask(error, people, namer, user, seconds)}", flush=True)
        print(f"in the database: {Times(seconds)} (goal {GOAL_MS:.0f} ms), median {median(seconds) * 1000:.1f} ms")
        absent = [namer.name() for _ in range(ASKED)]
        known = set(people.values())
        answered = sum(bool(_first_ten(name, user, seconds)) for name in absent if name not in known)
        print(f"names that nobody bears: {answered / len(absent):.1%} find somebody else")
        transaction.set_rollback(True)


def _write(people: dict[Any, str]) -> None:
    from uuid import uuid4

    from reports.bulk import copy
    from reports.finding import names
    from reports.models import SearchName, SearchWord

    rows = [
        SearchName(report_id=key, row=uuid4(), bearer="person", name=name, keys=names.keys_of(name))
        for key, name in people.items()
    ]
    words = {word for name in people.values() for word in names.vocabulary(name)}
    known = set(SearchWord.objects.values_list("word", flat=True))
    copy(SearchName, rows)
    copy(SearchWord, [SearchWord(word=word, keys=list(names.keys_of_word(word))) for word in sorted(words - known)])


def _ask(error: str, people: dict[Any, str], namer: Namer, user: User, seconds: list[float]) -> Tally:
    tally = Tally()
    for key in namer.luck.sample(list(people), min(ASKED, len(people))):
        shown = _first_ten(ERRORS[error](people[key], namer), user, seconds)
        same = {other for other in shown if people.get(other) == people[key]}
        tally.asked += 1
        tally.met += bool(same)
        tally.shown += len(shown)
        tally.others += len(shown) - len(same)
    return tally


def _first_ten(name: str, user: User, seconds: list[float]) -> list[Any]:
    from reports.finding import results
    from reports.finding.asking import understand
    from reports.models import Report

    found: list[Any] = []

    def ask() -> None:
        reports = Report.objects.visible_to(user)
        found.extend(row.id for row in results.found(reports, understand(name), order=results.BEST).rows[:10])

    seconds.append(in_database(ask)[0])
    return found


if __name__ == "__main__":
    main()
