"""What else follows in the very transaction that files a version of a kind: such as comparing a plan with others.

A module registers what it does when its app is ready, so that filing knows none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from reports.content import Filled

# The report as it now is, the content of the version before (none when it is new), who filed it, and when.
Consequence = Callable[[Filled, Mapping[str, Any] | None, User, datetime], None]

_of_kind: dict[str, list[Consequence]] = defaultdict(list)


def register(kind_code: str, consequence: Consequence) -> None:
    if consequence not in _of_kind[kind_code]:
        _of_kind[kind_code].append(consequence)


def follow(filled: Filled, before: Mapping[str, Any] | None, *, by: User, now: datetime) -> None:
    for consequence in _of_kind[filled.kind.code]:
        consequence(filled, before, by, now)
