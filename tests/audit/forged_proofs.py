"""Forgeries of one event's proof: its way to the root, the event itself, the chain of seals above it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from audit import evidence
from tests.audit.forging import LAST, WIDE, Given, change_a_column, given, kind, some_proof, some_segment
from tests.audit.made_log import SIZES, Bundle, Log, leaf_of


# -- The way from the event to the root --------------------------------------------------------------------------------
@kind
def path_of_another_leaf(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    seal, index = bundle["seals"][0]["sequence"], bundle["event"]["index"]
    other = rng.choice([at for at in range(SIZES[seal - 1]) if at != index])
    return given(log, bundle | {"event": bundle["event"] | {"path": log.proof(seal, other)["event"]["path"]}})


@kind
def index_of_another_leaf(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    bundle["event"]["index"] ^= 1 << rng.randrange(4)
    return given(log, bundle)


@kind
def huge_index(rng: Random) -> Given:
    """Bits above the size of the seal, which a careless verifier never looks at."""
    log, bundle = some_proof(rng)
    count = bundle["seals"][0]["count"]
    bundle["event"]["index"] += rng.choice([count, 1 << (count - 1).bit_length(), 1 << 40, 2**63 - 1, 2**70])
    return given(log, bundle)


@kind
def left_and_right_swapped(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    bundle["event"]["path"].reverse()
    bundle["event"]["index"] = bundle["seals"][0]["count"] - 1 - bundle["event"]["index"]
    return given(log, bundle)


@kind
def path_too_long(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    path = bundle["event"]["path"]
    path.insert(rng.choice([0, len(path)]), rng.choice([path[0], bundle["seals"][0]["root"], rng.randbytes(32).hex()]))
    return given(log, bundle)


@kind
def path_too_short(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    del bundle["event"]["path"][rng.choice([0, -1])]
    return given(log, bundle)


@kind
def path_endless(rng: Random) -> Given:
    """The root of a seal of one, which needs no path, with a path that claims much."""
    log = Log()
    bundle = log.proof(1, 0)
    bundle["event"]["path"] = [rng.randbytes(32).hex()] * rng.randint(1, 10_000)
    return given(log, bundle)


@kind
def signed_root_above_the_tree(rng: Random) -> Given:
    """A thief of the key signs a root one storey too high, or a node for the root."""
    log, seal = Log(), rng.choice(WIDE)
    bundle = log.proof(seal, 0)
    above, short = rng.randbytes(32), rng.random() < 0.5
    root = log.bodies[seal - 1].root
    if short:
        path = [bytes.fromhex(one) for one in bundle["event"]["path"][:-1]]
        node = evidence.sha256(b"\x00" + leaf_of(log.rows[seal - 1][0]))
        for one in path:
            node = evidence.sha256(b"\x01" + node + one)
        log.change(seal, root=node)
    else:
        path = [*(bytes.fromhex(one) for one in bundle["event"]["path"]), above]
        log.change(seal, root=evidence.sha256(b"\x01" + above + root))
    forged = log.proof(seal, 0)
    forged["event"]["path"] = [one.hex() for one in path]
    return given(log, forged, log.file())


@kind
def seal_of_nothing(rng: Random) -> Given:
    """An event claimed for an empty seal."""
    log, bundle = some_proof(rng)
    event = bundle["event"] | {"path": [], "index": rng.choice([0, 1])}
    return given(log, log.segment(3, 3) | {"event": event}, log.file()) if rng.random() < 0.2 else _in_empty(log, event)


def _in_empty(log: Log, event: Bundle) -> Given:
    bundle = log.segment(3, 3)
    del bundle["events"]
    return given(log, bundle | {"event": event})


@kind
def signed_seal_that_counts_nothing(rng: Random) -> Given:
    """A thief of the key signs a seal of size 0 with one event's root."""
    log, seal = Log(), rng.choice([1, *WIDE])
    row = log.rows[seal - 1][0]
    log.change(seal, count=0, root=evidence.root_of([leaf_of(row)]))
    bundle = log.proof(seal, 0)
    bundle["event"]["path"] = []
    return given(log, bundle, log.file())


