"""The board of operations: what stands on it and for whom, as a list and a calendar; overdue outcomes, reminders."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from reports import actions, overdue
from reports.board import BoardFilter, Drawer, sunday
from reports.models import Match, Report
from tests.fake import FAKE
from tests.reports.filing import approved, file_spear, moment, row, spear_answers
from tests.reports.test_readers import RESTRICTED
from tests.reports.test_spear import DAY, HOUR, outcome, past

EASTERN = ZoneInfo("America/New_York")
BOARD = "/reports/board/"


def planned(by: Any, title: str, start: timedelta = DAY, length: timedelta = 3 * HOUR, **changes: Any) -> Report:
    answers = spear_answers(by, **changes)
    answers["what"] |= {"title": [title]}
    begins = timezone.now().replace(second=0, microsecond=0) + start
    zone = changes.pop("zone", "America/New_York")
    answers["when"] |= moment("event_at", begins, zone) | moment("planned_end", begins + length, zone)
    answers.pop("zone", None)
    return file_spear(by, answers)


def lines(client: Any, query: str = "") -> list[Any]:
    """The operations that the list shows, in its order."""
    response = client.get(BOARD + query)
    assert response.status_code == 200
    return [line for day in response.context["days"] for _, found in day.offices for line in found]


def titles(client: Any, query: str = "") -> list[str]:
    return [line.title for line in lines(client, query)]


def late(client: Any, query: str = "") -> list[str]:
    return [line.title for line in client.get(BOARD + query).context["late"]]


# -- Who sees what -----------------------------------------------------------------------------------------------------
def test_each_sees_the_operations_that_they_may_read(
    agent: Any, outsider: Any, colleague: Any, sac: Any, analyst: Any, hq: Any, as_: Any
) -> None:
    planned(agent, "In Miami")
    planned(outsider, "In Atlanta", 2 * DAY)
    for user in (agent, colleague, sac):
        assert titles(as_(user)) == ["In Miami"]
    assert titles(as_(outsider)) == ["In Atlanta"]
    for user in (analyst, hq):
        assert titles(as_(user)) == ["In Miami", "In Atlanta"]


def test_a_restricted_operation_is_on_nobodys_board_but_of_those_named(
    agent: Any, colleague: Any, sac: Any, analyst: Any, as_: Any
) -> None:
    planned(agent, "Known to few", flags=RESTRICTED["flags"])
    assert titles(as_(agent)) == ["Known to few"]
    for user in (colleague, sac, analyst):
        page = as_(user).get(BOARD).content.decode()
        assert "Known to few" not in page


def test_who_reads_no_plans_has_no_board(sco: Any, acm: Any, intel: Any, historian: Any, as_: Any) -> None:
    for user in (sco, acm, intel, historian):
        assert as_(user).get(BOARD).status_code == 403


def test_looking_at_the_board_is_recorded(agent: Any, as_: Any) -> None:
    planned(agent, "Here")
    as_(agent).get(BOARD)
    event = Event.objects.get(code="board.viewed")
    assert (event.actor_id, json.loads(event.payload)["count"]) == (agent.pk, 1)


# -- What stands on it -------------------------------------------------------------------------------------------------
def test_what_is_returned_or_voided_is_not_going_to_happen(agent: Any, supervisor: Any, as_: Any) -> None:
    for name in ("return", "void"):
        report = planned(agent, name)
        actions.move(report.pk, name, by=supervisor, reason="Not like this")
    planned(agent, "Stands")
    assert titles(as_(agent)) == ["Stands"]


def test_days_ahead_and_the_first_day_bound_the_list(agent: Any, as_: Any) -> None:
    for days in (1, 10, 20, 40):
        planned(agent, f"In {days} days", days * DAY)
    client = as_(agent)
    assert titles(client) == ["In 1 days"]
    assert titles(client, "?days=14") == ["In 1 days", "In 10 days"]
    assert titles(client, "?days=30") == ["In 1 days", "In 10 days", "In 20 days"]
    since = timezone.now().astimezone(EASTERN).date() + 38 * DAY
    assert titles(client, f"?since={since}") == ["In 40 days"]


def test_what_is_under_way_stands_on_the_first_day(agent: Any, supervisor: Any, as_: Any) -> None:
    start = timezone.now() - 2 * DAY
    answers = spear_answers(agent)
    answers["when"] |= moment("event_at", start) | moment("planned_end", start + 4 * DAY)
    approved(file_spear(agent, answers, now=start - DAY), supervisor)
    response = as_(agent).get(BOARD)
    day = response.context["days"][0]
    assert (day.is_today, "Under way" in str(day.lines[0].state)) == (True, True)
    assert late(as_(agent)) == []


def test_a_day_is_grouped_by_office_and_each_office_by_start(agent: Any, outsider: Any, analyst: Any, as_: Any) -> None:
    noon = datetime.combine(timezone.now().astimezone(EASTERN).date() + 2 * DAY, datetime.min.time(), EASTERN)
    for by, title, hour in ((agent, "Second", 12), (outsider, "Between", 10), (agent, "First", 9)):
        answers = spear_answers(by)
        answers["what"] |= {"title": [title]}
        start = noon + hour * HOUR
        answers["when"] |= moment("event_at", start) | moment("planned_end", start + HOUR)
        file_spear(by, answers)
    (day,) = as_(analyst).get(BOARD).context["days"]
    assert [(office, [line.title for line in found]) for office, found in day.offices] == [
        ("SAC Atlanta", ["Between"]),
        ("SAC Miami", ["First", "Second"]),
    ]


def test_a_line_names_window_zone_place_contact_and_what_is_dangerous(agent: Any, as_: Any) -> None:
    start = datetime.combine(timezone.now().astimezone(EASTERN).date() + 3 * DAY, datetime.min.time(), EASTERN)
    answers = spear_answers(agent, units={"tactical_team": ["on"], "air_support": ["on"]})
    answers["locations"] = [row(address="1 Clinic Way", city="Hialeah", state="FL", sensitive="on")]
    at = start + 20 * HOUR
    answers["when"] |= moment("event_at", at, "Pacific/Guam") | moment("planned_end", at + HOUR, "Pacific/Guam")
    file_spear(agent, answers)
    (line,) = lines(as_(agent))
    guam = at.astimezone(ZoneInfo("Pacific/Guam"))
    assert f"{guam:%b} {guam.day}, {guam:%H:%M}–" in line.window
    assert "ChST" in line.window
    assert (line.place, line.contact, line.phone) == ("Hialeah, FL", agent.name, "305-555-0142")
    for word in ("Caution: Armed", "Tactical", "Air", "Sensitive location"):
        assert word in line.flags
    page = as_(agent).get(BOARD).content.decode()
    assert 'href="tel:305-555-0142"' in page


def test_each_state_is_a_word(agent: Any, supervisor: Any, analyst: Any, as_: Any) -> None:
    planned(agent, "Awaits", HOUR)
    approved(planned(agent, "Approved", 2 * HOUR), supervisor)
    taken = approved(planned(agent, "Taken up", 3 * HOUR), supervisor)
    actions.move(taken.pk, "take-up", by=analyst)
    off = approved(planned(agent, "Off", 4 * HOUR), supervisor)
    outcome(off, agent, "cancelled")
    found = {line.title: str(line.state) for line in lines(as_(agent), "?days=14")}
    words = {"Awaits": "Awaiting approval", "Approved": "Approved", "Taken up": "Under review", "Off": "Cancelled"}
    assert {title: word for title, word in words.items() if f">{word}<" in found[title]} == words


def test_a_plan_that_matches_another_says_so_until_that_is_settled(agent: Any, outsider: Any, as_: Any) -> None:
    planned(agent, "One")
    planned(outsider, "Other")
    assert Match.objects.filter(stands=True, settled_at=None).count() == 1
    assert [line.matched for line in lines(as_(agent))] == [True]
    assert 'href="/reports/deconfliction/"' in as_(agent).get(BOARD).content.decode()
    far = [row(address="1 Far Road", city="Tampa", state="FL", latitude="27.95", longitude="-82.45")]
    people = [row(role="target", population="public", last_name="Quill", first_name="Ada")]
    planned(agent, "Apart", 3 * DAY, locations=far, people=people)
    assert {line.title: line.matched for line in lines(as_(agent))} == {"One": True, "Apart": False}


def test_filters_leave_an_office_and_what_awaits_approval(
    agent: Any, outsider: Any, supervisor: Any, analyst: Any, as_: Any
) -> None:
    approved(planned(agent, "Approved"), supervisor)
    planned(agent, "Awaits")
    planned(outsider, "In Atlanta")
    client = as_(analyst)
    assert sorted(titles(client, "?office=MIA")) == ["Approved", "Awaits"]
    assert titles(client, "?office=MIA&show=awaiting") == ["Awaits"]
    tags = client.get(f"{BOARD}?office=MIA&show=awaiting&days=14").context["form"].tags
    assert [tag.label for tag in tags] == ["Office: SAC Miami", "Ahead: 14 days", "Show: Awaiting approval"]


@pytest.mark.parametrize("query", ["?since=soon", "?since=9999-12-31", "?days=8", "?office=X", "?view=\x00", "?show=x"])
@pytest.mark.parametrize("view", ["", "&view=calendar"])
def test_a_senseless_filter_never_fails(agent: Any, as_: Any, query: str, view: str) -> None:
    assert as_(agent).get(BOARD + query + view).status_code == 200


@pytest.mark.parametrize("since", ["2000-01-01", "2199-12-31"])
@pytest.mark.parametrize("days", ["7", "30"])
def test_the_first_and_the_last_day_of_all_can_be_asked_for(agent: Any, as_: Any, since: str, days: str) -> None:
    for view in ("", "calendar"):
        assert as_(agent).get(BOARD, {"since": since, "days": days, "view": view}).status_code == 200


def test_an_empty_board_says_why(agent: Any, as_: Any) -> None:
    assert "Nothing is planned for the next seven days" in as_(agent).get(BOARD).content.decode()
    assert "matches these filters" in as_(agent).get(f"{BOARD}?show=awaiting").content.decode()
    assert "No outcome is overdue." in as_(agent).get(f"{BOARD}?show=overdue").content.decode()


# -- As a calendar -----------------------------------------------------------------------------------------------------
def test_the_calendar_shows_the_whole_weeks_of_the_days_ahead(agent: Any, as_: Any) -> None:
    client = as_(agent)
    for days, since, weeks in ((7, 4, 2), (7, 1, 1), (14, 1, 2), (14, 7, 3), (30, 1, 5)):
        shown = client.get(f"{BOARD}?view=calendar&since=2099-03-0{since}&days={days}").context["weeks"]
        assert (len(shown), shown[0][0].day, {len(week) for week in shown}) == (weeks, date(2099, 3, 1), {7})
    month = client.get(f"{BOARD}?view=calendar&since=2099-05-01&days=30").context
    outside = [day.day for week in month["weeks"] for day in week if day.is_outside]
    assert outside == [date(2099, 4, day) for day in range(26, 31)]
    assert "since=2099-04-01" in month["earlier"]
    assert "since=2099-05-31" in month["later"]
    assert "Nothing is planned in these weeks" in client.get(f"{BOARD}?view=calendar").content.decode()


def test_an_operation_stands_on_every_day_that_it_touches(agent: Any, as_: Any) -> None:
    start = datetime(2099, 3, 3, 22, tzinfo=EASTERN)
    answers = spear_answers(agent)
    answers["when"] |= moment("event_at", start) | moment("planned_end", datetime(2099, 3, 6, tzinfo=EASTERN))
    file_spear(agent, answers)
    weeks = as_(agent).get(f"{BOARD}?view=calendar&since=2099-03-01").context["weeks"]
    assert [day.day.day for week in weeks for day in week if day.lines] == [3, 4, 5]


def test_a_week_begins_on_sunday() -> None:
    assert [sunday(date(2099, 3, day)) for day in (1, 2, 7, 8)] == [date(2099, 3, 1)] * 3 + [date(2099, 3, 8)]


# -- What it costs -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("view", ["", "?view=calendar&days=14"])
def test_the_board_takes_the_same_few_statements_for_any_number_of_operations(
    agent: Any, supervisor: Any, analyst: Any, as_: Any, view: str
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            client.get(BOARD + view)
        return len(statements)

    client = as_(analyst)
    planned(agent, "First", HOUR)
    past(agent, supervisor)
    client.get(BOARD)
    few = asked()
    for number in range(6):
        planned(agent, f"Number {number}", DAY + number * HOUR)
        past(agent, supervisor, ended=number * DAY + HOUR)
    assert asked() == few
    assert few <= 9


def test_a_board_with_too_many_operations_says_so(agent: Any, as_: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("reports.views.board.MOST", 2)
    for number in range(3):
        planned(agent, f"Number {number}", DAY + number * HOUR)
    response = as_(agent).get(BOARD)
    assert len([line for day in response.context["days"] for line in day.lines]) == 2
    assert "Too many to show" in response.content.decode()


def test_what_people_typed_is_escaped(agent: Any, as_: Any) -> None:
    people = [row(role="target", population="public", last_name="Doe", caution="<b>armed</b>")]
    planned(agent, "<script>x</script>", people=people)
    for view in ("", "?view=calendar"):
        page = as_(agent).get(BOARD + view).content.decode()
        assert "<script>x" not in page
        assert "<b>armed" not in page


# -- Overdue outcomes --------------------------------------------------------------------------------------------------
def test_an_outcome_is_overdue_once_the_window_is_over_and_until_it_is_recorded(
    agent: Any, supervisor: Any, analyst: Any, as_: Any
) -> None:
    report = past(agent, supervisor)
    planned(agent, "Ahead")
    waits = past_unapproved(agent)
    assert late(as_(analyst)) == [report.title]
    assert late(as_(analyst), "?show=overdue") == [report.title]
    assert late(as_(analyst), "?office=ATL") == []
    outcome(report, agent, "executed")
    assert late(as_(analyst)) == []
    assert Report.objects.get(pk=waits.pk).status == "awaiting"


def past_unapproved(by: Any) -> Report:
    start = timezone.now() - 5 * HOUR
    answers = spear_answers(by)
    answers["when"] |= moment("event_at", start) | moment("planned_end", start + HOUR)
    return file_spear(by, answers, now=start - DAY)


def test_overdue_outcomes_stand_first_on_the_homes_of_who_answers_for_them(
    agent: Any, colleague: Any, outsider: Any, supervisor: Any, sac: Any, hq: Any, as_: Any
) -> None:
    report = past(agent, supervisor)

    def overdue_on(user: Any) -> bool:
        blocks = as_(user).get("/").context["blocks"]
        return any(block.title == "Outcomes overdue" for block in blocks)

    assert [overdue_on(user) for user in (agent, supervisor, sac)] == [True] * 3
    assert [overdue_on(user) for user in (colleague, outsider, hq)] == [False] * 3
    assert f"/reports/{report.number}/moves/outcome/" in as_(agent).get("/").content.decode()


def test_the_contact_of_an_operation_answers_for_it_too(agent: Any, colleague: Any, supervisor: Any, as_: Any) -> None:
    answers = spear_answers(agent)
    start = timezone.now() - 5 * HOUR
    answers["when"] |= moment("event_at", start) | moment("planned_end", start + HOUR)
    answers["when"] |= {"contact": [str(colleague.pk)]}
    report = approved(file_spear(agent, answers, now=start - DAY), supervisor)
    assert report.title in as_(colleague).get("/").content.decode()
    assert overdue.remind(str(report.pk), timezone.now().date().isoformat()) == []
    assert {one.to[0] for one in mail.outbox} == {agent.email, colleague.email}


# -- Reminders ---------------------------------------------------------------------------------------------------------
def remind(report: Report) -> list[str]:
    """Whom today's reminder reaches."""
    mail.outbox.clear()
    assert overdue.remind(str(report.pk), timezone.now().date().isoformat()) == []
    return sorted(one.to[0] for one in mail.outbox)


