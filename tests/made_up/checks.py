"""What a further kind gets for its declaration alone. It runs in a process of its own, with `settings`; see
`test_further_kind`."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from auditlog.registry import auditlog
from django.db import DatabaseError
from django.db.models import Model
from django.utils import timezone

from accounts.models import OfficePermission
from audit import coverage
from audit.models import Event
from privacy import register
from reports import actions, diagram
from reports.kinds import KINDS
from reports.models import Draft, Report
from tests.access import matrix
from tests.access.world import World
from tests.made_up.models import Memo, Point
from tests.reports.filing import ANSWERS, HOUR_AGO, amend_report, approved, file_report, moment, row

pytestmark = pytest.mark.django_db
KIND = KINDS["memo"]


def what(by: Any) -> dict[str, list[str]]:
    return {
        "addressee": ["The duty desk"],
        "weight": ["heavy"],
        "title": ["The gate at the north pier"],
        "synopsis": ["It has been open for a week."],
        **moment("event_at", timezone.now() - HOUR_AGO),
        "office": [str(by.office_id)],
        "programme": ["HSI"],
    }


def memo_answers(by: Any, **changes: Any) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "what": what(by),
        "points": [row(saying="The lock was sawn through", source="A watchman")],
        "narrative": {"narrative": ["Somebody should look at it."]},
    }
    return answers | changes


ANSWERS["memo"] = memo_answers


@pytest.fixture
def memo(agent: Any) -> Report:
    return file_report("memo", agent)


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def fields(page: str, *names: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in names}


# -- The form ----------------------------------------------------------------------------------------------------------
def test_whoever_may_file_it_is_offered_it_and_nobody_else(as_: Any, agent: Any, officer: Any) -> None:
    assert KIND.line in text(as_(agent).get("/reports/new/"))
    assert KIND.line not in text(as_(officer).get("/reports/new/"))
    refused = as_(officer).get("/reports/new/memo/")
    assert "Your roles do not let you file a memo. It needs one of: Field agent (HSI)" in text(refused, 403)


def test_it_is_filled_in_checked_and_filed_through_its_pages(as_: Any, agent: Any, supervisor: Any) -> None:
    browser = as_(agent)
    there = browser.get("/reports/new/memo/").headers["Location"]
    draft = there.rstrip("/").rpartition("/")[2]
    listed = text(browser.get(there))
    assert all(part.title in listed for part in KIND.entered)
    assert "Reply" not in listed  # answered by a move, later
    form = text(browser.get(f"{there}what/"))
    assert all(words in form for words in ("Addressed to", "Weight", "For action", "Written at"))
    assert "This answer is needed." in text(browser.post(f"{there}what/", {"title": "The gate"}), 422)
    said = {name: values[0] for name, values in what(agent).items()}
    assert browser.post(f"{there}what/", said | {"then": "list"}).status_code == 302
    page = browser.get(f"{there}points/add/")
    address = page.headers.get("Location", f"{there}points/{uuid4()}/")
    assert browser.post(address, {"saying": "The lock was sawn through", "then": "list"}).status_code == 302
    assert "Text: " in text(browser.get(f"{there}check/"))  # what is missing, with where
    browser.post(f"{there}narrative/", {"narrative": "Somebody should look at it.", "then": "list"})
    checked = text(browser.get(f"{there}check/"))
    assert "The lock was sawn through" in checked
    assert "File this memo" in checked
    sent = fields(checked, "key", "checked_version") | {"attested": "on"}
    filed = text(browser.post(f"{there}submit/", sent, follow=True))
    assert f"MEMO-{timezone.now().year}-MIA-000001 filed" in filed
    assert "A supervisor approves it next." in filed
    assert not Draft.objects.filter(pk=draft).exists()


# -- Its page, its versions, their comparison -------------------------------------------------------------------------
def test_its_page_shows_all_of_it_to_those_who_may_see_it(as_: Any, memo: Report, agent: Any, outsider: Any) -> None:
    page = text(as_(agent).get(f"/reports/{memo.number}/"))
    for words in ("Addressed to", "The duty desk", "For action", "The lock was sawn through", "A watchman"):
        assert words in page
    assert "Somebody should look at it." in page
    assert "Awaiting approval" in page
    assert Event.objects.filter(code="report.viewed", object_id=str(memo.pk), actor_id=agent.pk).exists()
    text(as_(outsider).get(f"/reports/{memo.number}/"), 404)


def test_an_amendment_is_a_version_that_is_compared_with_the_one_before(as_: Any, memo: Report, agent: Any) -> None:
    amended = amend_report(memo, agent, what={"addressee": ["The harbor master"]})
    assert amended.version == 2
    compared = text(as_(agent).get(f"/reports/{memo.number}/versions/compare/?old=1&new=2"))
    for words in ("Addressed to", "duty", "harbor"):
        assert words in compared
    assert "The duty desk" in text(as_(agent).get(f"/reports/{memo.number}/versions/1/"))


# -- Lists -------------------------------------------------------------------------------------------------------------
def numbers(client: Any, query: str) -> list[str]:
    return [line.number for line in client.get(f"/reports/{query}").context["lines"]]


def test_it_is_listed_filtered_and_found_by_its_words_its_rows_and_its_old_name(
    as_: Any, memo: Report, agent: Any, outsider: Any
) -> None:
    sir = file_report("sir", agent)
    client = as_(agent)
    assert numbers(client, "") == [sir.number, memo.number]
    assert numbers(client, "?kind=memo") == [memo.number]
    assert '<option value="memo"' in text(client.get("/reports/"))
    for words in ("lighthouse OR watchman", "sawn", memo.number, "note to file"):
        found = client.post("/reports/search/", {"q": words}).headers["Location"]
        assert found.endswith(f"/{memo.number}/") or numbers(client, found.removeprefix("/reports/")) == [memo.number]
    assert numbers(as_(outsider), "") == []


# -- Its life ----------------------------------------------------------------------------------------------------------
def test_it_is_approved_replied_to_taken_up_closed_and_voided(
    as_: Any, memo: Report, agent: Any, supervisor: Any, analyst: Any
) -> None:
    assert "approve or return a memo" in text(as_(agent).post(f"/reports/{memo.number}/moves/approve/"), 403)
    approved(memo, supervisor)
    asked = as_(agent).get(f"/reports/{memo.number}/moves/reply/")
    assert 'name="reply"' in text(asked)
    text(as_(agent).post(f"/reports/{memo.number}/moves/reply/", {"reply": ""}), 422)
    as_(agent).post(f"/reports/{memo.number}/moves/reply/", {"reply": "It is locked again."})
    stored: Any = Memo.objects.get(pk=memo.pk)
    assert (stored.reply, stored.version) == ("It is locked again.", 2)
    for name, by in (("take-up", analyst), ("close", analyst), ("void", supervisor)):
        actions.move(memo.pk, name, by=by, reason="It is done")
    page = text(as_(agent).get(f"/reports/{memo.number}/"))
    assert "It is locked again." in page
    assert "Voided" in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("model", "answer"), [(Memo, "addressee"), (Point, "saying")], ids=["memo", "point"])
def test_its_tables_cannot_change_unaudited(memo: Report, model: type[Model], answer: str) -> None:
    assert coverage.uncovered() == []
    with pytest.raises(DatabaseError, match="Unaudited UPDATE"):
        model._default_manager.update(**{answer: "Something else"})
    assert auditlog.contains(Memo)


# -- What is written from the code ------------------------------------------------------------------------------------
def test_it_stands_in_the_register_and_in_the_pictures_of_life() -> None:
    written = register.written()
    assert "## made_up.Memo\n" in written
    assert "| addressee | addressed to | Char | yes |" in written
    assert "| saying | what it says | Char | yes |" in written
    drawn = diagram.written().partition("## Memo\n")[2]
    assert "[*] --> awaiting: File" in drawn
    assert "| Reply | Submitted, Under review, Closed | the same | amend a memo | reply |" in drawn


def test_its_permissions_are_there_and_granted(supervisor: Any) -> None:
    held = set(OfficePermission.objects.filter(user=supervisor).values_list("permission__codename", flat=True))
    assert {"read_memo", "approve_memo", "void_memo"} <= held
    assert "file_memo" not in held


# -- The access matrix -------------------------------------------------------------------------------------------------
ASKED = {
    ("reports:new", "memo", "GET"): {"agent": "302", "officer": "403", "analyst": "403"},
    ("reports:detail", "memo of agent", "GET"): {"agent": "200", "officer": "404", "analyst": "200"},
    ("reports:amend", "memo of agent", "POST"): {"agent": "302 acts", "officer": "404", "analyst": "403"},
    ("reports:move", "memo awaiting: approve", "POST"): {"agent": "403", "officer": "404", "analyst": "403"},
    ("reports:move", "memo of agent: take-up", "POST"): {"agent": "403", "officer": "404", "analyst": "302 acts"},
}


@pytest.mark.parametrize("username", ["agent", "officer", "analyst"])
def test_the_access_matrix_has_its_rows(username: str) -> None:
    asked = {matrix.Row(*row) for row in ASKED}
    found = matrix.answers(username, World(), only=lambda row: row in asked)
    assert found == {matrix.Row(*row): said[username] for row, said in ASKED.items()}
