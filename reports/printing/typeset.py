"""Setting plain data as a tagged PDF (PDF/UA-1, ISO 14289-1) by Typst; texts enter as data, never as markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
# What a report may hold and paper may not: control characters, and marks that would turn the order of letters.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# How Typst names a text that no font covers.
UNCOVERED = re.compile(r'the text `"(.*?)"` could not be displayed', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
MOST_ROUNDS = 5
BEYOND_LATIN = re.compile("[^\\n\\t\x20-\x7e\xa0-\xff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026]")


class NotInstalled(Exception):
    """The fonts are not there; `make setup` brings them."""


@cache
def fonts() -> typst.Fonts:
    """Ours alone: the same sheet on every machine."""
    if not any(FONTS.glob("*.ttf")):
        raise NotInstalled(f"There are no fonts in {FONTS.name}: run `make setup`.")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def typeset(sheet: Mapping[str, Any], template: str, at: datetime) -> bytes:
    """The PDF of `sheet` by one of the templates beside this module, made `at`.

    A character that no font covers stands by its number, such as [U+1F600]: a mark that says so beats a gap.
    """
    compiler = typst.Compiler(input=HERE / template, root=HERE, font_paths=fonts(), ignore_system_fonts=True)
    data = _each(sheet, lambda text: UNPRINTABLE.sub("", text))
    for _ in range(MOST_ROUNDS):
        try:
            return _compiled(compiler, data, at)
        except typst.TypstError as error:
            strange = _uncovered(error)
            if not strange:
                raise
        data = _each(data, lambda text: strange.sub(_by_number, text))  # noqa: B023 - used before the next round
    return _compiled(compiler, _each(data, lambda text: BEYOND_LATIN.sub(_by_number, text)), at)


def _compiled(compiler: typst.Compiler, data: Any, at: datetime) -> bytes:
    inputs, second = {"data": json.dumps(data)}, at.replace(microsecond=0)
    made = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards="ua-1", timestamp=second)
    assert isinstance(made, bytes)  # noqa: S101 - one document, no output file
    return made


def _uncovered(error: typst.TypstError) -> re.Pattern[str] | None:
    found = "".join(UNCOVERED.findall(error.diagnostic))
    letters = {*ESCAPED.sub(lambda match: chr(int(match[1], 16)), found)} - {*" \n\t"}
    return re.compile("[" + "".join(map(re.escape, sorted(letters))) + "]") if letters else None


def _by_number(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def _each(value: Any, change: Any) -> Any:
    """The same data with every text changed; pictures are lists of numbers and stay as they are."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple) and value and not isinstance(value[0], int):
        return [_each(one, change) for one in value]
    return value
