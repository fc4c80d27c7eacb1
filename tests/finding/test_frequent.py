"""Words that stand in many reports are known by the statistics, and a search for them pays for nothing that is near."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.finding import frequent, names, near, results
from reports.finding.asking import understand
from reports.models import Report
from tests.finding.made import sir


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the statistics had these shares."""
    monkeypatch.setattr(frequent, "_shares", frequent.Shares({"van": 0.5, "harbor": 0.08}, float("inf")))
    monkeypatch.setattr(results, "_size", results.Size(few=2, reports=1_000, until=float("inf")))


@pytest.mark.usefixtures("known")
@pytest.mark.django_db
def test_a_frequent_word_asks_for_nothing_near() -> None:
    frequent.stems_of({"van", "vans", "harbors"})
    with CaptureQueriesContext(connection) as seen:
        assert near.near(["vans"], whole=True, literal="vans") == near.Near()
    assert not len(seen)


@pytest.mark.usefixtures("known")
def test_many_hits_give_the_same_page_by_office_as_to_who_sees_all(agent: Any) -> None:
    for number in range(4):
        sir(agent, f"{number}", narrative="A van at the harbor." if number % 2 else "A van.")
    reports = Report.objects.visible_to(agent)
    for typed in ("van", "harbor", "van harbor"):
        pages = [results.found(reports, understand(typed), reader=reader) for reader in (None, agent)]
        assert [row.title for row in pages[0].rows] == [row.title for row in pages[1].rows]
        assert pages[0].count == pages[1].count == (4 if typed == "van" else 2)
        # Each is met once, although it is the reader's own and of the reader's office.
        assert len({row.id for row in pages[1].rows}) == len(pages[1].rows)


def test_a_name_answers_by_more_than_first_names() -> None:
    def like(asked: str, name: str) -> float:
        return names.likeness(names.words_of(asked), names.words_of(name))

    assert like("Jose Luis Quintana", "José Luis Buitrago") == 0
    assert like("Ana Rosa Quintana", "Ana Quintana") > 0
    exact, error, nickname = (
        like("Jose Quintana", name) for name in ("José Quintana", "José Quintena", "Pepe Quintana")
    )
    assert exact > error > nickname > 0


def test_close_names_are_shown_beside_few_exact_ones_alone() -> None:
    from uuid import UUID

    keys = [UUID(int=number) for number in range(5)]
    few = dict(zip(keys, (100.0, 91.0, 89.0), strict=False))
    assert near._shown(few) == few
    many = dict(zip(keys, (100.0, 100.0, 100.0, 91.0), strict=False))
    assert set(near._shown(many)) == set(keys[:3])
