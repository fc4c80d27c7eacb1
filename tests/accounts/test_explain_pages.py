"""The pages that explain access: of a person and a report, of a grant before it is given, and of an office."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect

from accounts import actions as accounts
from accounts import opening
from accounts.models import Assignment, Office, OfficePermission, User
from accounts.roles import Role
from audit.log import record
from audit.models import Event
from ileads import actions as ileads
from reports import actions
from reports.models import Report
from tests.access.matrix import taken_back
from tests.imports.old import bring_old, old_report
from tests.journeys.test_story import desk
from tests.reports.filing import approved, file_report, file_sir, sir_answers
from tests.reports.test_readers import RESTRICTED

__all__ = ["desk"]
pytestmark = pytest.mark.django_db
ADDRESS = "/accounts/explain/"
MONTH = timedelta(days=30)


def words(answer: Any) -> str:
    """What the page says, without its tags."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def ask(browser: Any, user: User, report: Report | str) -> Any:
    return browser.get(ADDRESS, {"person": user.pk, "report": str(report)})


def explained(browser: Any, user: User, report: Report | str) -> str:
    answer = ask(browser, user, report)
    assert answer.status_code == 200
    assert "do not agree" not in answer.content.decode()
    return words(answer)


# -- Of a person and a report -----------------------------------------------------------------------------------------
def test_who_asks_by_name_and_number_is_led_to_an_address_that_names_nobody(as_: Any, acm: Any, agent: Any) -> None:
    report, browser = file_sir(agent), as_(acm)
    answer = browser.post(ADDRESS, {"person": agent.pk, "report": report.number})
    assert answer["Location"] == f"{ADDRESS}?person={agent.pk}&report={report.number}"
    typed = browser.get(ADDRESS, {"person": agent.username, "report": report.number})
    assert typed["Location"] == answer["Location"]


def test_a_supervisor_sees_it_through_the_tree_and_the_page_names_the_grant(as_: Any, acm: Any, person: Any) -> None:
    agent, supervisor = person("agent"), person("supervisor")
    agent.office = Office.objects.get(code="KEY")
    accounts.grant_role(user=agent, role=Role.FIELD_HSI, office=agent.office, until=timezone.now() + MONTH, by=None)
    said = explained(as_(acm), User.objects.get(pk=supervisor.pk), file_sir(agent))
    assert "They may see it Supervisor may see SIR-" in said
    assert "Supervisor at SAC Miami, until" in said
    assert "reaches Key West, which lies below it (SAC Miami > Key West)" in said


@pytest.mark.parametrize("asker", ["acm", "auditor", "privacy"])
def test_nobody_who_asks_is_told_what_the_report_says(asker: str, as_: Any, agent: Any, person: Any) -> None:
    report = file_sir(agent, sir_answers(agent, **RESTRICTED))
    page = ask(as_(person(asker)), agent, report).content.decode()
    assert report.number in page
    for text in (report.title, report.synopsis, report.narrative, report.restricted_reason):
        assert text not in page


def test_the_page_says_what_stops_somebody_and_what_to_do(as_: Any, acm: Any, agent: Any, outsider: Any) -> None:
    said = explained(as_(acm), outsider, file_sir(agent))
    assert "They may not see it Their role does not let them read SIRs for SAC Miami: Field agent (HSI) at SAC" in said
    assert "It needs one of: Field agent (HSI), " in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"status": "suspended"}, "The account is suspended."),
        ({"trained_until": None}, "No privacy training is recorded."),
        ({"rules_accepted_at": None, "rules_version": ""}, "They have not signed the Rules of Behavior."),
        ({"is_demonstration": False}, "Their role asks for a second factor, and none is set up."),
    ],
    ids=["suspended", "untrained", "unsigned", "no second factor"],
)
def test_what_is_not_in_order_is_told_first(
    change: dict[str, Any], says: str, as_: Any, acm: Any, auditor: Any, agent: Any
) -> None:
    report = file_sir(agent)
    with transaction.atomic():
        record("user.changed", by=None, on=auditor)
        User.objects.filter(pk=auditor.pk).update(**change)
    said = explained(as_(acm), auditor, report)
    assert f"Does not hold {says}" in said
    assert "Auditor may see" not in said


