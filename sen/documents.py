"""The documents that are written from the code, and where each stands."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from privacy import register
from reports import diagram
from reports.imports import answers_table, tables

DOCUMENTS: dict[str, Callable[[], str]] = {
    "docs/data-elements.md": register.written,
    "docs/import-answers.md": answers_table.written,
    "docs/imports.md": tables.written,
    "docs/workflow.md": diagram.written,
}


def path_of(name: str) -> Path:
    return Path(settings.BASE_DIR) / name


def stale() -> list[str]:
    """The documents that no longer say what the code says."""
    return [name for name, write in DOCUMENTS.items() if _now(path_of(name)) != write()]


def _now(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def write_all() -> list[str]:
    """Bring every document up to date; returns those that changed."""
    changed = stale()
    for name in changed:
        path_of(name).write_text(DOCUMENTS[name]())
    return changed
