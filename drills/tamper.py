"""Tampers with a sealed log in fourteen ways, fifty times each, as superuser with triggers off (`make drill-tamper`).

Each time the verifier must find it and name the first bad event or seal; before each time it reads the log as it is and
must find nothing. Positive controls: without a checkpoint it cannot see that a log was cut off, nor what a thief of the
key has sealed anew. `python -m drills.tamper TIMES` sets how often each is done.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import psycopg

from audit.evidence import Checkpoint, key_id, read_checkpoint
from audit.stretch import Finding
from audit.verify import Asked, verify
from audit.wire import seals_between
from bench.events import own_connection, seal_all, write_events
from bench.ground import prepared
from drills import tampering
from drills.tampering import KINDS, Expected, Scene, Tamper

EVENTS, PER_SEAL, MORE = 2_000, 64, 24
THIEF = "edit by a thief of the key"


@dataclass
class Tally:
    """What came of one kind."""

    done: int = 0
    detected: int = 0
    named: int = 0
    false_alarms: list[str] = field(default_factory=list)
    without_checkpoint: int = 0

    @property
    def clean(self) -> bool:
        return self.detected == self.named == self.done and not self.false_alarms


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    start = time.monotonic()
    with prepared("drill-tamper"):
        make_log()
        tallies = run(times)
    tell(tallies)
    print(f"in {time.monotonic() - start:,.0f} s")
    if not all(tally.clean for tally in tallies.values()):
        sys.exit("The drill failed.")
    if not controls_fail(tallies):
        sys.exit("A positive control did not fail: the drill proves nothing.")


def make_log(events: int = EVENTS) -> None:
    """Events in seals of about PER_SEAL."""
    write_events(events)
    seal_all(PER_SEAL)


def run(times: int, seed: int = 5) -> dict[str, Tally]:
    """Each kind so many times, on a log that grows a little between them."""
    kinds = {**KINDS, THIEF: tampering.edit_by_a_thief_of_the_key}
    made = {name: Random(f"{seed} {name}") for name in kinds}  # noqa: S311 - repeatable, and no secret
    return {name: run_kind(tamper, times, made[name]) for name, tamper in kinds.items()}


def run_kind(tamper: Tamper, times: int, rng: Random) -> Tally:
    make_log(MORE)
    tally = Tally()
    with own_connection("postgres") as raw, raw.transaction(force_rollback=True):
        scene = set_scene(raw, rng)
        tampering.triggers_off(raw)
        for _ in range(times):
            tally.false_alarms += [one.sentence for one in found(scene, scene.checkpoints)[:1]]
            with raw.transaction(force_rollback=True):
                judge(tally, scene, tamper)
    return tally


def set_scene(raw: psycopg.Connection, rng: Random) -> Scene:
    """The log as it is, and three checkpoints of it, of which the newest is of its end."""
    from audit import keys

    key = keys.signing_key()
    seals = seals_between(raw, 1, 2**62)
    outside = []
    for last in (len(seals) // 2, len(seals) - 5, len(seals)):
        seal, events = seals[last - 1], sum(one.body.count for one in seals[:last])
        log, name = seals[0].previous.hex(), key_id(key.public_key())
        said = Checkpoint(log, seal.body.sequence, seal.head.hex(), events, seal.body.at, name)
        outside.append(read_checkpoint(said.signed(key).encode(), keys.public_keys()))
    return Scene(raw, seals, outside, rng, key)


def found(scene: Scene, checkpoints: Sequence[Checkpoint], at_least: int = 0) -> list[Finding]:
    from audit import keys

    return verify(scene.raw, Asked(keys.public_keys(), checkpoints, at_least)).findings


def judge(tally: Tally, scene: Scene, tamper: Tamper) -> None:
    """Tamper once, and see what the verifier says of it."""
    expected = tamper(scene)
    is_older = tamper is tampering.checkpoint_replaced_by_an_older_one
    given = tampering.older(scene) if is_older else scene.checkpoints
    findings = found(scene, given, at_least=scene.checkpoints[-1].sequence)
    tally.done += 1
    tally.detected += bool(findings)
    tally.named += bool(findings) and names(findings[0], expected)
    tally.without_checkpoint += bool(found(scene, ()))


def names(finding: Finding, expected: Expected) -> bool:
    """Whether the first thing said is about what was done."""
    return finding.event in expected.events or (not expected.events and finding.seal in expected.seals)


def controls_fail(tallies: dict[str, Tally]) -> bool:
    """A chain alone catches no log that was cut off, and no thief of the key."""
    blind = ("tail truncated", "checkpoint replaced by an older one", THIEF)
    return all(tallies[name].without_checkpoint == 0 for name in blind)


def tell(tallies: dict[str, Tally]) -> None:
    print(f"{'':<46} detected  named  false alarms  detected without a checkpoint")
    for name, t in tallies.items():
        counts = f"{t.detected:>4}/{t.done:<4} {t.named:>4}/{t.done:<4} {len(t.false_alarms):>4}/{t.done:<4}"
        print(f"{name:<46} {counts}        {t.without_checkpoint:>4}/{t.done}")
    fourteen = [tally for name, tally in tallies.items() if name != THIEF]
    done, detected, named = (sum(getattr(tally, what) for tally in fourteen) for what in ("done", "detected", "named"))
    false = sum(len(tally.false_alarms) for tally in fourteen)
    print(f"{detected} of {done} detected, {named} of {done} named, {false} of {done} clean runs flagged")


if __name__ == "__main__":
    main()
