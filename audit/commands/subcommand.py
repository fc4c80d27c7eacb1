"""What each part of `manage.py audit` is."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Say = Callable[[str], object]


class Subcommand(Protocol):
    """One part of `manage.py audit`. `run` says its lines with `say` and raises CommandError to refuse."""

    name: str
    help: str

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, say: Say, options: Mapping[str, Any]) -> None: ...
