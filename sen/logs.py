"""How the log is written: where something failed and what kind of failure it was, never what anybody typed."""

import logging
import traceback
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Formatter(logging.Formatter):
    """Prints the kind and the places of an exception but not its message: a database quotes the row it refused."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - the name that logging calls
        return places(ei[1]) if ei[1] else ""


def places(error: BaseException) -> str:
    """Each step to the failure as file, line and function, outermost first, causes before effects."""
    steps = [f"{step.filename}:{step.lineno} {step.name}" for step in traceback.extract_tb(error.__traceback__)]
    cause = error.__cause__ or error.__context__
    before = f"{places(cause)}\n" if cause else ""
    return before + "\n  ".join([kind(error), *steps])


def kind(error: BaseException) -> str:
    """The exception's name, and the database's own code for it where there is one."""
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__module__}.{type(error).__qualname__}" + (f" (SQLSTATE {code})" if code else "")
