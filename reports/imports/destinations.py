"""Where the rows of each kind of old report go."""

from reports.imports.columns import TYPES
from reports.imports.historical import Historical
from reports.imports.legacy import Legacy
from reports.imports.run import Destination
from reports.kinds import KINDS


def codes() -> list[str]:
    """What `--kind` takes: the kinds that are still filed, and the types that are not."""
    return [*(kind.code for kind in KINDS), *TYPES]


def of(code: str) -> Destination:
    """The destination of a kind, or of rows that each say their historical type."""
    kind = KINDS.get(code)
    return Legacy(kind) if kind else Historical(code)
