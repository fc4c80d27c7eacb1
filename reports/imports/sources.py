"""Where one answer of an import comes from: columns, a fixed text, the first of several that is filled; its map."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from reports.imports.texts import Cells, Text, plain

CASES = ("title", "sentence", "upper", "lower")


@dataclass(frozen=True)
class Map:
    """Values of the source and what each becomes. A name may hold `*`; the first that fits is taken."""

    values: Mapping[str, str]

    @cached_property
    def known(self) -> dict[str, str]:
        return {plain(name): value for name, value in self.values.items()}

    def get(self, value: str) -> str | None:
        wanted = plain(value)
        if wanted in self.known:
            return self.known[wanted]
        return next((found for name, found in self.known.items() if "*" in name and fnmatchcase(wanted, name)), None)


@dataclass(frozen=True)
class When:
    """Whether something happens for a line: a text is filled, is one of some values, or is none of some."""

    text: Text
    among: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()

    def __call__(self, cells: Cells) -> bool:
        said = plain(self.text.filled(cells))
        if self.among:
            return said in self.among
        return bool(said) and said not in self.no


@dataclass(frozen=True)
class Source:
    """One answer: its texts (the first that is filled counts) and what is done with it, in the order of the fields."""

    texts: tuple[Text, ...]
    find: re.Pattern[str] | None = None
    split: str = ""
    part: int = 0
    case: str = ""
    map: Map | None = None
    default: str = ""
    cut: bool = False
    dates: tuple[str, ...] = ()
    zone: str = ""
    time: Text | None = None
    no_time: str = ""
    line: int = field(default=0, compare=False)

    @property
    def columns(self) -> list[str]:
        used = [*self.texts, *([self.time] if self.time else [])]
        return [name for one in used for name in one.columns]

    @property
    def constants(self) -> list[str]:
        """All values that this answer can get whatever the lines say."""
        fixed = [self._mapped(self._cased(one.filled(Cells({})))) for one in self.texts if one.constant]
        found = [*fixed, *(self.map.values.values() if self.map else ()), self.default]
        return [one for one in dict.fromkeys(found) if one]

    def values(self, cells: Cells) -> list[str]:
        """What the line gives: one value, several where they are split, none where it is silent."""
        said = next((found for one in self.texts if (found := one.filled(cells))), "")
        mapped = [self._mapped(self._cased(one)) for one in self._pieces(said)]
        kept = [one for one in dict.fromkeys(mapped) if one]
        return kept or ([self.default] if self.default else [])

    def _pieces(self, said: str) -> Iterable[str]:
        if self.find and said:
            found = self.find.search(said)
            said = (found[1] if self.find.groups else found[0]) or "" if found else ""
        if not self.split:
            return [said.strip()]
        pieces = [piece.strip() for piece in said.split(self.split)]
        if not self.part:
            return [piece for piece in pieces if piece] or [""]
        place = self.part - 1 if self.part > 0 else self.part
        return [pieces[place] if -len(pieces) <= place < len(pieces) else ""]

    def _cased(self, said: str) -> str:
        if self.case == "title":
            # O'BRIEN is O'Brien, but a DRIVER'S licence is a Driver's one.
            return re.sub(r"\b(?:[^\W\d_]')?\w+(?:'\w{1,2}\b)?", _capitalized, said)
        if self.case == "sentence":
            return re.sub(r"(^|[.!?]\s+)([^\W\d_])", lambda start: start[0].upper(), said.lower())
        return {"upper": said.upper(), "lower": said.lower()}.get(self.case, said)

    def _mapped(self, said: str) -> str:
        """The value that the map has for it; without one the default, and without that the value itself."""
        if self.map is None:
            return said
        found = self.map.get(said)
        return found if found is not None else (self.default or said)


def _capitalized(word: re.Match[str]) -> str:
    said = word[0]
    return said[:2].upper() + said[2:].capitalize() if said[1:2] == "'" and len(said) > 4 else said.capitalize()
