"""Moves from the page: the confirm page, what is asked for, and what those are told who may not or came second."""

from typing import Any

import pytest

from audit.events import EVENTS, Kind
from audit.models import Event
from reports import actions
from reports.models import Report, StatusChange
from reports.workflow import every_move
from tests.reports.filing import file_sir


def status(report: Report) -> str:
    return Report.objects.get(pk=report.pk).status


def test_an_analyst_takes_up_with_one_press(agent: Any, analyst: Any, as_: Any) -> None:
    report = file_sir(agent)
    response = as_(analyst).post(f"/reports/{report.number}/moves/take-up/", follow=True)
    assert f"You have taken up {report.number}." in response.content.decode()
    assert (status(report), Report.objects.get(pk=report.pk).held_by_id) == ("under_review", analyst.pk)


def test_the_second_analyst_is_told_who_was_faster(agent: Any, analyst: Any, analyst2: Any, as_: Any) -> None:
    report = file_sir(agent)
    actions.move(report.pk, "take-up", by=analyst)
    response = as_(analyst2).post(f"/reports/{report.number}/moves/take-up/")
    assert response.status_code == 409
    assert "Analyst has already taken up this report." in response.content.decode()


def test_the_confirm_page_names_the_report_in_its_button(agent: Any, supervisor: Any, as_: Any) -> None:
    report = file_sir(agent)
    text = as_(supervisor).get(f"/reports/{report.number}/moves/void/").content.decode()
    assert f">Void {report.number}</button>" in text
    assert "This cannot be undone." in text
    assert status(report) == "submitted"


def test_a_move_without_its_reason_keeps_the_report_and_says_why(agent: Any, supervisor: Any, as_: Any) -> None:
    report = file_sir(agent)
    response = as_(supervisor).post(f"/reports/{report.number}/moves/void/", {"reason": " \x00 "})
    assert response.status_code == 422
    assert "Say why you void this report." in response.content.decode()
    assert status(report) == "submitted"
    as_(supervisor).post(f"/reports/{report.number}/moves/void/", {"reason": "Filed twice"})
    assert status(report) == "voided"
    assert StatusChange.objects.get(report=report, move="void").reason == "Filed twice"


@pytest.mark.parametrize("answer", ["get", "post"])
def test_asking_for_a_move_shows_nothing_of_the_report_but_its_number(
    agent: Any, supervisor: Any, as_: Any, answer: str
) -> None:
    report = file_sir(agent)
    page = getattr(as_(supervisor), answer)(f"/reports/{report.number}/moves/void/").content.decode()
    assert report.number in page
    assert report.title not in page
    assert not Event.objects.filter(code="report.viewed").exists()


def test_what_one_may_not_do_is_refused_with_the_reason(agent: Any, supervisor: Any, analyst: Any, as_: Any) -> None:
    report = file_sir(agent)
    for client in (as_(analyst), as_(agent)):
        refused = client.post(f"/reports/{report.number}/moves/void/", {"reason": "No"})
        assert refused.status_code == 403
        assert "It needs one of: Supervisor" in refused.content.decode()
    own = file_sir(supervisor)
    refused = as_(supervisor).post(f"/reports/{own.number}/moves/void/", {"reason": "No"})
    assert (refused.status_code, "somebody else must void it" in refused.content.decode()) == (403, True)
    assert (status(report), status(own)) == ("submitted", "submitted")


def test_a_close_without_take_up_is_refused(agent: Any, analyst: Any, as_: Any) -> None:
    report = file_sir(agent)
    response = as_(analyst).post(f"/reports/{report.number}/moves/close/")
    assert response.status_code == 409
    assert "Take up this report before you close it." in response.content.decode()
    assert status(report) == "submitted"


def test_a_move_of_a_report_that_one_may_not_see_is_not_found(agent: Any, person: Any, as_: Any) -> None:
    report = file_sir(agent)
    elsewhere = person("fod")
    assert as_(elsewhere).post(f"/reports/{report.number}/moves/void/", {"reason": "No"}).status_code == 404
    assert as_(elsewhere).get(f"/reports/{report.number}/moves/void/").status_code == 404


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "javascript:alert(1)",
        "abc",
        "sign-out.x",
        "/" + "a" * 5000,
    ],
)
def test_one_is_led_back_only_to_pages_of_ours(agent: Any, analyst: Any, as_: Any, wanted: str) -> None:
    report = file_sir(agent)
    response = as_(analyst).post(f"/reports/{report.number}/moves/take-up/", {"next": wanted})
    assert response.headers["Location"] == f"/reports/{report.number}/"
    response = as_(analyst).post(f"/reports/{report.number}/moves/release/", {"next": "/watch/"})
    assert response.headers["Location"] == "/watch/"


def test_an_unknown_move_is_not_found(agent: Any, analyst: Any, as_: Any) -> None:
    report = file_sir(agent)
    assert as_(analyst).post(f"/reports/{report.number}/moves/burn/").status_code == 404


PAST = {
    "approve": "approved",
    "return": "returned",
    "take-up": "took up",
    "release": "released",
    "close": "closed",
    "reopen": "reopened",
    "void": "voided",
    "outcome": "recorded the outcome of",
    "decide": "decided",
    "validate": "validated",
}


def test_the_log_names_each_move_by_the_verb_of_its_button() -> None:
    assert PAST.keys() == {move.name for _, move in every_move()}
    for _, move in every_move():
        declared = EVENTS[move.event]
        assert (declared.kind, declared.sentence) == (Kind.CHANGE, f"{{actor}} {PAST[move.name]} {{object}}")


def test_each_move_records_its_own_event(agent: Any, supervisor: Any, analyst: Any) -> None:
    report = file_sir(agent)
    for name in ("take-up", "release", "take-up", "close", "reopen"):
        actions.move(report.pk, name, by=analyst, reason="More is known")
    actions.move(report.pk, "void", by=supervisor, reason="Filed twice")
    moves = [move.event for _, move in every_move()]
    told = Event.objects.filter(object_id=str(report.pk), code__in=moves).order_by("pk").values_list("code", flat=True)
    assert [code.partition(".")[2] for code in told] == [
        "taken_up",
        "released",
        "taken_up",
        "closed",
        "reopened",
        "voided",
    ]
