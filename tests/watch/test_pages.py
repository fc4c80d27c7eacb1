"""The pages of a summary: writing it, two writers, releasing it, reading it, and what the report's page says of it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Office
from accounts.roles import Role
from audit.models import Event
from reports.models import Reading
from tests.reports.filing import amend_sir, file_sir
from tests.watch.stories import TEXT, release, to, write
from watch.models import Summary, SummaryNotice


def typed(report: Any, text: str, base: str = "", **more: str) -> dict[str, str]:
    return {"text": text, "of_version": str(report.version), "base": base, **more}


# -- Writing ----------------------------------------------------------------------------------------------------------
def test_an_analyst_writes_beside_the_report_and_goes_on_to_release(as_: Any, agent: Any, analyst: Any) -> None:
    report, desk = file_sir(agent), as_(analyst)
    page = desk.get(f"/watch/{report.number}/summary/")
    assert "Agents found him on the pier." in page.content.decode()
    assert Reading.objects.filter(report=report, reader=analyst).exists()
    answer = desk.post(f"/watch/{report.number}/summary/", typed(report, "Line one.\r\nLine two.", release="yes"))
    summary = Summary.objects.get()
    assert answer["Location"] == f"/watch/summaries/{summary.pk}/release/"
    assert summary.text == "Line one.\nLine two."


@pytest.mark.parametrize(
    ("text", "says"), [("", "Write what the offices must know."), ("x" * 4001, "4000"), ("a\x00b", "Null characters")]
)
def test_bad_text_is_kept_on_the_page_with_its_message(
    as_: Any, agent: Any, analyst: Any, text: str, says: str
) -> None:
    report = file_sir(agent)
    page = as_(analyst).post(f"/watch/{report.number}/summary/", typed(report, text))
    assert page.status_code == 422
    assert says in str(page.context["form"].errors["text"])
    assert page.context["form"]["text"].value() == text
    assert not Summary.objects.exists()


def test_two_writers_see_both_texts_and_the_second_chooses(as_: Any, agent: Any, analyst: Any, analyst2: Any) -> None:
    report = file_sir(agent)
    write(report, analyst2, "Three men were arrested.")
    page = as_(analyst).post(f"/watch/{report.number}/summary/", typed(report, "Two men were arrested."))
    assert page.status_code == 409
    text = page.content.decode()
    assert "Three" in text
    assert "Two men were arrested." in text
    assert analyst2.name in text
    base = page.context["form"]["base"].value()
    as_(analyst).post(f"/watch/{report.number}/summary/", typed(report, "Two or three men.", base=base))
    assert Summary.objects.get().text == "Two or three men."


def test_nobody_else_reaches_the_writing(as_: Any, agent: Any, sac: Any, hq: Any) -> None:
    report = file_sir(agent)
    for person in (agent, sac, hq):
        assert as_(person).get(f"/watch/{report.number}/summary/").status_code == 403
        assert as_(person).post(f"/watch/{report.number}/summary/", typed(report, "x")).status_code == 403


# -- Releasing --------------------------------------------------------------------------------------------------------
def test_an_office_is_added_by_hand_and_all_are_told(as_: Any, agent: Any, analyst: Any) -> None:
    summary = write(file_sir(agent), analyst)
    desk, url = as_(analyst), f"/watch/summaries/{summary.pk}/release/"
    page = desk.get(url)
    (proposed,) = page.context["form"]["to"].value()
    assert "1 person is told." in page.content.decode()
    office = str(Office.objects.get(code="GUM").pk)
    base = page.context["form"]["base"].value()
    more = {"to": [proposed], "office": office, "role": "sac", "base": base}
    page = desk.post(url, {**more, "add": "yes"})
    assert "Nobody holds this role there now" in page.content.decode()
    assert set(page.context["form"]["to"].value()) == {proposed, f"{office}:sac"}
    answer = desk.post(url, {"to": page.context["form"]["to"].value(), "base": base}, follow=True)
    assert "2 offices told." in answer.content.decode()
    assert set(SummaryNotice.objects.values_list("office__code", "chosen_by_hand")) == {
        ("MIA", "rule"),
        ("GUM", "hand"),
    }


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"to": ["999999:sac"]}, "to"),
        ({"to": ["nonsense"]}, "to"),
        ({"to": ["1:field_hsi"]}, "to"),
        ({"office": "999999", "role": "sac"}, "office"),
        ({"role": "sac"}, "office"),
        ({}, "__all__"),
    ],
)
def test_a_senseless_choice_releases_nothing(
    as_: Any, agent: Any, analyst: Any, posted: dict[str, Any], field: str
) -> None:
    summary = write(file_sir(agent), analyst)
    page = as_(analyst).post(f"/watch/summaries/{summary.pk}/release/", posted)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not SummaryNotice.objects.exists()


def test_what_was_changed_meanwhile_is_not_released_unread(as_: Any, agent: Any, analyst: Any, analyst2: Any) -> None:
    summary = write(file_sir(agent), analyst)
    desk, url = as_(analyst), f"/watch/summaries/{summary.pk}/release/"
    form = desk.get(url).context["form"]
    write(summary.report, analyst2, "Changed.")
    answer = desk.post(url, {"to": form["to"].value(), "base": form["base"].value()})
    assert answer.status_code == 409
    assert not SummaryNotice.objects.exists()


# -- Reading ----------------------------------------------------------------------------------------------------------
def test_a_told_office_reads_it_is_recorded_and_acknowledges_there(
    as_: Any, agent: Any, analyst: Any, fod: Any, outsider: Any
) -> None:
    summary = write(file_sir(agent), analyst)
    url = f"/watch/summaries/{summary.pk}/"
    assert as_(fod).get(url).status_code == 404
    release(summary, analyst, to("MIF", Role.FOD))
    page = as_(fod).get(url).content.decode()
    assert TEXT in page
    # The summary is theirs to read; the report is not, so nothing links to it.
    assert f"/reports/{summary.report.number}/" not in page
    assert "Acknowledge for Miami Field Office" in page
    assert Event.objects.filter(code="summary.viewed", actor_id=fod.pk, object_id=str(summary.pk)).count() == 1
    for address in (url, f"{url}versions/", f"{url}release/"):
        assert as_(outsider).get(address).status_code in (403, 404)


def test_a_told_office_never_sees_what_is_not_released(as_: Any, agent: Any, analyst: Any, sac: Any) -> None:
    summary = write(file_sir(agent), analyst)
    release(summary, analyst)
    write(summary.report, analyst, "Not for others yet.")
    page = as_(sac).get(f"/watch/summaries/{summary.pk}/").content.decode()
    assert TEXT in page
    assert "Not for others yet." not in page
    assert "Not for others yet." in as_(analyst).get(f"/watch/summaries/{summary.pk}/").content.decode()


def test_it_says_when_the_report_has_been_amended_since(as_: Any, agent: Any, analyst: Any, sac: Any) -> None:
    summary = write(file_sir(agent), analyst)
    release(summary, analyst)
    amend_sir(summary.report, agent, narrative={"narrative": ["There were two of them."]})
    for person in (sac, analyst):
        page = as_(person).get(f"/watch/summaries/{summary.pk}/").content.decode()
        assert "The report is now version 2; this sums up version 1." in page


def test_every_released_version_is_kept_and_compared(as_: Any, agent: Any, analyst: Any, sac: Any) -> None:
    summary = write(file_sir(agent), analyst)
    release(summary, analyst)
    release(write(summary.report, analyst, TEXT.replace("Nobody", "One man")), analyst, note="One man was hurt.")
    page = as_(sac).get(f"/watch/summaries/{summary.pk}/versions/").content.decode()
    assert "Version 1" in page
    assert "One man was hurt." in page
    assert "<del>" in page


# -- On the report's page ---------------------------------------------------------------------------------------------
def test_the_reports_page_shows_the_watch_who_knows_and_who_does_not(
    as_: Any, agent: Any, analyst: Any, sac: Any, colleague: Any
) -> None:
    from watch import actions

    report = file_sir(agent)
    url = f"/reports/{report.number}/"
    assert "Write the summary" in as_(analyst).get(url).content.decode()
    summary = write(report, analyst)
    (mine, _) = release(summary, analyst, to("MIF", Role.FOD))
    actions.acknowledge(mine.pk, by=sac)
    page = as_(analyst).get(url).content.decode()
    assert "1 of 2 have not acknowledged yet." in page
    assert "Summary, version 1, released to" in page
    assert "Summary, version 1, acknowledged for SAC Miami" in page
    assert "Summary" not in as_(colleague).get(url).content.decode().replace("Summary of", "")


def test_the_reports_page_stays_cheap_with_a_summary_and_many_told(as_: Any, agent: Any, analyst: Any) -> None:
    report = file_sir(agent)
    counts = []
    for offices in (["MIF"], ["ATL", "GUM", "KEY"]):
        summary = Summary.objects.filter(report=report).first() or write(report, analyst)
        release(summary, analyst, *(to(code, Role.FIG) for code in offices))
        desk = as_(analyst)
        desk.get(f"/reports/{report.number}/")  # the first page after a sign-in asks for the person's rights
        with CaptureQueriesContext(connection) as asked:
            desk.get(f"/reports/{report.number}/")
        counts.append([query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]])
    assert len(counts[0]) == len(counts[1])
    assert len(counts[1]) <= 12, "\n".join(sql[:200] for sql in counts[1])
