"""How urgent a report is: by the thresholds and event types that an administrator edits, never by code."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from reports.content import Filled
from reports.models.reference import EventType, Threshold
from reports.models.sir import Seizure

# To grams, the SI unit of small masses; units of other kinds are only compared with themselves.
GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")}


def reasons(filled: Filled) -> list[str]:
    """Why headquarters must know at once, in words; none if it need not."""
    urgent_types = EventType.objects.filter(code__in=filled.report.event_types, always_urgent=True)
    return reasons_among(filled, urgent_types, Threshold.objects.filter(active=True))


def reasons_among(filled: Filled, urgent_types: Iterable[EventType], thresholds: Iterable[Threshold]) -> list[str]:
    """The same, by event types and thresholds already at hand."""
    found = [event_type.label for event_type in urgent_types if event_type.code in filled.report.event_types]
    seizures = [row for row in filled.every_row() if isinstance(row, Seizure)]
    return found + (over_thresholds(seizures, thresholds) if seizures else [])


def over_thresholds(seizures: list[Seizure], thresholds: Iterable[Threshold]) -> list[str]:
    """The thresholds that these seizures reach, each summed over all goods of its class."""
    return [f"Over the threshold: {threshold}" for threshold in thresholds if reaches(seizures, threshold)]


def reaches(seizures: list[Seizure], threshold: Threshold) -> bool:
    counted = [s for s in seizures if not threshold.goods or s.goods == threshold.goods]
    if threshold.measure == Threshold.Measure.VALUE:
        total = sum((s.estimated_value or Decimal(0) for s in counted), Decimal(0))
    else:
        total = sum((in_unit(s.quantity, s.unit, threshold.unit) for s in counted), Decimal(0))
    return total >= threshold.at_least


def in_unit(quantity: Decimal, unit: str, wanted: str) -> Decimal:
    """`quantity` in another unit; zero where the two cannot be compared."""
    if unit == wanted:
        return quantity
    if unit in GRAMS and wanted in GRAMS:
        return quantity * GRAMS[unit] / GRAMS[wanted]
    return Decimal(0)
