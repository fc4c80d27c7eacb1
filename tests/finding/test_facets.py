"""Facets: each figure is what the list shows once its choice is made, and is said to be capped where it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.log import Subject, record
from reports.finding import facets
from reports.models import Report
from tests.reports.filing import file_ilead, file_sir, file_spear, file_tav

pytestmark = pytest.mark.django_db
ALL = "?since=2020-01-01"
QUERIES = [ALL, "?kind=sir", "?by=happened&since=2020-01-01", "?since=2025-01-01&until=2026-12-31"]


@pytest.fixture
def several(agent: Any, outsider: Any, officer: Any, supervisor: Any) -> list[Report]:
    """Reports of every kind, of three offices and three years, one of them urgent, one closed."""
    filed = [file_sir(agent), file_spear(agent), file_ilead(officer), file_tav(officer), file_sir(outsider)]
    for number in range(7):
        filed.append(copy_of(filed[number % 2], number))
    return filed


def copy_of(report: Report, number: int, **values: Any) -> Report:
    """Another like it, filed earlier."""
    copy = Report.objects.get(pk=report.pk)
    copy.number, copy.id, copy._state.adding = f"{report.kind.upper()}-2025-MIA-{900 + number:06}", uuid4(), True
    copy.submitted_at = timezone.now() - timedelta(days=40 + 130 * number)
    copy.event_at = copy.submitted_at - timedelta(hours=1) if report.kind == "sir" else copy.event_at
    copy.urgency = number % 2
    for name, value in values.items():
        setattr(copy, name, value)
    copy.save()
    record("report.batch_filed", by=None, on=Subject("report"), batch=[copy.audit_id])
    return copy


def facets_at(client: Any, query: str) -> list[facets.Facet]:
    answer = client.get(f"/reports/{query}").context["answer"]
    return answer.facets.facets if answer.facets else []


def disagreements(client: Any, query: str) -> tuple[int, list[str]]:
    """Every choice of every facet, clicked: those whose list is not as long as was said; and how many there were."""
    wrong, clicked = [], 0
    for facet in facets_at(client, query):
        for choice in facet.choices:
            clicked += 1
            shown = client.get(f"/reports/{choice.url}").context["answer"]
            if shown.count != choice.count or len(shown.rows) != choice.count:
                wrong.append(f"{facet.label}: {choice.label} says {choice.count}, shows {shown.count}")
    return clicked, wrong


@pytest.mark.parametrize("who", ["analyst", "agent", "fod", "outsider"])
@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.usefixtures("several")
def test_every_figure_is_what_the_list_then_shows(person: Any, as_: Any, who: str, query: str) -> None:
    clicked, wrong = disagreements(as_(person(who)), query)
    assert wrong == []
    assert clicked or who in ("fod", "outsider")


@pytest.mark.usefixtures("several")
def test_an_office_counts_with_those_below_it_and_a_choice_that_leaves_all_is_none(analyst: Any, as_: Any) -> None:
    by_label = {facet.label: facet for facet in facets_at(as_(analyst), ALL)}
    assert {choice.label: choice.count for choice in by_label["Kind"].choices} == {
        "SIR": 6,
        "SPEAR": 4,
        "iLead": 1,
        "TAV": 1,
    }
    assert {choice.label for choice in by_label["Office"].choices} == {"SAC Miami", "SAC Atlanta", "Miami Field Office"}
    assert [choice.label for choice in by_label["Urgent"].choices] == ["Urgent"]
    assert [choice.label for choice in by_label["Filed"].choices] == sorted(
        (choice.label for choice in by_label["Filed"].choices), reverse=True
    )
    only_sirs = {facet.label: facet for facet in facets_at(as_(analyst), "?kind=sir")}
    assert "Kind" not in only_sirs


@pytest.mark.usefixtures("several")
def test_what_is_capped_says_so(analyst: Any, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facets, "COUNTED", 5)
    page = as_(analyst).get(f"/reports/{ALL}")
    drawn = page.context["answer"].facets
    assert drawn.is_capped
    assert drawn.of_what == "of the newest 5"
    assert "Figures of the newest 5 reports" in page.content.decode()
    assert sum(choice.count for choice in drawn.facets[0].choices) == 5


@pytest.mark.usefixtures("several")
def test_the_whole_list_is_not_divided_and_costs_as_before(analyst: Any, as_: Any) -> None:
    client = as_(analyst)
    client.get("/reports/")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/reports/")
    assert page.context["answer"].facets is None
    assert len(asked) <= 5, [one["sql"][:100] for one in asked]


@pytest.mark.usefixtures("several")
def test_a_search_with_facets_takes_few_statements(analyst: Any, as_: Any) -> None:
    client = as_(analyst)
    address = client.post("/reports/search/", {"q": "arrest"}).headers["Location"]
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.context["answer"].facets
    around = ("SAVEPOINT", "RELEASE", "SET LOCAL")
    statements = [one["sql"] for one in asked if not one["sql"].startswith(around)]
    assert len(statements) <= 11, statements


@pytest.mark.usefixtures("several")
def test_a_figure_that_is_wrong_is_seen(analyst: Any, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: were facets counted over more than the reader may see, the clicks would tell."""
    client, drawn = as_(analyst), facets._kinds
    twice = lambda drawing: drawn(facets.Drawing(drawing.rows * 2, drawing.form))  # noqa: E731
    monkeypatch.setattr(facets, "DRAWN", (twice,))
    assert len(disagreements(client, ALL)[1]) == 4
