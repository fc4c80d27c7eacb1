"""A pytest plugin for the mutants: the database is a copy of one that was made before, so a run starts at once.

`SEN_MUTANTS=make` makes that one and leaves it; `SEN_MUTANTS=use` takes the copy that `SEN_TEST_DATABASE` names.
"""

from __future__ import annotations

import os
from typing import Any

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.test import utils

    utils.teardown_databases = _leave  # type: ignore[assignment]
    if os.environ.get("SEN_MUTANTS") == "use":
        from tests import cast, database

        utils.setup_databases = _take  # type: ignore[assignment]
        cast.build = _nothing
        database._keep_starting_rows = _nothing


def _take(*args: Any, **kwargs: Any) -> list[Any]:
    from django.db import connections

    connections["default"].close()
    connections.settings["default"]["NAME"] = os.environ["SEN_TEST_DATABASE"]
    return []


def _leave(*args: Any, **kwargs: Any) -> None:
    """The database stays, for whoever copies it or drops it."""


def _nothing() -> None:
    """It is there already."""
