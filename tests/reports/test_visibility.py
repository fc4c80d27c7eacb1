"""Who sees which report: list, page, versions and `visible_to` never disagree, for anybody of the cast."""

from typing import Any

import pytest

from reports import actions
from reports.models import Report
from tests.cast import CAST
from tests.reports.filing import amend_sir, file_sir, sir_answers
from tests.reports.test_readers import RESTRICTED

READERS_OF_ALL = {"analyst", "analyst2", "hq", "duty", "auditor", "privacy"}
OF_MIAMI = {"agent", "colleague", "supervisor", "sac", "fig"}


@pytest.fixture
def reports(agent: Any, outsider: Any, officer: Any, supervisor: Any, person: Any) -> dict[str, Report]:
    """One report of each sort that visibility can turn on."""
    secret = file_sir(agent, sir_answers(agent, **RESTRICTED))
    shared = file_sir(agent, sir_answers(agent, **RESTRICTED))
    actions.name_reader(shared, person("outsider"), by=agent, reason="Works the same case")
    void = file_sir(agent)
    actions.move(void.pk, "void", by=supervisor, reason="Filed twice")
    turned = file_sir(agent)
    return {
        "open": file_sir(agent),
        "below": file_sir(agent, sir_answers(agent, where=_where_in(agent, "KEY"))),
        "elsewhere": file_sir(outsider),
        "other programme": file_sir(officer),
        "restricted": secret,
        "restricted, named": shared,
        "restricted later": amend_sir(turned, agent, flags=RESTRICTED["flags"]),
        "voided": void,
    }


def _where_in(by: Any, code: str) -> dict[str, Any]:
    from accounts.models import Office

    return sir_answers(by)["where"] | {"office": [str(Office.objects.get(code=code).pk)]}


# Who of the cast sees each; everybody else does not.
SEEN_BY: dict[str, set[str]] = {
    "open": READERS_OF_ALL | OF_MIAMI,
    "below": READERS_OF_ALL | OF_MIAMI,
    "elsewhere": READERS_OF_ALL | {"outsider"},
    "other programme": READERS_OF_ALL | {"officer", "fod"},
    "restricted": {"agent"},
    "restricted, named": {"agent", "outsider"},
    "restricted later": {"agent"},
    "voided": READERS_OF_ALL | OF_MIAMI,
}


def test_list_page_and_predicate_agree_for_everybody(reports: dict[str, Report], person: Any, as_: Any) -> None:
    for username in CAST:
        user = person(username)
        client = as_(user)
        expected = {reports[name].number for name, people in SEEN_BY.items() if username in people}
        assert set(Report.objects.visible_to(user).values_list("number", flat=True)) == expected, username
        assert _opened(client, reports, "") == expected, username
        listed = _listed(client)
        assert listed == expected - {reports["voided"].number}, username
        assert listed | _listed(client, "?state=voided") == expected, username


def test_no_other_page_of_a_report_shows_what_the_predicate_hides(
    reports: dict[str, Report], person: Any, as_: Any
) -> None:
    for username in ("agent", "outsider", "officer", "sac", "fod", "hq", "intel"):
        user = person(username)
        client = as_(user)
        visible = set(Report.objects.visible_to(user).values_list("number", flat=True))
        for tail in ("versions/", "versions/1/"):
            assert _opened(client, reports, tail) == visible, username
        for report in reports.values():
            if report.number not in visible:
                _assert_closed(client, report, username)


def _assert_closed(client: Any, report: Report, username: str) -> None:
    for tail in ("versions/compare/", "readers/", "moves/void/"):
        assert client.get(f"/reports/{report.number}/{tail}").status_code in (403, 404), (username, tail)
    for tail in ("amend/", "moves/void/", "readers/"):
        answer = client.post(f"/reports/{report.number}/{tail}", {"reason": "No", "person": username})
        assert answer.status_code in (403, 404), (username, tail)


def _opened(client: Any, reports: dict[str, Report], tail: str) -> set[str]:
    """The reports whose page answers; the rest must be "not found", or refused: to those who read no kind at all, and
    where a report of another office is a stub."""
    found = set()
    for report in reports.values():
        status = client.get(f"/reports/{report.number}/{tail}").status_code
        assert status in (200, 403, 404)
        if status == 200:
            found.add(report.number)
    return found


def _listed(client: Any, query: str = "") -> set[str]:
    response = client.get(f"/reports/{query}")
    return {line.number for line in response.context["lines"]} if response.status_code == 200 else set()


def test_whoever_reads_reports_gets_not_found_and_never_refused(agent: Any, outsider: Any, as_: Any) -> None:
    report = file_sir(agent)
    # The page itself says that there is one, by the rule for agents and SIRs; no other page does.
    assert as_(outsider).get(f"/reports/{report.number}/").status_code == 403
    for tail in ("versions/", "versions/1/", "versions/compare/", "readers/", "moves/void/"):
        assert as_(outsider).get(f"/reports/{report.number}/{tail}").status_code == 404
    assert as_(outsider).get("/reports/SIR-2026-MIA-999999/").status_code == 404
