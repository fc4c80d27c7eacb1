"""The life of a summary: written, changed, released, released anew; who reads it; nothing lost between two writers."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.access import Refused
from accounts.roles import Role
from audit.models import Event
from reports import actions as report_actions
from reports.models import Report
from tests.reports.filing import amend_sir, file_sir, sir_answers
from tests.watch.stories import TEXT, release, to, write
from watch import actions
from watch.models import Summary, SummaryNotice, SummaryVersion
from watch.reach import readable


def restricted(agent: Any) -> Report:
    flags = {"restricted": ["on"], "restricted_reason": ["An undercover agent is named"], "marking": ["LES"]}
    return file_sir(agent, sir_answers(agent, flags=flags))


def reads(user: Any, summary: Summary) -> bool:
    return readable(user).filter(pk=summary.pk).exists()


def test_a_draft_is_seen_by_the_watch_alone(agent: Any, analyst: Any, analyst2: Any, sac: Any) -> None:
    summary = write(file_sir(agent), analyst)
    assert (summary.version, summary.released_at, summary.of_version) == (1, None, 1)
    assert reads(analyst2, summary)
    assert not reads(sac, summary)
    assert not reads(agent, summary)
    assert Event.objects.filter(code="summary.drafted", object_id=str(summary.pk), actor_id=analyst.pk).count() == 1


def test_release_tells_the_offices_of_the_rules_and_those_chosen_by_hand(
    agent: Any, analyst: Any, sac: Any, fod: Any, intel: Any, outsider: Any
) -> None:
    summary = write(file_sir(agent), analyst)
    notices = release(summary, analyst, to("MIF", Role.FOD), to("HQ", Role.INTEL))
    assert {(n.office.code, n.role, n.chosen_by_hand) for n in notices} == {
        ("MIA", "sac", "rule"),
        ("MIF", "fod", "hand"),
        ("HQ", "intel", "hand"),
    }
    assert all(reads(person, summary) for person in (sac, fod, intel))
    assert not reads(outsider, summary)
    assert Event.objects.get(code="summary.released").object_label.startswith("summary of SIR-")
    # Whoever is told reads the summary; the report itself opens to nobody by that.
    assert not Report.objects.visible_to(fod).exists()


def test_a_release_queues_its_mail_in_the_same_transaction(agent: Any, analyst: Any) -> None:
    (notice,) = release(write(file_sir(agent), analyst), analyst)
    jobs = ProcrastinateJob.objects.filter(task_name="watch.tasks.mail_summary")
    assert [job.args for job in jobs] == [{"notice_id": str(notice.pk)}]


def test_a_changed_summary_is_the_next_version_and_tells_everyone_again(agent: Any, analyst: Any) -> None:
    summary = write(file_sir(agent), analyst)
    release(summary, analyst, to("MIF", Role.FOD))
    changed = write(summary.report, analyst, "Two people were arrested.")
    assert (changed.version, changed.released_at) == (2, None)
    notices = release(changed, analyst)
    assert {(n.office.code, n.version) for n in notices} == {("MIA", 2), ("MIF", 2)}
    assert list(SummaryVersion.objects.values_list("version", "text")) == [(2, "Two people were arrested."), (1, TEXT)]


def test_a_released_version_reaches_more_offices_but_none_twice(agent: Any, analyst: Any) -> None:
    summary = write(file_sir(agent), analyst)
    release(summary, analyst)
    assert [n.office.code for n in release(summary, analyst, to("ATL", Role.SAC))] == ["ATL"]
    with pytest.raises(Refused, match="at least one office"):
        release(summary, analyst)
    assert SummaryVersion.objects.count() == 1


def test_two_writers_are_told_apart_and_neither_text_is_lost(agent: Any, analyst: Any, analyst2: Any) -> None:
    report = file_sir(agent)
    first = write(report, analyst)
    opened = first.written_at
    write(report, analyst2, "As analyst2 sees it.")
    with pytest.raises(actions.ChangedMeanwhile) as caught:
        write(report, analyst, "As analyst sees it.", base=opened)
    assert caught.value.summary.text == "As analyst2 sees it."
    with pytest.raises(actions.ChangedMeanwhile):
        write(report, analyst, "I saw no summary.", base=None)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.release(first.pk, [to("MIA", Role.SAC)], by=analyst, base=opened)
    assert Summary.objects.get().text == "As analyst2 sees it."
    assert not SummaryNotice.objects.exists()


def test_a_clock_that_stands_still_does_not_hide_a_change(agent: Any, analyst: Any, analyst2: Any) -> None:
    report, now = file_sir(agent), timezone.now()
    first = write(report, analyst, now=now)
    second = write(report, analyst2, "Changed at the same moment.", now=now)
    assert second.written_at > first.written_at


def test_it_says_which_version_of_the_report_it_sums_up(agent: Any, analyst: Any) -> None:
    report = file_sir(agent)
    amended = amend_sir(report, agent, narrative={"narrative": ["There were two of them."]})
    summary = write(amended, analyst, of_version=1)
    assert summary.of_version == 1
    with pytest.raises(ValidationError, match="which version"):
        write(amended, analyst, of_version=3)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_an_empty_or_over_long_text_is_not_kept(agent: Any, analyst: Any, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        write(file_sir(agent), analyst, text)
    assert "text" in caught.value.message_dict
    assert not Summary.objects.exists()


def test_only_the_watch_writes(agent: Any, analyst: Any, sac: Any, hq: Any) -> None:
    report = file_sir(agent)
    for person in (agent, sac, hq):
        with pytest.raises(Refused, match="JIOC analyst"):
            write(report, person)
    summary = write(report, analyst)
    with pytest.raises(Refused):
        release(summary, sac)


def test_nothing_is_sent_about_a_voided_report(agent: Any, analyst: Any, supervisor: Any) -> None:
    report = file_sir(agent)
    summary = write(report, analyst)
    report_actions.move(report.pk, "void", by=supervisor, reason="Filed twice")
    with pytest.raises(Refused, match="voided"):
        release(summary, analyst)


def test_a_restricted_reports_summary_is_read_by_those_named_on_it(
    agent: Any, analyst: Any, analyst2: Any, sac: Any, fod: Any
) -> None:
    report = restricted(agent)
    with pytest.raises(Report.DoesNotExist):
        write(report, analyst)
    report_actions.name_reader(report, analyst, by=agent, reason="On watch")
    summary = write(report, analyst)
    release(summary, analyst, to("MIA", Role.SAC), to("MIF", Role.FOD))
    assert not reads(analyst2, summary)
    assert not reads(sac, summary)
    report_actions.name_reader(report, sac, by=agent, reason="Leads the office")
    assert reads(sac, summary)
    assert not reads(fod, summary)


def test_reading_ends_with_the_role(agent: Any, analyst: Any, sac: Any) -> None:
    from accounts.actions import revoke_role

    summary = write(file_sir(agent), analyst)
    release(summary, analyst)
    assert reads(sac, summary)
    revoke_role(sac.assignments.get(), by=None)
    sac = type(sac).objects.get(pk=sac.pk)
    assert not reads(sac, summary)


def test_business_time_is_passed_on(agent: Any, analyst: Any) -> None:
    then = timezone.now() - timedelta(days=3)
    summary = write(file_sir(agent), analyst, now=then)
    (notice,) = release(summary, analyst, now=then + timedelta(minutes=5))
    assert notice.made_at == SummaryVersion.objects.get().at == then + timedelta(minutes=5)