# -- The event ---------------------------------------------------------------------------------------------------------
@kind
def a_column_changed(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    change_a_column(bundle["event"]["row"], rng)
    return given(log, bundle)


@kind
def a_column_changed_and_its_seal_made_anew(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    seal, index = bundle["seals"][0]["sequence"], bundle["event"]["index"]
    true = log.file()
    change_a_column(log.rows[seal - 1][index], rng)
    log.change(seal, root=evidence.root_of(list(map(leaf_of, log.rows[seal - 1]))))
    return given(log, log.proof(seal, index), true)


@kind
def text_moved_between_columns(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    row = bundle["event"]["row"]
    place = rng.choice([9, 10, 11, 12, 13, 14])
    first, second = evidence.COLUMNS[place], evidence.COLUMNS[place + 1]
    row[first], row[second] = row[first] + row[second][:1], row[second][1:]
    return given(log, bundle)


@kind
def signed_event_outside_its_seal(rng: Random) -> Given:
    """A thief of the key signs a seal with an event of another epoch or transaction."""
    log, seal = Log(), rng.choice(WIDE)
    body = log.bodies[seal - 1]
    changed = rng.choice([{"epoch": 2}, {"epoch": 0}, {"xid": body.from_xid - 1}, {"xid": body.to_xid}])
    index = 0 if "xid" not in changed or changed["xid"] < body.from_xid else len(log.rows[seal - 1]) - 1
    log.rows[seal - 1][index] |= changed
    log.change(seal, root=evidence.root_of(list(map(leaf_of, log.rows[seal - 1]))))
    bundle = log.proof(seal, index) if rng.random() < 0.5 else log.segment(seal, seal)
    return given(log, bundle, log.file())


# -- Seals and their chain ---------------------------------------------------------------------------------------------
@kind
def a_seal_says_something_else(rng: Random) -> Given:
    log, bundle = some_proof(rng) if rng.random() < 0.5 else some_segment(rng)
    seal = rng.choice(bundle["seals"])
    name = rng.choice(["epoch", "from_xid", "to_xid", "at", "key", "root"])
    seal[name] = seal[name] + 1 if isinstance(seal[name], int) else seal[name][1:] + seal[name][:1]
    return given(log, bundle)


@kind
def count_changed(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    bundle["seals"][0]["count"] = rng.choice([bundle["seals"][0]["count"] + 1, bundle["event"]["index"] + 1, 10**9, 0])
    return given(log, bundle) if bundle["seals"][0]["count"] != log.bodies[4].count else seal_of_nothing(rng)


@kind
def sequence_changed(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    bundle["seals"][0]["sequence"] += rng.choice([-1, 1])
    return given(log, bundle)


@kind
def previous_changed(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    bundle["previous"] = rng.choice([log.name, rng.randbytes(32), bytes(32)]).hex()
    return given(log, bundle)


@kind
def digests_cut_off(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    cut = rng.randint(1, len(bundle["digests"])) if bundle["digests"] else 0
    bundle["digests"] = bundle["digests"][cut:] if rng.random() < 0.5 else bundle["digests"][:-cut]
    return given(log, bundle) if cut else digests_swapped(rng)


@kind
def digests_swapped(rng: Random) -> Given:
    log = Log()
    bundle = log.proof(5, rng.randrange(7))
    a, b = rng.sample(range(len(bundle["digests"])), 2)
    bundle["digests"][a], bundle["digests"][b] = bundle["digests"][b], bundle["digests"][a]
    return given(log, bundle)


@kind
def digests_too_many(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    bundle["digests"].insert(rng.randint(0, len(bundle["digests"])), rng.randbytes(32).hex())
    return given(log, bundle)


@kind
def no_seal_at_all(rng: Random) -> Given:
    """The checkpoint's own head as `previous`, with nothing after it."""
    log, bundle = some_segment(rng)
    head = log.checkpoint().head
    return given(log, bundle | {"seals": [], "events": [], "digests": [], "previous": head})


@kind
def several_seals_for_one_event(rng: Random) -> Given:
    log, first = Log(), rng.choice([5, 6, 8])
    bundle = log.segment(first, first + 1)
    del bundle["events"]
    return given(log, bundle | {"event": log.proof(first, rng.randrange(5))["event"]})


@kind
def signed_numbers_out_of_step(rng: Random) -> Given:
    """A thief of the key signs a log in which a seal comes twice or one is passed over."""
    log = Log()
    at = rng.choice([5, 6, 7])
    log.change(at, sequence=log.bodies[at - 1].sequence + rng.choice([-1, 1]))
    return given(log, log.segment(at - 1, at + 1), log.file())


@kind
def signed_gap_between_seals(rng: Random) -> Given:
    """A thief of the key signs seals between which transactions lie that no seal holds."""
    log, at = Log(), rng.choice([5, 6, 8])
    wider = log.bodies[at - 1].to_xid + 9
    log.change(at, **rng.choice([{"epoch": 0}, {"to_xid": wider}]))
    for row in log.rows[at - 1]:
        row["epoch"] = log.bodies[at - 1].epoch
    log.change(at, root=evidence.root_of(list(map(leaf_of, log.rows[at - 1]))))
    return given(log, log.segment(at - 1, at + 1), log.file())


@kind
def signed_seals_for_another_checkpoint(rng: Random) -> Given:
    """A thief of the key signs a checkpoint with another number, so that `--at-least` is answered."""
    log, bundle = some_proof(rng)
    late = LAST + rng.randint(1, 1000)
    return (
        given(log, bundle, log.file(sequence=LAST), at_least=late)
        if rng.random() < 0.2
        else given(log, bundle, replace(log.checkpoint(), sequence=late).signed(log.key).encode(), at_least=late)
    )


@kind
def signed_beginning_on_another_name(rng: Random) -> Given:
    """A thief of the key gives the chain of one log the name of another."""
    log = Log()
    name = rng.randbytes(32).hex()
    bundle = log.proof(1, 0) if rng.random() < 0.5 else log.segment(1, rng.randint(2, 6))
    return given(log, bundle | {"log": name}, log.checkpoint(log=name).signed(log.key).encode())


@kind
def signed_for_fewer_events(rng: Random) -> Given:
    """A thief of the key signs a checkpoint of fewer events than the seals hold."""
    log, bundle = some_segment(rng)
    return given(log, bundle, log.checkpoint(events=rng.randint(0, 2)).signed(log.key).encode())
