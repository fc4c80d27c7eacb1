"""Many reports to search among, quickly: some whole ones of the demonstration, and copies with words of their own.

A copy has its base's columns and words, and besides its own number, day, names, phone, A-Number and words of known
frequency. Copies are written past the audit and the constraints, so nothing but finding may be measured on them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bench.ground import fill_to, vacuum
from bench.misspelt import Namer, SparseNamer

BASE = 3_000
# How many copies hold each word; below one, what share of them.
FREQUENCIES: dict[str, float] = {
    "heliograph": 1,
    "ambergris": 20,
    "theodolite": 400,
    "tarpaulin": 0.08,
    "thermos": 0.5,
}
SHARED_PHONE, SHARED_BY = "+14155550142", 600
INDEXES = ("search_words", "search_name_keys", "search_word_keys")


def fill(wanted: int) -> None:
    """Make reports until there are `wanted`, whole ones first."""
    from reports.models import Report

    fill_to(min(wanted, BASE))
    missing = wanted - Report.objects.count()
    if missing > 0:
        _copy(missing)
        vacuum()


def _copy(count: int) -> None:
    """All copies in one transaction, so that a run that is stopped leaves nothing."""
    import psycopg
    from django.conf import settings

    config = settings.DATABASES["default"]
    with psycopg.connect(host=str(config["HOST"]), user="postgres", dbname=str(config["NAME"])) as raw:
        raw.execute("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'")
        found = raw.execute("SELECT pg_get_indexdef(to_regclass(name)) FROM unnest(%s::text[]) name", [list(INDEXES)])
        definitions = [row[0] for row in found.fetchall()]
        raw.execute(f"DROP INDEX {', '.join(INDEXES)}")
        _audited(raw, "DISABLE")
        _invent(raw, count)
        for table in ("reports_report", "reports_sir"):
            _same_columns(raw, table)
        raw.execute(DOCUMENTS)
        _audited(raw, "ENABLE ALWAYS")
        for definition in definitions:
            raw.execute(definition)


def _audited(raw: Any, how: str) -> None:
    """Whether each new row needs an event, in this transaction alone, on this ground alone."""
    for table in ("reports_report", "reports_sir"):
        found = raw.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table])
        for row in found.fetchall():
            raw.execute(f"ALTER TABLE {table} {how} TRIGGER {row[0]}")


# -- What each copy has of its own -------------------------------------------------------------------------------------
INVENTED = """
CREATE TEMP TABLE copies
    (id uuid, of uuid, at timestamptz, number text, said text, plain text, exact text[], phone text, a_number text)
"""
# The names of columns are those that the model has.
OWN = {"id": "c.id", "number": "c.number", "submitted_at": "c.at", "report_ptr_id": "c.id"}
MOVED = ("event_at", "created_at", "closed_at", "attested_at", "amended_at")
DOCUMENTS = """
INSERT INTO reports_searchdocument (report_id, words, text)
SELECT c.id, d.words || to_tsvector('english', c.plain) || array_to_tsvector(c.exact), d.text || c.said
FROM copies c JOIN reports_searchdocument d ON d.report_id = c.of;

INSERT INTO reports_searchidentifier (report_id, type, value, at)
SELECT id, 'phone', phone, at FROM copies UNION ALL SELECT id, 'a_number', a_number, at FROM copies
"""


def _invent(raw: Any, count: int) -> None:
    """Send what is each copy's own, its names among it."""
    from django.utils import timezone

    raw.execute(INVENTED)
    bases = [row[0] for row in raw.execute("SELECT id FROM reports_report WHERE kind = 'sir'").fetchall()]
    luck, namer, named = random.Random(count), [Namer(count), SparseNamer(count)], []  # noqa: S311 - repeatable
    words = _placed(luck, count)
    with raw.cursor().copy("COPY copies FROM STDIN") as stream:
        for place in range(count):
            key, names = uuid4(), [namer[place % 2].name() for _ in range(1 + place % 3 // 2)]
            at = timezone.now() - timedelta(minutes=luck.randrange(60, 525_000))
            named += [(key, name) for name in names]
            stream.write_row(_row(key, luck.choice(bases), at, place, names, words.get(place, [])))
    _write_names(raw, named)


def _placed(luck: random.Random, count: int) -> dict[int, list[str]]:
    """Which copies hold which of the words of known frequency."""
    found: dict[int, list[str]] = {}
    for word, wanted in FREQUENCIES.items():
        for place in luck.sample(range(count), min(count, int(wanted * count) if wanted < 1 else int(wanted))):
            found.setdefault(place, []).append(word)
    return found


def _row(key: UUID, base: UUID, at: datetime, place: int, names: list[str], words: list[str]) -> tuple[Any, ...]:
    from reports.finding.identifiers import lexeme
    from reports.finding.names import vocabulary
    from reports.sameness import plain

    shared = place < SHARED_BY
    phone = SHARED_PHONE if shared else f"+1{200 + place % 789}555{100 + place % 100:04d}"
    a_number, number = f"A{900_000_000 - place:09d}", f"SIR-{at.astimezone(UTC):%Y}-CPY-{place:07d}"
    said = f"\nNamed beside: {', '.join(names)}. Seen there: {', '.join(words)}."
    written = " ".join(word for name in names for word in vocabulary(name))
    exact = [lexeme(form) for form in (phone, a_number, number.replace("-", ""))]
    return key, base, at, number, said, f"{number} {plain(said)} {written}", exact, phone, a_number


def _write_names(raw: Any, named: list[tuple[UUID, str]]) -> None:
    from reports.finding import names

    with raw.cursor().copy('COPY reports_searchname (report_id, "row", bearer, name, keys) FROM STDIN') as stream:
        for key, name in named:
            stream.write_row((key, uuid4(), "person", name, names.keys_of(name)))
    known = {row[0] for row in raw.execute("SELECT word FROM reports_searchword").fetchall()}
    words = {word for _, name in named for word in names.vocabulary(name)} - known
    with raw.cursor().copy("COPY reports_searchword (word, keys) FROM STDIN") as stream:
        for word in sorted(words):
            stream.write_row((word, list(names.keys_of_word(word))))


def _same_columns(raw: Any, table: str) -> None:
    """The rows of one table again, with what is each copy's own put in."""
    key = "id" if table == "reports_report" else "report_ptr_id"
    columns = list(_columns(raw, table))
    values = ", ".join(
        OWN.get(name) or (f"b.{name} + (c.at - b.submitted_at)" if name in MOVED else f"b.{name}") for name in columns
    )
    raw.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608 - names of our own columns
        f"SELECT {values} FROM copies c JOIN {table} b ON b.{key} = c.of"
    )


def _columns(raw: Any, table: str) -> Iterator[str]:
    found = raw.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    for row in found.fetchall():
        yield str(row[0])


def some_names(kind: int, wanted: int) -> dict[UUID, str]:
    """Of the names that copies bear, one of each of these reports: of the dense list (0) or of the sparse one (1)."""
    from reports.models import Report, SearchName

    there = Report.objects.filter(number__contains="-CPY-", restricted=False)
    chosen = [key for key, number in there.values_list("pk", "number")[: wanted * 3] if int(number[-7:]) % 2 == kind]
    return dict(SearchName.objects.filter(report_id__in=chosen[:wanted]).values_list("report_id", "name"))
