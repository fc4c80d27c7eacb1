"""A mistake in a mapping is refused before the first row, with its line and what would be right."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reports.models import Draft, Report
from tests.imports.bringing import PERSON, ROW, Bringing, mapping


@pytest.fixture
def bring(tmp_path: Path, agent: Any) -> Bringing:
    return Bringing(tmp_path)


def refusal(bring: Bringing, said: str, **options: Any) -> str:
    """What the command says; nothing was written by it."""
    with pytest.raises(CommandError) as error:
        bring(said, ROW, **options)
    assert not Report.objects.exists()
    assert not Draft.objects.exists()
    assert not bring.folder.joinpath("incidents.csv.rejects.csv").exists()
    return str(error.value)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('titel = "x"', "The answer “titel” is not known. Did you mean “title”?"),
        ('marking = "{Ofense}"', "The column “Ofense” is not known. Did you mean “Offense”? Known: Case, Date"),
        ('stage = "begin"', "The choice “begin” is not known. Known: initial, update, final."),
        ('stage = { column = "Race", map = { "W" = "first" } }', "The choice “first” is not known."),
        ('stage = { column = "Race", default = "first" }', "The choice “first” is not known."),
        ('media_interest = "perhaps"', "The choice “perhaps” is not known. Known: yes, no."),
        ('marking = { colum = "Race" }', "The setting “colum” is not known. Did you mean “column”?"),
        ('marking = { find = "a" }', "Give one of text, column and first_of"),
        ("marking = { column = 'Race', find = '(' }", "“(” is not a regular expression"),
        ('marking = { column = "Race", split = ";" }', "This answer takes one value"),
        ('marking = ["a", "b"]', "This answer takes one value"),
        ('marking = { column = "Race", case = "titel" }', "The value “titel” is not known. Did you mean “title”?"),
        ('marking = "{Race"', "a { stands alone"),
        ('ufad_handed_over_at = { column = "Date", dates = ["MM/DD"] }', "“MM/DD” is no notation of a date"),
        ('ufad_handed_over_at = { column = "Date", zone = "America/Miami" }', "The time zone “America/Miami”"),
        ('ufad_handed_over_at = { column = "Date", no_time = "noon" }', "“noon” is not a time"),
    ],
)
def test_a_mistake_in_an_answer_is_told_with_its_line(bring: Bringing, more: str, reason: str) -> None:
    said = refusal(bring, mapping(more=more))
    assert reason in said
    line = mapping(more=more).splitlines().index(more) + 1
    assert f"line {line}: " in said


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ('[[persons]]\nlast_name = "x"', "line 15: The list “persons” is not known. Known: people, arrests,"),
        ('[people]\nlast_name = "x"', "line 15: Rows are written [[people]]"),
        (PERSON + '[[arrests]]\nperson = "suspekt"', "line 22: The id of a person “suspekt” is not known. Did you"),
        (PERSON + '[[arrests]]\nfor = "officer"', "line 22: The id “officer” is not known. Known: suspect."),
        (PERSON + '[[arrests]]\nid = "x"', "line 22: Only people can be named by an id."),
        (PERSON + '[[arrests]]\nperson = "suspect"\nkind = "criminal"', "line 21: “charge” is needed to file"),
        ('[[people]]\neach = "{Race}"', "line 16: Write each = { columns ="),
        ('[[people]]\nwhen = { column = "Rase" }', "line 16: The column “Rase” is not known."),
    ],
)
def test_a_mistake_in_the_rows_is_told_with_its_line(bring: Bringing, rows: str, reason: str) -> None:
    assert reason in refusal(bring, mapping(rows=rows))


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ('encodings = "x"', "line 5: The setting “encodings” is not known. Did you mean “encoding”?"),
        ('delimiter = "commas"', "line 5: The delimiter “commas” is not known. Did you mean “comma”?"),
        ("header_line = 0", "line 5: This must be a whole number from 1, not 0."),
        ('identity = "{Number}"', "line 5: The column “Number” is not known."),
        ('leave_out = ["Rase"]', "line 5: The column “Rase” is not known. Did you mean “Race” or “Case”?"),
        ('encoding = "utf-9"', "The encoding utf-9 is not known."),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_line(bring: Bringing, settings: str, reason: str) -> None:
    assert reason in refusal(bring, mapping(settings=settings))


@pytest.mark.parametrize(
    ("settings", "more", "rows", "wrong"),
    [
        ('leave_out = ["Rase"]', 'titel = "x"\nstage = "begin"', PERSON, ["Rase", "titel", "begin"]),
        ("header_line = 0", 'marking = { colum = "x" }', '[[people]]\neach = "x"', ["from 1", "colum", "each ="]),
    ],
)
def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(
    bring: Bringing, settings: str, more: str, rows: str, wrong: list[str]
) -> None:
    said = refusal(bring, mapping(more=more, settings=settings, rows=rows))
    assert said.startswith("The mapping map.toml is not used; no row was read.")
    assert sorted(wrong, key=said.index) == wrong


def test_an_answer_that_nothing_gives_is_told_for_filed_reports_and_left_to_the_author_of_drafts(
    bring: Bringing,
) -> None:
    less = mapping().replace('synopsis = "{Offense}."\n', "")
    assert "line 7: “synopsis” is needed to file this report" in refusal(bring, less)
    assert "1 kept as drafts" in bring(less.replace('"submitted"', '"draft"'))


def test_a_mapping_that_is_no_toml_or_is_not_there_is_refused(bring: Bringing) -> None:
    assert "is not valid TOML" in refusal(bring, 'title = "x')
    bring.map = bring.folder / "nowhere" / "map.toml"
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_reports", str(bring.file), kind="SIR", mapping=bring.map)


def test_an_unknown_kind_is_refused_with_those_there_are(bring: Bringing) -> None:
    assert "The kind “SIRR” is not known. Did you mean “SIR”?" in refusal(bring, mapping(), kind="SIRR")


def test_columns_are_found_in_any_case_and_with_any_spaces(bring: Bringing) -> None:
    assert "1 filed" in bring(mapping(more='place_name = "{ aDDress }"'), ROW)


def test_the_answers_of_a_kind_are_listed_with_what_each_takes() -> None:
    out = StringIO()
    call_command("import_reports", kind="SIR", answers=True, stdout=out)
    assert "| **title** | Title | text, at most 200 characters |" in out.getvalue()
    assert "### [[arrests]]: arrests" in out.getvalue()
    assert "| **person** | Who was arrested | the `id` of a person of the mapping |" in out.getvalue()
