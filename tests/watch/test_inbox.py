"""The inbox by role: who finds what, in which order, and what acknowledging does."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import Refused
from accounts.roles import Role
from audit.models import Event
from reports import actions as report_actions
from reports.models import ReportNotice
from tests.reports.filing import file_sir
from tests.watch.stories import release, to, write
from tests.watch.test_queue import urgent
from tests.watch.test_summary import restricted
from watch import actions, inboxes
from watch.models import SummaryNotice
from watch.reach import waiting_count


def whats(user: Any) -> list[str]:
    return [letter.what for letter in inboxes.open_letters(user)]


@pytest.mark.parametrize(
    ("username", "expected"),
    [
        ("sac", ["SIR filed", "Summary released"]),
        ("fig", ["SIR filed"]),
        ("fod", ["Summary released"]),
        ("intel", ["Summary released"]),
        ("duty", []),
        # They hold no role that was told, though the supervisor acknowledges and the others read.
        ("supervisor", []),
        ("agent", []),
        ("analyst", []),
        ("hq", []),
        ("auditor", []),
        ("stranger", []),
    ],
)
def test_each_role_finds_what_its_office_was_told(
    agent: Any, analyst: Any, person: Any, username: str, expected: list[str]
) -> None:
    release(write(file_sir(agent), analyst), analyst, to("MIF", Role.FOD), to("HQ", Role.INTEL))
    assert whats(person(username)) == expected
    assert waiting_count(person(username)) == len(expected)


def test_an_urgent_report_reaches_the_duty_manager_at_once_and_stands_first(
    as_: Any, agent: Any, duty: Any, sac: Any
) -> None:
    file_sir(agent, now=timezone.now() - timedelta(minutes=50))
    report = urgent(agent, "Urgent")
    assert [letter.report.number for letter in inboxes.open_letters(duty)] == [report.number]
    assert inboxes.open_letters(sac)[0].report.number == report.number
    assert "Urgent</span>" in as_(duty).get("/inbox/").content.decode()


def test_the_oldest_stands_first_and_is_one_click_away(as_: Any, agent: Any, sac: Any) -> None:
    file_sir(agent)
    older = file_sir(agent, now=timezone.now() - timedelta(minutes=30))
    assert as_(sac).get("/inbox/oldest/")["Location"] == f"/reports/{older.number}/"
    assert inboxes.open_letters(sac)[0].report.number == older.number


def test_with_nothing_waiting_the_oldest_is_the_inbox(as_: Any, sac: Any, agent: Any) -> None:
    assert as_(sac).get("/inbox/oldest/")["Location"] == "/inbox/"
    assert "Nothing waits" in as_(sac).get("/inbox/").content.decode()
    assert "None of your roles acknowledges" in as_(agent).get("/inbox/").content.decode()


def test_acknowledging_twice_is_acknowledging_once(as_: Any, agent: Any, analyst: Any, sac: Any) -> None:
    release(write(file_sir(agent), analyst), analyst)
    notice = SummaryNotice.objects.get()
    desk = as_(sac)
    for _ in range(2):
        assert desk.post(f"/inbox/{notice.pk}/acknowledge/").status_code == 302
    first = SummaryNotice.objects.get()
    assert first.acknowledged_by == sac
    assert Event.objects.filter(code="notice.acknowledged", actor_id=sac.pk).count() == 1
    again = actions.acknowledge(notice.pk, by=sac, now=timezone.now() + timedelta(hours=1))
    assert again.acknowledged_at == first.acknowledged_at
    assert whats(sac) == ["SIR filed"]


def test_a_filed_report_is_acknowledged_from_the_inbox_too(as_: Any, agent: Any, sac: Any) -> None:
    report = file_sir(agent)
    notice = ReportNotice.objects.get(role="sac")
    answer = as_(sac).post(f"/inbox/{notice.pk}/acknowledge/", {"next": "//elsewhere.example/"}, follow=True)
    assert answer.redirect_chain == [("/inbox/", 302)]
    assert f"{report.number} is acknowledged for SAC Miami." in answer.content.decode()
    assert waiting_count(sac) == 0


def test_nobody_acknowledges_for_an_office_or_role_that_is_not_theirs(
    as_: Any, agent: Any, analyst: Any, sac: Any, fod: Any, duty: Any, supervisor: Any, fig: Any
) -> None:
    release(write(file_sir(agent), analyst), analyst)
    notice = SummaryNotice.objects.get(office__code="MIA", role="sac")
    for person in (fod, duty, supervisor, fig):
        assert as_(person).post(f"/inbox/{notice.pk}/acknowledge/").status_code == 404
        with pytest.raises(Refused):
            actions.acknowledge(notice.pk, by=person)
        filed = ReportNotice.objects.get(office__code="MIA", role="sac")
        with pytest.raises(Refused, match=r"Special Agent in Charge of SAC Miami|Your roles do not let you"):
            report_actions.acknowledge(filed.pk, by=person)
    assert as_(agent).post(f"/inbox/{notice.pk}/acknowledge/").status_code in (403, 404)
    assert SummaryNotice.objects.get(pk=notice.pk).acknowledged_at is None


def test_a_newer_version_takes_the_place_of_the_older_notice(as_: Any, agent: Any, analyst: Any, sac: Any) -> None:
    summary = write(file_sir(agent), analyst)
    (old,) = release(summary, analyst)
    release(write(summary.report, analyst, "Two people were arrested."), analyst)
    assert whats(sac) == ["SIR filed", "Summary released, version 2"]
    answer = as_(sac).post(f"/inbox/{old.pk}/acknowledge/", follow=True)
    assert answer.redirect_chain == [(f"/watch/summaries/{summary.pk}/", 302)]
    assert "Version 2 of this summary was released since" in answer.content.decode()
    assert SummaryNotice.objects.filter(acknowledged_at=None).count() == 2


def test_a_restricted_or_voided_report_leaves_the_inbox(
    agent: Any, analyst: Any, sac: Any, supervisor: Any, fig: Any
) -> None:
    report = restricted(agent)
    report_actions.name_reader(report, analyst, by=agent, reason="On watch")
    release(write(report, analyst), analyst, to("MIA", Role.SAC))
    assert whats(sac) == []
    report_actions.name_reader(report, sac, by=agent, reason="Leads the office")
    assert whats(sac) == ["Summary released"]
    other = file_sir(agent)
    assert whats(fig) == ["SIR filed"]
    report_actions.move(other.pk, "void", by=supervisor, reason="Filed twice")
    assert whats(fig) == []


def test_the_home_page_of_a_leader_shows_it_and_leads_to_the_oldest(as_: Any, agent: Any, sac: Any) -> None:
    report = file_sir(agent)
    page = as_(sac).get("/").content.decode()
    assert "What you must acknowledge" in page
    assert report.number in page
    assert 'href="/inbox/oldest/"' in page


def test_the_home_page_of_the_watch_is_the_queue(as_: Any, analyst: Any) -> None:
    assert as_(analyst).get("/")["Location"] == "/watch/"


def test_the_inbox_costs_the_same_statements_for_one_letter_and_for_ten(as_: Any, agent: Any, sac: Any) -> None:
    counts = []
    for more in (1, 9):
        for _ in range(more):
            file_sir(agent)
        desk = as_(sac)
        desk.get("/inbox/")  # the first page after a sign-in asks for the person's rights
        with CaptureQueriesContext(connection) as asked:
            desk.get("/inbox/")
        counts.append(len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 8
