"""Which files may be attached: by content, whatever they are called; each with what readers get of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called, its media type and extension, and those of the copy that is handed out."""

    code: str
    label: str
    media_type: str
    extension: str
    served_type: str
    served_extension: str
    is_picture: bool = False


def _same(code: str, label: str, media_type: str, *, is_picture: bool = False) -> Kind:
    return Kind(code, label, media_type, f".{code}", media_type, f".{code}", is_picture)


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

JPEG = _same("jpg", "JPEG photo", "image/jpeg", is_picture=True)
PNG = _same("png", "PNG picture", "image/png", is_picture=True)
WEBP = _same("webp", "WebP picture", "image/webp", is_picture=True)
# Of a moving picture readers get the first frame.
GIF = Kind("gif", "GIF picture", "image/gif", ".gif", "image/png", ".png", is_picture=True)
PDF = _same("pdf", "PDF", "application/pdf")
TEXT = _same("txt", "plain text", "text/plain; charset=utf-8")
DOCX = _same("docx", "Word document", WORD)
XLSX = _same("xlsx", "Excel workbook", EXCEL)

KINDS = (JPEG, PNG, WEBP, GIF, PDF, TEXT, DOCX, XLSX)
BY_TYPE = {kind.media_type: kind for kind in KINDS}
# What a page that offers the upload tells the browser to offer. The browser's word decides nothing.
ACCEPT = ",".join(["image/*", ".pdf", ".txt", ".docx", ".xlsx"])
LISTED = "JPEG, PNG, WebP and GIF pictures, PDF, plain text, DOCX and XLSX"
# Text is text whatever it is called, but nobody needs a program among the papers of a report.
TEXT_EXTENSIONS = frozenset({"", ".txt", ".text", ".log", ".md", ".csv"})


class Unfit(Exception):
    """A file is not accepted, with the sentence that says why and what to do next."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
