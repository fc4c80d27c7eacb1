"""Two analysts, released by a barrier, take up the same report; exactly one must win (`make drill-take_up`).

Then the positive control: with the row lock removed the same race must have two winners at least once.
`python -m drills.take_up ROUNDS` sets the number of rounds (200).
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from typing import Any
from unittest import mock

from bench.ground import manage, prepared


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with prepared("drill"):
        manage("demo", "--ensure")
        locked = race(rounds)
        with mock.patch("reports.actions.moving.locked", _unlocked):
            unlocked = race(rounds)
    print(f"with the lock: winners a round {dict(locked)}")
    print(f"positive control, without it: winners a round {dict(unlocked)}")
    if set(locked) != {1}:
        sys.exit("The drill failed: a round did not have exactly one winner.")
    if set(unlocked) == {1}:
        sys.exit("The positive control did not fail: the drill proves nothing.")
    print(f"{rounds} of {rounds} rounds: exactly one wins.")


def race(rounds: int) -> Counter[int]:
    """How many rounds had how many winners."""
    from accounts.models import User
    from drills.submit import make_draft

    analysts = list(User.objects.filter(assignments__role="jioc", status="active").order_by("pk")[:2])
    agent = User.objects.filter(assignments__role="field_hsi", status="active").order_by("pk").first()
    return Counter(_round(analysts, _file(make_draft(agent), agent)) for _ in range(rounds))


def _file(draft: Any, agent: Any) -> Any:
    from uuid import uuid4

    from reports import actions

    return actions.submit(draft.pk, by=agent, key=uuid4(), body_hash="drill", attested=True).report.pk


def _round(analysts: list[Any], report_id: Any) -> int:
    barrier, wins = threading.Barrier(len(analysts)), []

    def take(analyst: Any) -> None:
        from django.db import connection

        from accounts.access import Refused
        from reports import actions

        connection.ensure_connection()
        barrier.wait(10)
        try:
            actions.move(report_id, "take-up", by=analyst)
            wins.append(analyst)
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[analyst]) for analyst in analysts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(wins)


def _unlocked(by: Any) -> Any:
    from reports.models import Report

    return Report.objects.visible_to(by).select_related("office", "author", "held_by")


if __name__ == "__main__":
    main()