def test_each_move_names_its_first_step_that_fails(as_: Any, acm: Any, person: Any) -> None:
    agent, supervisor = person("agent"), person("supervisor")
    spear = file_report("spear", agent)
    said = explained(as_(acm), supervisor, spear)
    assert "Take up No No role of theirs lets them take up, release and summarise reports." in said
    said = explained(as_(acm), person("analyst"), spear)
    assert "Take up No It is awaiting approval; only a report that is submitted can be taken up." in said
    assert "Approve No No role of theirs lets them approve or return a SPEAR." in said


def test_another_account_of_the_author_is_told_why_it_may_not_approve(as_: Any, acm: Any, person: Any) -> None:
    agent, supervisor = person("agent"), person("supervisor")
    spear = file_report("spear", agent)
    with transaction.atomic():
        record("user.changed", by=None, on=supervisor)
        User.objects.filter(pk=supervisor.pk).update(person_key=agent.person_key)
    said = explained(as_(acm), supervisor, spear)
    assert "Approve No They filed it themselves, under this or another account. Somebody else who may does it." in said


def test_an_ilead_that_was_passed_on_is_explained_by_that(as_: Any, acm: Any, person: Any) -> None:
    agent, officer = person("agent"), person("officer")
    lead = approved(file_report("ilead", officer), person("fod"))
    ileads.pass_on(lead.pk, agent, by=officer, need_to_know="Works the gang", until=timezone.now() + MONTH)
    said = explained(as_(acm), agent, lead)
    assert "Because it was passed on to them: open Holds It was passed on to them, until" in said
    assert "By a role at its office: closed" in said
    assert "See a legacy SSN, for a stated reason No No role of theirs" in said


def test_an_office_that_was_told_acknowledges(as_: Any, acm: Any, agent: Any, sac: Any, fig: Any, fod: Any) -> None:
    report = file_sir(agent)
    assert "Acknowledge it Yes" in explained(as_(acm), sac, report)
    assert "Acknowledge it No They may not see it" in explained(as_(acm), fod, report)


def test_a_historical_report_is_explained_without_its_title(as_: Any, acm: Any, historian: Any, agent: Any) -> None:
    bring_old()
    former, browser = old_report(), as_(acm)
    assert "They may see it" in explained(browser, historian, former.number)
    assert "They may not see it No role of theirs reads historical reports." in explained(browser, agent, former.number)
    assert former.title not in ask(browser, historian, former.number).content.decode()


