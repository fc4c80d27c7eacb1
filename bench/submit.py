"""Filing a report against the one-statement limit: the same rows written by one durable transaction in psycopg."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bench.ground import in_turn, manage, prepared

if TYPE_CHECKING:
    from accounts.models import User

RUNS = 100
GOAL = 3.0


def main() -> None:
    with prepared("bench"):
        manage("demo", "--ensure")
        from accounts.models import User

        agent = User.objects.filter(assignments__role="field_hsi", status="active").first()
        assert agent
        drafts = iter([make_draft(agent) for _ in range(RUNS + 3)])
        filed, limit = in_turn(RUNS, lambda: file_one(next(drafts), agent), lambda: write_raw(agent))
    ratio = filed.p50 / limit.p50
    print(f"submit {filed} | limit {limit} | ratio {ratio:.1f} (goal {GOAL})")


def make_draft(by: User) -> Any:
    from tests.reports.filing import make_draft as make

    return make(by)


def file_one(draft: Any, by: User) -> None:
    from reports import actions

    actions.submit(draft.pk, by=by, key=uuid4(), body_hash="bench", attested=True)


# What filing leaves behind, as one statement: the report, a person, an arrest, the version, the words, a job, an event.
ONE_STATEMENT = """
WITH report AS (
  INSERT INTO bench_report (id, number, title, narrative) VALUES (%(id)s, %(number)s, 'Arrest of a fugitive', %(text)s)
), person AS (
  INSERT INTO bench_row (id, report_id, body) SELECT gen_random_uuid(), %(id)s, 'person' FROM generate_series(1, 3)
), words AS (
  INSERT INTO bench_words (report_id, words) VALUES (%(id)s, to_tsvector('english', %(text)s))
), version AS (
  INSERT INTO bench_row (id, report_id, body) VALUES (gen_random_uuid(), %(id)s, %(content)s)
), job AS (
  INSERT INTO bench_row (id, report_id, body) VALUES (gen_random_uuid(), %(id)s, 'job')
)
INSERT INTO bench_row (id, report_id, body) VALUES (gen_random_uuid(), %(id)s, 'event')
"""


def write_raw(by: User) -> None:
    connection = _raw_connection()
    text = "Agents found him on the pier. " * 40
    values = {
        "id": uuid4(),
        "number": str(uuid4()),
        "text": text,
        "content": json.dumps({"fields": {"narrative": text}}),
    }
    connection.execute(ONE_STATEMENT, values)


_raw: Any = None


def _raw_connection() -> Any:
    """An autocommitting connection of the owner, with logged tables of the limit's own in a schema of its own."""
    global _raw  # noqa: PLW0603 - one connection for the whole measurement
    if _raw is None:
        import psycopg
        from django.conf import settings

        config = settings.DATABASES["default"]
        _raw = psycopg.connect(host=str(config["HOST"]), user="sen_owner", dbname=str(config["NAME"]), autocommit=True)
        _raw.execute("CREATE SCHEMA IF NOT EXISTS bench")
        _raw.execute("SET search_path = bench, public")
        _raw.execute(
            "CREATE TABLE IF NOT EXISTS bench_report "
            "(id uuid PRIMARY KEY, number text UNIQUE, title text, narrative text)"
        )
        _raw.execute("CREATE TABLE IF NOT EXISTS bench_row (id uuid PRIMARY KEY, report_id uuid, body text)")
        _raw.execute("CREATE TABLE IF NOT EXISTS bench_words (report_id uuid PRIMARY KEY, words tsvector)")
        _raw.execute("CREATE INDEX IF NOT EXISTS bench_words_gin ON bench_words USING gin (words)")
    return _raw


if __name__ == "__main__":
    main()
