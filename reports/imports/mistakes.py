"""Mistakes of a mapping: each with its line and the nearest names, refused before the first row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

Path = tuple[str | int, ...]
HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[\w-]+)((?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=""")
SHOWN = 40


class MappingRefused(Exception):
    """The mapping cannot be used; the message names every mistake and its line."""


class Places:
    """On which line of the mapping each of its entries stands."""

    def __init__(self, said: str) -> None:
        self._lines: dict[Path, int] = {}
        self._many: dict[str, int] = {}
        table: Path = ()
        for number, line in enumerate(said.splitlines(), start=1):
            if header := HEADER.match(line):
                table = self._table(header[1], header[2])
                self._lines.setdefault(table, number)
            elif key := KEY.match(line):
                self._lines.setdefault((*table, *_names(key[1] + key[2])), number)

    def _table(self, brackets: str, name: str) -> Path:
        first, *rest = _names(name)
        if brackets == "[[":
            self._many[first] = self._many.get(first, -1) + 1
        return (first, self._many[first], *rest) if first in self._many else (first, *rest)

    def of(self, path: Path) -> int:
        """The line of an entry, or of what it stands in."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def _names(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(r"""\"[^"]*"|'[^']*'|[^\s.]+""", dotted)]


class Mistakes:
    """All that is wrong with a mapping, in the order of its lines."""

    def __init__(self, name: str, places: Places) -> None:
        self.name, self.places = name, places
        self._found: list[tuple[int, str]] = []

    def add(self, path: Path, message: str) -> None:
        self._found.append((self.places.of(path), message))

    def unknown(self, path: Path, what: str, name: str, known: Iterable[str]) -> None:
        """`name` is none of the known ones: say the nearest, and all of them while they are few."""
        self.add(path, f"{what} “{name}” is not known. {nearest(name, known)}")

    def refuse(self) -> None:
        """Raise if there is anything wrong."""
        if self._found:
            said = [f"  line {line}: {message}" for line, message in sorted(dict.fromkeys(self._found))]
            raise MappingRefused("\n".join([f"The mapping {self.name} is not used; no row was read.", *said]))


def nearest(name: str, known: Iterable[str]) -> str:
    names = list(dict.fromkeys(known))
    by_plain = {one.casefold(): one for one in names}
    near = [by_plain[one] for one in get_close_matches(name.casefold(), by_plain, n=3, cutoff=0.6)]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    listed = ", ".join(names[:SHOWN]) + more if names else "none"
    return (f"Did you mean {' or '.join(f'“{one}”' for one in near)}? " if near else "") + f"Known: {listed}."
