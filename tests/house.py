"""The code base as the house rules look at it: its files, its views, its calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from privacy import register
from sen.postgres import CHECKOUT


@cache
def packages() -> tuple[str, ...]:
    return tuple(app.name for app in register.our_apps())


@cache
def files(*, with_tests: bool = False, with_migrations: bool = False) -> tuple[Path, ...]:
    """Every Python file of the apps, and of the tests where asked."""
    folders = [*packages(), "scripts", *(["tests"] if with_tests else [])]
    found = [path for folder in folders for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    return tuple(path for path in found if with_migrations or "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[Any]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


def text_in(path: Path) -> set[str]:
    """Every piece of text that stands in the code of a file."""
    return {node.value for node in nodes(path, ast.Constant) if isinstance(node.value, str)}


def called(node: ast.Call) -> str:
    """The last word of what is called: `record` for `log.record(…)`."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def views(patterns: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site with the full name of its view."""
    for one in patterns or get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{before}{one.namespace}:" if one.namespace else before
            yield from views(one.url_patterns, inner)
        else:
            yield f"{before}{one.name}", one
