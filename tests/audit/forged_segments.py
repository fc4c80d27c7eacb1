"""Forgeries of whole seals, and of the log, the checkpoint and the key that they are said to be of."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

from audit import evidence
from tests.audit.forged_proofs import a_column_changed_and_its_seal_made_anew
from tests.audit.forging import LAST, WIDE, Given, change_a_column, given, kind, some_proof, some_segment
from tests.audit.made_log import SIZES, Bundle, Log, leaf_of


# -- Segments ----------------------------------------------------------------------------------------------------------
@kind
def seal_twice_in_a_segment(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    at = rng.randrange(len(bundle["seals"]))
    for name in ("seals", "events"):
        bundle[name].insert(at, bundle[name][at])
    if rng.random() < 0.5 and bundle["digests"]:
        bundle["digests"].pop()
    return given(log, bundle)


@kind
def seal_left_out_of_a_segment(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    at = rng.randrange(1, len(bundle["seals"]))
    del bundle["seals"][at], bundle["events"][at]
    return given(log, bundle)


@kind
def seals_swapped(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    for name in ("seals", "events"):
        bundle[name][0], bundle[name][1] = bundle[name][1], bundle[name][0]
    return given(log, bundle)


@kind
def list_of_events_left_out(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    del bundle["events"][rng.randint(1, len(bundle["events"])) - 1 :]
    return given(log, bundle)


@kind
def event_left_out(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    at = rng.choice([position for position, rows in enumerate(bundle["events"]) if rows])
    bundle["events"][at].pop(rng.randrange(len(bundle["events"][at])))
    bundle["seals"][at]["count"] -= rng.randrange(2)
    return given(log, bundle)


@kind
def event_added(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    rows = rng.choice([rows for rows in bundle["events"] if rows])
    rows.insert(rng.randint(0, len(rows)), rows[0] | {"id": rng.choice([rows[0]["id"], 10**6])})
    return given(log, bundle)


@kind
def events_swapped(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    rows = rng.choice([rows for rows in bundle["events"] if len(rows) > 1])
    rows[0], rows[-1] = rows[-1], rows[0]
    return given(log, bundle)


@kind
def event_changed_in_a_segment(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    change_a_column(rng.choice(rng.choice([rows for rows in bundle["events"] if rows])), rng)
    return given(log, bundle)


@kind
def event_moved_to_the_next_seal(rng: Random) -> Given:
    log, bundle = some_segment(rng)
    bundle["events"][1].insert(0, bundle["events"][0].pop())
    return given(log, bundle)


@kind
def signed_events_out_of_order(rng: Random) -> Given:
    """A thief of the key signs a seal whose events are not in their order, or one twice."""
    log, seal = Log(), rng.choice(WIDE)
    rows = log.rows[seal - 1]
    if rng.random() < 0.5:
        rng.shuffle(rows)
        rows.sort(key=lambda row: -row["id"])
    else:
        rows[1] = rows[0]
    log.change(seal, root=evidence.root_of(list(map(leaf_of, rows))))
    return given(log, log.segment(seal, seal), log.file())


@kind
def signed_count_of_others(rng: Random) -> Given:
    """A thief of the key signs a seal that counts more or fewer events than its root holds."""
    log, seal = Log(), rng.choice(WIDE)
    log.change(seal, count=SIZES[seal - 1] + rng.choice([-3, -2, -1, 1, 2, 3]))
    return given(log, log.segment(seal, seal), log.file())


# -- Logs, checkpoints and keys ----------------------------------------------------------------------------------------
@kind
def head_of_another_log_with_the_same_key(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    other = Log(key=log.key, name=rng.randbytes(32))
    return (
        given(log, bundle, other.file())
        if rng.random() < 0.5
        else given(log, bundle | {"log": other.name.hex()}, other.file())
    )


@kind
def another_log_than_the_one_asked_for(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    return given(log, bundle, log=rng.randbytes(32).hex())


@kind
def bundle_that_names_another_log(rng: Random) -> Given:
    log, bundle = some_proof(rng) if rng.random() < 0.5 else some_segment(rng)
    return given(log, bundle | {"log": rng.randbytes(32).hex()})


@kind
def checkpoint_older_than_at_least(rng: Random) -> Given:
    log, to = Log(), rng.randint(6, LAST - 1)
    return given(log, log.proof(5, rng.randrange(7), to=to), log.file(to), at_least=to + 1)


@kind
def checkpoint_of_another_moment(rng: Random) -> Given:
    log = Log()
    return given(log, log.proof(5, rng.randrange(7)), log.file(rng.randint(5, LAST - 1)))


@kind
def checkpoint_changed(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    said = json.loads(log.file())
    name = rng.choice(["events", "at"])
    said[name] += rng.randint(1, 9)
    return given(log, bundle, json.dumps(said).encode())


@kind
def checkpoint_rewritten_for_a_forged_log(rng: Random) -> Given:
    """The head of a log with a changed event, under the signature of the true one."""
    forged = a_column_changed_and_its_seal_made_anew(rng)
    said, other = json.loads(forged.checkpoint), json.loads(forged.bundle)
    digests = [_body(one).digest() for one in other["seals"]] + [bytes.fromhex(one) for one in other["digests"]]
    said["head"] = evidence.head_after(bytes.fromhex(other["previous"]), digests).hex()
    return replace(forged, checkpoint=json.dumps(said).encode())


def _body(said: Bundle) -> evidence.SealBody:
    return evidence.SealBody(**said | {"root": bytes.fromhex(said["root"])})


@kind
def foreign_signature(rng: Random) -> Given:
    """A forger's own key, under its own name or that of the true one."""
    true, forged = Log(), Log()
    checkpoint = forged.checkpoint(key=rng.choice([true.key_name, forged.key_name])).signed(forged.key)
    seal = rng.choice(WIDE)
    return replace(given(true, forged.proof(seal, 0)), checkpoint=checkpoint.encode())


@kind
def no_signature(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    said = json.loads(log.file())
    said["signature"] = rng.choice([bytes(64).hex(), "", None, said["signature"][:-2], said["signature"][::-1], []])
    if rng.random() < 0.2:
        del said["signature"]
    return given(log, bundle, json.dumps(said).encode())


@kind
def signature_of_a_seal(rng: Random) -> Given:
    """A signature of the same key over the same head, made for another purpose."""
    log, bundle = some_proof(rng)
    said = json.loads(log.file())
    said["signature"] = evidence.sign_head(log.key, bytes.fromhex(said["head"])).hex()
    said["at"] += rng.randrange(2)
    return given(log, bundle, json.dumps(said).encode())


@kind
def another_format(rng: Random) -> Given:
    log, bundle = some_proof(rng)
    if rng.random() < 0.5:
        return given(log, bundle | {"format": rng.choice(["sen-audit-bundle-2", "", evidence.CHECKPOINT])})
    said = json.loads(log.file()) | {"format": rng.choice([evidence.BUNDLE, "sen-audit-checkpoint-2", ""])}
    return given(log, bundle, json.dumps(said).encode())
