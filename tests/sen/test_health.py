"""The two health addresses: alive without a database, ready only while everything is."""

from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from audit import coverage
from sen import health

pytestmark = [pytest.mark.urls("tests.accounts.addresses")]


def test_alive_asks_no_database() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def with_a_session() -> Client:
    """A browser that was signed in when the database went away."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    return browser


def test_alive_asks_no_database_for_a_session_either() -> None:
    response = with_a_session().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_when_everything_is() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200, response.json()
    assert response.json()["queue"] == {"oldest_waiting_seconds": 0, "parked": 0}


def _gone(*_: Any, **__: Any) -> Any:
    raise OperationalError("gone")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("target", "name", "broken"),
    [
        (health, "_released", lambda: frozenset({("reports", "9999_not_applied")})),
        (coverage, "uncovered", lambda: ["reports_report"]),
        (health, "DAYS_AHEAD", 4000),
        (health, "LATE_SECONDS", 0),
    ],
)
def test_not_ready_when_one_thing_is_wrong(
    monkeypatch: pytest.MonkeyPatch, target: Any, name: str, broken: Any
) -> None:
    monkeypatch.setattr(target, name, broken)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["ready"] is False


def test_not_ready_while_the_database_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECKS", {"database": _gone})
    response = with_a_session().get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "cannot be asked: OperationalError"


@pytest.mark.django_db
def test_the_oldest_waiting_job_is_told() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'x', '{}') RETURNING id"
        )
        (job,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '20 minutes' WHERE job_id = %s", [job])
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["queue"]["oldest_waiting_seconds"] >= 1199
