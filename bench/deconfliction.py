"""Deconfliction of many plans against a brute-force check, and what checking one costs (`make bench-deconfliction`).

Prints the pairs that were missed and those that were found in excess, both of which must be none, and the time of
checking one new plan beside that of its bare SQL in the same run. `python -m bench.deconfliction SIZE` sets the number
of plans (100,000). The positive controls, on a part of the plans, must go wrong: with smaller boxes some pairs are
missed, and with a longer reach there are too many.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest import mock
from uuid import UUID, uuid5

from bench import brute
from bench.ground import Times, in_turn, manage, prepared, vacuum
from bench.plans import Plan, Spot, Who, World, invent

if TYPE_CHECKING:
    from accounts.models import User
    from reports.content import Filled

SIZE, RUNS, GOAL_MS, ENOUGH_PAIRS = 100_000, 300, 50, 5000
BATCH = 100


@dataclass
class Verdict:
    """What the search found against what the brute-force check found."""

    true: int = 0
    missed: set[brute.Pair] = field(default_factory=set)
    extra: set[brute.Pair] = field(default_factory=set)
    # Pairs that one of the two plans finds and the other does not.
    one_sided: set[brute.Pair] = field(default_factory=set)

    @property
    def exact(self) -> bool:
        return not (self.missed or self.extra or self.one_sided)

    def __str__(self) -> str:
        said = f"{self.true:,} true pairs; missed {len(self.missed)}, extra {len(self.extra)}"
        return f"{said}, found from one side only {len(self.one_sided)}"


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with prepared(f"bench-deconfliction-{size}"):
        manage("load_reference")
        world = invent(size)
        load(world.plans)
        vacuum()
        verdict, controls = check(world, tell=True)
        checked, whole, limit = measure(world.plans)
        plans = explain(world.plans[-1])
    report(size, verdict, controls, checked, whole, limit, plans)


# -- Filing them -------------------------------------------------------------------------------------------------------
def load(plans: Sequence[Plan]) -> None:
    """Write the plans as filing would have, by COPY, unless they are there; their footprints by the product's code."""
    from django.db import transaction

    from audit.log import Subject, record
    from reports.models import Report

    if Report.objects.filter(pk=plans[-1].key).exists():
        return
    by = author()
    for first in range(0, len(plans), BATCH):
        batch = plans[first : first + BATCH]
        with transaction.atomic():
            record("report.batch_filed", by=None, on=Subject("report"), batch=[str(plan.key) for plan in batch])
            _copy([filled(plan, by, first + n) for n, plan in enumerate(batch)])


def _copy(batch: Iterable[Filled]) -> None:
    from reports import deconfliction
    from reports.bulk import copy
    from reports.models import Organization, Person, PlannedLocation, PlannedPlace, PlannedTarget, Report

    batch = list(batch)
    copy(Report, [one.report for one in batch])
    copy(type(batch[0].report), [one.report for one in batch])
    for model, name in ((PlannedLocation, "locations"), (Person, "people"), (Organization, "organizations")):
        copy(model, [row for one in batch for row in one.rows[name]])
    made = [deconfliction.footprint(one) for one in batch]
    copy(PlannedPlace, [place for one in made for place in one.places])
    copy(PlannedTarget, [target for one in made for target in one.targets])


def author() -> User:
    from accounts import actions
    from accounts.models import Office, User

    office = Office.objects.get(code="JIOC")
    return User.objects.filter(username="bench").first() or actions.add_user(
        by=None, password_hash="!", username="bench", person_key="bench", name="Bench", email="bench@example.gov",  # noqa: S106 - no password opens it
        programme="HSI", office=office, status=User.Status.ACTIVE, is_demonstration=True,
    )  # fmt: skip


