"""The pages that say no keep what was typed, give a number to quote and tell nothing they should not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, OperationalError, ProgrammingError
from django.test import Client

from accounts.models import User
from sen import errors
from tests.fake import FAKE

pytestmark = [pytest.mark.urls("tests.accounts.addresses")]
TYPED = {"narrative": "Two <b>arrests</b>", "password": "hunter", "csrfmiddlewaretoken": "token"}


@pytest.fixture
def quiet() -> Client:
    return Client(raise_request_exception=False)


def test_a_database_that_is_gone_is_a_503_that_keeps_what_was_typed_and_asks_nothing(quiet: Client) -> None:
    """No `db` fixture: any query fails this test."""
    response = quiet.post("/gone/", TYPED)
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"]
    assert "Two &lt;b&gt;arrests&lt;/b&gt;" in page
    assert "hunter" not in page
    assert 'value="token"' not in page
    assert response["X-Request-Id"] in page


def test_a_script_gets_the_503_as_json(quiet: Client) -> None:
    response = quiet.post("/gone/", TYPED, headers={"X-Autosave": "1"})
    assert response.status_code == 503
    assert "cannot reach its records" in response.json()["message"]


@pytest.mark.django_db
def test_a_database_that_goes_while_the_person_is_looked_up_is_a_503_too(
    as_: Callable[[Any], Client], agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(agent)
    client.raise_request_exception = False

    def gone(*_: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("accounts.backends.OfficeBackend.get_user", gone)
    response = client.post("/desk/", TYPED, headers={"Origin": "http://testserver"})
    assert response.status_code == 503
    assert "Two &lt;b&gt;arrests&lt;/b&gt;" in response.content.decode()


def test_anything_else_is_a_500_with_a_number_and_nothing_personal(
    quiet: Client, caplog: pytest.LogCaptureFixture
) -> None:
    response = quiet.post("/broken/", TYPED)
    assert response.status_code == 500
    assert response["X-Request-Id"] in response.content.decode()
    assert response["X-Request-Id"] in caplog.text
    assert "ValueError" in caplog.text
    assert FAKE.last_name not in caplog.text + response.content.decode()


def test_a_test_still_sees_the_exception() -> None:
    with pytest.raises(ValueError, match="not a number"):
        Client().get("/broken/")


@pytest.mark.django_db
def test_a_conflict_shows_both_and_keeps_what_was_typed(as_: Callable[[Any], Client], agent: User) -> None:
    response = as_(agent).post("/conflict/", TYPED)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody was faster." in page
    assert "theirs" in page
    assert "Two &lt;b&gt;arrests&lt;/b&gt;" in page


class Diagnosed(Exception):
    def __init__(self, table: str) -> None:
        super().__init__()
        self.diag = type("Diag", (), {"table_name": table})


@pytest.mark.parametrize(
    ("error", "cause", "expected"),
    [
        (OperationalError(), None, True),
        (InternalError(), None, True),
        (ProgrammingError(), None, True),
        (IntegrityError(), Diagnosed("audit_event"), True),
        (IntegrityError(), Diagnosed("accounts_user"), False),
        (IntegrityError(), None, False),
        (ValueError(), None, False),
    ],
)
def test_only_a_database_that_cannot_do_its_part_is_unavailable(
    error: Exception, cause: Exception | None, expected: bool
) -> None:
    error.__cause__ = cause
    assert errors.is_unavailable(error) is expected
