"""What the guard of the columns lets through: what the request allowed, and what the same row holds already."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from audit.events import Kind
from audit.log import Subject, record
from audit.models import Event
from privacy import overrides
from privacy.fields import SsnFound
from reports import bulk
from reports.models import Person, Report
from tests.privacy.made import itin, ssn
from tests.reports.filing import file_sir

pytestmark = pytest.mark.django_db


def overridden(report: Report, text: str) -> None:
    """Store a number as an override does."""
    with overrides.unit_of_work(), transaction.atomic():
        overrides.allow(overrides.numbers_in(text))
        Report.objects.filter(pk=report.pk).update(narrative=text)
        record("report.amended", by=None, on=report)


def test_a_row_that_holds_one_already_can_be_saved_around_it(agent: Any) -> None:
    report = file_sir(agent)
    overridden(report, f"Part number {ssn()}")
    stored = Report.objects.get(pk=report.pk)
    stored.narrative += " was on the crate."
    with overrides.unit_of_work(), transaction.atomic():
        stored.save()
        record("report.amended", by=None, on=stored)
    assert Report.objects.get(pk=report.pk).narrative.endswith(f"{ssn()} was on the crate.")


def test_another_number_in_the_same_row_is_refused(agent: Any) -> None:
    report = file_sir(agent)
    overridden(report, f"Part number {ssn()}")
    stored = Report.objects.get(pk=report.pk)
    stored.narrative = f"Part number {ssn()}, and {ssn(9)}"
    with overrides.unit_of_work(), pytest.raises(SsnFound), transaction.atomic():
        stored.save()


def test_the_same_number_in_another_row_is_refused(agent: Any) -> None:
    overridden(file_sir(agent), f"Part number {ssn()}")
    with overrides.unit_of_work(), pytest.raises(SsnFound), transaction.atomic():
        Report.objects.filter(pk=file_sir(agent).pk).update(narrative=ssn())


def test_what_is_copied_into_a_table_is_looked_at_too(agent: Any) -> None:
    report = file_sir(agent)
    person = Person(report=report, role="witness", population="public", last_name="Ferro", addresses=[f"SSN {ssn()}"])
    with pytest.raises(SsnFound), transaction.atomic():
        bulk.copy(Person, [person])


@pytest.mark.parametrize("number", [ssn(), itin()], ids=["SSN", "ITIN"])
def test_evidence_holds_bullets_wherever_a_number_was_given_to_it(number: str) -> None:
    said = f"Was {number} there?"
    record("access.refused", by=None, on=Subject("page", said, said), reason=said, inner=[{said: [said]}])
    event = Event.objects.filter(kind=Kind.REFUSAL).latest("id")
    kept = f"{event.object_id} {event.object_label} {event.payload}"
    assert number not in kept
    assert kept.count("•" * 8) == 5


def test_the_refusal_tells_the_column_and_never_the_number(agent: Any) -> None:
    with pytest.raises(SsnFound) as found, transaction.atomic():
        Report.objects.filter(pk=file_sir(agent).pk).update(title=ssn())
    assert "title" in str(found.value)
    assert ssn() not in str(found.value) + repr(found.value)
