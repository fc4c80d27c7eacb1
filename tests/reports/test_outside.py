"""Reading outside one's offices: what is told of such a report, opening it for a reason, and how the right ends."""

from __future__ import annotations

import json
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions as accounts
from accounts.models import Assignment, Office, User
from accounts.roles import Role
from audit.log import record
from audit.models import Event
from reports import actions, outside
from reports.models import OutsideReading, OutsideRule, Report, ReportReader
from reports.models.report import OUTSIDE
from tests.fake import FAKE
from tests.reports.filing import amend_sir, approved, file_report, file_sir, sir_answers
from tests.reports.test_readers import RESTRICTED

WHY = "The same man was seen in Atlanta last night"


def rule(role: str, kind: str, policy: str) -> None:
    row = OutsideRule.objects.filter(role=role, kind=kind).first() or OutsideRule(role=role, kind=kind)
    row.policy = policy
    accounts.save_reference(row, by=None)


def afresh(user: Any) -> Any:
    return User.objects.select_related("office").get(pk=user.pk)


def sees(user: Any, report: Report) -> bool:
    return bool(Report.objects.visible_to(afresh(user)).filter(pk=report.pk).exists())


def address(report: Report, tail: str = "") -> str:
    return f"/reports/{report.number}/{tail}"


# -- The stub ----------------------------------------------------------------------------------------------------------
def test_a_report_of_another_office_is_a_stub_that_tells_number_kind_and_office(
    agent: Any, outsider: Any, as_: Any
) -> None:
    report = file_sir(agent)
    answer = as_(outsider).get(address(report))
    text = answer.content.decode()
    assert answer.status_code == 403
    assert all(word in text for word in (report.number, "Significant Incident Report", "SAC Miami"))
    for secret in (report.title, report.synopsis, FAKE.last_name, agent.name, "Submitted", "Arrest"):
        assert secret not in text
    assert Event.objects.filter(code="report.stub_viewed", actor_id=outsider.pk, object_id=str(report.pk)).exists()
    assert not Event.objects.filter(code="report.viewed", actor_id=outsider.pk).exists()


