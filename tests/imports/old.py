"""One report of each historical type, brought in by the real command; the words of each stand nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from reports.models import HistoricalReport
from tests.imports import importing

# What is looked for: (number, a word of the title, a word of the text, the office as it was).
SEEN = ("AMO-77-SEEN", "Perihelion", "ultramarine", "OLDSEEN")
UNSEEN = ("SPT-66-DARK", "Aphelion", "vermilion", "OLDDARK")


def row(type_: str, words: tuple[str, str, str, str]) -> dict[str, str]:
    number, title, text, office = words
    return {
        "type": type_, "number": number, "period_from": "2005-05-05", "office": office, "title": f"{title} by night",
        "summary": f"The lamp was {text}.", "activity": "Patrol",
    }  # fmt: skip


def bring_old(kept: int = 2) -> None:
    """An AMO report and a SPOT row; the second is kept, and that it is there nobody can tell."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "old.jsonl"
        file.write_text(json.dumps(row("AMO", SEEN)) + "\n" + json.dumps(row("SPOT", UNSEEN)) + "\n")
        said = importing.run(file)
    assert said.startswith(f"2 rows read: {kept} kept")


def old_report() -> HistoricalReport:
    return HistoricalReport.objects.get(number=SEEN[0])
