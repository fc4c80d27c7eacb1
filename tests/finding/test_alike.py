"""People and things that other reports name too: with the reason, only what the reader may see, capped and ranked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Office
from audit.log import Subject, record
from audit.models import Event
from reports import actions
from reports.content import read
from reports.finding import alike
from reports.finding.alike import CLOSE, SAME, Reason
from reports.kinds import KINDS
from reports.models import Relation, Report, SearchIdentifier
from reports.models.report import visible
from tests.access.test_consistency import copy_of
from tests.cast import CAST
from tests.reports.filing import file_ilead, file_sir, file_tav, row, sir_answers, tav_answers
from tests.reports.test_readers import RESTRICTED

pytestmark = pytest.mark.django_db
A_NUMBER, PHONE = "A012345678", "305-555-0142"
BORN = {"date_of_birth_0": "5", "date_of_birth_1": "3", "date_of_birth_2": "1980"}


def with_person(by: Any, **data: str) -> dict[str, Any]:
    """A SIR about one person; a phone is a line of the person."""
    given = {"role": "subject", "population": "public", "last_name": "Ferro", "first_name": "Nico"} | data
    return sir_answers(by, what=_seizure(by), people=[row(**given)], arrests=[], seizures=[_goods()])


def _seizure(by: Any) -> dict[str, Any]:
    what: dict[str, Any] = sir_answers(by)["what"]
    return what | {"event_types": ["significant-seizure"]}


def _goods() -> dict[str, Any]:
    return row(goods="currency", description="Cash in a bag", quantity="20000", unit="USD")


def file_about(by: Any, **data: str) -> Report:
    return file_sir(by, with_person(by, **data))


def found(report: Report, user: Any) -> list[Reason]:
    return alike.find(alike.of_filled(read(report)), user, but=[report.pk])


def said(report: Report, user: Any) -> dict[tuple[str, str], list[str]]:
    return {(one.type, one.value): [other.number for other in one.others] for one in found(report, user)}


def test_an_identifier_in_common_is_the_reason_newest_first(agent: Any) -> None:
    older, newer = (file_about(agent, last_name=name, a_number="A 012-345-678") for name in ("Stone", "Pike"))
    report = file_about(agent, a_number="12345678")
    assert said(report, agent) == {("a_number", A_NUMBER): [newer.number, older.number]}


# -- Names -------------------------------------------------------------------------------------------------------------
def test_a_name_with_its_birth_date_stands_before_a_close_name_alone(agent: Any) -> None:
    alone = file_about(agent, last_name="Gonzales", first_name="José")
    same = file_about(agent, last_name="Gonsález", first_name="Jose", **BORN)
    report = file_about(agent, last_name="González", first_name="José", **BORN)
    reasons = found(report, agent)
    assert [(one.type, [other.number for other in one.others]) for one in reasons] == [
        (SAME, [same.number]),
        (CLOSE, [alone.number]),
    ]
    assert reasons[0].others[0].name == "Jose Gonsález"


def test_people_of_one_name_who_were_born_on_other_days_are_two(agent: Any) -> None:
    file_about(agent, date_of_birth_0="5", date_of_birth_1="4", date_of_birth_2="1980")
    assert said(file_about(agent, **BORN), agent) == {}


@pytest.mark.parametrize(("last", "first"), [("Ferro", "Ines"), ("Quist", "Nico"), ("Nico", "")])
def test_half_a_name_is_nobody(last: str, first: str, agent: Any) -> None:
    file_about(agent, last_name=last, first_name=first)
    assert said(file_about(agent, last_name="Ferro", first_name="Nico"), agent) == {}


@pytest.mark.parametrize("who", [{"population": "ice"}, {"role": "employee"}], ids=["personnel", "employee"])
def test_our_own_people_are_not_looked_for(who: dict[str, str], agent: Any) -> None:
    file_about(agent, **who)
    assert said(file_about(agent, **who), agent) == {}


def test_a_close_name_is_said_beside_the_identifier_that_speaks_for_it(agent: Any) -> None:
    file_about(agent, last_name="Ferra", a_number=A_NUMBER)
    (reason,) = found(file_about(agent, last_name="Ferro", a_number=A_NUMBER), agent)
    assert (reason.type, reason.others[0].name) == ("a_number", "Nico Ferra")


def test_a_short_form_of_a_first_name_is_the_same_name(agent: Any) -> None:
    file_about(agent, last_name="Whitfield", first_name="Bob", **BORN)
    assert [
        one.type for one in found(file_about(agent, last_name="Whitfield", first_name="Robert", **BORN), agent)
    ] == [SAME]


# -- Whom it is told ---------------------------------------------------------------------------------------------------
def test_what_the_reader_may_not_see_is_neither_told_nor_counted(agent: Any, outsider: Any, analyst: Any) -> None:
    theirs, mine = (file_about(by, a_number=A_NUMBER) for by in (outsider, agent))
    report = file_about(agent, a_number=A_NUMBER)
    assert said(report, agent) == {("a_number", A_NUMBER): [mine.number]}
    assert said(report, analyst) == {("a_number", A_NUMBER): [mine.number, theirs.number]}


@pytest.fixture
def everywhere(agent: Any) -> Report:
    """One report of every kind in every office, all of which hold one A-Number; every seventh is restricted."""
    report = file_about(agent, a_number=A_NUMBER)
    places = [(kind.code, office) for office in Office.objects.all() for kind in KINDS if kind.code != report.kind]
    copies = [copy_of(report, kind, office) for kind, office in places]
    record("report.batch_filed", by=None, on=Subject("report"), batch=[copy.audit_id for copy in copies])
    hidden = [copy.pk for copy in copies[::7]]
    Report.objects.filter(pk__in=hidden).update(restricted=True, restricted_reason="An informant")
    SearchIdentifier.objects.bulk_create(
        SearchIdentifier(report=copy, type="a_number", value=A_NUMBER, at=copy.submitted_at) for copy in copies
    )
    return report


def test_for_everybody_what_is_told_is_what_they_may_see(everywhere: Report, person: Any) -> None:
    mine = alike.Mine((("a_number", A_NUMBER),))
    told_to_somebody = 0
    for username in CAST:
        user = person(username)
        told = {other.pk for reason in alike.find(mine, user) for other in reason.others}
        assert told == set(Report.objects.filter(visible(user)).values_list("pk", flat=True)), username
        told_to_somebody += len(told)
    assert told_to_somebody > len(CAST)


def test_a_leak_would_be_seen(agent: Any, outsider: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, report = file_about(outsider, a_number=A_NUMBER), file_about(agent, a_number=A_NUMBER)
    monkeypatch.setattr(type(Report.objects.all()), "visible_to", lambda reports, user: reports)
    monkeypatch.setattr(type(Report.objects), "visible_to", lambda manager, user: manager.all())
    assert said(report, agent) == {("a_number", A_NUMBER): [theirs.number]}


def test_a_restricted_report_is_told_to_those_named_on_it(agent: Any, colleague: Any) -> None:
    hidden = file_sir(agent, with_person(agent, a_number=A_NUMBER) | RESTRICTED)
    report = file_about(agent, a_number=A_NUMBER)
    assert said(report, colleague) == {}
    actions.name_reader(hidden, colleague, by=agent, reason="Works the same case")
    assert said(report, colleague) == {("a_number", A_NUMBER): [hidden.number]}


def test_whoever_reads_no_report_is_told_of_none(agent: Any, sco: Any) -> None:
    file_about(agent, a_number=A_NUMBER)
    assert said(file_about(agent, a_number=A_NUMBER), sco) == {}


def test_a_voided_report_is_not_told(agent: Any, supervisor: Any) -> None:
    other, report = file_about(agent, a_number=A_NUMBER), file_about(agent, a_number=A_NUMBER)
    actions.move(other.pk, "void", by=supervisor, reason="Filed twice")
    assert said(report, agent) == {}


def test_a_protected_provider_is_looked_for_by_nobody(officer: Any) -> None:
    lead = file_ilead(officer)  # its provider is Ines Calloway
    assert "Ines Calloway" not in {one.name for one in alike.of_filled(read(lead)).names}
    visit = file_tav(
        officer,
        tav_answers(
            officer,
            people=[
                row(role="detainee", population="public", last_name="Calloway", first_name="Ines", a_number=A_NUMBER)
            ],
        ),
    )
    assert said(visit, officer) == {}


# -- What very many hold -----------------------------------------------------------------------------------------------
def test_what_very_many_reports_hold_is_capped_and_ranks_last(agent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "MOST", 2)
    for last in ("Stone", "Pike", "Reed"):
        file_about(agent, last_name=last, first_name="Ada", phones=PHONE)
    named = file_about(agent, last_name="Ferra", first_name="Nico")
    few = file_about(agent, last_name="Hale", first_name="Ada", emails="n@example.gov")
    reasons = found(file_about(agent, phones=PHONE, emails="n@example.gov"), agent)
    assert [(one.type, one.count, one.is_common) for one in reasons] == [
        ("email", 1, False),
        (CLOSE, 1, False),
        ("phone", 2, True),
    ]
    assert reasons[1].others[0].number == named.number
    assert reasons[0].others[0].number == few.number


def test_rows_grow_with_the_reports_and_not_with_their_pairs(agent: Any, analyst: Any) -> None:
    """The short form of `make bench-suggestions`."""
    report = file_about(agent, phones=PHONE)
    one = SearchIdentifier.objects.filter(report=report).count()
    for last in ("Stone", "Pike", "Reed", "Hale"):
        file_about(agent, last_name=last, first_name="Ada", phones=PHONE)
    assert SearchIdentifier.objects.count() == 5 * one
    assert not [table for table in connection.introspection.table_names() if "pair" in table or "alike" in table]
    mine = alike.of_filled(read(report))
    assert analyst.rights.everywhere
    with CaptureQueriesContext(connection) as asked:
        assert alike.find(mine, analyst, but=[report.pk])[0].count == 4
    assert len([one for one in asked if "searchidentifier" in one["sql"]]) == len(asked) == 1


# -- On the report's page ----------------------------------------------------------------------------------------------
def page(client: Any, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def panel(client: Any, report: Report) -> str:
    return page(client, f"/reports/{report.number}/").partition("Also in other reports")[2].partition("</section>")[0]


def test_the_page_of_a_report_names_the_newest_others_with_the_reason(agent: Any, as_: Any) -> None:
    others = [
        file_about(agent, last_name=name, first_name="Ada", a_number=A_NUMBER)
        for name in ("Stone", "Pike", "Reed", "Hale")
    ]
    text = panel(as_(agent), file_about(agent, a_number=A_NUMBER))
    assert "Same A-Number" in text
    assert A_NUMBER in text
    assert [one.number in text for one in others] == [False, True, True, True]
    assert "and 1 more" in text


def test_where_nothing_is_shared_the_page_says_nothing_of_it(agent: Any, as_: Any) -> None:
    report = file_about(agent, a_number=A_NUMBER)
    assert "Also in other reports" not in page(as_(agent), f"/reports/{report.number}/")


def test_the_panel_takes_one_statement_for_one_reason_and_for_five(agent: Any, as_: Any) -> None:
    client = as_(agent)
    plain = file_about(agent)
    many = {"a_number": A_NUMBER, "phones": PHONE, "emails": "n@example.gov", "handles": "chat: night-owl", **BORN}
    file_about(agent, **many)
    report = file_about(agent, **many)
    counts = []
    for one in (plain, report):
        page(client, f"/reports/{one.number}/")
        with CaptureQueriesContext(connection) as asked:
            page(client, f"/reports/{one.number}/")
        counts.append(len(asked))
        assert (
            len(
                [
                    1
                    for statement in asked
                    if "reports_searchidentifier" in statement["sql"] or "reports_searchname" in statement["sql"]
                ]
            )
            == 1
        )
    assert counts[0] == counts[1]


# -- The page of all of it ---------------------------------------------------------------------------------------------
def test_an_analyst_links_two_of_three(agent: Any, analyst: Any, as_: Any) -> None:
    first, second = (
        file_about(agent, last_name=name, first_name="Ada", a_number=A_NUMBER) for name in ("Stone", "Pike")
    )
    report = file_about(agent, a_number=A_NUMBER)
    address = f"/reports/{report.number}/alike/"
    client = as_(analyst)
    text = page(client, address)
    assert text.count(">Link<") == 2
    assert Event.objects.filter(code="report.alike_viewed", actor_id=analyst.pk, object_id=str(report.pk)).count() == 1
    sent = {"number": second.number, "reason": f"Same A-Number: {A_NUMBER}", "next": address}
    assert f'value="{sent["reason"]}"' in text
    assert client.post(f"/reports/{report.number}/relations/", sent).headers["Location"] == address
    assert Relation.objects.get().reason == sent["reason"]
    text = page(client, address)
    assert text.count(">Link<") == 1
    assert ">Linked<" in text
    assert first.number in text


def test_whoever_may_only_read_is_offered_no_link(agent: Any, hq: Any, outsider: Any, as_: Any) -> None:
    file_about(agent, a_number=A_NUMBER)
    report = file_about(agent, a_number=A_NUMBER)
    text = page(as_(hq), f"/reports/{report.number}/alike/")
    assert A_NUMBER in text
    assert ">Link<" not in text
    assert as_(outsider).get(f"/reports/{report.number}/alike/").status_code == 404