def test_a_reminder_says_nothing_of_what_was_planned_and_is_the_same_mail_all_day(agent: Any, supervisor: Any) -> None:
    report = past(agent, supervisor)
    assert remind(report) == [agent.email]
    first = mail.outbox[0]
    said = f"{first.subject}\n{first.body}"
    assert first.subject == f"{report.number}: record its outcome"
    assert f"/reports/{report.number}/" in said
    for word in ("fugitive", "house", FAKE.last_name.lower(), "pine", "armed", agent.name.lower()):
        assert word not in said.lower()
    key = first.extra_headers["Message-ID"]
    assert remind(report) == [agent.email]
    assert mail.outbox[0].extra_headers["Message-ID"] == key
    assert Event.objects.filter(code="notice.mailed", object_id=str(report.pk)).count() == 2


def test_after_three_days_the_supervisor_is_reminded_too(agent: Any, supervisor: Any) -> None:
    case = {"supervisor": [str(supervisor.pk)], "place_country": ["US"]}
    assert remind(past(agent, supervisor, case=case)) == [agent.email]
    assert remind(past(agent, supervisor, ended=4 * DAY, case=case)) == [agent.email, supervisor.email]


def test_nobody_is_reminded_of_what_is_recorded_nor_by_a_job_of_yesterday(agent: Any, supervisor: Any) -> None:
    report = past(agent, supervisor)
    mail.outbox.clear()
    yesterday = (timezone.now() - DAY).date().isoformat()
    assert overdue.remind(str(report.pk), yesterday) == []
    assert mail.outbox == []
    outcome(report, agent, "cancelled")
    assert remind(report) == []


