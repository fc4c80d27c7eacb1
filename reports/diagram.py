"""The life of a report as pictures and tables, one for each kind, drawn from its moves."""

from accounts.roles import PERMISSIONS
from reports.kinds import KINDS, Kind, never
from reports.moves import FILED, Move
from reports.states import Status
from reports.workflow import moves_of


def written() -> str:
    """The workflow as a document."""
    parts = [
        "# The life of a report",
        "Drawn from `reports/moves.py` and the kinds by `manage.py write_docs`; a test compares it with the code.",
        "Whether a kind waits for approval is a rule that an administrator edits; shown is what holds without one.",
        *[_kind(kind) for kind in KINDS],
    ]
    return "\n\n".join(parts) + "\n"


def _kind(kind: Kind) -> str:
    moves = list(moves_of(kind).values())
    picture = "\n".join(["stateDiagram-v2", *_states(), *_arrows(kind, moves)])
    head = _row("move", "from", "to", "needs a role that may", "asks for", "who")
    table = [head, "|" + "---|" * 6, *(_line(kind, move) for move in moves)]
    return "\n\n".join([f"## {kind.label}", f"```mermaid\n{picture}\n```", "\n".join(table)])


def _states() -> list[str]:
    return [f'    state "{status.label}" as {status.value}' for status in Status]


def _arrows(kind: Kind, moves: list[Move]) -> list[str]:
    first = Status.AWAITING_APPROVAL if kind.approval else Status.SUBMITTED
    filed = [f"    [*] --> {first.value}: File", f"    {Status.RETURNED.value} --> {first.value}: Amend"]
    standing = (Status.AWAITING_APPROVAL, *FILED)
    amended = [f"    {state.value} --> {state.value}: Amend" for state in standing]
    if kind.approval and kind.approved_again is not never:
        amended += [f"    {state.value} --> {first.value}: Amend what was approved" for state in FILED]
    moved = [
        f"    {start.value} --> {(move.to_state or start).value}: {move.label}"
        for move in moves
        for start in move.from_states
    ]
    return [*filed, *amended, *moved]


def _line(kind: Kind, move: Move) -> str:
    asked = ["a reason"] if move.needs_reason else []
    asked += [str(kind.model._meta.get_field(name).verbose_name) for name in move.asks]  # type: ignore[union-attr]
    return _row(
        move.label,
        ", ".join(state.label for state in move.from_states),
        move.to_state.label if move.to_state else "the same",
        PERMISSIONS[move.permission.format(kind=kind.code)],
        "; ".join(asked) or "nothing",
        _who(move),
    )


def _who(move: Move) -> str:
    if move.by_no_writer:
        return "somebody who wrote no version of what waits"
    return "somebody else than the author" if move.by_another else "anybody with the role"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
