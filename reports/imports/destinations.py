"""Where the rows of each kind of old report go."""

from reports.imports.columns import TYPES
from reports.imports.historical import Historical
from reports.imports.run import Destination

KINDS = ("sir", "spear", "tav", "ilead", *TYPES)


def of(kind: str) -> Destination:
    """The destination of a kind, or of rows that each say their historical type."""
    return Historical(kind)