def test_what_may_not_be_known_of_answers_as_what_does_not_exist(
    agent: Any, officer: Any, outsider: Any, supervisor: Any, as_: Any
) -> None:
    """A restricted report, a voided one, one of a kind that the role does not read, and numbers that were guessed."""
    secret = file_sir(agent, sir_answers(agent, **RESTRICTED))
    void = file_sir(agent)
    actions.move(void.pk, "void", by=supervisor, reason="Filed twice")
    numbers = [secret.number, void.number, file_report("ilead", officer).number, file_report("tav", officer).number]
    client = as_(outsider)
    pages = set()
    for number in [*numbers, "SIR-2026-MIA-999999", "SPOT-0000004", "SIR%00", "x" * 300]:
        for path in (f"/reports/{number}/", f"/reports/{number}/open/"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            pages.add(_plain(answer.content.decode(), number))
        posted = client.post(f"/reports/{number}/open/", {"reason": WHY})
        assert posted.status_code == 404, number
    assert len(pages) == 1
    assert not OutsideReading.objects.exists()


def _plain(text: str, number: str) -> str:
    """The part of a page that can differ by what was asked for."""
    return text.partition("<main")[2].partition("quote event number")[0].replace(number, "")


TABLE = {
    # role at Atlanta: kinds of Miami that the role may know of, where the rules are those of the seeds
    "field_hsi": {"sir", "spear"},
    "field_ero": {"sir", "spear", "ilead"},
    "supervisor": {"sir", "spear", "ilead"},
    "sac": {"sir", "spear", "ilead"},
    "fod": {"sir", "spear", "ilead"},
    "fig": {"sir", "spear", "ilead"},
    "jioc": set(),
    "hq_user": set(),
    "intel": set(),
    "acm": set(),
    "sco": set(),
    "auditor": set(),
    "administrator": set(),
    "historical_reader": set(),
}


@pytest.fixture
def everything(agent: Any, officer: Any) -> dict[tuple[str, bool], Report]:
    """A report of every kind of Miami, open and restricted."""
    authors = {"sir": agent, "spear": agent, "ilead": officer, "tav": officer}
    found = {}
    for kind, author in authors.items():
        for restricted in (False, True):
            report = file_report(kind, author)
            if restricted:
                with_event = {"restricted": True, "restricted_reason": "An employee is involved."}
                _set(report, agent, **with_event)
            found[kind, restricted] = report
    return found


def _set(report: Report, by: Any, **values: Any) -> None:
    with transaction.atomic():
        Report.objects.filter(pk=report.pk).update(**values)
        record("report.amended", by=by, on=report)


def test_role_policy_kind_and_restriction_as_one_table(
    everything: dict[tuple[str, bool], Report], stranger: Any, as_: Any
) -> None:
    office = Office.objects.get(code="ATL")
    until = timezone.now() + timedelta(days=30)
    client = as_(stranger)
    for role, kinds in TABLE.items():
        held = accounts.grant_role(user=stranger, role=Role(role), office=office, until=until, by=None)
        for policy in ("stub", "allowed", "refused")[: 3 if kinds else 1]:
            for kind in kinds if policy != "stub" else ():
                rule(role, kind, policy)
            expected = kinds if policy != "refused" else set()
            user = afresh(stranger)
            assert set(outside.policies(user).items()) == {(kind, policy) for kind in expected}, (role, policy)
            known = {everything[kind, False].number for kind in expected}
            told = set(outside.stubs(user, outside.policies(user)).values_list("number", flat=True))
            assert told == known, (role, policy)
        for kind in kinds:
            rule(role, kind, "stub")
        assert {row.number for row, _ in _listed(client)} == {everything[kind, False].number for kind in kinds}, role
        accounts.revoke_role(held, by=None)


def _listed(client: Any, query: str = "") -> list[Any]:
    answer = client.get(f"/reports/all-offices/{query}")
    return answer.context["rows"] if answer.status_code == 200 else []


def test_a_role_that_reads_no_such_kind_there_opens_none_whatever_its_rule_says(
    everything: dict[tuple[str, bool], Report], outsider: Any, as_: Any
) -> None:
    """A supervisor reads TAVs at an office of ERO alone, so at one of HSI the rule for TAVs opens nothing."""
    rule("supervisor", "tav", "stub")
    until = timezone.now() + timedelta(days=30)
    atlanta, guam = Office.objects.get(code="ATL"), Office.objects.get(code="GUM")
    accounts.grant_role(user=outsider, role=Role.SUPERVISOR, office=atlanta, until=until, by=None)
    accounts.grant_role(user=outsider, role=Role.FIELD_ERO, office=guam, until=until, by=None)
    assert "tav" not in outside.policies(afresh(outsider))
    at_ero = Office.objects.get(code="MIF")
    accounts.grant_role(user=outsider, role=Role.SUPERVISOR, office=at_ero, until=until, by=None)
    assert outside.policies(afresh(outsider))["tav"] == "stub"
    rule("field_ero", "tav", "allowed")
    assert outside.policies(afresh(outsider))["tav"] == "allowed"


# -- The list of all offices -------------------------------------------------------------------------------------------
def test_all_offices_shows_stubs_and_the_list_ones_own(agent: Any, outsider: Any, as_: Any) -> None:
    theirs, own = file_sir(agent), file_sir(outsider)
    client = as_(outsider)
    page = client.get("/reports/all-offices/")
    assert [row.number for row, _ in page.context["rows"]] == [theirs.number]
    assert theirs.title not in page.content.decode()
    assert [line.number for line in client.get("/reports/").context["lines"]] == [own.number]
    assert "Look in all offices" in client.get("/reports/").content.decode()
    assert Event.objects.filter(code="reports.outside_listed", actor_id=outsider.pk).exists()


def test_all_offices_filters_by_kind_office_and_number(agent: Any, officer: Any, outsider: Any, as_: Any) -> None:
    sir, plan, other = file_sir(agent), file_report("spear", agent), file_sir(officer)
    client = as_(outsider)

    def found(query: str) -> set[str]:
        return {row.number for row, _ in _listed(client, query)}

    assert found("?kind=spear") == {plan.number}
    assert found("?office=MIA") == {sir.number, plan.number}
    assert found("?office=ERO") == {other.number}
    assert found(f"?number={sir.number.lower()}") == {sir.number}
    assert found("?number=SIR-") == {sir.number, other.number}
    assert found("?kind=nonsense&office=%00&number=%00") == {sir.number, plan.number, other.number}


def test_all_offices_goes_on_by_number_with_as_many_statements_whatever_there_is(
    agent: Any, outsider: Any, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_(outsider)
    file_sir(agent)
    client.get("/reports/all-offices/")
    with CaptureQueriesContext(connection) as one:
        client.get("/reports/all-offices/")
    numbers = [file_sir(agent).number for _ in range(3)]
    with CaptureQueriesContext(connection) as four:
        client.get("/reports/all-offices/")
    assert len(four) == len(one)
    monkeypatch.setattr("reports.keyset.page.__defaults__", ("", 2))
    first = client.get("/reports/all-offices/")
    assert [row.number for row, _ in first.context["rows"]] == [numbers[2], numbers[1]]
    second = client.get(f"/reports/all-offices/{first.context['older']}")
    assert numbers[0] in [row.number for row, _ in second.context["rows"]]


def test_who_reads_everything_has_nothing_outside(agent: Any, hq: Any, analyst: Any, as_: Any) -> None:
    file_sir(agent)
    for user in (hq, analyst):
        assert _listed(as_(user)) == []
        assert "Look in all offices" not in as_(user).get("/reports/").content.decode()


# -- Opening -----------------------------------------------------------------------------------------------------------
def test_a_reason_opens_the_report_for_a_day_and_all_of_it_is_recorded(agent: Any, outsider: Any, as_: Any) -> None:
    report = file_sir(agent)
    client = as_(outsider)
    assert not sees(outsider, report)
    assert client.post(address(report, "open/"), {"reason": WHY}).url == address(report)
    page = client.get(address(report))
    assert page.status_code == 200
    assert "You read this outside your offices" in page.content.decode()
    reading = OutsideReading.objects.get()
    assert (reading.reader, reading.reason) == (outsider, WHY)
    assert timedelta(hours=23) < reading.until - timezone.now() <= timedelta(hours=24)
    right = ReportReader.objects.get(user=outsider, permission__codename=OUTSIDE)
    assert (right.content_object_id, right.until) == (report.pk, reading.until)
    event = Event.objects.get(code="report.opened_outside", actor_id=outsider.pk)
    assert json.loads(event.payload)["reason"] == WHY
    assert [line.number for line in client.get("/reports/").context["lines"]] == [report.number]
    assert _listed(client) == []


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("", "Say why you need to read this report."),
        ("Short", "Say in a sentence why"),
        ("\x00" * 20, "Say why you need to read this report."),
        ("x" * 501, "500 characters or fewer"),
        ("y" * 1_000_000, "500 characters or fewer"),
        (f"He gave {'-'.join(('219', '09', '9999'))} as his number", "looks like a Social Security number"),
    ],
    ids=["none", "too short", "nothing but NUL", "one too many", "a megabyte", "an SSN"],
)
def test_a_reason_that_is_none_opens_nothing(agent: Any, outsider: Any, as_: Any, reason: str, says: str) -> None:
    report = file_sir(agent)
    answer = as_(outsider).post(address(report, "open/"), {"reason": reason})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not sees(outsider, report)
    assert not OutsideReading.objects.exists()


