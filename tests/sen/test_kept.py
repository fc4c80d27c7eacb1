"""What was typed is carried only for forms that our own pages sent, and opens only as it was sealed."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from sen import kept


def form(origin: str = "", *, checked: bool = False) -> HttpRequest:
    headers = {"Origin": origin} if origin else {}
    request = RequestFactory().post("/desk/?a=1", {"narrative": "seen", "New_Password": "x"}, headers=headers)
    if checked:
        request.csrf_processing_done = True  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize(
    ("request_", "is_kept"),
    [
        (form(), False),
        (form("https://elsewhere.example"), False),
        (form("http://testserver"), True),
        (form(checked=True), True),
        (RequestFactory().get("/desk/"), False),
    ],
)
def test_only_a_form_of_our_own_is_kept(request_: HttpRequest, is_kept: bool) -> None:
    assert bool(kept.keep(request_)) is is_kept


def test_what_is_kept_opens_as_it_was_and_for_its_owner_alone() -> None:
    opened = kept.opened(kept.keep(form(checked=True), who="7"))
    assert opened == kept.Kept("/desk/?a=1", [("narrative", "seen")], "7")
    assert opened.belongs_to(7)
    assert not opened.belongs_to(8)
    assert kept.Kept("/", [], "").belongs_to(8)


def test_what_is_too_long_to_read_is_not_kept_and_breaks_nothing(settings: object) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1  # type: ignore[attr-defined]
    assert kept.typed(form()) == []
