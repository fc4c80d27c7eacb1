"""Links between reports: made and unmade by hand with a reason, drawn and listed for whoever may know of them."""

from __future__ import annotations

import re
import threading
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.access import Refused
from audit.models import Event
from reports import actions, drafts
from reports.models import Relation, Report
from reports.relations import links_of
from tests.reports.filing import file_sir, file_tav, ilead_answers, row, sir_answers
from tests.reports.test_readers import RESTRICTED


def page(client: Any, report: Report, below: str = "") -> str:
    response = client.get(f"/reports/{report.number}/{below}")
    assert response.status_code == 200
    return unescape(response.content.decode())


def panel(client: Any, report: Report) -> str:
    return page(client, report).partition("<h2>Relations</h2>")[2].partition("</section>")[0]


def link(client: Any, report: Report, number: str, reason: str = "The same man") -> Any:
    return client.post(f"/reports/{report.number}/relations/", {"number": number, "reason": reason})


# -- Linking ----------------------------------------------------------------------------------------------------------
def test_two_reports_are_linked_by_number_and_each_names_the_other(agent: Any, as_: Any) -> None:
    one, other = file_sir(agent), file_sir(agent)
    pasted = f"  {other.number.lower()} "
    assert link(as_(agent), one, pasted).status_code == 302
    for this, that in ((one, other), (other, one)):
        said = panel(as_(agent), this)
        assert f'href="/reports/{that.number}/"' in said
        assert "Belongs with" in said
        assert f"{this.number} belongs with {that.number}" in said
        assert Event.objects.filter(code="relation.made", object_id=str(this.pk)).count() == 1


@pytest.mark.parametrize(
    ("number", "reason", "says"),
    [
        ("SIR-2020-MIA-999999", "The same man", "There is no report of this number that you can read."),
        ("", "The same man", "Give the number of the other report."),
        ("itself", "The same man", "This is the report itself."),
        ("other", "", "Say why the two belong together."),
        ("linked", "The same man", "These two reports are linked already."),
        ("other", "x" * 301, "at most 300 characters"),
    ],
)
def test_a_link_that_cannot_be_made_says_why_beside_the_field(
    agent: Any, as_: Any, number: str, reason: str, says: str
) -> None:
    one, other, third = file_sir(agent), file_sir(agent), file_sir(agent)
    actions.relate(third, one, by=agent, reason="The same gun")
    typed = {"itself": one.number, "other": other.number, "linked": third.number}.get(number, number)
    response = link(as_(agent), one, typed, reason)
    text = unescape(response.content.decode())
    assert response.status_code == 422
    assert says in text
    assert f'value="{typed}"' in text or not typed
    assert reason in text
    assert Relation.objects.count() == 1


def test_a_report_that_one_may_not_see_is_as_one_that_does_not_exist(agent: Any, outsider: Any, as_: Any) -> None:
    mine, theirs = file_sir(agent), file_sir(outsider)
    text = link(as_(agent), mine, theirs.number).content.decode()
    assert "There is no report of this number that you can read." in text
    with pytest.raises(ValidationError):
        actions.relate(mine, theirs, by=agent, reason="A guess")


def test_linking_takes_the_right_to_amend_or_the_watch(
    agent: Any, colleague: Any, analyst: Any, hq: Any, as_: Any
) -> None:
    one, other = file_sir(agent), file_sir(agent)
    for reader in (colleague, hq):
        assert as_(reader).get(f"/reports/{one.number}/relations/").status_code == 403
        assert "relations/" not in page(as_(reader), one)
        with pytest.raises(Refused):
            actions.relate(one, other, by=reader, reason="The same man")
    actions.relate(one, other, by=analyst, reason="The same man")
    assert "Link or unlink a report" in page(as_(analyst), one)


# -- Unlinking --------------------------------------------------------------------------------------------------------
def test_a_link_is_taken_back_with_a_reason_and_both_timelines_keep_it(agent: Any, as_: Any) -> None:
    one, other = file_sir(agent), file_sir(agent)
    relation = actions.relate(one, other, by=agent, reason="The same man")
    address = f"/reports/{one.number}/relations/{relation.pk}/unlink/"
    assert "Unlink the two" in as_(agent).get(address).content.decode()
    without = as_(agent).post(address, {"reason": " "})
    assert (without.status_code, Relation.objects.get().unmade_at) == (422, None)
    assert "Say why the two do not belong together." in without.content.decode()
    assert as_(agent).post(address, {"reason": "Only the same name"}).status_code == 302
    for this, that in ((one, other), (other, one)):
        timeline = page(as_(agent), this).partition('id="timeline"')[2]
        assert f"Linked with {that.number}: The same man" in timeline
        assert f"Unlinked from {that.number}: Only the same name" in timeline
        assert that.number not in panel(as_(agent), this)
        assert Event.objects.filter(code="relation.unmade", object_id=str(this.pk)).count() == 1


def test_whoever_comes_second_is_told_that_the_link_is_gone(agent: Any, supervisor: Any, as_: Any) -> None:
    one, other = file_sir(agent), file_sir(agent)
    relation = actions.relate(one, other, by=agent, reason="The same man")
    actions.unrelate(relation.pk, by=supervisor, reason="Another man")
    response = as_(agent).post(f"/reports/{one.number}/relations/{relation.pk}/unlink/", {"reason": "Not the same"})
    assert response.status_code == 409
    assert "are no longer linked" in response.content.decode()
    with pytest.raises(Refused, match="Supervisor has unlinked"):
        actions.unrelate(relation.pk, by=agent, reason="Not the same")
    assert Relation.objects.get().unmade_reason == "Another man"


