"""A match from when it is found until it is settled, through the acts of the people themselves."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.access import Refused
from audit.models import Event
from reports import actions, matches
from reports.models import Match, MatchNotice, Report
from tests.deconfliction.plans import HERE, HOUR, hows, north, place, plan, tomorrow, window
from tests.reports.filing import amend_report, approved, moment

pytestmark = pytest.mark.django_db

ELSEWHERE = [place(48.0, -122.0)]
NEAR = [north(40)]


def pair(agent: Any, outsider: Any, **changes: Any) -> tuple[Report, Report, Match]:
    one, other = plan(agent), plan(outsider, **changes)
    return one, other, Match.objects.get()


def moved(report: Report, by: Any, places: list[Any]) -> Report:
    """The next version of a plan, at other places."""
    from reports import drafts

    draft = drafts.open_amendment(report, by=by)
    draft.answers["locations"], draft.reason = places, "Another place"
    draft.save()
    return actions.submit(draft.pk, by=by, key=draft.pk, body_hash="x", attested=True).report


def outcome(report: Report, by: Any, said: str, supervisor: Any) -> None:
    approved(report, supervisor)
    answers = {"outcome": said, **{k: v[0] for k, v in moment("outcome_at", timezone.now(), "UTC").items()}}
    actions.move(report.pk, "outcome", by=by, answers=answers)


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%%mail_match'")
        return int(cursor.fetchone()[0])


# -- Found -------------------------------------------------------------------------------------------------------------
def test_a_match_is_raised_before_either_plan_is_approved(agent: Any, outsider: Any) -> None:
    one, other, match = pair(agent, outsider)
    assert {one.status, other.status} == {"awaiting"}
    assert {match.a, match.b} == {Report.objects.get(pk=one.pk), Report.objects.get(pk=other.pk)}
    assert match.stands


def test_both_contacts_both_offices_and_the_jioc_are_told(agent: Any, outsider: Any) -> None:
    *_, match = pair(agent, outsider)
    told = {(n.person and n.person.username, n.office and n.office.code, n.role) for n in match.notices.all()}
    assert told == {
        ("agent", None, ""),
        ("outsider", None, ""),
        (None, "MIA", "sac"),
        (None, "ATL", "sac"),
        (None, "JIOC", "jioc"),
    }
    assert jobs() == 5


def test_each_operation_has_it_in_its_log_without_the_other_or_whose_it_is(agent: Any, outsider: Any) -> None:
    one, other, match = pair(agent, outsider)
    assert Event.objects.filter(code="match.raised", object_id=str(match.pk)).count() == 1
    for report in (one, other):
        (event,) = Event.objects.filter(code="report.matched", object_id=str(report.pk))
        assert event.actor == "system"
        apart = other if report == one else one
        assert apart.number not in f"{event.payload} {event.object_label}"
        assert str(apart.pk) not in event.payload


def test_a_third_plan_matches_both(agent: Any, outsider: Any, officer: Any) -> None:
    pair(agent, outsider)
    plan(officer)
    assert Match.objects.filter(stands=True).count() == 3


def test_one_who_is_the_contact_of_both_is_told_once(agent: Any) -> None:
    *_, match = pair(agent, agent)
    assert match.notices.filter(person=agent).count() == 1


# -- Changed -----------------------------------------------------------------------------------------------------------
def test_a_plan_that_moves_away_no_longer_matches(agent: Any, outsider: Any) -> None:
    _, other, match = pair(agent, outsider)
    moved(other, outsider, ELSEWHERE)
    match.refresh_from_db()
    assert not match.stands
    assert Match.objects.open().count() == 0


def test_a_plan_that_moves_near_matches(agent: Any, outsider: Any) -> None:
    one, other = plan(agent), plan(outsider, places=ELSEWHERE)
    assert Match.objects.count() == 0
    moved(other, outsider, NEAR)
    assert hows(one, other) == ["place"]


def test_it_stands_again_when_the_plan_comes_back(agent: Any, outsider: Any) -> None:
    _, other, match = pair(agent, outsider)
    moved(moved(other, outsider, ELSEWHERE), outsider, NEAR)
    match.refresh_from_db()
    assert match.stands
    assert match.changed_at > match.raised_at


def test_a_change_that_is_not_of_the_plan_changes_no_match(agent: Any, outsider: Any) -> None:
    _, other, match = pair(agent, outsider)
    before = jobs()
    amend_report(other, outsider, narrative={"narrative": ["They meet at six."]})
    match.refresh_from_db()
    assert match.changed_at == match.raised_at
    assert jobs() == before


def test_a_settled_match_is_opened_again_when_its_reasons_change(agent: Any, outsider: Any, analyst: Any) -> None:
    _, other, match = pair(agent, outsider)
    matches.settle(match.pk, "coordinated", "Both go in one after the other.", by=analyst)
    before = jobs()
    moved(other, outsider, NEAR)
    match.refresh_from_db()
    assert (match.settled_at, match.outcome, match.note) == (None, "", "")
    assert match.earlier.get().note == "Both go in one after the other."
    assert jobs() == before + 5


def test_a_window_that_moves_changes_the_match(agent: Any, outsider: Any) -> None:
    _, other, match = pair(agent, outsider)
    amend_report(other, outsider, when=window(tomorrow() + HOUR, tomorrow() + 4 * HOUR))
    match.refresh_from_db()
    assert match.reasons[0]["apart"] == -2 * 3600


@pytest.mark.parametrize(("said", "ends"), [("cancelled", True), ("postponed", True)])
def test_a_plan_that_is_called_off_ends_its_matches(
    agent: Any, outsider: Any, supervisor: Any, said: str, ends: bool
) -> None:
    one, *_, match = pair(agent, outsider)
    outcome(one, agent, said, supervisor)
    match.refresh_from_db()
    assert match.stands is not ends
    plan(outsider)
    assert Match.objects.filter(stands=True).count() == 1  # the two of outsider, and not the one that is off


def test_a_returned_plan_matches_nobody_until_it_is_filed_again(
    agent: Any, outsider: Any, officer: Any, supervisor: Any
) -> None:
    one, other, _ = pair(agent, outsider)
    actions.move(one.pk, "return", by=supervisor, reason="Say who goes in first")
    assert Match.objects.open().count() == 0
    third = plan(officer)
    assert hows(one, third) == []
    amend_report(one, agent, narrative={"narrative": ["The first team goes in first."]})
    assert hows(one, third) == ["place"]
    assert Match.objects.open().filter(a__in=(one, other), b__in=(one, other)).count() == 1


def test_a_voided_plan_ends_its_matches(agent: Any, outsider: Any, supervisor: Any) -> None:
    one, *_ = pair(agent, outsider)
    actions.move(one.pk, "void", by=supervisor, reason="Filed twice")
    assert (Match.objects.open().count(), Match.objects.ended().count()) == (0, 1)
    plan(outsider)
    assert Match.objects.open().count() == 1


# -- Settled -----------------------------------------------------------------------------------------------------------
def test_the_second_who_takes_it_up_is_told_who_was_faster(
    agent: Any, outsider: Any, analyst: Any, analyst2: Any
) -> None:
    *_, match = pair(agent, outsider)
    matches.take_up(match.pk, by=analyst)
    matches.take_up(match.pk, by=analyst)
    assert Event.objects.filter(code="match.taken_up").count() == 1
    with pytest.raises(Refused, match="Analyst has already taken up"):
        matches.take_up(match.pk, by=analyst2)


def test_settling_needs_an_outcome_and_a_note(agent: Any, outsider: Any, analyst: Any) -> None:
    *_, match = pair(agent, outsider)
    with pytest.raises(ValidationError) as wrong:
        matches.settle(match.pk, "agreed", "  ", by=analyst)
    assert set(wrong.value.message_dict) == {"outcome", "note"}


def test_a_settled_match_is_not_settled_again(agent: Any, outsider: Any, analyst: Any, analyst2: Any) -> None:
    *_, match = pair(agent, outsider)
    matches.settle(match.pk, "moved", "Atlanta waits a day.", by=analyst)
    with pytest.raises(Refused, match="Analyst has already settled"):
        matches.settle(match.pk, "joined", "Something else.", by=analyst2)
    assert Match.objects.get().note == "Atlanta waits a day."


def test_what_changed_since_it_was_read_is_not_settled(agent: Any, outsider: Any, analyst: Any) -> None:
    _, other, match = pair(agent, outsider)
    moved(other, outsider, NEAR)
    with pytest.raises(matches.ChangedMeanwhile):
        matches.settle(match.pk, "moved", "Atlanta waits.", by=analyst, seen=match.changed_at)
    match.refresh_from_db()
    assert matches.settle(match.pk, "moved", "Atlanta waits.", by=analyst, seen=match.changed_at).settled_by == analyst


@pytest.mark.parametrize("username", ["agent", "sac", "supervisor", "hq", "auditor"])
def test_only_the_jioc_settles(agent: Any, outsider: Any, person: Any, username: str) -> None:
    *_, match = pair(agent, outsider)
    for act in (matches.take_up, lambda pk, by: matches.settle(pk, "moved", "Wait.", by=by)):
        with pytest.raises(Refused):
            act(match.pk, by=person(username))


def test_opening_it_marks_what_one_was_told_as_seen(agent: Any, outsider: Any, sac: Any, as_: Any) -> None:
    *_, match = pair(agent, outsider)
    as_(sac).get(f"/reports/deconfliction/{match.pk}/")
    seen = MatchNotice.objects.filter(seen_at__isnull=False)
    assert [(notice.office and notice.office.code, notice.role) for notice in seen] == [("MIA", "sac")]
    assert Event.objects.filter(code="match.viewed", actor_id=sac.pk, object_id=str(match.pk)).count() == 1
    assert timezone.now().astimezone(UTC) >= seen[0].seen_at  # type: ignore[operator]


def test_the_place_of_an_earlier_version_is_compared_no_more(agent: Any, outsider: Any) -> None:
    one = moved(plan(agent), agent, ELSEWHERE)
    assert hows(one, plan(outsider, places=[place(*HERE)])) == []
