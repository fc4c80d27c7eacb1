"""The first page of each role: what waits, the one thing to do, and that what it lists may be seen and is recorded."""

from typing import Any

import pytest
from auditlog.models import LogEntry

from audit.models import Event
from reports import actions, drafts
from reports.models import SIR, Draft, EventType, Report, RoutingRule, Threshold
from tests.reports.filing import amend_sir, file_sir, make_draft, sir_answers
from tests.reports.test_readers import RESTRICTED


def home(client: Any) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return str(response.content.decode())


def new_for(client: Any) -> list[str]:
    """The numbers that the block of news lists."""
    block = next(block for block in client.get("/").context["blocks"] if block.title == "New in your offices")
    return [line.number for line in block.context["lines"]]


def test_an_agent_sees_drafts_with_what_is_missing_and_own_reports(agent: Any, as_: Any) -> None:
    report = file_sir(agent)
    make_draft(agent, sir_answers(agent, narrative={"narrative": [""]}))
    text = home(as_(agent))
    assert "1 answer missing" in text
    assert "Narrative" in text
    assert f"/reports/{report.number}/" in text
    assert 'href="/reports/new/"' in text


def test_a_draft_is_on_nobody_elses_home(agent: Any, colleague: Any, as_: Any) -> None:
    draft = make_draft(agent)
    assert str(draft.pk) in home(as_(agent))
    assert str(draft.pk) not in home(as_(colleague))


def test_the_amendment_of_a_report_out_of_sight_is_on_no_home(agent: Any, supervisor: Any, as_: Any) -> None:
    report = file_sir(agent)
    draft = drafts.open_amendment(report, by=supervisor)
    Draft.objects.filter(pk=draft.pk).update(version=1)
    assert str(draft.pk) in home(as_(supervisor))
    amend_sir(report, agent, flags=RESTRICTED["flags"])
    text = home(as_(supervisor))
    assert str(draft.pk) not in text
    assert report.title not in text


def test_whoever_leads_an_office_sees_what_is_new_until_it_is_read(agent: Any, sac: Any, as_: Any) -> None:
    report = file_sir(agent)
    assert new_for(as_(sac)) == [report.number]
    as_(sac).get(f"/reports/{report.number}/")
    assert new_for(as_(sac)) == []
    amend_sir(report, agent, narrative={"narrative": ["He was found on the second pier."]})
    assert new_for(as_(sac)) == [report.number]


def test_the_first_act_follows_what_waits(agent: Any, sac: Any, fig: Any, as_: Any) -> None:
    def first(user: Any) -> str:
        return str(as_(user).get("/").context["action"].label)

    assert (first(sac), first(fig)) == ("File a report", "Search the reports")
    report = file_sir(agent)
    assert (first(sac), first(fig)) == ("Open the oldest unacknowledged",) * 2
    actions.acknowledge(report.notices.get(role="sac").pk, by=sac)
    assert (first(sac), first(fig)) == ("File a report", "Open the oldest unacknowledged")


def test_only_those_who_read_reports_are_offered_their_search(
    agent: Any, hq: Any, auditor: Any, acm: Any, sco: Any, administrator: Any, as_: Any
) -> None:
    def is_offered(user: Any) -> bool:
        return 'action="/reports/search/"' in as_(user).get("/rules/").content.decode()

    assert all(map(is_offered, (agent, hq, auditor)))
    assert not any(map(is_offered, (acm, sco, administrator)))


def test_no_home_shows_what_may_not_be_seen(agent: Any, sac: Any, fod: Any, hq: Any, as_: Any) -> None:
    secret, open_one = file_sir(agent, sir_answers(agent, **RESTRICTED)), file_sir(agent)
    for user in (sac, hq):
        text = home(as_(user))
        assert secret.number not in text
        assert open_one.number in text
    assert open_one.number not in home(as_(fod))


def test_what_a_home_lists_is_recorded(agent: Any, hq: Any, as_: Any) -> None:
    file_sir(agent)
    home(as_(hq))
    assert Event.objects.filter(code="reports.listed", actor_id=hq.pk).count() == 1


def test_a_voided_report_leaves_the_homes(agent: Any, supervisor: Any, hq: Any, as_: Any) -> None:
    report = file_sir(agent)
    actions.move(report.pk, "void", by=supervisor, reason="Filed twice")
    assert report.number not in home(as_(hq))
    assert report.number not in home(as_(agent))


@pytest.mark.parametrize(
    ("username", "says"),
    [
        ("hq", "Search the reports"),
        ("acm", "No role ends within 30 days."),
        ("sco", "Find a person"),
        ("administrator", "Open reference data"),
        ("historian", "Search historical reports"),
        ("ssn_reader", "What your roles let you do stands in the navigation."),
        ("stranger", "You hold no role yet"),
    ],
)
def test_each_role_has_its_first_thing(username: str, says: str, person: Any, as_: Any) -> None:
    assert says in home(as_(person(username)))


# -- Reference data and history ---------------------------------------------------------------------------------------
def test_an_administrator_adds_a_threshold_and_it_counts(administrator: Any, as_: Any) -> None:
    typed = {"goods": "fentanyl", "measure": "quantity", "at_least": "400", "unit": "g", "active": "on"}
    assert as_(administrator).post("/reference/thresholds/add/", typed).status_code == 302
    threshold = Threshold.objects.get()
    assert str(threshold) == "Narcotics: fentanyl: at least 400 grams"
    assert Event.objects.filter(code="reference.created", object_id=str(threshold.pk)).exists()


def test_a_threshold_of_quantity_needs_its_unit(administrator: Any, as_: Any) -> None:
    typed = {"goods": "fentanyl", "measure": "quantity", "at_least": "400", "unit": "", "active": "on"}
    response = as_(administrator).post("/reference/thresholds/add/", typed)
    assert "A quantity needs its unit" in response.content.decode()
    assert not Threshold.objects.exists()


def test_the_code_of_an_event_type_never_changes(administrator: Any, as_: Any) -> None:
    kept = EventType.objects.get(code="other")
    address, client = f"/reference/event-types/{kept.pk}/", as_(administrator)
    mark = client.get(address).context["mark"]
    typed = {"code": "else", "label": "Other event", "short": "Other", "position": "70", "active": "on", "mark": mark}
    assert client.post(address, typed).status_code == 302
    kept.refresh_from_db()
    assert (kept.code, kept.label) == ("other", "Other event")


def test_a_routing_rule_names_its_office(administrator: Any, as_: Any) -> None:
    rules = RoutingRule.objects.count()
    typed = {"kind": "sir", "to": "office", "to_role": "fig", "active": "on"}
    response = as_(administrator).post("/reference/routing/add/", typed)
    assert "Choose the named office" in response.content.decode()
    assert RoutingRule.objects.count() == rules


def test_the_history_of_a_report_holds_no_personal_data(agent: Any, analyst: Any) -> None:
    report = file_sir(agent)
    actions.move(report.pk, "take-up", by=analyst)
    changed: set[str] = set()
    for model in (SIR, Report):
        for entry in LogEntry.objects.get_for_model(model).filter(object_pk=str(report.pk)):
            changed |= set(entry.changes_dict)
    assert changed == {"status", "version", "urgency", "office"}
