"""The pages of a draft: saved as typed, never lost, filed once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from psycopg.errors import LockNotAvailable

from accounts.actions import change_profile, revoke_role
from accounts.models import Assignment
from audit.models import Event
from reports import actions, drafts
from reports.answers import Answers
from reports.models import Arrest, Draft, Person, Report
from tests.fake import FAKE
from tests.reports.filing import amend_sir, file_sir, make_draft, sir_answers

As = Callable[[Any], Client]


def url(name: str, draft: Draft, *more: str) -> str:
    return reverse(f"reports:{name}", args=[draft.pk, *more])


def page_marks(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="(version|mark|key)" value="([^"]*)"', html))


def text(response: Any) -> str:
    return str(response.content.decode())


def flat(raw: dict[str, list[str]]) -> dict[str, Any]:
    return {name: values if len(values) != 1 else values[0] for name, values in raw.items()}


# -- Beginning ------------------------------------------------------------------------------------------------------
def test_only_kinds_that_the_person_may_file_are_offered(as_: As, agent: Any, analyst: Any) -> None:
    assert "Significant Incident Report" in text(as_(agent).get("/reports/new/"))
    assert as_(analyst).get("/reports/new/").status_code == 403
    assert as_(agent).get("/reports/new/nothing/").status_code == 404


def test_the_untouched_draft_is_reopened(as_: As, agent: Any) -> None:
    browser = as_(agent)
    first, again = (browser.get("/reports/new/sir/").headers["Location"] for _ in range(2))
    assert first == again
    assert browser.get(first).status_code == 200


def test_a_draft_does_not_exist_for_anybody_but_its_author(
    as_: As, agent: Any, colleague: Any, supervisor: Any
) -> None:
    draft = make_draft(agent)
    row = str(uuid4())
    pages = [url("draft", draft), url("part", draft, "what"), url("check", draft), url("discard", draft)]
    pages += [url("newest", draft), url("add_row", draft, "people"), url("row", draft, "people", row)]
    for other in (colleague, supervisor):
        browser = as_(other)
        assert {browser.get(page).status_code for page in pages} == {404}
        assert browser.post(url("part", draft, "what"), {"title": "Mine"}).status_code == 404
        assert browser.post(url("submit", draft), {"key": str(uuid4()), "attested": "on"}).status_code == 404
        assert browser.post(url("discard", draft)).status_code == 404
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_the_list_says_what_each_part_needs(as_: As, agent: Any) -> None:
    draft = make_draft(
        agent, sir_answers(agent, what={"event_types": ["significant-arrest"], "title": ["x"]}, arrests=[])
    )
    page = text(as_(agent).get(url("draft", draft)))
    assert "3 answers missing" in page
    assert FAKE.last_name.upper() in page
    assert "Not started" in page
    assert "Uses of force" not in page


def test_a_filed_draft_leads_to_its_report(as_: As, agent: Any) -> None:
    draft = make_draft(agent)
    report = actions.submit(draft.pk, by=agent, key=uuid4(), body_hash="x", attested=True).report
    browser = as_(agent)
    assert browser.get(url("draft", draft)).headers["Location"] == f"/reports/{report.number}/"
    late = browser.post(url("part", draft, "what"), {"title": "Too late"})
    assert late.status_code == 409
    assert "Too late" in text(late)
    assert report.number in text(late)


# -- Saving ---------------------------------------------------------------------------------------------------------
def test_what_is_typed_is_kept_even_if_it_is_wrong(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"what": {}}), as_(agent)
    answer = browser.post(url("part", draft, "what"), {"title": "An arrest", "stage": "initial", "then": "next"})
    assert answer.status_code == 422
    assert 'value="An arrest"' in text(answer)
    assert text(answer).count("This answer is needed.") == 6  # three, each in the summary and beside its field
    draft.refresh_from_db()
    assert draft.answers["what"] == {"title": ["An arrest"], "stage": ["initial"]}
    assert browser.post(url("part", draft, "what"), {"title": "B", "then": "list"}).status_code == 302


def test_a_page_opened_again_says_what_is_wrong_but_does_not_nag(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"where": {"place_country": ["m1"]}}), as_(agent)
    page = text(browser.get(url("part", draft, "where")))
    assert "two capital letters" in page
    assert "This answer is needed" not in page
    assert "This answer is needed" in text(browser.get(url("part", draft, "where") + "?check=1"))


def test_saving_in_the_background_answers_with_the_time_and_the_version(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"what": {}}), as_(agent)
    answer = browser.post(
        url("part", draft, "what"), {"title": "Arr", "version": "1", "mark": "m"}, headers={"X-Autosave": "1"}
    )
    assert re.fullmatch(r"\d\d:\d\d E[SD]T", answer.json()["saved_at"])
    assert (answer.json()["version"], answer.json()["masked"]) == (2, [])
    assert Draft.objects.get().answers["what"]["title"] == ["Arr"]


def test_undeclared_fields_are_not_kept(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"what": {}}), as_(agent)
    forged = {
        "number": "SIR-1",
        "status": "closed",
        "author": "1",
        "version": "1",
        "urgency": "9",
        "id": "x",
        "report": "y",
    }
    browser.post(url("part", draft, "what"), {"title": "T", **forged})
    assert Draft.objects.get().answers["what"] == {"title": ["T"]}


def test_two_windows_that_change_one_part_are_shown_side_by_side(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent), as_(agent)
    what = flat(draft.answers["what"])
    here, there = (page_marks(text(browser.get(url("part", draft, "what")))) for _ in range(2))
    assert browser.post(url("part", draft, "what"), {**what, **here, "title": "Here"}).status_code == 302
    quiet = browser.post(url("part", draft, "what"), {**what, **there, "title": "There"}, headers={"X-Autosave": "1"})
    assert quiet.status_code == 409
    assert "another window" in quiet.json()["message"]
    both = browser.post(url("part", draft, "what"), {**what, **there, "title": "There"})
    assert both.status_code == 409
    assert "Here" in text(both)
    assert "There" in text(both)
    mine = {**what, **page_marks(text(both)), "title": "There"}
    assert browser.post(url("part", draft, "what"), mine).status_code == 302
    assert Draft.objects.get().answers["what"]["title"] == ["There"]


# -- Rows -----------------------------------------------------------------------------------------------------------
def test_a_list_without_rows_opens_its_first(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"what": {}}), as_(agent)
    page = browser.get(url("part", draft, "people"), follow=True)
    assert page.redirect_chain == [(url("add_row", draft, "people"), 302)]
    assert "None to add" in text(page)


def test_one_row_comes_of_saving_in_the_background_twice_and_a_double_click(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"what": {}}), as_(agent)
    page = text(browser.get(url("add_row", draft, "people")))
    (action,) = re.findall(r'data-autosave="([^"]+)"', page)
    typed = {"role": "witness", "population": "public", "last_name": "Reyes", **page_marks(page)}
    for headers in ({"X-Autosave": "1"}, {"X-Autosave": "1"}, {}, {}):
        browser.post(action, typed, headers=headers)
    assert [row["data"]["last_name"] for row in Draft.objects.get().answers["people"]] == [["Reyes"]]


def test_a_new_row_with_nothing_typed_is_not_kept(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"what": {}}), as_(agent)
    there = url("row", draft, "people", str(uuid4()))
    assert browser.post(there, {"population": "public", "then": "next"}).status_code == 422
    assert browser.post(there, {"population": "public", "then": "list"}).headers["Location"] == url("draft", draft)
    assert browser.get(there).headers["Location"] == url("part", draft, "people")
    assert not Draft.objects.get().answers.get("people")


def test_a_removed_row_can_be_put_back(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent), as_(agent)
    key = draft.answers["people"][0]["key"]
    page = browser.post(url("remove_row", draft, "people", key), follow=True)
    assert f"Removed: {FAKE.last_name.upper()}" in text(page)
    assert not Draft.objects.get().answers["people"]
    browser.post(url("restore_row", draft, "people", key))
    assert Draft.objects.get().answers["people"][0]["key"] == key


def test_a_person_added_on_the_way_leads_back_and_is_offered(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, {"what": {"event_types": ["significant-arrest"]}}), as_(agent)
    key = str(uuid4())
    to_person = browser.post(url("row", draft, "arrests", key), {"charge": "18 USC 111", "then": "person"})
    page = browser.get(to_person.headers["Location"])
    assert "you go back to arrests" in text(page)
    (action,) = re.findall(r'data-autosave="([^"]+)"', text(page).replace("&amp;", "&"))
    typed = {"role": "arrestee", "population": "public", "last_name": "Reyes", "then": "next"}
    back = browser.post(action, typed)
    assert back.headers["Location"] == url("row", draft, "arrests", key)
    arrest = text(browser.get(back.headers["Location"]))
    assert "REYES" in arrest
    assert "18 USC 111" in arrest


def test_a_row_of_another_report_cannot_be_taken_over(as_: As, agent: Any) -> None:
    theirs = Person.objects.get(report=file_sir(agent))
    draft, browser = make_draft(agent), as_(agent)
    typed = {"role": "witness", "population": "public", "last_name": "Reyes"}
    answer = browser.post(url("row", draft, "people", str(theirs.pk)), typed)
    assert answer.status_code == 422
    assert "belongs to another report" in text(answer)
    theirs.refresh_from_db()
    assert theirs.last_name == FAKE.last_name


def test_two_drafts_with_one_forged_key_are_filed_once(as_: As, agent: Any, colleague: Any) -> None:
    """The key is free when each draft is typed, so only the second filing can find it taken."""
    shared = sir_answers(agent)
    first, second = make_draft(agent, shared), make_draft(colleague, shared)
    browser = as_(agent)
    assert browser.post(url("submit", first), attest(browser, first)).status_code == 303
    browser = as_(colleague)
    answer = browser.post(url("submit", second), attest(browser, second))
    assert answer.status_code == 422
    assert "holds a row that another report already has (people)" in text(answer)
    assert Draft.objects.filter(pk=second.pk).exists()
    assert not Report.objects.filter(pk=second.pk).exists()


# -- Check and file -------------------------------------------------------------------------------------------------
def attest(browser: Client, draft: Draft, **more: str) -> dict[str, str]:
    return {"key": page_marks(text(browser.get(url("check", draft))))["key"], "attested": "on", **more}


def test_the_check_page_shows_everything_and_who_will_be_told(as_: As, agent: Any) -> None:
    page = text(as_(agent).get(url("check", make_draft(agent))))
    for words in (FAKE.last_name.upper(), "18 USC 111", FAKE.narrative, "SAC Miami: Special Agent in Charge"):
        assert words in page
    assert "Urgent" not in page


def test_the_check_page_of_a_half_filled_draft_links_to_each_missing_answer(as_: As, agent: Any) -> None:
    arrests = [{"key": str(uuid4()), "data": {"charge": [""]}}]
    draft, browser = (
        make_draft(agent, {"what": {"event_types": ["significant-arrest"]}, "arrests": arrests}),
        as_(agent),
    )
    page = text(browser.get(url("check", draft)))
    assert "Not finished" in page
    for link in re.findall(r'<li><a href="([^"#]+)#', page):
        assert browser.get(link.replace("&amp;", "&"), follow=True).status_code == 200


def test_an_urgent_report_says_so_before_it_is_filed(as_: As, agent: Any) -> None:
    what = sir_answers(agent)["what"] | {"event_types": ["injury-or-death"]}
    page = text(as_(agent).get(url("check", make_draft(agent, sir_answers(agent, what=what)))))
    assert "Urgent: headquarters is told at once" in page
    assert "HQ Duty Manager" in page


def test_filing_leads_to_the_report_and_again_makes_no_second(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent), as_(agent)
    body = attest(browser, draft)
    first, again = (browser.post(url("submit", draft), body) for _ in range(2))
    report = Report.objects.get()
    assert (first.status_code, first.headers["Location"]) == (303, f"/reports/{report.number}/")
    assert again.headers["Location"] == first.headers["Location"]
    other = browser.post(url("submit", draft), {**body, "key": str(uuid4())})
    assert other.status_code == 409
    assert report.number in text(other)


def test_an_incomplete_or_unconfirmed_draft_is_not_filed(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent, sir_answers(agent, narrative={"narrative": [""]})), as_(agent)
    answer = browser.post(url("submit", draft), attest(browser, draft))
    assert answer.status_code == 422
    assert "Narrative" in text(answer)
    unconfirmed = browser.post(url("submit", draft), {"key": str(uuid4())})
    assert "Confirm this before you file" in text(unconfirmed)
    assert browser.post(url("submit", draft), {"key": "no key", "attested": "on"}).status_code == 422
    assert not Report.objects.exists()


def test_a_key_used_for_something_else_is_said_and_a_new_one_is_given(as_: As, agent: Any) -> None:
    first, browser = make_draft(agent), as_(agent)
    body = attest(browser, first)
    browser.post(url("submit", first), body)
    second = make_draft(agent)
    answer = browser.post(url("submit", second), body)
    assert answer.status_code == 422
    assert "already used" in text(answer)
    assert browser.post(url("submit", second), {**body, **page_marks(text(answer))}).status_code == 303


def test_a_report_still_being_filed_says_wait(as_: As, agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("lock") from LockNotAvailable("lock")

    draft, browser = make_draft(agent), as_(agent)
    body = attest(browser, draft)
    monkeypatch.setattr(actions, "submit", busy)
    answer = browser.post(url("submit", draft), body)
    assert answer.status_code == 409
    assert "still being filed" in text(answer)


# -- Amending -------------------------------------------------------------------------------------------------------
def test_an_amendment_needs_its_reason_and_keeps_it(as_: As, agent: Any) -> None:
    report, browser = file_sir(agent), as_(agent)
    draft = drafts.open_amendment(report, by=agent)
    browser.post(url("part", draft, "narrative"), {"narrative": "He was found later."})
    assert f"Amend {report.number}" in text(browser.get(url("draft", draft)))
    assert "This answer is needed" in text(browser.post(url("submit", draft), attest(browser, draft)))
    long = browser.post(url("submit", draft), attest(browser, draft, reason="x" * 501))
    assert long.status_code == 422
    assert "x" * 501 in text(long)
    done = browser.post(url("submit", draft), attest(browser, draft, reason="More is known"))
    assert done.status_code == 303
    report.refresh_from_db()
    assert report.version == 2


def test_opening_an_amendment_is_recorded_as_reading_the_report(as_: As, agent: Any) -> None:
    report = file_sir(agent)
    draft = drafts.open_amendment(report, by=agent)
    as_(agent).get(url("part", draft, "people"))
    assert Event.objects.filter(code="report.draft_viewed", object_id=str(report.pk), actor_id=agent.pk).count() == 1


@pytest.mark.parametrize("header", [{}, {"X-Autosave": "1"}])
def test_only_what_is_saved_while_typing_is_no_reading(as_: As, agent: Any, header: dict[str, str]) -> None:
    report = file_sir(agent)
    draft, browser = drafts.open_amendment(report, by=agent), as_(agent)
    read = Event.objects.filter(code="report.draft_viewed", object_id=str(report.pk), actor_id=agent.pk)
    browser.get(url("part", draft, "people"), headers=header)
    assert read.count() == 1
    browser.post(url("part", draft, "narrative"), {"narrative": "More."}, headers={"X-Autosave": "1"})
    assert read.count() == 1
    browser.post(url("submit", draft), {}, headers=header)
    browser.post(url("row", draft, "people", str(uuid4())), {"last_name": "New"}, headers={})
    assert read.count() == 3


def test_the_amendment_of_a_report_out_of_sight_is_gone(as_: As, agent: Any, supervisor: Any) -> None:
    report = file_sir(agent)
    draft = drafts.open_amendment(report, by=supervisor)
    flags = {"restricted": ["on"], "restricted_reason": ["A source is at risk."]}
    amend_sir(report, agent, flags=flags)
    browser = as_(supervisor)
    assert browser.get(url("draft", draft)).status_code == 404
    assert browser.post(url("submit", draft), {"key": str(uuid4()), "attested": "on", "reason": "x"}).status_code == 404


def test_an_outdated_amendment_is_settled_answer_by_answer(as_: As, agent: Any, supervisor: Any) -> None:
    report, browser = file_sir(agent), as_(agent)
    draft = drafts.open_amendment(report, by=agent)
    browser.post(url("part", draft, "narrative"), {"narrative": "Mine.", "actions_taken": "My actions."})
    amend_sir(report, supervisor, narrative={"narrative": ["Theirs."]}, where={"place_city": ["Hialeah"]})
    answer = browser.post(url("submit", draft), attest(browser, draft, reason="More is known"), follow=True)
    assert answer.redirect_chain[0][0] == url("newest", draft)
    for words in ("Theirs.", "Mine.", "Hialeah", "version 2"):
        assert words in text(answer)
    assert browser.post(url("newest", draft), {"newest": "2"}).status_code == 422
    settled = browser.post(url("newest", draft), {"newest": "2", "choice-narrative/narrative": "mine"})
    assert settled.headers["Location"] == url("check", draft)
    browser.post(url("submit", draft), attest(browser, draft, reason="More is known"))
    filed = Report.objects.select_related("sir").get(pk=report.pk)
    assert (filed.version, filed.narrative, filed.place_city) == (3, "Mine.", "Hialeah")
    assert filed.sir.actions_taken == "My actions."


def test_a_row_that_both_changed_is_chosen_as_a_whole(as_: As, agent: Any, supervisor: Any) -> None:
    report, browser = file_sir(agent), as_(agent)
    arrest = Arrest.objects.get(report=report)
    draft = drafts.open_amendment(report, by=agent)
    typed = {"person": str(arrest.person_id), "kind": "criminal", "charge": "Mine"}
    browser.post(url("row", draft, "arrests", str(arrest.pk)), typed)
    theirs = drafts.open_amendment(report, by=supervisor)
    theirs.answers["arrests"][0]["data"]["charge"] = ["Theirs"]
    theirs.reason = "Known better"
    theirs.save()
    actions.submit(theirs.pk, by=supervisor, key=uuid4(), body_hash="x", attested=True)
    body = {"newest": "2", f"choice-arrests/{arrest.pk}": "newest"}
    assert browser.post(url("newest", draft), body).status_code == 302
    assert Draft.objects.get().answers["arrests"][0]["data"]["charge"] == ["Theirs"]


def test_discarding_asks_first(as_: As, agent: Any) -> None:
    draft, browser = make_draft(agent), as_(agent)
    assert "cannot be brought back" in text(browser.get(url("discard", draft)))
    assert browser.post(url("discard", draft)).status_code == 302
    assert not Draft.objects.exists()


def supervisors(as_: As, by: Any, draft: Draft) -> set[str]:
    """Who is offered as the supervisor, by name."""
    form = as_(by).get(url("part", draft, "case")).context["form"]
    return {str(label) for value, label in form.fields["supervisor"].choices if value}


def test_only_those_who_lead_now_are_offered_as_supervisor(as_: As, agent: Any, supervisor: Any) -> None:
    change_profile(agent, by=None, supervisor=supervisor)  # type: ignore[arg-type]
    agent.refresh_from_db()
    report = file_sir(agent)
    assert report.supervisor == supervisor
    assert "Supervisor" in supervisors(as_, agent, make_draft(agent))
    revoke_role(Assignment.objects.get(user=supervisor), by=None, reason="Moved")
    draft = make_draft(agent)
    assert "Supervisor" not in supervisors(as_, agent, draft)
    assert Answers(draft, agent).problems() == []
    amended = amend_sir(report, agent, narrative={"narrative": ["More is known."]})
    assert (amended.version, amended.supervisor) == (2, supervisor)