def test_opened_twice_by_a_double_click_is_one_reading(agent: Any, outsider: Any, as_: Any) -> None:
    report = file_sir(agent)
    client = as_(outsider)
    for _ in range(2):
        assert client.post(address(report, "open/"), {"reason": WHY}).status_code == 302
    assert OutsideReading.objects.count() == 1


def test_reading_for_longer_is_another_reading_with_its_reason_and_one_right(
    agent: Any, outsider: Any, as_: Any
) -> None:
    report = file_sir(agent)
    first = actions.open_outside(report.number, by=outsider, reason=WHY, now=timezone.now() - timedelta(hours=5))
    client = as_(outsider)
    page = client.get(address(report, "open/"))
    assert (page.status_code, page.context["form"].initial) == (200, {"after": first.pk})
    for _ in range(2):
        client.post(address(report, "open/"), {"reason": "The search goes on tomorrow", "after": first.pk})
    assert OutsideReading.objects.count() == 2
    right = ReportReader.objects.get(user=outsider, permission__codename=OUTSIDE)
    assert right.until == OutsideReading.objects.latest("opened_at").until > first.until


def test_what_an_office_of_ones_own_opens_is_never_opened_outside(agent: Any, colleague: Any, as_: Any) -> None:
    report = file_sir(agent)
    assert as_(colleague).post(address(report, "open/"), {"reason": WHY}).url == address(report)
    assert as_(colleague).get(address(report, "open/")).url == address(report)
    assert not OutsideReading.objects.exists()


def test_the_rule_can_open_at_once_and_that_is_recorded_too(agent: Any, outsider: Any, as_: Any) -> None:
    rule("field_hsi", "sir", "allowed")
    report = file_sir(agent)
    page = as_(outsider).get(address(report), follow=True)
    assert page.status_code == 200
    assert report.title in page.content.decode()
    assert OutsideReading.objects.get().reason == outside.AT_ONCE
    as_(outsider).get(address(report))
    assert OutsideReading.objects.count() == 1


def test_nobody_opens_more_than_the_most_in_an_hour_under_any_account(
    agent: Any, outsider: Any, colleague: Any, as_: Any, settings: Any
) -> None:
    settings.OUTSIDE_AN_HOUR = 2
    reports = [file_sir(agent) for _ in range(4)]
    actions.open_outside(reports[0].number, by=outsider, reason=WHY, now=timezone.now() - timedelta(minutes=61))
    for report in reports[1:3]:
        actions.open_outside(report.number, by=outsider, reason=WHY)
    answer = as_(outsider).post(address(reports[3], "open/"), {"reason": WHY})
    assert answer.status_code == 422
    assert "You have opened 2 reports of other offices within an hour" in answer.content.decode()
    assert WHY in answer.content.decode()
    assert not sees(outsider, reports[3])


