"""Every kind of report can be brought in, by its own rules and by those who may file it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from reports.imports import answers_table
from reports.kinds import KINDS
from reports.models import Report
from tests.imports.bringing import Bringing

COLUMNS = ("Title", "Date", "Name", "Text")
EVERY = """
[import]
as = "submitted"
user = "officer"
[answers]
title = "{Title}"
synopsis = "{Text}"
narrative = "{Text}"
event_at = "{Date}"
"""
PERSON = """
[[people]]
id = "person"
last_name = "{Name}"
a_number = "A012345678"
"""
TAV = (
    EVERY
    + """
agency = "Police of Springfield"
agency_level = "local"
purpose = "{Text}"
case_reference = "24-1"
place_facility = "Krome"
"""
    + PERSON
    + """
role = "detainee"
[[visitors]]
name = "Detective Reyes"
"""
)
SPEAR = (
    EVERY
    + """
event_types = "EVENT"
objective = "{Text}"
planned_end = { column = "Date", find = "^[0-9-]+", time = "23:30" }
contact = "officer"
contact_phone = "305-555-0142"
[[locations]]
address = "1 Main St"
city = "Miami"
"""
    + PERSON
    + 'role = "target"\n'
)
ILEAD = (
    EVERY
    + """
event_types = "EVENT"
methods = ["interview", "{None}"]
custody = "unknown"
basis = "{Text}"
first_amendment = "none"
threat = "unknown"
reliability = "B"
validity = "2"
provider_protected = "yes"
"""
    + PERSON
    + """
role = "subject"
[[gang_claims]]
person = "person"
gang = "The Pier Crew"
standing = "member"
criterion = "admission"
evidence = "{Text}"
"""
).replace(', "{None}"', "")
ROW = ("A test of the kind", "2024-03-01T14:05:00", "MARQUEZ", "As he said himself.")


@pytest.fixture
def bring(tmp_path: Path, officer: Any) -> Bringing:
    return Bringing(tmp_path)


def event_type(kind: str) -> str:
    from reports.models import EventType

    return EventType.objects.filter(kind=kind)[0].code


def test_a_tav_is_brought_in_with_its_visitor_and_its_detainee(bring: Bringing) -> None:
    said = bring(TAV, ROW, kind="TAV", columns=COLUMNS)
    assert "1 filed" in said, bring.rejected
    report = Report.objects.get(kind="tav").typed
    assert (report.agency_level, report.visitor_rows.get().name) == ("local", "Detective Reyes")


def test_a_spear_to_come_is_brought_in_and_one_in_the_past_is_refused(bring: Bringing) -> None:
    said = SPEAR.replace("EVENT", event_type("spear"))
    ahead = f"{timezone.now().year + 1}-03-01T14:05:00"
    assert "1 filed" in bring(said, (ROW[0], ahead, *ROW[2:]), ROW, kind="SPEAR", columns=COLUMNS), bring.rejected
    (rejected,) = bring.rejected
    assert rejected["line"] == "3"
    assert "past" in rejected["reason"]


def test_an_ilead_is_brought_in_with_its_gang_claim_and_its_evidence(bring: Bringing) -> None:
    said = bring(ILEAD.replace("EVENT", event_type("ilead")), ROW, kind="ILEAD", columns=COLUMNS)
    assert "1 filed" in said, bring.rejected
    assert Report.objects.get(kind="ilead").person_rows.get().last_name == "MARQUEZ"


def test_who_may_not_file_a_kind_cannot_bring_it_in(bring: Bringing) -> None:
    with pytest.raises(CommandError, match="The roles of agent do not let them"):
        bring(TAV.replace("officer", "agent"), ROW, kind="TAV", columns=COLUMNS)


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.code)
def test_every_answer_of_a_kind_stands_in_the_document(kind: Any) -> None:
    said = answers_table.of_kind(kind)
    for part in kind.entered:
        for name in part.fields:
            assert f"| {name} |" in said or f"| **{name}** |" in said