def test_a_link_taken_back_can_be_made_again(agent: Any) -> None:
    one, other = file_sir(agent), file_sir(agent)
    relation = actions.relate(one, other, by=agent, reason="The same man")
    actions.unrelate(relation.pk, by=agent, reason="Another man")
    actions.relate(other, one, by=agent, reason="The same man after all")
    assert Relation.objects.filter(unmade_at=None).count() == 1


def test_a_link_with_a_hidden_report_cannot_be_taken_back(agent: Any, analyst: Any, outsider: Any, as_: Any) -> None:
    mine, theirs = file_sir(agent), file_sir(outsider)
    relation = actions.relate(mine, theirs, by=analyst, reason="The same weapon")
    address = f"/reports/{mine.number}/relations/{relation.pk}/unlink/"
    assert as_(agent).get(address).status_code == 404
    with pytest.raises(Relation.DoesNotExist):
        actions.unrelate(relation.pk, by=agent, reason="A guess")


# -- Who may know -----------------------------------------------------------------------------------------------------
def test_of_a_report_that_one_may_not_open_only_the_count_is_told(
    agent: Any, analyst: Any, outsider: Any, as_: Any
) -> None:
    mine, theirs = file_sir(agent), file_sir(outsider)
    actions.relate(mine, theirs, by=analyst, reason="The weapon of Atlanta")
    for text in (page(as_(agent), mine), page(as_(agent), mine, "relations/")):
        assert "1 report that you may not open." in text
        for hidden in (theirs.number, "The weapon of Atlanta"):
            assert hidden not in text
    assert "Linked with a report that you may not open" in page(as_(agent), mine).partition('id="timeline"')[2]
    assert theirs.number in panel(as_(analyst), mine)


def test_a_link_is_hidden_once_the_other_report_is_restricted(agent: Any, colleague: Any, as_: Any) -> None:
    mine, secret = file_sir(agent), file_sir(agent, sir_answers(agent, **RESTRICTED))
    actions.relate(mine, secret, by=agent, reason="The informant")
    assert secret.number in panel(as_(agent), mine)
    text = page(as_(colleague), mine)
    assert "1 report that you may not open." in text
    assert secret.number not in text
    assert "The informant" not in text


def test_a_number_named_in_the_report_is_told_with_why(agent: Any, outsider: Any, as_: Any) -> None:
    mine, theirs = file_sir(agent), file_sir(outsider)
    named = [row(number=mine.number, why="The first arrest"), row(number=theirs.number)]
    said = panel(as_(agent), file_sir(agent, sir_answers(agent, related=named)))
    assert "Named in it" in said
    assert "The first arrest" in said
    assert f'href="/reports/{mine.number}/"' in said
    assert f'href="/reports/{theirs.number}/"' not in said
    picture = said.partition("<svg")[2].partition("</svg>")[0]
    assert theirs.number not in picture


def test_a_report_both_linked_and_named_stands_once(agent: Any) -> None:
    first = file_sir(agent)
    report = file_sir(agent, sir_answers(agent, related=[row(number=first.number)]))
    actions.relate(report, first, by=agent, reason="The same man")
    rows = list(report.related_rows.all())
    assert [link.way for link in links_of(report, rows, agent).named] == ["with"]


# -- What led to what -------------------------------------------------------------------------------------------------
def test_what_a_report_gave_rise_to_stands_below_it_and_what_it_came_of_above(officer: Any, as_: Any) -> None:
    tav = file_tav(officer)
    draft = drafts.begin_from(tav, tav.declaration.starts[0], by=officer)
    draft.answers |= {k: v for k, v in ilead_answers(officer).items() if k not in ("people", "gang_claims")}
    draft.save()
    lead = actions.submit(draft.pk, by=officer, key=uuid4(), body_hash="x", attested=True).report
    for this, other, says in ((tav, lead, "Led to"), (lead, tav, "Came of")):
        said = panel(as_(officer), this)
        assert f"{tav.number} led to {lead.number}" in said
        assert says in said.partition("<ul")[2]
        boxes = re.findall(r'<g class="(\w+)"><rect x="\d+" y="(\d+)"', said)
        tops = {style: int(top) for style, top in boxes}
        assert (tops["this"] < tops["other"]) == (this == tav)
        assert other.number in said


@pytest.mark.django_db(transaction=True)
def test_two_people_who_link_the_same_two_reports_make_one_link(agent: Any, supervisor: Any) -> None:
    one, other = file_sir(agent), file_sir(agent)
    together, said = threading.Barrier(2), []

    def link_them(report: Report, with_: Report, by: Any) -> None:
        together.wait()
        try:
            actions.relate(report, with_, by=by, reason="The same man")
        except ValidationError as error:
            said.append(error.message_dict)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=link_them, args=(one, other, agent)),
        threading.Thread(target=link_them, args=(other, one, supervisor)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Relation.objects.count() == 1
    assert said == [{"number": ["These two reports are linked already."]}]
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("below", ["", "relations/"])
def test_the_page_takes_the_same_statements_for_one_link_and_for_four(agent: Any, as_: Any, below: str) -> None:
    report, client = file_sir(agent), as_(agent)
    actions.relate(report, file_sir(agent), by=agent, reason="The same man")
    page(client, report, below)
    with CaptureQueriesContext(connection) as one:
        page(client, report, below)
    for _ in range(3):
        actions.relate(report, file_sir(agent), by=agent, reason="The same man")
    with CaptureQueriesContext(connection) as four:
        page(client, report, below)
    assert len(four) == len(one)
