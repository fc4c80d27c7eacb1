"""Importing in tests: the real command on a file of its own."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command


def run(file: Path, **options: object) -> str:
    """What `manage.py import_historical FILE` says."""
    out = StringIO()
    call_command("import_historical", str(file), stdout=out, verbosity=0, **options)
    return out.getvalue()


def rejected(file: Path) -> list[str]:
    """The lines of its reject file, without the heading."""
    return file.with_name(file.name + ".rejects.csv").read_text().splitlines()[1:]