def filled(plan: Plan, by: User, number: int) -> Filled:
    """The plan as the product has it: a SPEAR with its rows, not saved."""
    from reports.content import Filled
    from reports.kinds import KINDS
    from reports.models import SPEAR, Organization

    report = SPEAR(
        id=plan.key, report_ptr_id=plan.key, number=f"SPEAR-2027-BENCH-{number:06d}", kind="spear", title="Bench",
        event_types=["planned-arrest"], synopsis="Bench", narrative="Bench", objective="Bench", status="awaiting",
        office=by.office, author=by, contact=by, contact_phone="202-555-0100", event_at=plan.start, programme="HSI",
        planned_end=plan.end, event_zone="UTC", created_at=plan.start, submitted_at=plan.start, attested_at=plan.start,
    )  # fmt: skip
    targets = [target(plan, who, n) for n, who in enumerate(plan.targets)]
    rows = {
        "locations": [location(plan, spot, n) for n, spot in enumerate(plan.spots)],
        "people": [row for row in targets if not isinstance(row, Organization)],
        "organizations": [row for row in targets if isinstance(row, Organization)],
    }
    return Filled(KINDS["spear"], report, rows)


def location(plan: Plan, spot: Spot, n: int) -> Any:
    from reports.models import PlannedLocation

    return PlannedLocation(
        id=uuid5(plan.key, f"place {n}"), report_id=plan.key, position=n, address=spot.street, city=spot.city,
        state=spot.state, latitude=spot.latitude, longitude=spot.longitude,
    )  # fmt: skip


def target(plan: Plan, who: Who, n: int) -> Any:
    from reports.models import Organization, Person

    key = uuid5(plan.key, f"target {n}")
    if who.organization:
        return Organization(id=key, report_id=plan.key, position=n, name=who.last, ein=who.ein)
    return Person(
        id=key, report_id=plan.key, position=n, role="target", population="public", last_name=who.last,
        first_name=who.first, date_of_birth=who.born, a_number=who.a_number,
    )  # fmt: skip


# -- Comparing ---------------------------------------------------------------------------------------------------------
def check(world: World, *, tell: bool = False) -> tuple[Verdict, dict[str, Verdict]]:
    """The product's pairs against those of the brute-force check; then the controls, which must go wrong."""
    true = brute.pairs(world.plans)
    wrong = [name for edge, (name, matches) in world.edges.items() if (edge in true) is not matches]
    assert not wrong, f"the brute-force check is wrong itself: {wrong}"
    if tell:
        print(f"{len(world.plans):,} plans, {len(true):,} true pairs by brute force", flush=True)
    verdict = compare(world.plans, true, tell=tell)
    chosen = _of_edges(world)
    keys = {plan.key for plan in chosen}
    about = {pair for pair in true if pair[0] in keys and pair[1] in keys}
    controls = {}
    for name, broken in (("smaller boxes", smaller_boxes), ("a longer reach", longer_reach)):
        with broken():
            controls[name] = compare(chosen, about, among=keys)
    return verdict, controls


def _of_edges(world: World) -> list[Plan]:
    keys = {key for pair in world.edges for key in pair}
    return [plan for plan in world.plans if plan.key in keys]


def compare(
    plans: Sequence[Plan], true: set[brute.Pair], *, among: set[UUID] | None = None, tell: bool = False
) -> Verdict:
    """Search from each of these plans, among all or among some."""
    from reports import deconfliction

    by, rule = author(), deconfliction.the_rule()
    found: Counter[brute.Pair] = Counter()
    for number, plan in enumerate(plans, start=1):
        made = deconfliction.footprint(filled(plan, by, 0))
        for other in deconfliction.find(made, rule):
            if among is None or other in among:
                found[min(plan.key, other), max(plan.key, other)] += 1
        if tell and number % 20_000 == 0:
            print(f"{number:,} of {len(plans):,} searched", flush=True)
    once = {pair for pair, times in found.items() if times == 1}
    return Verdict(len(true), true - found.keys(), found.keys() - true, once)


def smaller_boxes() -> Any:
    """The positive control: boxes of nine tenths."""
    from reports import nearness

    return mock.patch(
        "reports.deconfliction.boxes_around", lambda lat, lon, meters: nearness.boxes_around(lat, lon, meters * 0.9)
    )


