"""How far an import has come, on the terminal: one line that moves, or a line every few seconds in a log."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 24
EVERY, EVERY_IN_LOG = 0.2, 10.0


class Bar:
    """Tells of `done` of `size` bytes and of rows. Without a stream it is silent."""

    def __init__(self, size: int, stream: TextIO | None) -> None:
        self.size, self.stream = max(size, 1), stream
        self.began = self._told = time.monotonic()
        self._moves = bool(stream and stream.isatty())

    def tell(self, done: int, rows: int) -> None:
        now = time.monotonic()
        if self.stream and now - self._told >= (EVERY if self._moves else EVERY_IN_LOG):
            self._told = now
            self._write(done, rows, now)

    def finish(self, rows: int) -> None:
        if self.stream and self._moves:
            self._write(self.size, rows, time.monotonic())
            self.stream.write("\n")

    def _write(self, done: int, rows: int, now: float) -> None:
        assert self.stream  # noqa: S101 - whoever calls has looked
        share = min(done / self.size, 1.0)
        bar = ("#" * round(share * WIDTH)).ljust(WIDTH, ".")
        rate = rows / max(now - self.began, 0.001)
        line = f"[{bar}] {share:4.0%}  {rows:,} rows, {rate:,.0f} a second"
        self.stream.write(f"\r{line}  " if self._moves else line + "\n")
        self.stream.flush()
