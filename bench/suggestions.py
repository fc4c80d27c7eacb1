"""What other reports name too, where 1 % of all share one phone, against the same reports that share none.

`make bench-suggestions`, or `python -m bench.suggestions 20000` for another size. The goal: table and index, the time
of indexing and that of the panel stay within twice those of reports that share no phone.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.ground import Times, fill_to, manage, prepared, vacuum
from bench.queue import reader

if TYPE_CHECKING:
    from accounts.models import User
    from reports.models import Report

SIZE, SHARE, ASKED, WRITTEN = 100_000, 100, 200, 100
# Each name is that of some five people, as in a real register.
NAMES = 20_000
ROUNDS = 1
# What tells the identifiers of the two apart, by their share.
MARKS = {0: "A", SHARE: "B"}
GOAL = 2.0
HUB = "+13055550142"
READERS = (1, 300)
SEED = "suggestions"


@dataclass(frozen=True)
class Figure:
    """What one of the two took: `panels` by how many offices the reader has, off the common phone and on it."""

    size: int
    filling: float
    panels: dict[tuple[int, str], Times]
    writing: Times


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with prepared("suggestions"):
        manage("demo", "--ensure")
        fill_to(size)
        people()
        rounds = [[filled(size, share) for share in (0, SHARE)] for _ in range(ROUNDS)]
        quickest = [min(seconds for seconds, _ in tries) for tries in zip(*rounds, strict=True)]
        panels, writing = asked(size)
    figures = [Figure(rounds[0][i][1], quickest[i], panels[i], writing[i]) for i in (0, 1)]
    report(size, *figures)


def filled(size: int, share: int) -> tuple[float, int]:
    """Write the identifiers of all reports anew, every `share`th with the common phone: seconds, and bytes."""
    as_owner("TRUNCATE reports_searchidentifier")
    start = time.perf_counter()
    as_owner(IDENTIFIERS, values_of(size, share))
    seconds = time.perf_counter() - start
    return seconds, int(as_owner(BYTES))


def asked(size: int) -> tuple[list[dict[tuple[int, str], Times]], list[Times]]:
    """Both kinds of identifiers side by side in the table, and each asked for in turn: a drift hits both."""
    from reports.models import Report

    as_owner("TRUNCATE reports_searchidentifier")
    for share in (0, SHARE):
        as_owner(IDENTIFIERS, values_of(size, share))
    vacuum()
    reports = list(Report.objects.newest_first().only("pk", "number", "submitted_at")[:size])
    panels: list[dict[tuple[int, str], Times]] = [{}, {}]
    for offices in READERS:
        user = reader(offices)
        for where, step in (("off it", 1), ("on it", 0)):
            chosen = drawn(SEED).sample(range(0, len(reports), SHARE), min(ASKED, len(reports) // SHARE))
            both_ways = [[asks(reports, place + step, share, user) for share in (0, SHARE)] for place in chosen]
            panels[0][offices, where], panels[1][offices, where] = timed(both_ways)
    return panels, timed([[writes(reports, place, share) for share in (0, SHARE)] for place in range(WRITTEN)])


def values_of(size: int, share: int) -> dict[str, Any]:
    return {"size": size, "share": share, "hub": HUB, "mark": MARKS[share]}


# -- What the reports hold ---------------------------------------------------------------------------------------------
# An A-Number that two reports share, an address that five share, an e-mail address of its own, and a phone.
IDENTIFIERS = """
INSERT INTO reports_searchidentifier (report_id, type, value, at)
SELECT r.id, held.type, held.value, r.submitted_at
FROM (SELECT id, submitted_at, row_number() OVER (ORDER BY submitted_at DESC, id DESC) - 1 AS place
      FROM reports_report ORDER BY submitted_at DESC, id DESC LIMIT %(size)s) r
CROSS JOIN LATERAL (VALUES
    ('a_number', %(mark)s || lpad((r.place / 2)::text, 9, '0')),
    ('address', (r.place / 5)::text || ' pine st|' || %(mark)s),
    ('email', %(mark)s || r.place || '@example.gov'),
    ('phone', CASE WHEN %(share)s > 0 AND r.place %% greatest(%(share)s, 1) = 0
              THEN %(hub)s ELSE %(mark)s || lpad(r.place::text, 7, '0') END)
) AS held (type, value)
"""
PEOPLE = """
INSERT INTO reports_searchname (report_id, "row", bearer, name, keys)
SELECT r.id, r.id, 'person', n.name, n.keys::int[]
FROM (SELECT id, row_number() OVER (ORDER BY submitted_at DESC, id DESC) - 1 AS place FROM reports_report) r
JOIN unnest(%(names)s::text[], %(keys)s::text[]) WITH ORDINALITY AS n (name, keys, number)
  ON n.number - 1 = r.place %% %(count)s
