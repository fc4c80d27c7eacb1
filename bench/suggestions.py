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

SIZE, SHARE, BATCH, ASKED, WRITTEN = 100_000, 100, 2_000, 300, 150
GOAL = 2.0
HUB = "+13055550142"
READERS = (1, 300)
SEED = "suggestions"


@dataclass(frozen=True)
class Figure:
    """What one run took: `panels` by how many offices the reader has, off the common phone and on it."""

    rows: int
    size: int
    filling: float
    writing: Times
    panels: dict[tuple[int, str], Times]


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with prepared("suggestions"):
        manage("demo", "--ensure")
        fill_to(size)
        plain, shared = (measure(size, share=share) for share in (0, SHARE))
    report(size, plain, shared)


def measure(size: int, *, share: int) -> Figure:
    """Write the identifiers and names of all reports anew, every `share`th with the common phone, and ask."""
    from reports.models import Report, SearchIdentifier

    reports = list(Report.objects.newest_first().only("pk", "number", "submitted_at")[:size])
    empty("reports_searchidentifier", "reports_searchname")
    start = time.perf_counter()
    for first in range(0, len(reports), BATCH):
        fill(list(enumerate(reports))[first : first + BATCH], share)
    filling = time.perf_counter() - start
    vacuum()
    rows, size_of = SearchIdentifier.objects.count(), bytes_of("reports_searchidentifier")
    panels = {}
    for offices in READERS:
        user = reader(offices)
        chosen = random.Random(SEED).sample(range(0, len(reports), SHARE), min(ASKED, len(reports) // SHARE))  # noqa: S311
        for where, step in (("off it", 1), ("on it", 0)):
            panels[offices, where] = timed([asks(reports, place + step, share, user) for place in chosen])
    return Figure(rows, size_of, filling, timed([writes(reports, place, share) for place in range(WRITTEN)]), panels)


# -- What the reports hold ---------------------------------------------------------------------------------------------
def held(place: int, share: int) -> list[tuple[str, str]]:
    """An A-Number that two reports share, an address that five share, an e-mail address of its own, and a phone."""
    phone = HUB if share and place % share == 0 else f"+1786{place:07d}"
    return [
        ("a_number", f"A{place // 2:09d}"),
        ("address", f"{place // 5} pine st|miami"),
        ("email", f"n{place}@example.gov"),
        ("phone", phone),
    ]


def name(place: int) -> str:
    """A name; some are much more frequent than others."""
    drawn = random.Random(f"{SEED} {place}")  # noqa: S311
    words = [int(most * drawn.random() ** 2) for most in (700, 3000)]
    return " ".join(spelled(word).capitalize() for word in words)


def spelled(number: int) -> str:
    """A word of two to four syllables for each number."""
    syllables, found = ["ba", "ce", "do", "fu", "ga", "hel", "ji", "kor", "lu", "man", "ne", "pir", "ros", "ta"], "qui"
    while number:
        number, one = divmod(number, len(syllables))
        found += syllables[one]
    return found


def fill(batch: Sequence[tuple[int, Report]], share: int) -> None:
    from reports import bulk
    from reports.finding import names
    from reports.models import SearchIdentifier, SearchName

    identified = [
        SearchIdentifier(report=one, type=type_, value=value, at=one.submitted_at)
        for place, one in batch
        for type_, value in held(place, share)
    ]
    named = [
        SearchName(report=one, row=one.pk, bearer="person", name=name(place), keys=names.keys_of(name(place)))
        for place, one in batch
    ]
    bulk.copy(SearchIdentifier, identified)
    bulk.copy(SearchName, named)


# -- What is timed -----------------------------------------------------------------------------------------------------
def asks(reports: Sequence[Report], place: int, share: int, user: User) -> Callable[[], object]:
    """What the page of a report asks for its panel."""
    from reports.finding import alike
    from reports.models import Person

    given, last = name(place).split()
    person = Person(role="subject", first_name=given, last_name=last)
    mine = alike.Mine(tuple(held(place, share)), tuple(alike.names_of(person)))
    return lambda: alike.find(mine, user, but=[reports[place].pk])


def writes(reports: Sequence[Report], place: int, share: int) -> Callable[[], object]:
    """What filing writes of a report that holds the phone, where there is one that many hold."""
    from reports.finding.documents import Entry, Name, write

    one = reports[place * SHARE]
    found: list[tuple[str, str]] = [*held(place * SHARE, share), ("serial", f"X{place}")]
    return lambda: write([Entry(one, "A man was met at the pier.", [Name(one.pk, "person", name(place))], found)])


def timed(works: Sequence[Callable[[], Any]]) -> Times:
    seconds = []
    for work in (*works[:5], *works):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return Times(seconds[5:])


def empty(*tables: str) -> None:
    as_owner(f"TRUNCATE {', '.join(tables)}")


def bytes_of(table: str) -> int:
    return int(as_owner(f"SELECT pg_total_relation_size('{table}')"))


def as_owner(statement: str) -> Any:
    import psycopg
    from django.conf import settings

    config = settings.DATABASES["default"]
    owner = psycopg.connect(host=str(config["HOST"]), user="sen_owner", dbname=str(config["NAME"]), autocommit=True)
    with owner:
        done = owner.execute(statement)  # type: ignore[call-overload]
        return done.fetchone()[0] if done.description else None


# -- What is told ------------------------------------------------------------------------------------------------------
def report(size: int, plain: Figure, shared: Figure) -> None:
    """Both runs and their ratios."""
    print(f"{size:,} reports; {size // SHARE:,} of them share one phone, against none")
    line("rows of identifiers", plain.rows, shared.rows, "{:,.0f}")
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