# -- What the right gives, and how it ends -----------------------------------------------------------------------------
def opened(report: Report, by: Any) -> OutsideReading:
    return actions.open_outside(report.number, by=by, reason=WHY)


def test_it_is_a_right_to_read_and_nothing_more(agent: Any, outsider: Any, person: Any, as_: Any) -> None:
    report = file_sir(agent)
    opened(report, outsider)
    client = as_(outsider)
    page = client.get(address(report))
    assert [offer for offer in page.context["moves"] if not offer.refused] == []
    assert not page.context["amend"]
    for tail in ("amend/", "moves/void/", "moves/take-up/", "readers/", "relations/"):
        answer = client.post(address(report, tail), {"reason": WHY, "person": "outsider", "number": report.number})
        assert answer.status_code in (403, 404), tail
    assert client.get(address(report, "versions/")).status_code == 200
    report.refresh_from_db()
    assert (report.version, report.status) == (1, "submitted")


def test_no_report_is_begun_from_one_that_is_only_read(agent: Any, supervisor: Any, outsider: Any, as_: Any) -> None:
    plan = approved(file_report("spear", agent), supervisor)
    names = [start.name for start in plan.declaration.starts]
    assert names
    opened(plan, outsider)
    client = as_(outsider)
    assert client.get(address(plan)).context["starts"] == []
    assert client.post(address(plan, f"start/{names[0]}/")).status_code == 403
    assert as_(agent).get(address(plan)).context["starts"]


def _restrict(report: Report, reading: OutsideReading, agent: Any) -> None:
    amend_sir(report, agent, flags=RESTRICTED["flags"])


def _refuse(report: Report, reading: OutsideReading, agent: Any) -> None:
    rule("field_hsi", "sir", "refused")


def _revoke(report: Report, reading: OutsideReading, agent: Any) -> None:
    accounts.revoke_role(Assignment.objects.live().get(user=reading.reader), by=None)


def _run_out(report: Report, reading: OutsideReading, agent: Any) -> None:
    with transaction.atomic():
        ReportReader.objects.filter(user=reading.reader).update(until=timezone.now() - timedelta(seconds=1))
        OutsideReading.objects.update(until=timezone.now(), opened_at=reading.opened_at - timedelta(days=1))
        record("report.opened_outside", by=None, on=report)


@pytest.mark.parametrize("end", [_restrict, _refuse, _revoke, _run_out], ids=["restricted", "rule", "role", "time"])
def test_the_right_ends_at_the_next_request(agent: Any, outsider: Any, as_: Any, end: Any) -> None:
    report = file_sir(agent)
    reading = opened(report, outsider)
    client = as_(outsider)
    assert client.get(address(report)).status_code == 200
    end(report, reading, agent)
    assert client.get(address(report)).status_code in (403, 404)
    assert not sees(outsider, report)
    listing = client.get("/reports/")
    assert listing.status_code == 403 or list(listing.context["lines"]) == []


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_reading(agent: Any, outsider: Any) -> None:
    report = file_sir(agent)
    start = Barrier(2)

    def click() -> None:
        try:
            start.wait(10)
            actions.open_outside(report.number, by=afresh(outsider), reason=WHY)
        finally:
            connection.close()

    clicks = [Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(20)
    assert OutsideReading.objects.count() == 1


# -- The rules ---------------------------------------------------------------------------------------------------------
def test_an_administrator_edits_the_rules_with_history(administrator: Any, as_: Any) -> None:
    row = OutsideRule.objects.get(role="fig", kind="sir")
    client = as_(administrator)
    page = client.get(f"/reference/outside/{row.pk}/")
    answer = client.post(
        f"/reference/outside/{row.pk}/",
        {"role": "fig", "kind": "sir", "policy": "refused", "mark": page.context["mark"]},
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.policy == "refused"
    assert "Number, kind and office" in client.get(f"/reference/outside/{row.pk}/").content.decode()
    nothing = client.post("/reference/outside/add/", {"role": "field_hsi", "kind": "tav", "policy": "stub"})
    assert "reads no TAV" in nothing.content.decode()


@pytest.mark.django_db
def test_the_seeds_change_no_rule_that_is_there() -> None:
    from reports import defaults

    rule("fig", "sir", "refused")
    defaults.load()
    assert OutsideRule.objects.get(role="fig", kind="sir").policy == "refused"
