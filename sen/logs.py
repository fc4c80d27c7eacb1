"""How the log is written: where something failed and what kind of failure it was, never what anybody typed.

One JSON object to a line in production (time, level, logger, event, request), plain words elsewhere. The number of the
request leads to its events, which say who asked; a line of the log does not.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# The number of the request that this thread answers.
REQUEST: ContextVar[str] = ContextVar("request", default="")
OURS = "sen"
LEFT_OUT = "…"
# From the first quotation mark to the last: within may stand another, as somebody typed it.
QUOTED = re.compile(r"(['\"]).*\1", re.DOTALL)


def request_number() -> str:
    return REQUEST.get()


class Formatter(logging.Formatter):
    """Prints the kind and the places of an exception but not its message: a database quotes the row it refused."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name that logging calls
        record.message = event(record)
        return super().formatMessage(record)

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - the name that logging calls
        return places(ei[1]) if ei[1] else ""


class Lines(Formatter):
    """One JSON object to a line."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": event(record),
            "request": request_number(),
            "failure": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)


def event(record: logging.LogRecord) -> str:
    """What a line says: all of it where it is ours, else the library's own words and numbers, not what it quotes."""
    if record.name.partition(".")[0] == OURS:
        return record.getMessage()
    if asked := getattr(record, "request", None):
        match = getattr(asked, "resolver_match", None)  # an address may hold what somebody typed, a route does not
        page = getattr(match, "view_name", "") or "no page"
        return f"{getattr(record, 'status_code', '')} {getattr(asked, 'method', '')} {page}".strip()
    return QUOTED.sub(LEFT_OUT, _with_numbers(record))


def _with_numbers(record: logging.LogRecord) -> str:
    given = record.args if isinstance(record.args, tuple) else ()
    kept = tuple(one if isinstance(one, int | float) else LEFT_OUT for one in given)
    try:
        return str(record.msg) % kept if kept else _template(record)
    except (TypeError, ValueError):  # its placeholders want something else
        return str(record.msg)


def _template(record: logging.LogRecord) -> str:
    """Without arguments; an exception given in place of a message would quote."""
    return kind(record.msg) if isinstance(record.msg, BaseException) else str(record.msg)


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
