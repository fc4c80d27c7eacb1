"""The SPEAR: what cannot be right about a plan, its outcome, its new window, and the SIR that tells what happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.access import Refused
from audit.models import Event
from reports import actions, drafts
from reports.models import SPEAR, Draft, Relation, Report
from reports.models.windows import in_words, remarks, window_in_words
from tests.fake import FAKE
from tests.reports.filing import amend_report, approved, file_spear, make_draft, moment, row, sir_answers, spear_answers

EASTERN = ZoneInfo("America/New_York")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def windowed(by: Any, start: datetime, length: timedelta = 3 * HOUR, **changes: Any) -> dict[str, Any]:
    """The answers of a SPEAR with this window."""
    answers = spear_answers(by, **changes)
    answers["when"] |= moment("event_at", start) | moment("planned_end", start + length)
    return answers


def past(by: Any, supervisor: Any, *, ended: timedelta = HOUR, **changes: Any) -> Report:
    """An approved SPEAR, filed when it was still a plan, whose window is over."""
    start = timezone.now().replace(second=0, microsecond=0) - ended - 3 * HOUR
    report = file_spear(by, windowed(by, start, **changes), now=start - 2 * DAY)
    return approved(report, supervisor)


def outcome(report: Report, by: Any, result: str, at: datetime | None = None, **values: Any) -> Report:
    answers = {"outcome": [result], **moment("outcome_at", at or timezone.now() - timedelta(minutes=5)), **values}
    return actions.move(report.pk, "outcome", by=by, answers=answers)


def filed(report: Report) -> SPEAR:
    """The plan as the database has it now."""
    return SPEAR.objects.get(pk=report.pk)


def typed(name: str, *pieces: str) -> dict[str, list[str]]:
    return {f"{name}_{position}": [piece] for position, piece in enumerate(pieces)}


def post(client: Any, draft: Draft, part: str, raw: dict[str, list[str]]) -> str:
    """What the screen of one part answers to what was typed, which it refuses to pass."""
    response = client.post(f"/reports/drafts/{draft.pk}/{part}/", raw)
    assert response.status_code == 422
    return str(response.content.decode())


# -- Bad input ---------------------------------------------------------------------------------------------------------
SOON = {"event_at": ("12", "1", "2099", "06:00"), "planned_end": ("12", "1", "2099", "09:00")}


@pytest.mark.parametrize(
    ("name", "pieces", "says"),
    [
        ("planned_end", ("12", "1", "2099", "05:59"), "The planned end is not after the start."),
        ("planned_end", ("12", "3", "2100", "06:00"), "The planned end is more than a year after the start."),
        ("event_at", ("12", "1", "2020", "06:00"), "This is in the past. A SPEAR is a plan"),
        ("event_at", ("3", "8", "2099", "02:30"), "02:30 is not on the clocks of this day: they go forward over it."),
        ("planned_end", ("2", "30", "2099", "09:00"), "This day does not exist."),
    ],
    ids=["end before start", "end a year later", "past", "hour that never is", "no such day"],
)
def test_a_window_that_cannot_be_right_is_said_beside_it_and_kept_as_typed(
    agent: Any, as_: Any, name: str, pieces: tuple[str, ...], says: str
) -> None:
    draft = make_draft(agent, kind="spear")
    raw = draft.answers["when"] | {"contact_phone": ["305-555-0199"]}
    for field, values in (SOON | {name: pieces}).items():
        raw |= typed(field, *values, "America/New_York")
    page = post(as_(agent), draft, "when", raw)
    group = page.split(f'id="id_{name}_group"')[1].split("usa-form-group")[0]
    assert says in group
    assert all(f'value="{piece}"' in group for piece in pieces[1:])
    assert 'value="305-555-0199"' in page


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        ({"latitude": "91", "longitude": "-80"}, "latitude", "Latitude lies between -90 and 90 degrees."),
        ({"latitude": "25", "longitude": "-181"}, "longitude", "Longitude lies between -180 and 180 degrees."),
        ({"latitude": "25"}, "longitude", "Give both latitude and longitude, or neither."),
        ({"city": "Miami"}, "address", "Give the street address, or the coordinates below."),
    ],
)
def test_a_place_that_cannot_be_is_said_beside_the_answer(
    agent: Any, as_: Any, data: dict[str, str], name: str, says: str
) -> None:
    draft = make_draft(agent, kind="spear")
    key = draft.answers["locations"][0]["key"]
    page = post(as_(agent), draft, f"locations/{key}", {field: [value] for field, value in data.items()})
    assert says in page.split(f'id="id_{name}_group"')[1].split("usa-form-group")[0]
    assert all(f'value="{value}"' in page for value in data.values())


@pytest.mark.parametrize(
    ("days", "says"), [(-1, "This warrant expired on"), (1, "before the operation begins. Renew it or remove it.")]
)
def test_a_warrant_that_will_not_hold_is_said_beside_its_day_and_on_the_check_page(
    agent: Any, as_: Any, days: int, says: str
) -> None:
    draft = make_draft(agent, kind="spear")
    stored = draft.answers["warrants"][0]
    day = timezone.now().astimezone(EASTERN).date() + days * DAY
    raw = stored["data"] | typed("expires", str(day.month), str(day.day), str(day.year))
    page = post(as_(agent), draft, f"warrants/{stored['key']}", raw)
    assert says in page.split('id="id_expires_group"')[1].split("usa-form-group")[0]
    assert 'value="26-MJ-0142"' in page
    check = as_(agent).get(f"/reports/drafts/{draft.pk}/check/").content.decode()
    assert f"/warrants/{stored['key']}/?check=1#id_expires_group" in check
    with pytest.raises(actions.NotComplete):
        actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True)


def test_the_list_of_a_draft_does_not_call_an_expired_warrant_complete(agent: Any, as_: Any) -> None:
    draft = make_draft(agent, kind="spear")
    draft.answers["warrants"][0]["data"] |= typed("expires", "3", "1", "2024")
    draft.save()
    page = as_(agent).get(f"/reports/drafts/{draft.pk}/").content.decode()
    assert "1 answer to mend" in page.split("/warrants/")[1].split("</li>")[0]


def test_an_expired_warrant_is_said_before_the_window_is_known(agent: Any, as_: Any) -> None:
    answers = spear_answers(agent)
    del answers["when"]
    draft = make_draft(agent, answers, "spear")
    stored = draft.answers["warrants"][0]
    raw = stored["data"] | typed("expires", "3", "1", "2024")
    assert "This warrant expired on Mar 1, 2024." in post(as_(agent), draft, f"warrants/{stored['key']}", raw)


def test_a_plan_that_is_amended_after_its_start_keeps_its_start_and_its_warrant(agent: Any, supervisor: Any) -> None:
    start = timezone.now().replace(second=0, microsecond=0) - 30 * HOUR
    day = (start + HOUR).astimezone(EASTERN).date()
    warrant = row(type="arrest", court="Southern District", number="26-MJ-1")
    warrant["data"] |= typed("expires", str(day.month), str(day.day), str(day.year))
    report = past(agent, supervisor, ended=27 * HOUR, warrants=[warrant])
    amended = amend_report(report, agent, narrative={"narrative": ["The team met at six."]})
    assert (amended.version, amended.status) == (2, "submitted")


# -- The clocks change -------------------------------------------------------------------------------------------------
def test_a_window_over_a_change_of_the_clocks_is_told_as_it_really_lasts(agent: Any, as_: Any) -> None:
    spring = datetime(2099, 3, 7, 22, tzinfo=EASTERN)
    answers = spear_answers(agent)
    answers["when"] |= moment("event_at", spring) | typed("planned_end", "3", "8", "2099", "06:00", "America/New_York")
    draft = make_draft(agent, answers, "spear")
    page = as_(agent).get(f"/reports/drafts/{draft.pk}/check/").content.decode()
    assert "The clocks change during this window: it lasts 7 hours, not 8 hours." in page
    report = actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True).report
    assert filed(report).planned_end - filed(report).event_at == 7 * HOUR


def test_an_hour_that_comes_twice_is_the_first_and_the_page_says_so(agent: Any, as_: Any) -> None:
    answers = spear_answers(agent)
    answers["when"] |= typed("event_at", "11", "1", "2099", "01:30", "America/New_York")
    answers["when"] |= typed("planned_end", "11", "1", "2099", "04:00", "America/New_York")
    draft = make_draft(agent, answers, "spear")
    page = as_(agent).get(f"/reports/drafts/{draft.pk}/check/").content.decode()
    assert "01:30 comes twice on Nov 1: the planned start is taken as the first, EDT." in page
    assert "choose the zone UTC and enter 06:30." in page
    assert "it lasts 3 h 30 min, not 2 h 30 min." in page
    report = actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True).report
    assert filed(report).event_at == datetime(2099, 11, 1, 5, 30, tzinfo=UTC)


def test_a_plain_window_needs_no_remark_and_a_long_one_does() -> None:
    start = datetime(2099, 6, 1, 6, tzinfo=EASTERN)
    assert list(remarks(start, start + 3 * HOUR)) == []
    assert list(remarks(start, start + 365 * DAY)) == [
        "This window lasts 365 days. Check the day and the year of the planned end."
    ]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(45, "45 min"), (60, "1 hour"), (90, "1 h 30 min"), (180, "3 hours"), (1800, "30 hours"), (2940, "2 days 1 h")],
)
def test_a_span_is_told_in_the_words_people_use(minutes: int, words: str) -> None:
    assert in_words(timedelta(minutes=minutes)) == words


def test_a_window_names_its_zone_and_the_days_that_need_naming() -> None:
    start = datetime(2099, 6, 1, 10, tzinfo=UTC)
    assert window_in_words(start, start + 3 * HOUR, "America/New_York", date(2099, 6, 1)) == "06:00–09:00 EDT"
    assert window_in_words(start, start + 3 * HOUR, "Pacific/Guam") == "Jun 1, 20:00–23:00 ChST"
    assert window_in_words(start, start + 20 * HOUR, "America/New_York") == "Jun 1, 06:00 – Jun 2, 02:00 EDT"
    clocks = datetime(2099, 11, 1, 2, tzinfo=UTC)
    assert window_in_words(clocks, clocks + 8 * HOUR, "America/New_York") == "Oct 31, 22:00 EDT – Nov 1, 05:00 EST"


# -- The outcome -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("result", ["executed", "postponed", "cancelled"])
def test_an_outcome_makes_the_next_version_and_says_who_recorded_it(agent: Any, supervisor: Any, result: str) -> None:
    report = past(agent, supervisor)
    outcome(report, agent, result, outcome_note=["As planned."])
    typed_report = SPEAR.objects.get(pk=report.pk)
    assert (typed_report.outcome, typed_report.outcome_by, typed_report.version) == (result, agent, 2)
    assert Event.objects.filter(code="spear.outcome", object_id=str(report.pk), actor_id=agent.pk).count() == 1


@pytest.mark.parametrize(
    ("answers", "name", "says"),
    [
        ({}, "outcome", "This answer is needed."),
        ({"outcome": ["executed"]}, "outcome_at", "This answer is needed."),
        ({"outcome": ["lost"], "outcome_note": ["Typed"]}, "outcome", "Select a valid choice."),
        (
            {"outcome": ["executed"], **moment("outcome_at", timezone.now() + DAY)},
            "outcome_at",
            "This is in the future. Record the outcome once it is known.",
        ),
        (
            {"outcome": ["executed"], **moment("outcome_at", timezone.now() - 9 * DAY)},
            "outcome_at",
            "This is more than a day before the planned start.",
        ),
    ],
)
def test_an_outcome_that_cannot_be_right_is_said_beside_it_and_kept_as_typed(
    agent: Any, supervisor: Any, as_: Any, answers: dict[str, Any], name: str, says: str
) -> None:
    report = past(agent, supervisor)
    with pytest.raises(ValidationError) as wrong:
        actions.move(report.pk, "outcome", by=agent, answers=answers)
    assert says in wrong.value.message_dict[name][0]
    response = as_(agent).post(f"/reports/{report.number}/moves/outcome/", answers)
    page = response.content.decode()
    assert response.status_code == 422
    assert "error-summary" in page
    assert all(value[0] in page for value in answers.values())
    assert SPEAR.objects.get(pk=report.pk).outcome == ""


def test_an_outcome_needs_somebody_who_may_amend_and_a_plan_that_counts(
    agent: Any, colleague: Any, analyst: Any, supervisor: Any
) -> None:
    report = past(agent, supervisor)
    for stranger in (colleague, analyst):
        with pytest.raises(Refused):
            outcome(report, stranger, "executed")
    waiting = file_spear(agent)
    with pytest.raises(Refused, match="awaiting approval"):
        outcome(waiting, agent, "cancelled")
    outcome(report, supervisor, "executed")


def test_a_postponed_plan_that_gets_a_new_window_is_planned_and_approved_again(
    agent: Any, supervisor: Any, analyst: Any
) -> None:
    report = past(agent, supervisor)
    actions.move(report.pk, "take-up", by=analyst)
    outcome(report, agent, "postponed")
    amended = amend_report(filed(report), agent, narrative={"narrative": ["The team now meets at six."]})
    assert (amended.status, amended.typed.outcome) == ("under_review", "postponed")
    start = timezone.now() + 2 * DAY
    again = amend_report(filed(report), agent, when=moment("event_at", start) | moment("planned_end", start + HOUR))
    plan = again.typed
    assert (plan.status, plan.held_by, plan.outcome, plan.outcome_at, plan.outcome_by) == (
        "awaiting",
        None,
        "",
        None,
        None,
    )
    old, _ = actions.version(report, 3)
    assert old.content["fields"]["outcome"] == "postponed"


def test_what_was_carried_out_is_mended_without_being_approved_again(agent: Any, supervisor: Any) -> None:
    report = past(agent, supervisor)
    outcome(report, agent, "executed")
    people = [row(role="target", population="public", last_name="Marques", first_name="Luis")]
    draft = drafts.open_amendment(filed(report), by=agent)
    draft.answers["people"], draft.reason = people, "The name was misspelt"
    draft.save()
    amended = actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True).report
    assert (amended.status, amended.typed.outcome) == ("submitted", "executed")


@pytest.mark.parametrize(
    ("result", "says"),
    [("", "The outcome is overdue"), ("postponed", "Amend the plan with its new window"), ("executed", "")],
)
def test_the_page_says_what_the_plan_still_waits_for(
    agent: Any, supervisor: Any, as_: Any, result: str, says: str
) -> None:
    report = past(agent, supervisor)
    if result:
        outcome(report, agent, result)
    page = as_(agent).get(f"/reports/{report.number}/").content.decode()
    found = [one for one in ("The outcome is overdue", "Amend the plan with its new window") if one in page]
    assert found == ([says] if says else [])


# -- What happened -----------------------------------------------------------------------------------------------------
def test_what_happened_begins_a_sir_that_knows_what_the_plan_knew(agent: Any, supervisor: Any, as_: Any) -> None:
    case = {"operation_name": ["Harbor Light"], "supervisor": [str(supervisor.pk)], "place_country": ["US"]}
    report = past(agent, supervisor, case=case)
    at = timezone.now().replace(second=0, microsecond=0) - 2 * HOUR
    outcome(report, agent, "executed", at)
    response = as_(agent).post(f"/reports/{report.number}/start/what-happened/")
    draft = Draft.objects.get(author=agent)
    assert response.headers["Location"] == f"/reports/drafts/{draft.pk}/"
    from reports.answers import Answers

    answers = Answers(draft, agent)
    sir: Any = answers.fill().report
    assert (sir.title, sir.event_types) == (report.title, ["significant-arrest"])
    assert (sir.event_at, sir.event_zone) == (at, "America/New_York")
    assert (sir.place_address, sir.place_city, sir.place_state) == ("12 Pine Street", "Miami", "FL")
    assert (str(sir.place_latitude), str(sir.place_longitude)) == ("25.774000", "-80.193000")
    assert (sir.operation_name, sir.supervisor) == ("Harbor Light", supervisor)
    assert [(one.last_name, one.role, one.caution) for one in answers.people.values()] == [
        (FAKE.last_name, "target", "Armed")
    ]
    wrong = [problem for problem in answers.problems() if problem.message != "This answer is needed."]
    assert [problem.part.name for problem in wrong] == ["arrests"]


def test_the_sir_that_was_begun_from_a_plan_is_linked_with_it_when_it_is_filed(agent: Any, supervisor: Any) -> None:
    report = past(agent, supervisor)
    outcome(report, agent, "executed")
    draft = drafts.begin_from(report, report.declaration.starts[0], by=agent)
    assert drafts.begin_from(report, report.declaration.starts[0], by=agent).pk == draft.pk
    draft.answers |= sir_answers(agent)
    draft.save()
    sir = actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True).report
    link = Relation.objects.get()
    assert (link.of_id, link.to_id, link.type) == (report.pk, sir.pk, "led_to")


@pytest.mark.parametrize("result", ["postponed", "cancelled"])
def test_of_what_did_not_take_place_nothing_can_be_told(agent: Any, supervisor: Any, as_: Any, result: str) -> None:
    report = past(agent, supervisor)
    outcome(report, agent, result)
    refused = as_(agent).post(f"/reports/{report.number}/start/what-happened/")
    assert refused.status_code == 403
    assert f"This operation was {result}" in refused.content.decode()
    assert not Draft.objects.exists()


def test_before_it_begins_nothing_can_be_told(agent: Any, supervisor: Any, as_: Any) -> None:
    report = approved(file_spear(agent), supervisor)
    refused = as_(agent).post(f"/reports/{report.number}/start/what-happened/")
    assert (refused.status_code, "The operation has not begun yet." in refused.content.decode()) == (403, True)


# -- Filing ------------------------------------------------------------------------------------------------------------
def test_the_choices_stand_in_their_order_and_only_those_of_ones_role(agent: Any, officer: Any, as_: Any) -> None:
    def offered(user: Any) -> list[str]:
        return [kind.code for kind in as_(user).get("/reports/new/").context["kinds"]]

    assert offered(agent) == ["sir", "spear"]
    assert offered(officer) == ["sir", "spear", "ilead", "tav"]


def test_the_check_page_says_who_approves_and_who_is_told(agent: Any, supervisor: Any, as_: Any) -> None:
    case = {"supervisor": [str(supervisor.pk)], "place_country": ["US"]}
    draft = make_draft(agent, spear_answers(agent, case=case), "spear")
    page = as_(agent).get(f"/reports/drafts/{draft.pk}/check/").content.decode()
    assert "A supervisor approves it before it counts." in page
    assert f"{supervisor.name} is named and told by mail." in page
    assert "SAC Miami: Special Agent in Charge" in page
    sir = make_draft(agent, kind="sir")
    assert "approves it before" not in as_(agent).get(f"/reports/drafts/{sir.pk}/check/").content.decode()


def test_no_answer_that_is_needed_waits_under_more(agent: Any, officer: Any, as_: Any) -> None:
    def more(by: Any, kind: str) -> bool:
        draft = make_draft(by, kind=kind)
        return "<summary>More: planned time" in as_(by).get(f"/reports/drafts/{draft.pk}/when/").content.decode()

    assert (more(agent, "spear"), more(officer, "tav")) == (False, True)


def test_a_plan_for_an_hour_that_comes_twice_is_amended_after_its_start(agent: Any, supervisor: Any) -> None:
    """Python never calls such an hour equal to one of another zone, so its start would seem to have been changed."""
    answers = spear_answers(agent)
    answers["when"] |= typed("event_at", "11", "1", "2026", "01:30", "America/New_York")
    answers["when"] |= typed("planned_end", "11", "1", "2026", "04:00", "America/New_York")
    report = approved(file_spear(agent, answers, now=datetime(2026, 10, 20, tzinfo=UTC)), supervisor)
    later = datetime(2026, 11, 2, tzinfo=UTC)
    draft = drafts.open_amendment(filed(report), by=agent)
    draft.answers["narrative"], draft.reason = {"narrative": ["The team met at one."]}, "More is known"
    draft.save()
    again = actions.submit(draft.pk, by=agent, key=draft.pk, body_hash="x", attested=True, now=later).report
    assert (again.version, again.status) == (2, "submitted")


def test_an_operation_that_began_early_is_recorded_as_it_was(agent: Any, supervisor: Any) -> None:
    report = past(agent, supervisor)
    early = SPEAR.objects.get(pk=report.pk).event_at - timedelta(hours=2)
    outcome(report, agent, "executed", early)
    assert SPEAR.objects.get(pk=report.pk).outcome_at == early.replace(second=0, microsecond=0)
