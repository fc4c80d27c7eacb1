"""Whether the process lives and whether it can do its work, for probes and for whoever is on call."""

from collections.abc import Callable
from functools import cache

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.access import public
from audit import checkpoints, coverage, sealing

# A job waits milliseconds; after ten minutes the worker is gone.
LATE_SECONDS = 600
DAYS_AHEAD = 7

Finding = tuple[bool, object]

PARTITIONS = """
SELECT name FROM (
    SELECT 'audit_event_' || to_char((now() + make_interval(days => ahead)) AT TIME ZONE 'UTC', 'YYYY_MM') AS name
    FROM unnest(ARRAY[0, %s]) AS ahead) AS wanted
WHERE to_regclass(name) IS NULL
"""
WAITING = """
SELECT coalesce(extract(epoch FROM now() - min(greatest(job.scheduled_at, deferred.at))), 0)::int
FROM procrastinate_jobs job
JOIN procrastinate_events deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
"""
PARKED = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"


@public
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks no database: a database that is gone is no reason to restart the process."""
    return HttpResponse("ok", content_type="text/plain")


@public
def ready(request: HttpRequest) -> HttpResponse:
    """Everything that work depends on, each with what is wrong; 503 while anything is."""
    findings = {name: _ask(check) for name, check in CHECKS.items()}
    is_ready = all(good for good, _ in findings.values())
    said = {name: detail for name, (_, detail) in findings.items()}
    return JsonResponse({"ready": is_ready, **said}, status=200 if is_ready else 503)


def _ask(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Error as error:
        return False, f"cannot be asked: {type(error).__name__}"


def database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True, "reachable"


def migrations() -> Finding:
    """Every migration of this release is applied; the files are read once, the table each time."""
    missing = sorted(_released() - MigrationRecorder(connection).applied_migrations().keys())
    return not missing, [".".join(step) for step in missing] or "applied"


@cache
def _released() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def audited_tables() -> Finding:
    bare = coverage.uncovered()
    return not bare, bare or "covered"


def partitions() -> Finding:
    """The log can take events today and in a week's time."""
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS, [DAYS_AHEAD])
        missing = [name for (name,) in cursor.fetchall()]
    return not missing, missing or "present"


def queue() -> Finding:
    """Jobs are being taken up. A parked job needs a person, not another server, so it is told and refuses nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('procrastinate_jobs')")
        if cursor.fetchone() == (None,):
            return True, "none"
        cursor.execute(WAITING)
        (waited,) = cursor.fetchone()
        cursor.execute(PARKED)
        (parked,) = cursor.fetchone()
    return waited < LATE_SECONDS, {"oldest_waiting_seconds": waited, "parked": parked}


def sealed() -> Finding:
    """The log is being sealed; if not, since when and what holds it."""
    now = sealing.standing()
    said = {
        "last_seal": now.last_seal_at,
        "unsealed_since": now.unsealed_since,
        "unsealed_events": sealing.unsealed(),
        "held_by": now.held_by,
        "alarm": sealing.reason(now),
    }
    return not said["alarm"], {name: value for name, value in said.items() if value is not None}


def written_outside() -> Finding:
    """What is sealed reaches the place of checkpoints; the sealer's messages say why when it does not."""
    waiting = checkpoints.overdue_since()
    last = checkpoints.latest()
    return waiting is None, {"last": last and last.at, "waiting_since": waiting}


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": database,
    "migrations": migrations,
    "audited_tables": audited_tables,
    "partitions": partitions,
    "queue": queue,
    "sealing": sealed,
    "checkpoints": written_outside,
}
