"""Alerts: a saved search tells its owner once of each further report that it finds and that they may then read."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter, process_time
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import OfficePermission, Training, User
from audit.log import record
from audit.models import Event
from reports import actions
from reports.actions.saved_searches import remove_search, run_search, save_search
from reports.finding import alerts, saved
from reports.models import Report, SavedSearch, SavedSearchFind
from reports.models.report import NAMED
from reports.reading import note_reading
from tests.attachments.conftest import released
from tests.attachments.made import pdf
from tests.attachments.scanner import clamd, running_clamd  # noqa: F401
from tests.fake import FAKE
from tests.reports.filing import amend_report, file_sir, file_tav, sir_answers
from tests.watch.mailroom import jobs

pytestmark = pytest.mark.django_db
MATCH, MAIL = "reports.tasks.match_saved_searches", "reports.tasks.mail_find"


def wanted(by: Any, terms: str = "schooner", name: str = "Boats", alerts: bool = True, **filters: str) -> SavedSearch:
    return save_search(by=by, name=name, terms=terms, filters=filters, alerts=alerts)


def named(by: Any, title: str = "A schooner at the pier", **sections: Any) -> Report:
    answers = sir_answers(by)
    answers["what"] |= {"title": [title]}
    return file_sir(by, answers | sections)


def restricted() -> dict[str, Any]:
    reason = ["An employee is named"]
    return {"flags": {"restricted": ["on"], "restricted_reason": reason, "marking": ["Law enforcement sensitive"]}}


def told(report: Report) -> set[str]:
    """Who is told of a report when the queued comparison runs: by what is kept, and by what is mailed."""
    report = Report.objects.get(pk=report.pk)
    alerts.match(str(report.pk), report.version)
    owners = set(SavedSearchFind.objects.filter(report=report).values_list("search__owner__username", flat=True))
    mail.outbox.clear()
    for one in User.objects.filter(username__in=owners):
        alerts.mail(str(report.pk), one.pk, report.version)
    assert {letter.to[0].partition("@")[0] for letter in mail.outbox} <= owners
    return {letter.to[0].partition("@")[0] for letter in mail.outbox}


# -- Who is told -------------------------------------------------------------------------------------------------------
def test_whoever_may_read_it_is_told_and_nobody_else(
    agent: Any, colleague: Any, outsider: Any, officer: Any, analyst: Any, hq: Any
) -> None:
    for one in (agent, colleague, outsider, officer, analyst, hq):
        wanted(one)
    assert told(named(agent)) == {"colleague", "analyst", "hq"}


def test_a_restricted_report_is_told_to_those_named_and_from_then_on(
    agent: Any, colleague: Any, analyst: Any, supervisor: Any
) -> None:
    for one in (colleague, analyst):
        wanted(one)
    report = named(agent, **restricted())
    assert told(report) == set()
    actions.name_reader(report, colleague, by=agent, reason="Works the case")
    assert jobs(MATCH) == [("todo", 0)] * 2
    assert told(report) == {"colleague"}


def test_ones_own_filing_is_no_news_under_any_account(agent: Any, colleague: Any) -> None:
    with_same_key = colleague
    User.objects.filter(pk=with_same_key.pk).update(person_key=agent.person_key)
    record("user.changed", by=None, on=with_same_key)
    wanted(agent), wanted(with_same_key)
    assert told(named(agent)) == set()


def test_filters_narrow_what_is_told(agent: Any, analyst: Any, fod: Any, officer: Any) -> None:
    wanted(analyst, kind="tav")
    wanted(analyst, name="In Atlanta", office="ATL")
    wanted(analyst, name="Urgent", urgent="on")
    assert told(named(agent)) == set()
    wanted(analyst, name="In Miami", office="MIA", kind="sir")
    assert told(named(agent)) == {"analyst"}
    wanted(analyst, name="All visits", terms="", kind="tav")
    assert told(file_tav(officer)) == {"analyst"}


def test_a_filter_that_no_longer_applies_finds_nothing(agent: Any, outsider: Any, analyst: Any) -> None:
    wanted(outsider, terms="", kind="sir", office="MIA")
    wanted(analyst, terms="", kind="lost")
    assert told(named(agent)) == set()


def test_without_alerts_nobody_is_told_and_nothing_is_queued(agent: Any, analyst: Any) -> None:
    wanted(analyst, alerts=False)
    report = named(agent)
    assert jobs(MATCH) == []
    assert told(report) == set()


@pytest.mark.parametrize("lost", ["left", "suspended", "rules", "training", "role"])
def test_who_could_not_open_the_page_is_not_told(agent: Any, analyst: Any, lost: str) -> None:
    wanted(analyst)
    report = named(agent)
    take_away(analyst, lost)
    assert told(report) == set()


@pytest.mark.parametrize("lost", ["left", "training", "role", "restricted", "voided"])
def test_rights_lost_between_the_find_and_the_mail_show_nothing(
    agent: Any, analyst: Any, supervisor: Any, as_: Any, lost: str
) -> None:
    wanted(analyst)
    report = named(agent)
    assert alerts.match(str(report.pk), 1) == 1
    assert list(saved.unseen(analyst))
    if lost == "restricted":
        amend_report(report, agent, **restricted())
    elif lost == "voided":
        actions.move(report.pk, "void", by=supervisor, reason="Filed twice")
    else:
        take_away(analyst, lost)
    alerts.mail(str(report.pk), analyst.pk, 1)
    assert mail.outbox == []
    if lost in ("restricted", "voided"):
        assert report.number not in as_(analyst).get("/reports/saved/").content.decode()


def take_away(person: Any, what: str) -> None:
    if what in ("left", "suspended"):
        User.objects.filter(pk=person.pk).update(status=what)
    elif what == "rules":
        User.objects.filter(pk=person.pk).update(rules_version="old")
    elif what == "training":
        Training.objects.filter(user=person).update(completed_on=timezone.localdate() - timedelta(days=800))
        User.objects.filter(pk=person.pk).update(trained_until=timezone.localdate() - timedelta(days=1))
    else:
        OfficePermission.objects.filter(user=person).delete()
    record("user.changed", by=None, on=person)


# -- Once, and when it changes -----------------------------------------------------------------------------------------
def test_a_report_is_told_once_whatever_becomes_of_it(agent: Any, analyst: Any) -> None:
    wanted(analyst)
    report = named(agent)
    assert told(report) == {"analyst"}
    assert alerts.match(str(report.pk), 1) == 0
    amend_report(report, agent, narrative={"narrative": ["The schooner left."]})
    report.refresh_from_db()
    assert alerts.match(str(report.pk), report.version) == 0
    assert SavedSearchFind.objects.count() == 1


def test_a_report_that_says_it_only_now_is_told_now(agent: Any, analyst: Any) -> None:
    wanted(analyst)
    report = named(agent, title="A man at the pier")
    assert told(report) == set()
    amend_report(report, agent, narrative={"narrative": ["He came by schooner."]})
    assert told(report) == {"analyst"}


def test_a_change_of_state_is_looked_at_too(agent: Any, analyst: Any, analyst2: Any) -> None:
    wanted(analyst, terms="", state="under_review")
    report = named(agent)
    assert told(report) == set()
    actions.move(report.pk, "take-up", by=analyst2)
    assert told(report) == {"analyst"}


def test_two_searches_of_one_owner_make_one_mail(agent: Any, analyst: Any) -> None:
    wanted(analyst), wanted(analyst, terms="pier", name="Piers")
    report = named(agent)
    assert alerts.match(str(report.pk), 1) == 2
    assert jobs(MAIL) == [("todo", 0)]
    assert Event.objects.filter(code="saved_search.found").count() == 2


def test_a_job_of_an_older_version_leaves_it_to_the_newer(agent: Any, analyst: Any) -> None:
    wanted(analyst)
    report = named(agent)
    amend_report(report, agent, narrative={"narrative": ["Nothing new."]})
    assert alerts.match(str(report.pk), 1) == 0
    assert alerts.match(str(report.pk), 2) == 1


def test_a_search_removed_while_it_is_compared_is_told_of_nothing(
    agent: Any, analyst: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = wanted(analyst)
    report, finding = named(agent), alerts._finding

    def slowly(*asked: Any) -> Any:
        found = finding(*asked)
        remove_search(search.pk, by=analyst)
        return found

    monkeypatch.setattr(alerts, "_finding", slowly)
    assert alerts.match(str(report.pk), 1) == 0


# -- What is said ------------------------------------------------------------------------------------------------------
def test_the_mail_says_number_and_link_and_nothing_more(agent: Any, analyst: Any, settings: Any) -> None:
    wanted(analyst, name="Secret boats")
    report = named(agent)
    told(report)
    (letter,) = mail.outbox
    assert letter.subject == "A saved search found a report"
    assert f"{settings.SITE_URL}/reports/{report.number}/" in letter.body
    said = f"{letter.subject} {letter.body}".casefold()
    for word in ("schooner", "secret", "pier", FAKE.last_name.casefold(), "agent"):
        assert word not in said
    event = Event.objects.get(code="saved_search.mailed")
    assert (event.object_label, "schooner" in event.payload) == (report.number, False)


def test_what_is_new_stands_on_the_first_page_and_in_the_list_until_it_is_seen(
    agent: Any, colleague: Any, as_: Any
) -> None:
    search, client = wanted(colleague), as_(colleague)
    home = "New for your saved searches"
    assert home not in client.get("/").content.decode()
    report = named(agent)
    told(report)
    assert home in client.get("/").content.decode()
    page = client.get("/reports/saved/").content.decode()
    assert "1 new" in page
    assert report.number in page
    client.get(f"/reports/saved/{search.pk}/")
    assert home not in client.get("/").content.decode()
    assert "1 new" not in client.get("/reports/saved/").content.decode()
    assert Event.objects.filter(code="saved_search.seen").count() == 1


def test_a_report_that_was_read_is_new_no_longer(agent: Any, analyst: Any) -> None:
    wanted(analyst)
    report = named(agent)
    told(report)
    assert saved.unseen(analyst).count() == 1
    note_reading(report, by=analyst)
    assert saved.unseen(analyst).count() == 0
    run_search(SavedSearch.objects.get().pk, by=analyst)


# -- Many --------------------------------------------------------------------------------------------------------------
def test_two_hundred_searches_are_compared_in_less_than_a_second(agent: Any, analyst: Any, hq: Any, intel: Any) -> None:
    owners = [analyst, hq, intel]
    made = [
        SavedSearch(
            owner=owners[n % 3], name=f"No {n}", terms=f"schooner w{n % 7}", alerts=True, made_at=timezone.now()
        )
        for n in range(200)
    ]
    SavedSearch.objects.bulk_create(made)
    record("saved_search.made", by=None, on=made[0], batch=[one.audit_id for one in made])
    report = named(agent)
    with CaptureQueriesContext(connection) as asked:
        started, counted = perf_counter(), process_time()
        alerts.match(str(report.pk), 1)
        took, spent = perf_counter() - started, process_time() - counted
    # Of each search the words close to its own, and whether it finds the report; besides what each owner may see.
    assert len(asked) <= 2 * 200 + 20
    assert spent < 1, (took, spent)


def test_the_reader_named_on_no_report_is_the_control(agent: Any, colleague: Any, monkeypatch: Any) -> None:
    """The control: were everything visible, the test of the restricted report would see it."""
    from django.db.models import Q

    wanted(colleague)
    report = named(agent, **restricted())
    assert NAMED
    monkeypatch.setattr("reports.models.report.visible", lambda user: Q())
    assert told(report) == {"colleague"}


@pytest.mark.usefixtures("clamd")
def test_what_an_attached_document_says_is_watched_for_once_it_is_released(agent: Any, analyst: Any) -> None:
    wanted(analyst)
    report = named(agent, "A boat at the pier")
    assert told(report) == set()
    released(pdf("The schooner lay at the pier"), "pier.pdf", on=report, by=agent)
    assert jobs(MATCH) == [("todo", 0)] * 2
    assert told(report) == {"analyst"}
