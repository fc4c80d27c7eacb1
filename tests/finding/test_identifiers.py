"""Identifiers are compared in one form, in whatever punctuation they are written."""

from __future__ import annotations

from typing import Any

import pytest

from reports.finding import identifiers
from reports.models import Report, SearchIdentifier
from tests.finding.made import sir
from tests.reports.filing import row

FORMS = {
    "A-Number": ("a_number", ["A012345678", "A 012-345-678", "12345678", "a#012345678"], "A012345678"),
    "phone": (
        "phone",
        ["305-555-0142", "(305) 555-0142", "+1 305 555 0142", "3055550142", "1.305.555.0142"],
        "+13055550142",
    ),
    "phone abroad": ("phone", ["+52 55 5555 0142", "+52-55-55550142"], "+525555550142"),
    "e-mail": ("email", ["Joe.Doe@Example.gov", " joe.doe@example.gov"], "joe.doe@example.gov"),
    "handle": ("handle", ["harbor: @Wex9", "wex9", "@WEX9"], "wex9"),
    "plate": ("plate", ["ABC-1234", "abc 1234", "ABC·1234"], "ABC1234"),
    "serial": ("serial", ["SN 00-1234/x", "sn001234X"], "SN001234X"),
    "address": (
        "address",
        ["12 Pine Street, Miami, FL 33101", "12 PINE ST., Miami", "12 Pine St, Miami, FL"],
        "12 pine st|miami",
    ),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_way_of_writing_one_is_the_same(form: tuple[str, list[str], str]) -> None:
    type_, written, normal = form
    assert {identifiers.normal(type_, value) for value in written} == {normal}


NOBODY = {
    "a mask": ("other", "••••••••"),
    "a mask within": ("other", "No. ••••••••12"),
    "none": ("serial", "None"),
    "obliterated": ("serial", "OBLITERATED"),
    "no digits": ("phone", "call the desk"),
    "too short": ("other", "7"),
    "no city": ("address", "12 Pine Street"),
    "too many digits for an A-Number": ("a_number", "A0123456789"),
}


@pytest.mark.parametrize("form", NOBODY.values(), ids=NOBODY)
def test_what_identifies_nobody_has_no_form(form: tuple[str, str]) -> None:
    assert identifiers.normal(*form) == ""


def test_what_the_guard_would_refuse_has_no_form() -> None:
    number = "-".join(("219", "09", "9999"[:4]))
    assert identifiers.normal("other", number) == ""
    assert list(identifiers.in_text(f"He gave {number} at the desk.")) == []


def test_numbers_that_stand_in_a_text_are_found_there() -> None:
    text = "He called (305) 555-0142 twice, wrote to joe@example.gov and has A 012-345-678; the room is 12-34."
    assert set(identifiers.in_text(text)) == {"+13055550142", "joe@example.gov", "A012345678"}


def test_a_long_text_of_any_kind_is_read_at_once() -> None:
    for text in ("@" * 60_000, "a" * 60_000, "1" * 60_000, "1-" * 30_000, "+1 " * 20_000, "a.b@c" * 12_000):
        assert len(list(identifiers.in_text(text))) <= identifiers.MOST_IN_TEXT


def test_each_declared_field_of_a_report_is_written_once(agent: Any) -> None:
    people = [
        {"last_name": "Quillfeather", "a_number": "A 012-345-678", "phones": "305-555-0142\n(305) 555-0142"},
        {"last_name": "Otherman", "phones": "3055550142", "addresses": "12 Pine Street, Miami, FL"},
    ]
    found = sir(
        agent,
        "Numbers",
        people=people,
        identifiers=[row(type="plate", value="abc 1234"), row(type="other", value="None")],
        seizures=[row(goods="firearm", description="Pistol", quantity="1", unit="items", serial_numbers="X-99 12")],
        where={"place_address": ["12 Pine St."]},
    )
    held = list(SearchIdentifier.objects.filter(report=found).order_by("type").values_list("type", "value"))
    assert held == [
        ("a_number", "A012345678"),
        ("address", "12 pine st|miami"),
        ("phone", "+13055550142"),
        ("plate", "ABC1234"),
        ("report", found.number.replace("-", "")),
        ("serial", "X9912"),
    ]
    assert set(SearchIdentifier.objects.values_list("at", flat=True)) == {Report.objects.get().submitted_at}