def test_every_morning_each_overdue_outcome_gets_one_job(agent: Any, supervisor: Any) -> None:
    from reports.tasks import remind_outcomes

    reports = [past(agent, supervisor), past(agent, supervisor, ended=2 * DAY)]
    planned(agent, "Ahead")
    remind_outcomes(int(timezone.now().timestamp()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'reports.tasks.mail_reminder'")
        jobs = [json.loads(found) for (found,) in cursor.fetchall()]
    day = timezone.now().date().isoformat()
    assert sorted(job["report_id"] for job in jobs) == sorted(str(one.pk) for one in reports)
    assert {job["day"] for job in jobs} == {day}


# -- Drawing by itself -------------------------------------------------------------------------------------------------
def test_days_are_those_of_the_reader(agent: Any, person: Any) -> None:
    from django.http import QueryDict

    form = BoardFilter(QueryDict("since=2099-03-01"), agent)
    assert form.midnight(form.first) == datetime(2099, 3, 1, tzinfo=EASTERN)
    drawer = Drawer(ZoneInfo("Pacific/Guam"), {})
    assert drawer.day_of(datetime(2099, 3, 1, 20, tzinfo=EASTERN)) == date(2099, 3, 2)


def test_a_match_of_ones_own_operation_stands_on_ones_home(agent: Any, outsider: Any, colleague: Any, as_: Any) -> None:
    mine, theirs = planned(agent, "Search in Miami"), planned(outsider, "Search in Atlanta")
    match = Match.objects.get()
    for user, own, other in ((agent, mine, theirs), (outsider, theirs, mine)):
        page = as_(user).get("/").content.decode()
        assert f"/reports/deconfliction/{match.pk}/" in page
        assert own.number in page.split("My operations that may collide")[1]
        assert other.title not in page
    assert str(match.pk) not in as_(colleague).get("/").content.decode()