def longer_reach() -> Any:
    """The positive control: two meters too many. The boxes are widened too, or they would hide it."""
    from reports import deconfliction, nearness

    return mock.patch.multiple(
        deconfliction,
        within=lambda meters, rule: meters is not None and meters <= rule.distance_m + 2,
        boxes_around=lambda lat, lon, meters: nearness.boxes_around(lat, lon, meters + 2),
    )


# -- Measuring ---------------------------------------------------------------------------------------------------------
def measure(plans: Sequence[Plan]) -> list[Times]:
    """Checking one plan, all that its filing does with it, and the bare SQL of the same search."""
    chosen = random.Random(3).sample(list(plans), RUNS + 3)  # noqa: S311 - repeatable, not secret
    by = author()
    all_filled = [filled(plan, by, n) for n, plan in enumerate(chosen)]
    return in_turn(RUNS, checking(all_filled), filing(all_filled, by), bare(all_filled))


def checking(all_filled: list[Filled]) -> Callable[[], object]:
    from reports import deconfliction

    rule, turn = deconfliction.the_rule(), iter(all_filled)
    return lambda: deconfliction.find(deconfliction.footprint(next(turn)), rule)


def filing(all_filled: list[Filled], by: User) -> Callable[[], object]:
    """With its turn, its footprint, its matches, notices, mails and events; then taken back."""
    from django.db import transaction
    from django.utils import timezone

    from reports import matches

    turn = iter(all_filled)

    def work() -> None:
        with transaction.atomic():
            matches.compare(next(turn), None, by, timezone.now())
            transaction.set_rollback(True)

    return work


def bare(all_filled: list[Filled]) -> Callable[[], object]:
    """The limit: the two statements in psycopg, on a connection that prepares them by itself."""
    import psycopg
    from django.conf import settings

    from reports import deconfliction

    config = settings.DATABASES["default"]
    raw = psycopg.connect(
        host=str(config["HOST"]), user=str(config["USER"]), dbname=str(config["NAME"]), autocommit=True
    )
    rule = deconfliction.the_rule()
    made = [deconfliction.footprint(one) for one in all_filled]
    turn = iter(
        [
            (
                (deconfliction.PLACES, deconfliction.place_values(one, rule)),
                (deconfliction.TARGETS, deconfliction.target_values(one, rule)),
            )
            for one in made
        ]
    )

    def work() -> object:
        return [raw.execute(statement, values).fetchall() for statement, values in next(turn) if values]

    return work


def explain(plan: Plan) -> str:
    """How PostgreSQL looks for the places of a plan."""
    from django.db import connection

    from reports import deconfliction

    made = deconfliction.footprint(filled(plan, author(), 0))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {deconfliction.PLACES}", deconfliction.place_values(made, deconfliction.the_rule()))
        return "\n".join(line for (line,) in cursor.fetchall())


def report(
    size: int, verdict: Verdict, controls: dict[str, Verdict], checked: Times, whole: Times, limit: Times, plan: str
) -> None:
    print(f"{size:,} plans: {verdict}")
    for name, control in controls.items():
        print(f"positive control, {name}: {control}")
    print(f"checking one plan     {checked} (goal {GOAL_MS} ms at the median)")
    print(f"all that filing does  {whole}")
    print(f"limit, the bare SQL   {limit} | ratio p50 {checked.p50 / limit.p50:.1f}")
    uses = "planned_place_near" in plan
    print(f"the index of places is {'used' if uses else 'NOT used'}")
    if not verdict.exact or checked.p50 * 1000 > GOAL_MS or not uses:
        sys.exit("The goal is missed.")
    if size >= SIZE and verdict.true < ENOUGH_PAIRS:
        sys.exit(f"Too few true pairs to prove anything: {verdict.true:,}.")
    if any(control.exact for control in controls.values()):
        sys.exit("A positive control did not fail: the comparison proves nothing.")


if __name__ == "__main__":
    began = time.monotonic()
    main()
    print(f"in {time.monotonic() - began:,.0f} s")
