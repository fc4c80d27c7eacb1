"""The SSN guard's figures (security.md, E1 to E4): recall, false alarms, warnings and speed on an invented corpus."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import SimpleNamespace
from unittest.mock import patch

from privacy import guard
from tests.privacy import corpus, look_alikes

MANY = 100_000
SIZE = 10_000_000
RECALL, ALARMS, WARNINGS, SECONDS = 0.999, 0.002, 0.02, 1.0


@dataclass
class Counted:
    """How many texts held a sure finding, only unsure ones, or none, by the way they were written."""

    sure: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    none: Counter[str] = field(default_factory=Counter)

    def share(self, which: Counter[str]) -> float:
        return which.total() / (self.sure + self.unsure + self.none).total()


def count(texts: Iterable[corpus.Text]) -> Counted:
    counted = Counted()
    for text in texts:
        found = guard.findings(text.words, label=text.label)
        which = counted.sure if any(one.sure for one in found) else counted.unsure if found else counted.none
        which[text.way] += 1
    return counted


def recall(many: int = MANY, seed: int = 1) -> Counted:
    return count(corpus.real(seed, many))


def alarms(many: int = MANY, seed: int = 2) -> Counted:
    return count(look_alikes.look_alikes(seed, many))


def speed(size: int = SIZE) -> dict[str, float]:
    """Seconds of processor time for each hostile text of `size` bytes."""
    taken = {}
    for name, text in look_alikes.hostile(size).items():
        began = time.process_time()
        guard.findings(text)
        taken[name] = time.process_time() - began
    return taken


# The guard without a part of it, which the figures must show (positive controls).
WITHOUT: dict[str, dict[str, Callable[..., object]]] = {
    "words": {"says_ssn": lambda *_: False, "says_ssn_right_before": lambda *_, **__: False},
    "folding": {"Folded": lambda text: SimpleNamespace(text=text, place=int)},
    "A-Numbers": {"is_a_number": lambda *_, **__: False},
}


def without(part: str, many: int) -> tuple[Counted, Counted]:
    """Recall and false alarms of the guard without this part."""
    with ExitStack() as stack:
        for name, instead in WITHOUT[part].items():
            stack.enter_context(patch.object(guard, name, instead))
        return recall(many), alarms(many)


def main() -> None:
    real, like = recall(), alarms()
    print(f"E1 recall {real.share(real.sure):.5f} of {MANY:,} (goal {RECALL}); missed: {dict(real.unsure + real.none)}")
    print(f"E2 false alarms {like.share(like.sure):.5%} of {MANY:,} (goal {ALARMS:.1%}): {dict(like.sure)}")
    print(f"   warnings {like.share(like.unsure):.5%} (goal {WARNINGS:.0%}): {dict(like.unsure)}")
    for part in WITHOUT:
        short, false = without(part, MANY // 10)
        print(f"   without {part}: recall {short.share(short.sure):.3f}, alarms {false.share(false.sure):.2%}")
    taken = speed()
    for name, seconds in sorted(taken.items(), key=lambda one: -one[1])[:5]:
        print(f"E3 {name}: {seconds:.2f} s")
    total, most = sum(taken.values()), max(taken.values())
    print(f"E3 {len(taken)} hostile texts of 10 MB: {total:.1f} s in all, {most:.2f} at most (goal {SECONDS:.0f})")
    sys.exit(real.share(real.sure) < RECALL or like.share(like.sure) > ALARMS or most > SECONDS)


if __name__ == "__main__":
    main()
