"""Each term of what waits for whose decision counts, and of who wrote it: leave one out, and one of these fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actions import save_reference
from accounts.models import Office
from accounts.roles import Role
from audit.log import record
from reports import actions, decisions
from reports.models import ApprovalRule, Report
from reports.workflow import may_move, move_of
from reports.writers import wrote_what_waits
from tests.access.test_outside_terms import afresh, give
from tests.reports.filing import amend_report, approved, file_sir, file_spear, file_tav, moment, spear_answers
from tests.reports.test_readers import RESTRICTED

pytestmark = pytest.mark.django_db
DENIED = {"decision": "denied", "conflict": "none", "decision_reason": "No room that day."}


def waiting(user: Any) -> list[str]:
    return [report.number for report in decisions.waiting(afresh(user))]


@transaction.atomic
def change(report: Report, **values: Any) -> None:
    Report.objects.filter(pk=report.pk).update(**values)
    record("report.amended", by=None, on=report)


def other_words(report: Report, by: Any) -> Report:
    """A version that needs no approval anew."""
    return amend_report(report, by, narrative={"narrative": [f"As {by.name} knows it."]})


def other_window(report: Report, by: Any) -> Report:
    """A version that is approved anew."""
    start = timezone.now() + timedelta(days=5)
    return amend_report(report, by, when=moment("event_at", start) | moment("planned_end", start + timedelta(hours=2)))


# -- What waits --------------------------------------------------------------------------------------------------------
def test_who_reads_every_report_and_approves_none_decides_nothing(agent: Any, officer: Any, analyst: Any) -> None:
    file_spear(agent)
    file_tav(officer)
    assert waiting(analyst) == []


def test_of_what_one_reads_only_the_kinds_wait_that_one_approves(agent: Any, officer: Any, stranger: Any) -> None:
    """A supervisor of an office of Investigations approves plans there; a visit is for the other programme."""
    save_reference(ApprovalRule(kind="tav", needed=True), by=None)
    spear, tav = file_spear(agent), file_tav(officer)
    change(tav, office=Office.objects.get(code="MIA"))
    give(stranger, Role.SUPERVISOR, "MIA")
    both = give(stranger, Role.JIOC, "JIOC")
    assert Report.objects.visible_to(both).count() == 2
    assert waiting(both) == [spear.number]


def test_who_approves_for_every_office_is_waited_for_by_every_office(agent: Any, stranger: Any, sco: Any) -> None:
    spear = file_spear(agent)
    assert waiting(give(stranger, Role.SUPERVISOR, "HQ")) == [spear.number]
    assert waiting(sco) == []


def test_a_visit_waits_while_it_is_open_undecided_and_of_this_system(officer: Any, fod: Any) -> None:
    open_one, decided, sent_back, old = (file_tav(officer) for _ in range(4))
    save_reference(ApprovalRule(kind="tav", needed=True), by=None)
    actions.move(decided.pk, "decide", by=fod, answers=DENIED)
    change(sent_back, status="returned")
    change(old, legacy=True)
    assert waiting(fod) == [open_one.number]


def test_a_visit_waits_for_everybody_but_who_filed_it(fod: Any, stranger: Any) -> None:
    tav = file_tav(fod)
    assert waiting(fod) == []
    assert waiting(give(stranger, Role.SUPERVISOR, "MIF")) == [tav.number]


def test_what_one_wrote_a_part_of_waits_for_others_and_what_one_did_not_for_oneself(
    agent: Any, supervisor: Any, sac: Any
) -> None:
    mended, untouched = file_spear(agent), file_spear(agent)
    other_words(mended, supervisor)
    assert waiting(supervisor) == [untouched.number]
    assert set(waiting(sac)) == {mended.number, untouched.number}


def test_a_restricted_plan_waits_for_whom_it_names_alone(agent: Any, supervisor: Any, sac: Any) -> None:
    case = {"supervisor": [str(supervisor.pk)], "place_country": ["US"]}
    spear = file_spear(agent, spear_answers(agent, flags=RESTRICTED["flags"], case=case))
    assert (waiting(supervisor), waiting(sac)) == ([spear.number], [])


# -- Who wrote it ------------------------------------------------------------------------------------------------------
def test_what_waits_is_what_its_author_wrote_until_it_is_approved(agent: Any, supervisor: Any) -> None:
    spear = file_spear(agent)
    assert wrote_what_waits(spear, agent)
    assert not wrote_what_waits(spear, supervisor)
    approved(spear, supervisor)
    assert not wrote_what_waits(spear, agent)


def test_one_report_that_waits_says_nothing_of_another(agent: Any, supervisor: Any) -> None:
    """Neither that the other waits, too, nor that an approval was meant for it."""
    done, waits = approved(file_spear(agent), supervisor), file_spear(agent)
    later = other_words(done, agent)
    assert (later.status, wrote_what_waits(later, agent)) == ("submitted", False)
    approved(file_spear(agent), supervisor)
    assert wrote_what_waits(waits, agent)
    sir = file_sir(agent)
    assert not wrote_what_waits(sir, agent)


def test_who_mended_it_before_it_was_sent_back_does_not_approve_it_when_it_is_filed_again(
    agent: Any, supervisor: Any, sac: Any
) -> None:
    spear = other_words(file_spear(agent), supervisor)
    actions.move(spear.pk, "return", by=sac, reason="The second address is missing.")
    again = other_words(Report.objects.get(pk=spear.pk), agent)
    assert (again.status, wrote_what_waits(again, supervisor)) == ("awaiting", True)
    assert "You wrote a part" in may_move(again, move_of(again, "approve"), supervisor).reason
    assert may_move(again, move_of(again, "void"), supervisor)


def test_an_approval_of_long_ago_is_not_one_of_what_was_written_since(agent: Any, supervisor: Any, sac: Any) -> None:
    spear = other_window(approved(file_spear(agent), sac), supervisor)
    assert (spear.status, wrote_what_waits(spear, supervisor)) == ("awaiting", True)


def test_who_mended_what_needed_no_approval_may_approve_what_another_changes_later(
    agent: Any, supervisor: Any, sac: Any
) -> None:
    spear = other_words(approved(file_spear(agent), sac), supervisor)
    assert spear.status == "submitted"
    again = other_window(spear, agent)
    assert (again.status, wrote_what_waits(again, supervisor)) == ("awaiting", False)
    assert waiting(supervisor) == [again.number]
    assert may_move(again, move_of(again, "approve"), supervisor)
