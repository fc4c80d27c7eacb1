"""Two plans for one place at one moment: they must find each other (`make drill-deconfliction`).

First two are filed by two offices at once, then two are amended at once so that they collide, then one is filed beside
another that is just being amended; each pair must have its match, and nobody an error. Then the positive controls:
with the turns taken away two that are filed at once must miss each other, and with the amended row locked to the last
the two that wait for each other must deadlock.
`python -m drills.deconfliction ROUNDS` sets the number of rounds (100).
"""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock
from uuid import uuid4

from bench.ground import manage, prepared

# How long each plan stands written but not yet searched, and an amended one locked: the other comes in between.
PAUSE, LONG_PAUSE = 0.05, 0.5
TOGETHER, MISSED, ERROR = "found each other", "missed each other", "error"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with prepared("drill"):
        manage("demo", "--ensure")
        by = two_agents()
        filed, amended, beside = (race(rounds, by, work) for work in (file_both, amend_both, file_beside))
        with without_turns():
            missed = race(max(2, rounds // 10), by, file_both)
        with locked_to_the_last():
            stuck = race(max(2, rounds // 10), by, file_beside)
    for title, result in (
        ("filed at once", filed),
        ("amended at once", amended),
        ("filed beside one being amended", beside),
        ("positive control, filed without turns", missed),
        ("positive control, filed beside one locked to the last", stuck),
    ):
        print(f"{title}: {dict(result)}")
    if {*filed, *amended, *beside} != {TOGETHER}:
        sys.exit("The drill failed: two plans did not find each other.")
    if not missed[MISSED] or not stuck[ERROR]:
        sys.exit("A positive control did not fail: the drill proves nothing.")
    print(f"{3 * rounds} of {3 * rounds} pairs found each other.")


def two_agents() -> tuple[Any, Any]:
    """Two agents of two offices: the numbers of one office are given in turns anyway."""
    from accounts.models import User

    agents = User.objects.filter(assignments__role="field_hsi", status="active").order_by("office_id", "pk")
    first = agents[0]
    return first, agents.exclude(office=first.office)[0]


def race(rounds: int, by: tuple[Any, Any], work: Callable[[tuple[Any, Any], float], list[Any]]) -> Counter[str]:
    """How many rounds ended how. Each has a place of its own, a kilometer and more from all others."""
    seed = int(time.time()) % 10_000 / 1000
    return Counter(_outcome(by, work, -60 + seed + number * 0.02) for number in range(rounds))


def _outcome(by: tuple[Any, Any], work: Callable[[tuple[Any, Any], float], list[Any]], latitude: float) -> str:
    from reports.models import Match

    done = work(by, latitude)
    if len(done) < 2:
        return ERROR
    return TOGETHER if Match.objects.filter(a__in=done, b__in=done, stands=True).exists() else MISSED


def file_both(by: tuple[Any, Any], latitude: float) -> list[Any]:
    """Two plans for one place, each filed by its own thread."""
    drafts = [_draft(agent, latitude, 100.0) for agent in by]
    return _at_once([partial(_file, draft, agent) for draft, agent in zip(drafts, by, strict=True)])


def amend_both(by: tuple[Any, Any], latitude: float) -> list[Any]:
    """Two plans apart, each moved by its own thread to one place."""
    from reports import drafts

    filed = [_file(_draft(agent, latitude, 100.0 + 20 * n), agent) for n, agent in enumerate(by)]
    moved = []
    for report, agent in zip(filed, by, strict=True):
        draft = drafts.open_amendment(report, by=agent)
        draft.answers["locations"][0]["data"]["longitude"] = ["90.000000"]
        draft.reason = "Another place"
        draft.save()
        moved.append(draft)
    return _at_once([partial(_file, draft, agent) for draft, agent in zip(moved, by, strict=True)])


def file_beside(by: tuple[Any, Any], latitude: float) -> list[Any]:
    """One plan filed where another stands, while that one is being amended, its row locked."""
    from reports import drafts

    first, second = by
    stands = drafts.open_amendment(_file(_draft(first, latitude, 100.0), first), by=first)
    stands.answers["narrative"], stands.reason = {"narrative": ["They meet at six."]}, "Another hour"
    stands.save()
    fresh = _draft(second, latitude, 100.0)
    with mock.patch("reports.actions.amending.read", _slow_read()):
        return _at_once([partial(_file, stands, first), partial(_file, fresh, second)])


def _slow_read() -> Callable[[Any], Any]:
    """The reading of what an amended report said, which comes right after it is locked, with a pause."""
    from reports.content import read

    def slowly_read(report: Any) -> Any:
        time.sleep(LONG_PAUSE)
        return read(report)

    return slowly_read


def _draft(agent: Any, latitude: float, longitude: float) -> Any:
    from reports.models import Draft
    from tests.deconfliction.plans import place
    from tests.reports.filing import spear_answers

    answers = spear_answers(agent, people=[], locations=[place(latitude, longitude)])
    return Draft.objects.create(author=agent, kind="spear", answers=answers, version=1)


def _file(draft: Any, agent: Any) -> Any:
    from reports import actions

    return actions.submit(draft.pk, by=agent, key=uuid4(), body_hash="drill", attested=True).report


def _at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """What the works returned, each in a thread of its own, all set off together; one that failed is left out."""
    barrier, done = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        from django.db import OperationalError, connection

        from accounts.access import Refused

        connection.ensure_connection()
        barrier.wait(10)
        try:
            done.append(work())
        except (OperationalError, Refused):
            pass
        finally:
            connection.close()

    with mock.patch("reports.deconfliction.keep", slowly()):
        threads = [threading.Thread(target=run, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return done


def slowly() -> Callable[[Any], None]:
    """The writing of a footprint, followed by the pause in which the other comes."""
    from reports import deconfliction

    keep = deconfliction.keep

    def kept(made: Any) -> None:
        keep(made)
        time.sleep(PAUSE)

    return kept


def without_turns() -> Any:
    """The positive control: nobody waits for anybody."""
    return mock.patch("reports.matches.take_turns")


def locked_to_the_last() -> Any:
    """The positive control: an amendment locks its report so that no match can point at it."""
    from reports.models import Report

    def locked(by: Any) -> Any:
        return Report.objects.visible_to(by).select_for_update(of=("self",)).select_related("office", "author")

    return mock.patch("reports.actions.amending.locked", locked)


if __name__ == "__main__":
    main()
