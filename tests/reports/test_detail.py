"""The page of a report: what it shows, to whom, at what cost, and what it keeps of being read."""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from reports import actions
from reports.models import Reading, Report, ReportNotice
from tests.fake import FAKE
from tests.reports.filing import amend_sir, file_sir, sir_answers


def page(client: Any, report: Report) -> str:
    response = client.get(f"/reports/{report.number}/")
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_shows_the_report_and_who_was_told(agent: Any, supervisor: Any, as_: Any) -> None:
    text = page(as_(supervisor), file_sir(agent))
    for words in (FAKE.title, FAKE.last_name.upper(), FAKE.narrative, "SAC Miami"):
        assert words in text
    assert "Not acknowledged yet" in text


def test_no_personal_words_stand_in_the_title_element(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    title = page(as_(agent), report).partition("<title>")[2].partition("</title>")[0]
    assert title == f"{report.number} · SEN"


def test_reading_is_recorded_with_its_version(agent: Any, supervisor: Any, as_: Any) -> None:
    report = file_sir(agent)
    page(as_(supervisor), report)
    assert Reading.objects.get(report=report, reader=supervisor).version == 1
    assert Event.objects.filter(code="report.viewed", actor_id=supervisor.pk, object_id=str(report.pk)).count() == 1


def test_whoever_read_an_older_version_is_told_what_changed(agent: Any, supervisor: Any, as_: Any) -> None:
    report = file_sir(agent)
    page(as_(supervisor), report)
    amend_sir(report, agent, narrative={"narrative": ["He was found on the second pier."]})
    text = page(as_(supervisor), report)
    assert "You read version 1. Version 2 changed 1 answer." in text
    assert "?old=1&amp;new=2" in text
    assert "You read version 1" not in page(as_(supervisor), report)


def test_the_timeline_tells_the_life_of_the_report(agent: Any, analyst: Any, as_: Any) -> None:
    report = file_sir(agent)
    actions.move(report.pk, "take-up", by=analyst)
    amend_sir(report, agent, "The pier was another", narrative={"narrative": ["The other pier."]})
    actions.move(report.pk, "close", by=analyst)
    text = page(as_(agent), report).partition('id="timeline"')[2]
    order = [text.index(words) for words in ("Filed", "Taken up", "Amended: version 2: The pier was another", "Closed")]
    assert order == sorted(order)


def test_only_what_may_be_done_now_is_offered(agent: Any, supervisor: Any, analyst: Any, hq: Any, as_: Any) -> None:
    report = file_sir(agent)
    assert "Take up" in page(as_(analyst), report)
    assert "Take up this report before you close it." in page(as_(analyst), report)
    assert f"/reports/{report.number}/moves/void/" in page(as_(supervisor), report)
    assert "moves/" not in page(as_(hq), report)
    assert f"/reports/{report.number}/amend/" in page(as_(agent), report)
    assert f"/reports/{report.number}/amend/" not in page(as_(hq), report)


def test_a_voided_report_is_still_read_and_says_so(agent: Any, supervisor: Any, as_: Any) -> None:
    report = file_sir(agent)
    actions.move(report.pk, "void", by=supervisor, reason="Filed twice")
    text = page(as_(agent), report)
    assert "This report is voided" in text
    assert f"/reports/{report.number}/amend/" not in text


def test_a_related_report_is_linked_only_for_those_who_may_open_it(agent: Any, outsider: Any, as_: Any) -> None:
    theirs, mine = file_sir(outsider), file_sir(agent)
    numbers = [{"key": str(uuid4()), "data": {"number": [number]}} for number in (theirs.number, mine.number)]
    text = page(as_(agent), file_sir(agent, sir_answers(agent, related=numbers)))
    assert f'href="/reports/{mine.number}/"' in text
    assert f'href="/reports/{theirs.number}/"' not in text
    assert "not open to you, or not filed" in text


def test_an_office_acknowledges_through_whoever_holds_its_role(agent: Any, sac: Any, fig: Any, as_: Any) -> None:
    report = file_sir(agent)
    notice = ReportNotice.objects.get(report=report, role="sac")
    address = f"/reports/{report.number}/acknowledge/{notice.pk}/"
    assert address in page(as_(sac), report)
    assert address not in page(as_(fig), report)
    response = as_(sac).post(address, {"next": "https://elsewhere.example/"})
    assert response.headers["Location"] == f"/reports/{report.number}/"
    assert ReportNotice.objects.get(pk=notice.pk).acknowledged_by_id == sac.pk
    assert "Acknowledged for SAC Miami" in page(as_(agent), report)


def test_the_watch_says_that_it_knows_by_taking_the_report_up(agent: Any, analyst: Any, as_: Any) -> None:
    report = file_sir(agent)
    assert "In the queue" in who_was_told(as_(agent), report)
    actions.move(report.pk, "take-up", by=analyst)
    told = who_was_told(as_(agent), report)
    assert "Taken up" in told
    assert "Analyst, " in told
    assert "In the queue" not in told
    actions.move(report.pk, "close", by=analyst)
    assert "Taken up" in who_was_told(as_(agent), report)
    actions.move(report.pk, "reopen", by=analyst, reason="More is known")
    actions.move(report.pk, "release", by=analyst)
    assert "In the queue" in who_was_told(as_(agent), report)


def who_was_told(client: Any, report: Report) -> str:
    return page(client, report).partition("Who was told")[2].partition("</section>")[0]


def test_an_amendment_begins_from_the_page_and_is_gone_on_with(agent: Any, hq: Any, as_: Any) -> None:
    report = file_sir(agent)
    address = f"/reports/{report.number}/amend/"
    first, again = (as_(agent).post(address).headers["Location"] for _ in range(2))
    assert first == again
    assert "Go on amending" in page(as_(agent), report)
    assert as_(hq).post(address).status_code == 403


def test_the_page_takes_few_statements(agent: Any, analyst: Any, as_: Any) -> None:
    answers = sir_answers(agent, related=[{"key": str(uuid4()), "data": {"number": ["SIR-2026-MIA-000009"]}}])
    report = file_sir(agent, answers)
    client = as_(analyst)
    page(client, report)
    with CaptureQueriesContext(connection) as asked:
        page(client, report)
    own = [one["sql"] for one in asked if "SAVEPOINT" not in one["sql"] and '"watch_' not in one["sql"]]
    assert len(own) <= 12, own


def test_whoever_wrote_the_new_version_is_not_told_what_changed(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    page(as_(agent), report)
    amend_sir(report, agent, narrative={"narrative": ["He was found on the second pier."]})
    assert "You read version 1" not in page(as_(agent), report)
