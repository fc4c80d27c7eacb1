"""Mail of filed reports and released summaries through a real SMTP server, by a real worker."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.roles import Role
from audit.log import record
from audit.models import Event
from reports.models import Report
from tests.fake import FAKE
from tests.reports.filing import file_sir
from tests.watch.mailroom import Mailroom, jobs, make_due, work
from tests.watch.stories import TEXT, release, to, write
from watch.models import Summary

SUMMARY = "watch.tasks.mail_summary"
pytestmark = pytest.mark.django_db(transaction=True)


def released(agent: Any, analyst: Any) -> Summary:
    summary = write(file_sir(agent), analyst)
    release(summary, analyst, to("HQ", Role.INTEL))
    return summary


def test_each_told_office_gets_a_mail_that_says_nothing_of_what_happened(
    mailroom: Mailroom, agent: Any, analyst: Any
) -> None:
    summary = released(agent, analyst)
    work()
    assert {mail["To"] for mail in mailroom.taken if mail["Subject"].startswith("Summary")} == {
        "sac@example.gov",
        "intel@example.gov",
    }
    for mail in mailroom.taken:
        said = f"{mail['Subject']}\n{mail.get_payload()}"
        assert summary.report.number in said
        assert "SAC Miami" in said
        for word in (*TEXT.split(), "fugitive", "marina", FAKE.last_name, agent.name, analyst.name, "pier", "18 USC"):
            if len(word) > 3:
                assert word.lower() not in said.lower(), word
    assert f"/watch/summaries/{summary.pk}/" in next(
        mail.as_string() for mail in mailroom.taken if mail["To"] == "intel@example.gov"
    )
    assert Event.objects.filter(code="notice.mailed").count() == len(jobs(SUMMARY)) + 3


def test_while_the_mail_server_is_gone_the_report_stands_and_the_mail_goes_later(
    mailroom: Mailroom, agent: Any, analyst: Any
) -> None:
    mailroom.close()
    summary = released(agent, analyst)
    work()
    assert Report.objects.get().number == summary.report.number
    assert jobs(SUMMARY) == [("todo", 1), ("todo", 1)]
    mailroom.open()
    make_due()
    work()
    assert jobs(SUMMARY) == [("succeeded", 2), ("succeeded", 2)]
    assert len([mail for mail in mailroom.taken if mail["Subject"].startswith("Summary")]) == 2


def summary_mails(mailroom: Mailroom) -> list[str]:
    return [mail["To"] for mail in mailroom.taken if mail["Subject"].startswith("Summary")]


def test_a_refused_address_keeps_nobody_elses_mail_back(
    mailroom: Mailroom, agent: Any, analyst: Any, analyst2: Any
) -> None:
    summary = write(file_sir(agent), analyst)
    mailroom.refused = {analyst.email}
    release(summary, analyst, to("JIOC", Role.JIOC))
    for _ in range(2):
        work()
        make_due()
    assert summary_mails(mailroom) == ["sac@example.gov", "analyst2@example.gov"]
    assert jobs(SUMMARY)[-1] == ("todo", 2)
    mailroom.refused = set()
    work()
    assert summary_mails(mailroom) == ["sac@example.gov", "analyst2@example.gov", "analyst@example.gov"]
    assert jobs(SUMMARY)[-1] == ("succeeded", 3)


def test_a_poisoned_job_is_parked_after_five_tries_and_counted(mailroom: Mailroom, agent: Any, analyst: Any) -> None:
    from watch.tasks import mail_summary

    mail_summary.defer(notice_id="no notice at all")
    for _ in range(6):
        work()
        make_due()
    assert jobs(SUMMARY) == [("failed", 5)]
    assert Client().get("/readyz").json()["queue"]["parked"] == 1


def test_a_worker_killed_after_sending_sends_the_same_message_again(
    mailroom: Mailroom, agent: Any, analyst: Any, monkeypatch: Any
) -> None:
    def killed(*args: Any, **kwargs: Any) -> int:
        raise ConnectionAbortedError

    monkeypatch.setattr("reports.mail.record", killed)
    released(agent, analyst)
    work()
    first = {mail["Message-ID"] for mail in mailroom.taken}
    monkeypatch.setattr("reports.mail.record", record)
    make_due()
    work()
    assert len(mailroom.taken) == 2 * len(first)
    assert {mail["Message-ID"] for mail in mailroom.taken} == first


@pytest.mark.parametrize(("attempts", "outcome"), [(0, "succeeded"), (19, "failed")])
def test_a_job_whose_worker_was_killed_comes_back_and_at_last_is_parked(
    mailroom: Mailroom, agent: Any, analyst: Any, attempts: int, outcome: str
) -> None:
    from watch.tasks import retry_stalled

    release(write(file_sir(agent), analyst), analyst)
    with connection.cursor() as cursor:
        # As a hard kill leaves it: taken, its worker gone.
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s WHERE task_name = %s", [attempts, SUMMARY]
        )
    retry_stalled.defer(timestamp=0)  # type: ignore[call-arg]
    work()
    work()
    assert jobs(SUMMARY)[0][0] == outcome
