"""What a cell can look like and what an import makes of it: days, times, texts and maps."""

from __future__ import annotations

import re
from datetime import date

import pytest

from reports.imports import moments
from reports.imports.sources import Map, Source, When
from reports.imports.texts import Cells, Misread, text

ZONE = "America/Chicago"
MARCH_1 = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("said", "day", "minutes"),
    [
        ("2024-03-01", MARCH_1, None),
        ("2024-03-01T14:05:00.000", MARCH_1, 845),
        ("2024-03-01 14:05:00.0000000", MARCH_1, 845),
        ("2024/03/01 14:05:00+00", MARCH_1, 485),
        ("2024-03-01T20:05:00Z", MARCH_1, 845),
        ("2024-03-01T14:05-0600", MARCH_1, 845),
        ("03/01/2024", MARCH_1, None),
        ("3/1/24 2:05 PM", MARCH_1, 845),
        ("03/01/2024 02:05:00 PM", MARCH_1, 845),
        ("03/01/2024 12:00:00 AM", MARCH_1, 0),
        ("03-01-2024 1405", MARCH_1, 845),
        ("Fri, Mar 1, 2024 2:05 p.m.", MARCH_1, 845),
        ("March 1st 2024", MARCH_1, None),
        ("1-MAR-2024 14:05", MARCH_1, 845),
        ("Mar  1 2024 12:00AM", MARCH_1, 0),
        ("20240301", MARCH_1, None),
        ("1709301900", MARCH_1, 485),
        ("1709301900000", MARCH_1, 485),
        ("03/01/2024 24:00", date(2024, 3, 2), 0),
    ],
)
def test_a_day_is_read_in_the_notations_that_spreadsheets_use(said: str, day: date, minutes: int | None) -> None:
    found = moments.moment(said, (), ZONE)
    assert found
    assert (found.day, found.minutes) == (day, minutes)


@pytest.mark.parametrize(
    "said",
    ["", "unknown", "02/30/2024", "13/13/2024", "Maybe 1 2024", "2024", "03/01/2024 25:00", "03/01/2024x", "9" * 30],
)
def test_what_is_no_day_is_not_guessed_at(said: str) -> None:
    assert moments.moment(said, (), ZONE) is None


@pytest.mark.parametrize(
    ("said", "notation", "day", "minutes"),
    [
        ("01/03/2024 14:05", "%d/%m/%Y %H:%M", MARCH_1, 845),
        ("01.03.2024", "%d.%m.%Y", MARCH_1, None),
        ("45352.586806", "excel", MARCH_1, 845),
        ("1709301900", "epoch", MARCH_1, 485),
        ("1709301900000", "epoch ms", MARCH_1, 485),
        ("2024-03-01", "iso", MARCH_1, None),
    ],
)
def test_a_notation_that_the_mapping_names_is_the_only_one(
    said: str, notation: str, day: date, minutes: int | None
) -> None:
    found = moments.moment(said, (notation,), ZONE)
    assert found == moments.Moment(day, minutes, fixed="epoch" in notation)
    assert moments.moment("March 1, 2024", (notation,), ZONE) is None


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("14:05", 845),
        ("14:05:59.999", 845),
        ("2:05 PM", 845),
        ("2 pm", 840),
        ("12:00 a.m.", 0),
        ("1405", 845),
        ("905.0", 545),
        ("5", 5),
        ("0", 0),
        ("1405 hrs", 845),
        ("24:00", 1440),
        ("1899-12-30T14:05:00", 845),
        ("14:60", None),
        ("13 pm", None),
        ("2500", None),
        ("noon", None),
        ("", None),
    ],
)
def test_a_time_of_day_is_read_as_people_and_machines_write_it(said: str, minutes: int | None) -> None:
    assert moments.clock(said) == minutes


@pytest.mark.parametrize(
    ("said", "filled"),
    [
        ("{A} at {B}", "one at two"),
        ("{A}[ at {None}][, {B}]", "one, two"),
        ("{None}", ""),
        ("at {None}", ""),
        ("[{A}[ or {None}]!]", "one!"),
        ("{{A}} [[B]]", "{A} [B]"),
        ("{ a }", "one"),
    ],
)
def test_a_text_is_filled_and_empty_parts_of_it_fall_away(said: str, filled: str) -> None:
    assert text(said).filled(Cells({"a": "one", "b": "two"})) == filled


@pytest.mark.parametrize("said", ["{A", "A}", "[A", "A]"])
def test_a_text_with_a_lone_brace_or_bracket_is_refused(said: str) -> None:
    with pytest.raises(Misread, match="as it stands"):
        text(said)


CELLS = Cells({"a": "W;b; Z ", "name": "O'BRIEN-SMITH, JO"})


@pytest.mark.parametrize(
    ("source", "values"),
    [
        (Source((text("{A}"),), split=";"), ["W", "b", "Z"]),
        (Source((text("{A}"),), split=";", part=2), ["b"]),
        (Source((text("{A}"),), split=";", part=-1), ["Z"]),
        (Source((text("{A}"),), split=";", part=9, default="none"), ["none"]),
        (Source((text("{A}"),), split=";", map=Map({"w": "White", "B": "Black"})), ["White", "Black", "Z"]),
        (Source((text("{A}"),), split=";", map=Map({"w": "White"}), default="Other"), ["White", "Other"]),
        (Source((text("{Name}"),), map=Map({"*brien*": "found", "*": "any"})), ["found"]),
        (Source((text("{None}"),), map=Map({"": "empty"})), ["empty"]),
        (Source((text("{None}"), text("{Name}"))), ["O'BRIEN-SMITH, JO"]),
        (Source((text("{Name}"),), case="title"), ["O'Brien-Smith, Jo"]),
        (Source((text("THE DRIVER'S 3RD. AND"),), case="sentence"), ["The driver's 3rd. And"]),
        (Source((text("THE DRIVER'S 3RD"),), case="title"), ["The Driver's 3rd"]),
        (Source((text("{Name}"),), find=re.compile("([A-Z]+)$")), ["JO"]),
        (Source((text("{Name}"),), find=re.compile("nothing"), default="x"), ["x"]),
    ],
)
def test_a_value_is_found_split_cased_and_mapped_in_this_order(source: Source, values: list[str]) -> None:
    assert source.values(CELLS) == values


def test_whether_a_row_is_made_is_asked_of_its_line() -> None:
    asked = text("{Name}")
    assert When(asked)(CELLS)
    assert not When(text("{None}"))(CELLS)
    assert When(asked, among=frozenset({"o'brien-smith, jo"}))(CELLS)
    assert not When(asked, no=frozenset({"o'brien-smith, jo"}))(CELLS)
