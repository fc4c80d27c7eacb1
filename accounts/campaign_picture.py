"""The progress of a campaign as a picture made on the server: one bar, of a part for each answer, without any style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 600, 28
# In the order in which they are drawn; the classes carry the colours of both schemes.
PARTS = (
    ("confirmed", "Confirmed"),
    ("dropped", "Dropped"),
    ("lapsed", "Ended unanswered"),
    ("gone", "Ended before it was answered"),
    ("waiting", "Waiting"),
)


@dataclass(frozen=True)
class Progress:
    """How many assignments a campaign took up, and what has become of them."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return self.counts["total"]

    @property
    def answered(self) -> int:
        return self.total - self.counts["waiting"]

    @property
    def parts(self) -> list[tuple[str, str, int]]:
        """Class, words and figure of each."""
        return [(code, words, self.counts[code]) for code, words in PARTS]

    @property
    def sentence(self) -> str:
        some = ", ".join(f"{count:,} {words.lower()}" for _, words, count in self.parts if count)
        return f"{self.answered:,} of {self.total:,} answered or ended: {some}."

    @property
    def picture(self) -> SafeString:
        """Widths in proportion; whatever there is at all can be seen."""
        drawn, x, step = [], 0.0, WIDTH / max(self.total, 1)
        for code, words, count in self.parts:
            if count:
                rect = (f"share-{code}", f"{x:.1f}", f"{max(count * step - 1, 1.5):.1f}", HEIGHT, f"{words}: {count:,}")
                drawn.append(rect)
                x += count * step
        return format_html(
            '<svg class="share" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
            WIDTH,
            HEIGHT,
            self.sentence,
            format_html_join(
                "", '<rect class="{}" x="{}" y="0" width="{}" height="{}"><title>{}</title></rect>', drawn
            ),
        )