def test_an_unknown_number_and_one_of_spot_are_answered_alike(as_: Any, acm: Any, agent: Any) -> None:
    answers = [ask(as_(acm), agent, number) for number in ("SPOT-2009-000001", "SIR-2020-MIA-999999")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({words(answer) for answer in answers}) == 1
    posted = [as_(acm).post(ADDRESS, {"person": agent.pk, "report": "SPOT-2009-000001"})]
    assert [answer.status_code for answer in posted] == [422]
    assert "There is no such report here." in words(posted[0])


@pytest.mark.parametrize("asked", ["nobody", "999999", "-1", "٣", "no\x00body", "9" * 30])
def test_nobody_of_that_name_or_number_is_not_found(asked: str, as_: Any, acm: Any) -> None:
    assert as_(acm).get(ADDRESS, {"person": asked, "report": "x"}).status_code == 404


def test_that_somebody_asked_is_recorded_with_person_and_report(as_: Any, acm: Any, agent: Any) -> None:
    report = file_sir(agent)
    ask(as_(acm), agent, report)
    event = Event.objects.filter(code="access.explained").latest("id")
    assert (event.actor_id, event.object_id) == (acm.pk, str(agent.pk))
    assert report.number in str(event.payload)


@pytest.mark.parametrize("username", ["agent", "supervisor", "sco", "analyst", "administrator"])
def test_who_may_not_ask_is_refused(username: str, as_: Any, person: Any) -> None:
    browser = as_(person(username))
    pages = [ADDRESS, f"{ADDRESS}grant/", f"{ADDRESS}offices/{Office.objects.get(code='MIA').pk}/"]
    assert [browser.get(page).status_code for page in pages] == [403, 403, 403]


def test_an_explanation_that_the_system_contradicts_says_so(as_: Any, acm: Any, agent: Any, supervisor: Any) -> None:
    """Such as guardian's rows that are not what the assignments say."""
    report = file_sir(agent)
    with transaction.atomic():
        record("user.changed", by=None, on=supervisor)
        OfficePermission.objects.filter(user=supervisor, permission__codename="read_sir").delete()
    said = words(ask(as_(acm), supervisor, report))
    assert "The explanation and the system do not agree" in said


def test_many_roles_of_a_person_ask_no_more_statements_than_few(as_: Any, acm: Any, person: Any) -> None:
    report, supervisor, browser = file_sir(person("agent")), person("supervisor"), as_(acm)
    give_fig(supervisor, "HQ", "ATL")
    ask(browser, supervisor, report)
    before = statements(lambda: ask(browser, supervisor, report))
    give_fig(supervisor, "GUM", "KEY", "MIA", "MIF", "ERO", "HSI")
    assert statements(lambda: ask(browser, supervisor, report)) <= before


def give_fig(user: User, *codes: str) -> None:
    for office in Office.objects.filter(code__in=codes):
        accounts.grant_role(user=user, role=Role.FIG, office=office, until=timezone.now() + MONTH, by=None)


def statements(ask_for: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert ask_for().status_code == 200
    return len(seen)


# -- Before a grant ---------------------------------------------------------------------------------------------------
def propose(browser: Any, role: str, code: str, user: User | None = None) -> str:
    given = {"role": role, "office": Office.objects.get(code=code).pk} | ({"person": user.pk} if user else {})
    answer = browser.get(f"{ADDRESS}grant/", given)
    assert answer.status_code == 200
    return words(answer)


def test_a_grant_is_told_in_words_and_figures_before_it_is_given(as_: Any, acm: Any, agent: Any, outsider: Any) -> None:
    for author in (agent, agent, outsider):
        file_sir(author)
    file_sir(agent, sir_answers(agent, **RESTRICTED))
    said = propose(as_(acm), "supervisor", "MIA")
    assert "Void a SIR SAC Miami and the offices below it" in said
    assert "Significant Incident Report (SIR) 2 " in said
    assert "Offices it reaches: 2 SAC Miami Key West" in said
    assert "Not at this office, but at one of the programme named" in said
    assert "Never held together with: Auditor, HQ User, Privacy Officer" in said


def test_to_a_person_only_what_is_new_is_told_as_new(as_: Any, acm: Any, agent: Any, outsider: Any) -> None:
    file_sir(agent)
    file_sir(outsider)
    said = propose(as_(acm), "jioc", "HQ", agent)
    assert "Read SIRs Every office New" in said
    assert "Significant Incident Report (SIR) 2 1" in said
    said = propose(as_(acm), "supervisor", "MIA", agent)
    assert "Read SIRs SAC Miami and the offices below it Held already" in said
    assert "Void a SIR SAC Miami and the offices below it New" in said


def test_roles_that_one_person_may_not_hold_together_are_told(as_: Any, acm: Any, sco: Any) -> None:
    said = propose(as_(acm), "acm", "HQ", sco)
    assert "This grant would be refused Sco holds System Control Officer" in said


def test_what_a_grant_opens_is_what_it_opens_once_given(agent: Any, officer: Any, stranger: Any) -> None:
    """The figures before the grant are the reports that the person then sees, for every role."""
    file_sir(agent)
    for kind in ("ilead", "tav"):
        file_report(kind, officer)
    office = Office.objects.get(code="MIF")
    wrong = [
        (role, found)
        for role in Role
        if (found := figures(role, office, stranger)) != (found[1], found[1], {True}, {False})
    ]
    assert wrong == []


def figures(role: Role, office: Office, user: User) -> tuple[int, int, set[bool], set[bool]]:
    """How many were told as new and how many are seen; whether each power was told as new, before and after."""
    with taken_back():
        told = opening.opening(role, office, user)
        accounts.grant_role(user=user, role=role, office=office, until=timezone.now() + MONTH, by=None)
        given = User.objects.get(pk=user.pk)
        again = opening.opening(role, office, given)
        new, seen = sum(one for _, _, one in told.kinds), Report.objects.visible_to(given).count()
        return new, seen, {power.is_new for power in told.powers}, {power.is_new for power in again.powers}


# -- Who can see an office --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["MIA", "KEY", "MIF", "HQ", "GUM"])
def test_the_readers_of_an_office_are_those_who_can_read_it(code: str) -> None:
    office = Office.objects.get(code=code)
    people = list(opening.readers(office))
    told = {
        (reader.user.pk, f"read_{kind}")
        for reader in opening.through(office, people)
        for _, kinds in reader.through
        for kind in ("sir", "spear", "ilead", "tav")
        if f"{kind}s" in kinds.lower()
    }
    may = {
        (user.pk, permission)
        for user in User.objects.all()
        for permission in opening.READS
        if user.rights.at(permission, office.pk)
    }
    assert told == may
    assert {user.pk for user in people} == {pk for pk, _ in may}


def test_the_page_of_an_office_says_who_through_which_role_and_until_when(as_: Any, auditor: Any) -> None:
    office = Office.objects.get(code="KEY")
    said = words(as_(auditor).get(f"{ADDRESS}offices/{office.pk}/"))
    assert "Supervisor Supervisor SAC Miami SIRs, SPEARs, iLeads" in said
    assert "Outsider" not in said
    assert as_(auditor).get(f"{ADDRESS}offices/999999/").status_code == 404


def test_the_page_of_an_office_asks_as_much_for_fifty_as_for_few(as_: Any, auditor: Any, person: Any) -> None:
    office, browser = Office.objects.get(code="GUM"), as_(auditor)
    ask_for = lambda: browser.get(f"{ADDRESS}offices/{office.pk}/")  # noqa: E731
    ask_for()
    before, few = statements(ask_for), opening.readers(office).count()
    for username in ("agent", "colleague", "stranger", "fig", "outsider"):
        give_fig(person(username), office.code)
    assert opening.readers(office).count() == few + 5
    assert statements(ask_for) == before


def test_single_reports_that_somebody_reads_beside_roles_are_counted(as_: Any, auditor: Any, person: Any) -> None:
    agent = person("agent")
    report = file_sir(agent, sir_answers(agent, **RESTRICTED))
    actions.name_reader(report, person("outsider"), by=agent, reason="Works the case")
    said = words(as_(auditor).get(f"{ADDRESS}offices/{report.office_id}/"))
    assert "Named on a restricted report 2 people" in said


# -- In the browser ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_an_auditor_asks_why_on_a_phone(desk: Any, agent: Any, outsider: Any) -> None:
    report = file_sir(agent)
    at = desk("auditor", 390)
    at.page.goto(ADDRESS)
    at.look("explain-form")
    at.page.goto(f"{ADDRESS}?person=outsider&report={report.number}")
    expect(at.page).to_have_url(re.compile(f"person={outsider.pk}"))
    expect(at.page.get_by_role("main")).to_contain_text("They may not see it")
    at.look("explained")
    at.follow("Who can see the reports of SAC Miami")
    at.look("explain-office")


@pytest.mark.django_db(transaction=True)
def test_an_acm_reads_what_a_grant_would_open(desk: Any, stranger: Any) -> None:
    at, office = desk("acm", 390), Office.objects.get(code="MIA")
    at.page.goto(f"{ADDRESS}grant/?role=supervisor&office={office.pk}&person={stranger.pk}")
    expect(at.page.get_by_role("main")).to_contain_text("SAC Miami and the offices below it")
    at.look("explain-grant")
    assert not Assignment.objects.filter(user=stranger).exists()
