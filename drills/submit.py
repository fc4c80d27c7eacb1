"""Kills web workers at ten named points of a submit, ten times each; the client retries (`make drill-submit`).

Prints the hits of each point, what the client was told and what the tables hold: no acknowledged report lost, none
twice, none without its event and its jobs. Then the positive control: with the idempotency key disabled the same
drill must fail. `python -m drills.submit TIMES` sets the number of kills a point.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from bench.ground import CHECKOUT, manage, prepared
from drills.points import POINTS

TRIES = 40


@dataclass
class Outcome:
    """What came of all the submits of one run."""

    hits: Counter[str] = field(default_factory=Counter)
    submitted: int = 0
    acknowledged: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    without_event: int = 0
    without_job: int = 0

    @property
    def clean(self) -> bool:
        faults = self.lost + self.doubled + self.without_event + self.without_job + len(self.unanswered)
        return faults == 0 and len(self.acknowledged) == self.submitted


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with prepared("drill"):
        manage("demo", "--ensure")
        true, control = run(times), run(max(1, times // 10), without_key=True)
    tell("with the idempotency key", true)
    tell("positive control, without it", control)
    if not true.clean or control.clean:
        sys.exit(
            "The drill failed." if not true.clean else "The positive control did not fail: the drill proves nothing."
        )
    print("0 acknowledged reports lost, 0 duplicates, 0 without event or job; without the key the same drill fails.")


def run(times: int, *, without_key: bool = False, points: Iterable[str] = POINTS) -> Outcome:
    """Submit `times` drafts a point against a real gunicorn, each first killed there, then retried until answered."""
    from reports.models import Report

    outcome = Outcome()
    browser, agent = signed_in_client()
    before = Report.objects.count()
    with served(without_key) as (port, hits):
        for point in points:
            for _ in range(times):
                draft = make_draft(agent)
                outcome.submitted += 1
                number = submit(port, browser, draft, point)
                (outcome.acknowledged if number else outcome.unanswered).append(number or str(draft.pk))
        outcome.hits = Counter(hits.read_text().split())
    count_faults(outcome, made=Report.objects.count() - before)
    return outcome


@contextmanager
def served(without_key: bool) -> Iterator[tuple[int, Path]]:
    """A gunicorn with two workers on a free port, its points armed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hits = Path(tempfile.mkdtemp(prefix="sen-drill-")) / "hits"
    hits.touch()
    environment = os.environ | {
        "DRILL_HITS": str(hits),
        "DRILL_WITHOUT_KEY": "yes" if without_key else "",
        "DATABASE_URL": database_url(),
        "SEN_DATABASE_ROLE": "app",
        "SEN_DEMO_CONFIRM": "yes",
    }
    command = [
        sys.executable, "-m", "gunicorn", "drills.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--threads", "2", "--preload", "--no-control-socket", "--log-level", "critical",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=CHECKOUT, env=environment)
    try:
        _wait_for(port)
        yield port, hits
    finally:
        server.terminate()
        server.wait(20)


def database_url() -> str:
    """The database of this very process, for the server's processes: the drill's own, or a test's."""
    from django.db import connection

    config = connection.settings_dict
    return f"postgres://{config['USER']}@{quote(str(config['HOST']), safe='')}/{config['NAME']}"


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    sys.exit("The drill's server did not start.")


def signed_in_client() -> tuple[Any, Any]:
    """A signed-in agent and the cookies of the sign-in."""
    from accounts.models import User
    from tests.cast import signed_in

    agent = User.objects.filter(assignments__role="field_hsi", status="active").order_by("pk")[0]
    return signed_in(agent), agent


def make_draft(agent: Any) -> Any:
    from reports.models import Draft
    from tests.reports.filing import sir_answers

    return Draft.objects.create(author=agent, kind="sir", answers=sir_answers(agent), version=1)


def submit(port: int, browser: Any, draft: Any, point: str) -> str:
    """Post the same submit until it is answered with the report; the first try is killed at `point`."""
    token = "a" * 32
    cookies = f"sessionid={browser.cookies['sessionid'].value}; csrftoken={token}"
    sent = {"key": str(uuid4()), "attested": "on", "checked_version": draft.version, "csrfmiddlewaretoken": token}
    body = urlencode(sent)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, "X-Drill-Point": point}
    for _ in range(TRIES):
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                connection.request("POST", f"/reports/drafts/{draft.pk}/submit/", body, headers)
                answer = connection.getresponse()
                answer.read()
        except (OSError, http.client.HTTPException):
            headers.pop("X-Drill-Point", None)
            time.sleep(0.1)
            continue
        location = answer.headers.get("Location", "")
        if answer.status in (302, 303) and location.startswith("/reports/SIR-"):
            return location.split("/")[2]
        return ""  # answered, but not with the report: the person does not know what became of it
    return ""


def count_faults(outcome: Outcome, made: int) -> None:
    """Compare what the client was told with what the tables hold."""
    from django.db import connection

    from audit.models import Event
    from reports.models import Report, ReportNotice

    filed = {r.number: r for r in Report.objects.filter(number__in=outcome.acknowledged)}
    outcome.lost = len(set(outcome.acknowledged) - filed.keys())
    outcome.doubled = max(0, made - outcome.submitted)
    for report in filed.values():
        events = Event.objects.filter(code="report.submitted", object_type="report", object_id=str(report.pk)).count()
        outcome.without_event += events != 1
        notices = [str(pk) for pk in ReportNotice.objects.filter(report=report).values_list("pk", flat=True)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT args ->> 'notice_id') FROM procrastinate_jobs "
                "WHERE args ->> 'notice_id' = ANY(%s)",
                [notices],
            )
            outcome.without_job += not notices or cursor.fetchone()[0] != len(notices)


def tell(title: str, outcome: Outcome) -> None:
    print(f"{title}: {outcome.submitted} submits, {len(outcome.acknowledged)} answered with their report")
    for point in POINTS:
        print(f"    killed at {point:<18} {outcome.hits[point]:>4} times")
    print(
        f"    lost {outcome.lost}, doubled {outcome.doubled}, without event {outcome.without_event}, "
        f"without job {outcome.without_job}, never told their number {len(outcome.unanswered)}"
    )


if __name__ == "__main__":
    main()
