"""The links of a report as a small picture: what came before above this report, what came after and beside below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports.models import Report
from reports.relations import CAME_OF, LED_TO, NAMED, WITH, Link
from reports.states import Status

WIDTH, HEIGHT, GAP = 288, 44, 12
TRUNK, INDENT = 12, 32
MOST = 5
WORDS = {LED_TO: "led to", WITH: "belongs with", NAMED: "names"}

BOX = (
    '<g class="{}"><rect x="{}" y="{}" width="{}" height="{}" rx="3"></rect>'
    '<text class="pictured-number" x="{}" y="{}">{}</text><text x="{}" y="{}">{}</text></g>'
)
LINE = '<path class="{}" d="{}"></path>'
HEAD = '<path class="head" d="M{} {} l-7 -4 v8 z"></path>'


@dataclass(frozen=True)
class Box:
    """One report at its height in the picture."""

    link: Link
    top: int

    @property
    def middle(self) -> int:
        return self.top + HEIGHT // 2


def picture(report: Report, links: Sequence[Link]) -> SafeString:
    """Nothing where there is nothing to draw: the list beneath says the same in words."""
    above = [link for link in links if link.way == CAME_OF][:MOST]
    below = [link for link in links if link.way != CAME_OF][: MOST * 2]
    if not above and not below:
        return SafeString()
    step = HEIGHT + GAP
    top = step * len(above)
    before = [Box(link, step * position) for position, link in enumerate(above)]
    after = [Box(link, top + step * (position + 1)) for position, link in enumerate(below)]
    drawn = [*_into(before, top), _this(report, top), *_out_of(after, top + HEIGHT)]
    return format_html(
        '<svg class="pictured" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        top + HEIGHT + step * len(below) + 1,
        _spoken(report, above, below),
        format_html_join("", "{}", ((one,) for one in drawn)),
    )


def _into(boxes: Sequence[Box], top: int) -> Iterator[SafeString]:
    """From each of what came before, along the trunk, down to this report."""
    for box in boxes:
        yield format_html(LINE, "line", f"M{INDENT} {box.middle} H{TRUNK} V{top - 1}")
        yield _box(box)
    if boxes:
        yield format_html('<path class="head" d="M{} {} l-4 -7 h8 z"></path>', TRUNK, top)


def _out_of(boxes: Sequence[Box], bottom: int) -> Iterator[SafeString]:
    """From this report to each of the others: an arrow to what came of it, a plain line to what stands beside it."""
    for box in boxes:
        leads = box.link.way == LED_TO
        style = "line" if leads else "line line-beside"
        yield format_html(LINE, style, f"M{TRUNK} {bottom} V{box.middle} H{INDENT - 1}")
        if leads:
            yield format_html(HEAD, INDENT, box.middle)
        yield _box(box)


def _box(box: Box) -> SafeString:
    words = f"{box.link.noun}, {box.link.state_word.lower()}"
    return _drawn("other", INDENT, box.top, box.link.number, words)


def _this(report: Report, top: int) -> SafeString:
    return _drawn("this", 1, top, report.number, f"This report, {str(Status(report.status).label).lower()}")


def _drawn(style: str, left: int, top: int, number: str, words: str) -> SafeString:
    inner = left + 10
    return format_html(BOX, style, left, top, WIDTH - left - 1, HEIGHT, inner, top + 18, number, inner, top + 35, words)


def _spoken(report: Report, above: Sequence[Link], below: Sequence[Link]) -> str:
    said = [f"{link.number} led to {report.number}" for link in above]
    said += [f"{report.number} {WORDS[link.way]} {link.number}" for link in below]
    return f"How reports are linked: {'; '.join(said)}."
