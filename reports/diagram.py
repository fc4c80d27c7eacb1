"""The life of a report as a picture and a table, drawn from its moves."""

from accounts.roles import PERMISSIONS
from reports.states import Status
from reports.workflow import FILED, MOVES, Move


def written() -> str:
    """The workflow as a document."""
    parts = [
        "# The life of a report",
        "Drawn from `reports/workflow.py` by `manage.py write_docs`; a test compares it with the code.",
        "```mermaid\n" + "\n".join(["stateDiagram-v2", *_states(), *_arrows()]) + "\n```",
        "\n".join([_row("move", "from", "to", "needs a role that may", "reason", "who"), "|" + "---|" * 6, *_rows()]),
    ]
    return "\n\n".join(parts) + "\n"


def _states() -> list[str]:
    return [f'    state "{status.label}" as {status.value}' for status in Status]


def _arrows() -> list[str]:
    filed = [f"    [*] --> {Status.SUBMITTED.value}: File"]
    amended = [f"    {state.value} --> {state.value}: Amend" for state in FILED]
    moved = [
        f"    {start.value} --> {move.to_state.value}: {move.label}"
        for move in MOVES.values()
        for start in move.from_states
    ]
    return [*filed, *amended, *moved]


def _rows() -> list[str]:
    return [
        _row(
            move.label,
            ", ".join(state.label for state in move.from_states),
            move.to_state.label,
            _permission(move),
            "yes" if move.needs_reason else "no",
            "somebody else than the author" if move.by_another else "anybody with the role",
        )
        for move in MOVES.values()
    ]


def _permission(move: Move) -> str:
    """The permission in words; of those that name the kind, the one for a SIR stands for all."""
    return PERMISSIONS[move.permission.format(kind="sir")]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
