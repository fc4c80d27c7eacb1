"""What a report is found by is written with it, in the same transaction, by every path, and anew on demand."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from reports import actions
from reports.content import read
from reports.finding import documents
from reports.models import Report, SearchDocument, SearchIdentifier, SearchName, SearchWord
from tests.finding.made import sir, titles
from tests.reports.filing import file_report, row


def test_names_are_those_of_people_their_aliases_and_organizations(agent: Any) -> None:
    report = sir(
        agent,
        "Names",
        people=[
            {"last_name": "Núñez", "first_name": "José", "aliases": "El Güero\nnunez jose"},
            {"last_name": "Unknown"},
        ],
        organizations=[row(name="Harbor Freight & Co")],
    )
    held = SearchName.objects.filter(report=report).order_by("id").values_list("bearer", "name")
    assert list(held) == [
        ("person", "José Núñez"),
        ("alias", "El Güero"),
        ("alias", "nunez jose"),
        ("organization", "Harbor Freight & Co"),
    ]
    assert {"jose", "nunez", "guero", "harbor"} <= set(SearchWord.objects.values_list("word", flat=True))


def test_a_word_of_names_is_kept_once(agent: Any) -> None:
    for _ in range(2):
        sir(agent, "Twice", people=[{"last_name": "Montiel"}])
    assert SearchWord.objects.filter(word="montiel").count() == 1


def test_what_fails_to_be_filed_is_found_by_nothing(agent: Any) -> None:
    @transaction.atomic
    def filed_in_vain() -> None:
        sir(agent, "Never")
        assert SearchDocument.objects.exists()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        filed_in_vain()
    assert not SearchDocument.objects.exists()
    assert not SearchName.objects.exists()
    assert not SearchIdentifier.objects.exists()


@pytest.mark.parametrize("kind", ["sir", "spear", "ilead", "tav"])
def test_every_kind_is_found_by_its_people(officer: Any, agent: Any, kind: str) -> None:
    report = file_report(kind, agent if kind in ("sir", "spear") else officer)
    assert SearchName.objects.filter(report=report).exists()
    assert SearchDocument.objects.get(report=report).text.startswith(report.number)


def test_all_can_be_written_anew_and_says_the_same(agent: Any) -> None:
    sir(agent, "Boat", people=[{"last_name": "Montiel", "phones": "305-555-0142"}])
    before = _all()
    SearchName.objects.all().delete()
    SearchIdentifier.objects.all().delete()
    SearchDocument.objects.update(words="", text="")
    SearchWord.objects.create(word="leftover", keys=[1])
    SearchWord.objects.filter(word="montiel").delete()
    assert titles(agent, "boat") == []
    call_command("reindex", verbosity=0)
    assert _all() == before
    assert titles(agent, "montial 305-555-0142") == ["Boat"]


def _all() -> list[Any]:
    return [
        list(SearchDocument.objects.values_list("report", "words", "text")),
        list(SearchName.objects.order_by("id").values_list("report", "row", "bearer", "name", "keys", "born")),
        sorted(SearchIdentifier.objects.values_list("report", "type", "value", "at")),
        sorted(SearchWord.objects.values_list("word", flat=True)),
    ]


def test_indexing_is_two_statements_and_those_of_the_words(agent: Any) -> None:
    report = sir(agent, "Boat")
    filled = read(Report.objects.get(pk=report.pk))
    with CaptureQueriesContext(connection) as seen:
        documents.index(filled)
    assert len(seen) <= 3, [
        one["sql"][:90] for one in seen
    ]  # the labels of the event types, the attachments, all of it


def test_very_long_reports_and_strange_signs_can_be_indexed(agent: Any) -> None:
    report = sir(agent, "Long", narrative="ab cd ef gh " * 4_900)
    filled = read(Report.objects.get(pk=report.pk))
    filled.report.narrative = "".join(chr(0x4E00 + n % 20_000) + " " for n in range(150_000)) + "\x00\\ ' \" {}"
    documents.index(filled)
    assert titles(agent, chr(0x4E00)) == ["Long"]


def test_a_voided_report_stays_found_by_those_who_ask_for_voided_ones(agent: Any, supervisor: Any) -> None:
    report = sir(agent, "Void")
    actions.move(report.pk, "void", by=supervisor, reason="Filed twice")
    assert titles(agent, "void") == ["Void"]
