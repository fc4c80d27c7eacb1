"""The log tells where something failed and never what anybody typed."""

import logging
from typing import Any

import pytest
from django.db import connection

from sen.logs import Formatter


def _logged(error: BaseException) -> str:
    info = (type(error), error, error.__traceback__)
    return Formatter("{message}", style="{").format(logging.LogRecord("x", 40, "x", 1, "failed", (), info))


@pytest.mark.django_db
def test_a_refused_row_is_not_quoted(agent: Any) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET username = 'agent' WHERE username = 'colleague'")
    assert "agent" in str(caught.value)
    text = _logged(caught.value)
    assert "(agent)" not in text
    assert "psycopg.errors.UniqueViolation (SQLSTATE 23505)" in text
    assert "test_logs.py" in text


def test_the_site_logs_in_this_way(settings: Any) -> None:
    assert settings.LOGGING["formatters"]["plain"]["()"] == "sen.logs.Formatter"
