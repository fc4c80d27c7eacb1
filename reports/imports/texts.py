"""Texts of a mapping: {Column} is a cell of the line, and [a part] falls away when its columns are empty."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

TOKEN = re.compile(r"(\{\{|\}\}|\[\[|\]\])|\{([^{}]*)\}|([\[\]{}])")
INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")


class Misread(ValueError):
    """A text of the mapping that cannot be read; the message says why."""


@dataclass(frozen=True)
class Column:
    name: str


Piece = str | Column | tuple["Piece", ...]


@dataclass(frozen=True)
class Text:
    """A text with columns in it. Without a column it is a constant; with only empty ones it is empty."""

    pieces: tuple[Piece, ...]

    @property
    def columns(self) -> list[str]:
        return list(_columns(self.pieces))

    @property
    def constant(self) -> bool:
        return not self.columns

    def filled(self, cell: Callable[[str], str]) -> str:
        said = _fill(self.pieces, cell)
        return "" if said is None else said.strip()


def text(said: str) -> Text:
    """Read a text of the mapping. Braces and brackets that are meant as such are written twice."""
    stack: list[list[Piece]] = [[]]
    at = 0
    for token in TOKEN.finditer(said):
        stack[-1].append(said[at : token.start()])
        at = token.end()
        _take(token, stack)
    if len(stack) > 1:
        raise Misread("a bracket [ is opened and not closed; write [[ if it is meant as it stands")
    return Text((*stack[0], said[at:]))


def column(name: str) -> Text:
    return Text((Column(name.strip()),))


def _take(token: re.Match[str], stack: list[list[Piece]]) -> None:
    doubled, name, sign = token.groups()
    if doubled:
        stack[-1].append(doubled[0])
    elif name is not None:
        stack[-1].append(Column(name.strip()))
    elif sign == "[":
        stack.append([])
    elif sign == "]" and len(stack) > 1:
        inner = tuple(stack.pop())
        stack[-1].append(inner)
    else:
        raise Misread(f"a {sign} stands alone; write {sign}{sign} if it is meant as it stands")


def _columns(pieces: Collection[Piece]) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Column):
            yield piece.name
        elif isinstance(piece, tuple):
            yield from _columns(piece)


def _fill(pieces: Collection[Piece], cell: Callable[[str], str]) -> str | None:
    """The text with its columns filled in; nothing where it has columns and all of them are empty."""
    said, has, any_filled = [], False, False
    for piece in pieces:
        if isinstance(piece, str):
            said.append(piece)
            continue
        value = cell(piece.name) if isinstance(piece, Column) else _fill(piece, cell)
        has = True
        any_filled = any_filled or bool(value)
        said.append(value or "")
    return None if has and not any_filled else "".join(said)


# -- Cells -------------------------------------------------------------------------------------------------------------
def clean(value: str) -> str:
    """A cell as it is meant: HTML entities as signs, hard spaces as spaces, nothing invisible."""
    if "&" in value:
        value = html.unescape(value)
    if not value.isascii():
        value = INVISIBLE.sub("", value.replace("\u00a0", " "))
    return value.strip()


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name or code as it is looked up: in any case, with any spaces."""
    return " ".join(name.split()).casefold()


@dataclass(frozen=True)
class Cells:
    """The cells of one line by the plain name of their column, and the columns' names as they stand in the file."""

    values: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, name: str) -> str:
        return self.values.get(plain(name), "")

    def over(self, pieces: Mapping[str, str]) -> Cells:
        """The same line with these cells in place of its own."""
        return Cells({**self.values, **{plain(name): piece for name, piece in pieces.items()}}, self.titles)
