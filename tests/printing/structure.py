"""What a reader of a tagged PDF finds in it: its title and language, its headings and tables, its pages' words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader


class Paper:
    """A PDF as assistive technology reads it."""

    def __init__(self, body: bytes) -> None:
        self.reader = PdfReader(io.BytesIO(body))
        self.root: Any = self.reader.trailer["/Root"]
        self.pages = [" ".join(page.extract_text().split()) for page in self.reader.pages]

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def language(self) -> str:
        return str(self.root["/Lang"])

    @property
    def title(self) -> str:
        return str(self.reader.metadata.title if self.reader.metadata else "")

    @property
    def is_tagged(self) -> bool:
        return bool(self.root["/MarkInfo"]["/Marked"])

    def tags(self) -> list[str]:
        """The names of the elements of the structure, in the order of reading."""
        return [name for name, _ in self.elements()]

    def elements(self) -> Iterator[tuple[str, Any]]:
        yield from _walk(self.root["/StructTreeRoot"])

    def pictures(self) -> list[str]:
        """The alternative texts of the pictures."""
        return [str(element.get("/Alt", "")) for name, element in self.elements() if name == "Figure"]


def _walk(node: Any) -> Iterator[tuple[str, Any]]:
    node = node.get_object()
    if not isinstance(node, dict):
        return
    if "/S" in node:
        yield str(node["/S"]).removeprefix("/"), node
    inner = node.get("/K", [])
    for child in inner if isinstance(inner, list) else [inner]:
        yield from _walk(child)