"""
BYTES = "SELECT pg_total_relation_size('reports_searchidentifier')"


def held(place: int, share: int) -> list[tuple[str, str]]:
    """What `IDENTIFIERS` writes of one report."""
    mark = MARKS[share]
    phone = HUB if share and place % share == 0 else f"{mark}{place:07d}"
    return [
        ("a_number", f"{mark}{place // 2:09d}"),
        ("address", f"{place // 5} pine st|{mark}"),
        ("email", f"{mark}{place}@example.gov"),
        ("phone", phone),
    ]


def people() -> None:
    """A person in each report, the same in both runs."""
    from reports.finding import names

    found = [name(number) for number in range(NAMES)]
    keys = ["{" + ",".join(map(str, names.keys_of(one))) + "}" for one in found]
    as_owner("TRUNCATE reports_searchname")
    as_owner(PEOPLE, {"names": found, "keys": keys, "count": NAMES})


def name(place: int) -> str:
    """A name; some of its words are much more frequent than others."""
    luck = drawn(f"{SEED} {place % NAMES}")
    return " ".join(spelled(int(most * luck.random() ** 2)).capitalize() for most in (700, 3000))


def drawn(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - repeatable, not secret


def spelled(number: int) -> str:
    """A word of a few syllables for each number."""
    syllables, found = ["ba", "ce", "do", "fu", "ga", "hel", "ji", "kor", "lu", "man", "ne", "pir", "ros", "ta"], ""
    while number or not found:
        number, one = divmod(number, len(syllables))
        found += syllables[one]
    return found + "n"


# -- What is timed -----------------------------------------------------------------------------------------------------
def asks(reports: Sequence[Report], place: int, share: int, user: User) -> Callable[[], object]:
    """What the page of a report asks for its panel."""
    from reports.finding import alike
    from reports.models import Person

    given, last = name(place).split()
    person = Person(role="subject", population="public", first_name=given, last_name=last)
    mine = alike.Mine(tuple(held(place, share)), tuple(alike.names_of(person)))
    return lambda: alike.find(mine, user, but=[reports[place].pk])


def writes(reports: Sequence[Report], place: int, share: int) -> Callable[[], object]:
    """What filing writes of a report that holds the phone, where there is one that many hold."""
    from reports.finding.documents import Entry, Name, write

    one = reports[place * SHARE]
    found: list[tuple[str, str]] = [*held(place * SHARE, share), ("serial", f"X{place}")]
    return lambda: write([Entry(one, "A man was met at the pier.", [Name(one.pk, "person", name(place))], found)])


def timed(pairs: Sequence[Sequence[Callable[[], Any]]]) -> list[Times]:
    """The time of each of several works, done in turn, after a few that only warm up."""
    seconds: list[list[float]] = [[] for _ in pairs[0]]
    for pair in (*pairs[:5], *pairs):
        for position, work in enumerate(pair):
            start = time.perf_counter()
            work()
            seconds[position].append(time.perf_counter() - start)
    return [Times(taken[5:]) for taken in seconds]


def as_owner(statement: str, values: dict[str, Any] | None = None) -> Any:
    import psycopg
    from django.conf import settings

    config = settings.DATABASES["default"]
    owner = psycopg.connect(host=str(config["HOST"]), user="sen_owner", dbname=str(config["NAME"]), autocommit=True)
    with owner:
        done = owner.execute(statement, values)  # type: ignore[call-overload]
        row = done.fetchone() if done.description else None
        return row[0] if row else None


# -- What is told ------------------------------------------------------------------------------------------------------
def report(size: int, plain: Figure, shared: Figure) -> None:
    """Both runs and their ratios."""
    print(f"{size:,} reports; {size // SHARE:,} of them share one phone, against none")
    line("table and index, MB", plain.size / 2**20, shared.size / 2**20, "{:.1f}")
    line("filling all of them, s", plain.filling, shared.filling, "{:.1f}")
    both("writing one report, ms", plain.writing, shared.writing)
    for key, times in plain.panels.items():
        both(f"panel, {key[0]} offices, {key[1]}, ms", times, shared.panels[key])


def both(what: str, plain: Times, shared: Times) -> None:
    line(f"{what}, p50", plain.p50 * 1000, shared.p50 * 1000, "{:.2f}")
    line(f"{what}, p95", plain.p95 * 1000, shared.p95 * 1000, "{:.2f}")


def line(what: str, plain: float, shared: float, shape: str) -> None:
    ratio = shared / plain
    verdict = f"within {GOAL:.0f}" if ratio <= GOAL else f"OVER {GOAL:.0f}"
    print(f"{what:<44} {shape.format(plain):>10} {shape.format(shared):>10}   ratio {ratio:5.2f} ({verdict})")


if __name__ == "__main__":
    main()
