"""Bars over time as a picture made on the server: one bar for each day or hour, stacked by kind, without any style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDE, NARROW, HEIGHT, LEFT, FOOT, TOP = 720, 440, 200, 52, 22, 18
FLOOR = HEIGHT - FOOT
# From the bottom up; the classes carry the colours of both schemes.
KINDS = {"read": "Reading", "change": "Changes", "access": "Sign-ins and mail", "refusal": "Refusals"}
RECT = '<rect class="bar-{}" x="{}" y="{}" width="{}" height="{}"></rect>'
# Room for one name below the bars.
NAME = 90


@dataclass(frozen=True)
class Bar:
    """One day or hour: its short name, its name in full, and how many events of each kind it has (None: not known)."""

    short: str
    name: str
    counts: dict[str, int] | None

    @property
    def total(self) -> int:
        return sum((self.counts or {}).values())


def bars(said: str, shown: Sequence[Bar], *, line: float | None = None, width: int = WIDE) -> SafeString:
    """The picture; `said` is what it shows for those who listen, `line` a level to compare with, such as a median."""
    most = _round_up(max([bar.total for bar in shown] + [line or 0, 1]))
    step = (width - LEFT) / max(len(shown), 1)
    parts = [*_scale(most, width), *(_bar(bar, LEFT + step * place, step, most) for place, bar in enumerate(shown))]
    parts += _names(shown, step)
    if line is not None:
        y = _height(line, most)
        parts.append(format_html('<path class="level" d="M{} {} H{}"></path>', LEFT, _at(FLOOR - y), width))
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        "bars" if width == WIDE else "bars bars-narrow",
        width,
        HEIGHT,
        said,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _bar(bar: Bar, x: float, step: float, most: int) -> SafeString:
    """One stacked bar with its figures as its title."""
    gap, y, drawn = min(step * 0.2, 3), float(FLOOR), []
    for kind in KINDS:
        if count := (bar.counts or {}).get(kind, 0):
            # The rarest must still be seen: a single refusal among thousands is what the reader looks for.
            tall = max(_height(count, most), 1.5)
            y -= tall
            drawn.append(format_html(RECT, kind, _at(x + gap / 2), _at(y), _at(step - gap), _at(tall)))
    return format_html("<g><title>{}</title>{}</g>", _told(bar), format_html_join("", "{}", ((one,) for one in drawn)))


def _told(bar: Bar) -> str:
    if bar.counts is None:
        return f"{bar.name}: not counted yet"
    kinds = [f"{KINDS[kind].lower()} {count:,}" for kind, count in bar.counts.items() if count]
    return f"{bar.name}: {bar.total:,}" + (f" ({', '.join(kinds)})" if kinds else "")


def _scale(most: int, width: int) -> list[SafeString]:
    """Lines at the foot, the half and the top, with their figures."""
    levels = [0, most // 2, most] if most > 1 else [0, most]
    row = '<path class="rule" d="M{} {} H{}"></path><text class="end" x="{}" y="{}">{}</text>'
    return [
        format_html(
            row, LEFT, _at(FLOOR - _height(n, most)), width, LEFT - 6, _at(FLOOR - _height(n, most) + 4), f"{n:,}"
        )
        for n in levels
    ]


def _names(shown: Sequence[Bar], step: float) -> list[SafeString]:
    """Some of the names below, the first among them, as far apart as there is room."""
    every = max(1, ceil(NAME / step))
    return [
        format_html('<text x="{}" y="{}">{}</text>', _at(LEFT + step * place + 1), HEIGHT - 6, bar.short)
        for place, bar in enumerate(shown)
        if place % every == 0 and step * (len(shown) - place) > NAME / 2
    ]


def _height(count: float, most: int) -> float:
    return (FLOOR - TOP) * count / most


def _at(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _round_up(count: float) -> int:
    """The next of 1, 2, 4, 6, 10, 20, 40 …: a scale whose half is a whole number."""
    size = 1
    while True:
        for step in (1, 2, 4, 6):
            if step * size >= count:
                return step * size
        size *= 10
